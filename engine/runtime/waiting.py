"""What one can wait for in an instance, and following its history while it grows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Literal

from ..audit import Tail
from ..store.views import HistoryEntry, InstanceView
from .errors import InvalidRequest
from .house import House
from .instances import Instances
from .lanes import lane_of

Goal = Literal["rest", "end", "user_task"]
GOALS: tuple[Goal, ...] = ("rest", "end", "user_task")

NO_NODES = ("", "process", "sequenceFlow")
"""What the name of something says that no token ever enters."""

ENDED = ("completed", "failed", "cancelled")


class Waiting:
    """Waits for instances on the caller's thread; woken by the commits of this process."""

    def __init__(self, house: House, instances: Instances) -> None:
        self._house = house
        self._instances = instances

    def until(self, id: str, seconds: float, goal: Goal, element: str | None) -> tuple[InstanceView, bool]:
        """Wait until the goal is reached or cannot be any more; returns the instance, and whether it is reached."""
        house = self._house
        if goal not in GOALS:
            raise InvalidRequest(f"Expected something to wait for but got {str(goal)[:50]!r}", ", ".join(GOALS))
        seconds = house.checks.seconds("wait_seconds", seconds, house.settings.longest_wait_seconds)
        self._check_element(id, element)
        if not house.writer.threaded:
            if seconds:
                self._instances.wait(id, seconds)
        elif seconds:
            house.waiters.until(id, seconds, lambda: self._is_over(id, goal, element), every_step=goal != "rest")
        view = self._instances.get(id, variables=True)
        return view, self._reached(view, goal, element)

    def _check_element(self, id: str, element: str | None) -> None:
        definition = self._instances.get(id).definition_id
        if element is not None and not self.has_element(definition, element):
            raise InvalidRequest(f"Expected an element of {definition} but there is no {element[:80]!r}")

    def has_element(self, definition: str, element: str) -> bool:
        """Whether tokens can enter something of that name."""
        return self._house.executables[definition].type_of(element) not in NO_NODES

    def _is_over(self, id: str, goal: Goal, element: str | None) -> bool:
        view = self._instances.get(id)
        return view.status in ENDED or self._reached(view, goal, element)

    def _reached(self, view: InstanceView, goal: Goal, element: str | None) -> bool:
        if element is not None:
            return self._house.store.queries.entered(view.id, element)
        if goal == "user_task":
            return any(wait.kind == "user task" for wait in view.waits)
        return view.status in ENDED if goal == "end" else view.status != "running"

    def follow(self, id: str, after: int, seconds: float, pause: float) -> Iterator[list[HistoryEntry]]:
        """The entries after the sequence number `after`, as they are committed, in portions.

        An empty portion comes at the beginning and whenever nothing was committed for `pause` seconds. It ends when the
        instance has ended, after `seconds` of real time, when the engine closes, and, without threads, with what is
        there.
        """
        house = self._house
        self._instances.get(id)
        after = house.checks.whole("after", after, 0, 1 << 62)
        lane = partial(lane_of, house.executables)
        return self._follow(id, Tail(house.store, id, house.executables.describe, after, lane), seconds, pause)

    def _follow(self, id: str, tail: Tail, seconds: float, pause: float) -> Iterator[list[HistoryEntry]]:
        waiters, deadline = self._house.waiters, time.monotonic() + seconds
        yield []
        while (left := deadline - time.monotonic()) > 0:
            with waiters.watch(id, min(left, pause), every_step=True) as watch:
                # In this order: what is committed between the two is found by the next look.
                ended = self._instances.get(id).status in ENDED
                fresh = tail.read()
                while fresh:
                    yield fresh
                    fresh = tail.read()
                if ended or not waiters.open or not self._house.writer.threaded:
                    return
                if not watch.changed():
                    yield []
