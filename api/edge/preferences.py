"""How long a caller would like to wait for the answer of a route: `Prefer: wait=SECONDS` (RFC 7240, 4.3)."""

from __future__ import annotations

import re

from flask import request

_WAIT = re.compile(r'wait\s*=\s*(?:"([0-9]{1,9})"|([0-9]{1,9}))', re.IGNORECASE)


def wait_at_most(longest: float, unless_said: float) -> float:
    """Seconds to wait: what the caller prefers up to `longest`; a preference that cannot be read is ignored."""
    for preference in request.headers.get("Prefer", "").split(","):
        found = _WAIT.fullmatch(preference.partition(";")[0].strip())
        if found is not None:
            return min(float(found[1] or found[2]), longest)
    return unless_said
