"""Who waits for which instance: told after the commit that ended it or left it to outside input."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from ..core.state import ROOT
from ..store import Step
from ..store.changes import visible_status
from ..store.places import split_called
from .errors import Busy


class Watch:
    """One waiting caller."""

    def __init__(self, seconds: float, every_step: bool) -> None:
        self.every_step = every_step
        self._deadline = time.monotonic() + seconds
        self._changed = threading.Event()

    def changed(self) -> bool:
        """Wait until told to look again; returns False when the time is over first (real time, not the clock's)."""
        arrived = self._changed.wait(max(self._deadline - time.monotonic(), 0.0))
        self._changed.clear()
        return arrived

    def notify(self) -> None:
        """Wake the waiting caller."""
        self._changed.set()


class Waiters:
    """All waiting callers by instance id, at most `limit` of them."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._count = 0
        self._lock = threading.Condition()
        self._watches: dict[str, list[Watch]] = {}
        self._open = True

    @contextmanager
    def watch(self, instance: str, seconds: float, *, every_step: bool = False) -> Iterator[Watch]:
        """Watch the instance; enter before looking at its status, so that no commit is missed.

        every_step: be told of every commit, and not only of those that bring the instance to rest; so is who watches a
        called process, which ends while its root goes on.
        Raises Busy when `limit` callers wait already.
        """
        instance, key = split_called(instance)
        watch = Watch(seconds, every_step or key != ROOT)
        self._add(instance, watch)
        try:
            yield watch
        finally:
            self._remove(instance, watch)

    def _add(self, instance: str, watch: Watch) -> None:
        with self._lock:
            if self._count >= self._limit:
                raise Busy(f"Expected at most {self._limit} waiting requests but more came", "ask without waiting")
            self._count += 1
            self._watches.setdefault(instance, []).append(watch)

    def _remove(self, instance: str, watch: Watch) -> None:
        with self._lock:
            self._count -= 1
            watches = self._watches[instance]
            watches.remove(watch)
            if not watches:
                del self._watches[instance]
            if not self._count:
                self._lock.notify_all()

    def notify(self, steps: Iterable[Step]) -> None:
        """Wake everybody who waits for what these committed steps did: brought an instance to rest, or anything."""
        if self._watches:
            with self._lock:
                for step in steps:
                    watches = self._watches.get(step.root, ())
                    rests = bool(watches) and visible_status(step.state) != "running"
                    for watch in watches:
                        if rests or watch.every_step:
                            watch.notify()

    def look(self, instances: Iterable[str] | None) -> None:
        """Let whoever waits for these instances look again, or everybody (None): another process moved them."""
        with self._lock:
            for instance in list(self._watches) if instances is None else instances:
                for watch in self._watches.get(instance, ()):
                    watch.notify()

    def release(self, seconds: float) -> None:
        """Wake everybody, for the engine is closing, and give them `seconds` to answer with what they know."""
        with self._lock:
            self._open = False
            for watches in self._watches.values():
                for watch in watches:
                    watch.notify()
            self._lock.wait_for(lambda: not self._count, seconds)

    @property
    def open(self) -> bool:
        """Whether there is any use in waiting: not once the engine closes."""
        return self._open

    def until(self, instance: str, seconds: float, done: Callable[[], bool], *, every_step: bool = False) -> bool:
        """Wait until `done()` or the time is over or the engine closes; returns the last answer of `done`."""
        with self.watch(instance, seconds, every_step=every_step) as watch:
            while not done():
                if not self._open or not watch.changed():
                    return done()
        return True
