"""Ids as clients of Camunda 7 expect them: UUID text for everything that lives in an instance.

Root instances have such ids. What lives in one (a job, a user task, an incident, a called process) is named by its
instance and a key, which is packed into the same form without losing it: of the instance's id the first 64 bits, its
version made 8 (RFC 9562: custom), and the last 32; between them two bits of the variant, one that tells a called
process from the rest, and 29 bits of the key. The instance is found again by both ends of its id. A key that is too
large, or an instance whose id is no such UUID, stays "INSTANCE.KEY"; that form is understood everywhere.
"""

from __future__ import annotations

import re

from ..access import engine

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_PACKED = re.compile(r"([0-9a-f]{8}-[0-9a-f]{4}-)8([0-9a-f]{3})-([89ab][0-9a-f]{3})-([0-9a-f]{4})([0-9a-f]{8})")
_VARIANT, _CALLED, _KEYS = 1 << 31, 1 << 29, 1 << 29


def public(id: str) -> str:
    """The id of an instance, or "INSTANCE.KEY", as clients get it."""
    for mark, bit in ((".", 0), ("~", _CALLED)):
        instance, found, key = id.rpartition(mark)
        if found and _UUID.fullmatch(instance) and key.isdigit() and int(key) < _KEYS:
            middle = f"{_VARIANT | bit | int(key):08x}"
            return f"{instance[:14]}8{instance[15:18]}-{middle[:4]}-{middle[4:]}{instance[-8:]}"
    return id


def internal(id: str) -> str:
    """The engine's id for one that a client has sent; what names nothing is returned as it is, for others to refuse."""
    packed = _PACKED.fullmatch(id.lower())
    if packed is None:
        return id
    start, sequence, high, low, end = packed.groups()
    number = int(high + low, 16)
    instance = engine().external_tasks.instance_like(f"{start}7{sequence}", end)
    mark = "~" if number & _CALLED else "."
    return id if instance is None else f"{instance}{mark}{number & (_KEYS - 1)}"
