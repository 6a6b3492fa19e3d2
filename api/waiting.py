"""How many requests may wait at once: half of the server's threads, so that the others always find one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore


class WaitingRoom:
    """Seats for waiting requests. threads: how many requests the server answers at the same time."""

    def __init__(self, threads: int) -> None:
        self._seats = BoundedSemaphore(max(1, threads // 2))

    @contextmanager
    def seat(self, seconds: float) -> Iterator[float]:
        """Yield how long the request may wait: `seconds`, or 0.0 when every seat is taken."""
        if seconds <= 0 or not self._seats.acquire(blocking=False):
            yield 0.0
            return
        try:
            yield seconds
        finally:
            self._seats.release()
