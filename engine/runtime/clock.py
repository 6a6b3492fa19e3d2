"""The seam for time: microseconds since the epoch (UTC), and a wait that ends when a moment comes or somebody calls."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from .errors import IdempotencyConflict

logger = logging.getLogger(__name__)

SECOND = 1_000_000
"""Microseconds in a second."""

LONGEST_SLEEP = 5.0
"""Seconds; wall clocks jump, so whoever waits for a moment looks at the clock at least this often."""


MEASURE_SECONDS = 10.0
"""How long a measurement of the database's clock is used."""


KEYS_REMEMBERED = 1_000
"""Idempotency keys that a manual clock knows, the latest ones."""


class Clock(Protocol):
    """What the engine needs of time."""

    def now(self) -> int:
        """Return the time in microseconds since the epoch (UTC)."""

    def wait(self, condition: threading.Condition, until: int | None) -> None:
        """Wait on `condition`, which the caller holds, until it is notified or time is `until`; may return early."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> int:
        """Return the time in microseconds since the epoch (UTC)."""
        return time.time_ns() // 1_000

    def wait(self, condition: threading.Condition, until: int | None) -> None:
        """Wait on `condition` until it is notified, time is `until`, or `LONGEST_SLEEP` is over."""
        seconds = LONGEST_SLEEP if until is None else min((until - self.now()) / SECOND, LONGEST_SLEEP)
        if seconds > 0:
            condition.wait(seconds)


class DatabaseClock(SystemClock):
    """The database's clock, for processes on several machines: measured now and then, counted on in between.

    measure: asks the database for its time in microseconds since the epoch. It never goes backwards.
    """

    def __init__(self, measure: Callable[[], int]) -> None:
        self._measure = measure
        self._lock = threading.Lock()
        self._measured_at = float("-inf")
        self._offset = time.time_ns() // 1_000 - time.monotonic_ns() // 1_000
        self._last = 0

    def now(self) -> int:
        """Return the database's time, wrong by half of a round trip to it and what a clock loses in ten seconds."""
        if time.monotonic() - self._measured_at >= MEASURE_SECONDS:
            self._adjust()
        self._last = now = max(time.monotonic_ns() // 1_000 + self._offset, self._last)
        return now

    def _adjust(self) -> None:
        if not self._lock.acquire(blocking=False):
            return
        try:
            before = time.monotonic_ns()
            there = self._measure()
            self._offset = there - (before + time.monotonic_ns()) // 2_000
        except Exception:
            logger.warning("the database's time could not be read; the last measurement is used", exc_info=True)
        finally:
            self._measured_at = time.monotonic()
            self._lock.release()


class ManualClock:
    """A clock that moves only when it is told to; for tests and simulations.

    start: where it begins, in microseconds since the epoch (default 2026-01-01T00:00:00Z).
    """

    def __init__(self, start: int = 1_767_225_600 * SECOND) -> None:
        self._now = start
        self._lock = threading.Lock()
        self._sleepers: list[threading.Condition] = []
        self._moved: dict[str, float] = {}

    def now(self) -> int:
        """Return the time in microseconds since the epoch (UTC)."""
        return self._now

    def advance(self, seconds: float, idempotency_key: str | None = None) -> int:
        """Move the clock by `seconds` (0 or more), wake whoever waits, and return the new time.

        idempotency_key: a repeat with the same one moves nothing; remembered as long as the clock's time is. Raises
        IdempotencyConflict for another distance.
        """
        if seconds < 0:
            raise ValueError(f"Expected a time to move forward but got {seconds} seconds")
        with self._lock:
            if idempotency_key in self._moved:
                if self._moved[idempotency_key] != seconds:
                    raise IdempotencyConflict(idempotency_key, None)
                return self._now
            if idempotency_key is not None:
                self._moved[idempotency_key] = seconds
                if len(self._moved) > KEYS_REMEMBERED:
                    del self._moved[next(iter(self._moved))]
            self._now += round(seconds * SECOND)
            sleepers = list(self._sleepers)
        for condition in sleepers:
            with condition:
                condition.notify_all()
        return self._now

    def wait(self, condition: threading.Condition, until: int | None) -> None:
        """Wait on `condition` until it is notified or the clock was moved; returns at once when `until` is past."""
        with self._lock:
            if until is not None and until <= self._now:
                return
            self._sleepers.append(condition)
        try:
            condition.wait()
        finally:
            with self._lock:
                self._sleepers.remove(condition)
