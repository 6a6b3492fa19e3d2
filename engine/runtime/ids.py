"""The seam for identity and chance: ids as time-ordered UUID text (RFC 9562, version 7), and random numbers."""

from __future__ import annotations

import random
import secrets
import threading
import uuid
from typing import Protocol

_SEQUENCE_BITS = 12
_RANDOM_BITS = 62
_SEED_BITS = 128


class Ids(Protocol):
    """What the engine needs of identity and chance."""

    def new(self, now: int) -> str:
        """Return a fresh id for something that begins at `now` (microseconds since the epoch)."""

    def chance(self) -> float:
        """Return a number c with 0 <= c < 1."""


class TimeOrderedIds:
    """Version 7 UUIDs whose text sorts by time of creation, also within one millisecond."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self._random = random.Random(secrets.randbits(_SEED_BITS))  # noqa: S311 - spreads retries, guards nothing

    def new(self, now: int) -> str:
        """Return a UUID: 48 bits of milliseconds, 12 bits of a sequence within them, 62 random bits."""
        with self._lock:
            self._last = moment = max((now // 1_000) << _SEQUENCE_BITS, self._last + 1)
        milliseconds, sequence = moment >> _SEQUENCE_BITS, moment & ((1 << _SEQUENCE_BITS) - 1)
        number = milliseconds << 80 | 7 << 76 | sequence << 64 | 2 << 62 | secrets.randbits(_RANDOM_BITS)
        return str(uuid.UUID(int=number))

    def chance(self) -> float:
        """Return a number c with 0 <= c < 1, from a generator that only its start took from the system."""
        return self._random.random()


class SequentialIds:
    """Ids counted up from 1 and always the same chance, so that a test knows both beforehand."""

    def __init__(self, chance: float = 0.5) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._chance = chance

    def new(self, now: int) -> str:
        """Return "00000000-0000-7000-8000-" and a number of 12 digits."""
        with self._lock:
            self._count += 1
            return f"00000000-0000-7000-8000-{self._count:012d}"

    def chance(self) -> float:
        """Return the chance given when this was made."""
        return self._chance
