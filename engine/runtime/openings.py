"""Who waits for jobs of which types: woken after the commit that made one available, not by asking again and again."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from ..core.events import JobCreated, JobFailed, JobRetried
from ..core.state import Job
from ..store import Step

LONGEST_PAUSE = 5.0
"""Seconds after which a waiting worker is let try again unasked: for what another process did on a shared database."""


class Ear:
    """One waiting worker."""

    def __init__(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds
        self._heard = threading.Event()

    def listen(self) -> bool:
        """Wait until it is worth trying again; False when the time is over first (real time, not the clock's)."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            return False
        self._heard.wait(min(left, LONGEST_PAUSE))
        self._heard.clear()
        return True

    def wake(self) -> None:
        """Let it try again."""
        self._heard.set()


class Openings:
    """All waiting workers by job type."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ears: dict[str, list[Ear]] = {}
        self._open = True

    @property
    def open(self) -> bool:
        """Whether there is any use in waiting: not once the engine closes."""
        return self._open

    @contextmanager
    def ear(self, types: Collection[str], seconds: float) -> Iterator[Ear]:
        """An ear for these types; enter before looking for jobs, so that no commit is missed."""
        ear = Ear(seconds)
        with self._lock:
            for type in types:
                self._ears.setdefault(type, []).append(ear)
        try:
            yield ear
        finally:
            with self._lock:
                for type in types:
                    self._ears[type].remove(ear)
                    if not self._ears[type]:
                        del self._ears[type]

    def committed(self, steps: Iterable[Step]) -> None:
        """Wake whoever waits for what these steps made available."""
        if self._ears:
            self._wake(type for step in steps for type in _made_available(step))

    def anything(self) -> None:
        """Wake everybody: something became due, of whatever type."""
        if self._ears:
            self._wake(list(self._ears))

    def close(self) -> None:
        """Wake everybody for the last time."""
        self._open = False
        self.anything()

    def _wake(self, types: Iterable[str]) -> None:
        with self._lock:
            for type in set(types):
                for ear in self._ears.get(type, ()):
                    ear.wake()


def _made_available(step: Step) -> Iterator[str]:
    for event in step.events:
        if isinstance(event, JobCreated):
            yield event.type
        elif isinstance(event, JobFailed | JobRetried) and event.available_at <= step.at:
            wait = step.state.waits.get(event.key)
            if isinstance(wait, Job):
                yield wait.type
