"""Traces: the id that everything bears which one cause outside led to, as W3C Trace Context (level 1) writes it."""

from __future__ import annotations

import hashlib
import re

_TRACE = re.compile(r"(?!0{32})[0-9a-f]{32}")
_PARENT = re.compile(r"(?!ff)[0-9a-f]{2}-((?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?", re.DOTALL)
_VERSION = "00"
_SAMPLED = "01"
_LENGTH_OF_FIRST_VERSION = 55


def is_trace(text: str) -> bool:
    """Tell whether the text is a trace id: 32 lower-case hexadecimal digits, not all of them zero."""
    return _TRACE.fullmatch(text) is not None


def trace_of(id: str) -> str:
    """Return the trace of what nobody gave one: it follows from the id, so that a repeat gets the same.

    The digits of a UUID are a trace id as they are; of any other text its SHA-256 is.
    """
    digits = id.replace("-", "")
    return digits if is_trace(digits) else hashlib.sha256(id.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def traceparent(trace: str, seed: str) -> str:
    """Return the header `traceparent` for a call of this trace.

    seed: names the call, e.g. by its idempotency key; equal seeds give equal headers, so that every repeat is the same.
    """
    span = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{_VERSION}-{trace}-{span if span.strip('0') else '1'.zfill(16)}-{_SAMPLED}"


def trace_in(header: str | None) -> str | None:
    """Return the trace id in a header `traceparent`, None for none and for one that is not well-formed.

    The specification wants a new trace then instead of a refusal (3.2.2.5).
    """
    found = _PARENT.fullmatch(header or "")
    if found is None or (found[0].startswith(_VERSION) and len(found[0]) != _LENGTH_OF_FIRST_VERSION):
        return None
    return found[1]
