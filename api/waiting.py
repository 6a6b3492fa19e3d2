"""How many requests may wait at once: half of the server's threads, so that the others always find one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore


class WaitingRoom:
    """Seats for waiting requests. threads: how many requests the server answers at the same time."""

    def __init__(self, threads: int) -> None:
        self._seats = BoundedSemaphore(max(1, threads // 2))

    @contextmanager
    def seat(self, seconds: float) -> Iterator[float]:
        """Yield how long the request may wait: `seconds`, or 0.0 when every seat is taken."""
        leave = self.take() if seconds > 0 else None
        if leave is None:
            yield 0.0
            return
        try:
            yield seconds
        finally:
            leave()

    def take(self) -> Callable[[], None] | None:
        """Take a seat for an answer that outlives its function; returns what gives it back, once; None: all taken."""
        if not self._seats.acquire(blocking=False):
            return None
        taken = [True]

        def leave() -> None:
            if taken:
                taken.clear()
                self._seats.release()

        return leave
