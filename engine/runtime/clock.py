"""The seam for time: microseconds since the epoch (UTC), and a wait that ends when a moment comes or somebody calls."""

from __future__ import annotations

import threading
import time
from typing import Protocol

SECOND = 1_000_000
"""Microseconds in a second."""

LONGEST_SLEEP = 5.0
"""Seconds; wall clocks jump, so whoever waits for a moment looks at the clock at least this often."""


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


class ManualClock:
    """A clock that moves only when it is told to; for tests and simulations.

    start: where it begins, in microseconds since the epoch (default 2026-01-01T00:00:00Z).
    """

    def __init__(self, start: int = 1_767_225_600 * SECOND) -> None:
        self._now = start
        self._lock = threading.Lock()
        self._sleepers: list[threading.Condition] = []

    def now(self) -> int:
        """Return the time in microseconds since the epoch (UTC)."""
        return self._now

    def advance(self, seconds: float) -> int:
        """Move the clock by `seconds` (0 or more), wake whoever waits, and return the new time."""
        if seconds < 0:
            raise ValueError(f"Expected a time to move forward but got {seconds} seconds")
        with self._lock:
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
