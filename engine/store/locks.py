"""The names of advisory locks: what several processes of one database must not do at the same time."""

from __future__ import annotations

import hashlib


def lock_key(*parts: str) -> int:
    """The signed 64-bit number of the lock for what these texts name, the same in every process and release."""
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(b"%d:%b," % (len(data), data))
    return int.from_bytes(digest.digest(), "big", signed=True)


def message_lock_key(name: str, correlation: str) -> int:
    """The lock that publishing and subscribing to a message with this key take."""
    return lock_key("message", name, correlation)
