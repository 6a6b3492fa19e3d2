"""Watches a history as it is folded and knows, from what completed so far, what must be undone next.

It keeps its own list of what completed in which scope, so it can judge processes whose branches move in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.core import events as e
from engine.core.state import InstanceState

from ..support.random_processes import INSIDE, UNDONE, Block
from .undo_model import Line


@dataclass
class Undoable:
    """A completed activity: its handler (or None), what it saw, and what completed inside it.

    whole: the handler is inside: the activity itself, restored, which has what completed in it again.
    """

    handler: str | None
    seen: dict[str, int]
    inside: list[Undoable] = field(default_factory=list)
    whole: bool = False

    def plan(self) -> Iterable[Undoable]:
        """The activities that have to be undone, in order, each by its handler."""
        if self.handler is not None:
            yield self
        else:
            for one in reversed(self.inside):
                yield from one.plan()


@dataclass
class Handling:
    """A handler at work: for whose throw, what it has to see, what it has written around it so far.

    disturbed: somebody beside it wrote too, so what it reads of its own writes is no longer known.
    """

    thrower: int
    seen: dict[str, int]
    wrote: dict[str, int] = field(default_factory=dict)
    disturbed: bool = False


def handlers_of(block: Block) -> Iterator[tuple[str, str, int]]:
    """Every activity with a handler: its id, the handler's id, how much the handler adds to k (0: nothing, a job).

    One that is undone from the inside is its own handler. A handler takes 1 from n for every time it adds to k.
    """
    if block.handler in INSIDE:
        yield block.name, block.name, 0
    elif block.handler:
        turns = {"service": 0, "many": 2}.get(block.handler, 1)
        yield block.name, block.undoing, turns * UNDONE
    if block.handler == "nested":
        yield f"{block.undoing}_in", f"{block.undoing}_back", UNDONE - 1
    for part in block.parts:
        yield from handlers_of(part)


class UndoWatch:
    """Checks every event against the rules of compensation (13.5.5); `lines` tells what completed, with n and k.

    names: the elements whose completion is told.
    """

    def __init__(self, block: Block, names: Iterable[str]) -> None:
        self.handlers = {activity: handler for activity, handler, _ in handlers_of(block)}
        self.adds = {handler: adds for _, handler, adds in handlers_of(block)}
        insides = {f"un{activity}" for activity, handler in self.handlers.items() if activity == handler}
        self.told = {*names, *(handler for handler, adds in self.adds.items() if adds), *insides}
        self.lines: list[Line] = []
        self.state: InstanceState = e.blank_state()
        self.element: dict[int, str] = {}
        self.completed: dict[int, list[Undoable]] = {}
        self.plans: dict[int, list[Undoable]] = {}
        self.thrower: dict[int, int] = {}
        self.running: dict[int, int] = {}
        self.handling: dict[int, Handling] = {}
        self.last = 0

    def watch(self, events: Iterable[e.Event]) -> UndoWatch:
        """Judge the events, each before it is applied."""
        for event in events:
            judge = getattr(self, f"_on_{type(event).__name__}", None)
            if judge is not None:
                judge(event)
            event.apply(self.state)
        return self

    def over(self) -> None:
        """The instance completed: nothing may be left to undo for anybody who threw."""
        assert not any(self.plans.values()), self.plans
        assert not self.running

    # -- what happens ------------------------------------------------------------------------------------------------

    def _on_ActivityStarted(self, event: Any) -> None:  # noqa: N802
        self.element[event.key], self.last = event.element, event.key

    def _on_ActivityCompleted(self, event: Any) -> None:  # noqa: N802
        activity = self.state.activities[event.key]
        element, scope = self.element.get(event.key, ""), activity.scope
        if event.key in self.state.loops:
            element = ""  # each iteration is undone by itself
        if element in self.told:
            around = self._live(scope)
            self.lines.append((element, around["n"], around["k"]))
        handling = self.handling.get(event.key)
        adds = self.adds.get(self.element.get(event.key, ""))
        if handling is not None and adds and not handling.disturbed:
            turns = -(-adds // UNDONE)
            assert handling.wrote == {"n": handling.seen["n"] - turns, "k": handling.seen["k"] + adds}
        self._ended(event.key)
        inside = self.completed.pop(event.key, [])
        handler = self.handlers.get(element)
        if handling is None and (handler or inside):
            seen = self._live(event.key if event.key in self.state.scopes else scope)
            self.completed.setdefault(scope, []).append(Undoable(handler, seen, inside, handler == element))

    def _on_ActivityFailed(self, event: Any) -> None:  # noqa: N802
        self.completed.pop(event.key, None)
        self._ended(event.key)

    def _on_ActivityTerminated(self, event: Any) -> None:  # noqa: N802
        self._on_ActivityFailed(event)

    def _ended(self, key: int) -> None:
        self.plans.pop(key, None)
        if key in self.handling:
            del self.running[self.handling.pop(key).thrower]

    def _on_CompensationTriggered(self, event: Any) -> None:  # noqa: N802
        entries = self.completed.pop(event.outer, []) + self.completed.pop(event.scope, [])
        self.plans[event.key] = [step for entry in reversed(entries) for step in entry.plan()]

    def _on_SubProcessReopened(self, event: Any) -> None:  # noqa: N802
        self.thrower[event.key] = self._root(event.undoes)

    def _on_HandlerStarted(self, event: Any) -> None:  # noqa: N802
        assert not self._next(event).whole

    def _on_SubProcessRestored(self, event: Any) -> None:  # noqa: N802
        undone = self._next(event)
        assert undone.whole
        self.completed[event.key] = undone.inside

    def _next(self, event: Any) -> Undoable:
        """What is undone now, which has to be the next thing to be undone."""
        thrower = self._root(event.undoes)
        assert thrower not in self.running, f"{event.element} overlaps with {self.element[self.running[thrower]]}"
        assert self.plans[thrower], f"{event.element} was not to be run"
        undone = self.plans[thrower].pop(0)
        assert event.element == undone.handler
        self.element[event.key], self.running[thrower] = event.element, event.key
        self.handling[event.key], self.last = Handling(thrower, undone.seen), event.key
        return undone

    def _on_CompensationCompleted(self, event: Any) -> None:  # noqa: N802
        if event.key not in self.thrower:
            assert not self.plans[event.key]
            assert event.key not in self.running

    def _on_JobCreated(self, event: Any) -> None:  # noqa: N802
        if event.activity in self.handling:
            seen = self.handling[event.activity].seen
            assert event.inputs == seen, f"{event.element} sees {event.inputs} instead of {seen}"
            self.lines.append((event.element, event.inputs["n"], event.inputs["k"]))

    def _on_VariablesSet(self, event: Any) -> None:  # noqa: N802
        within = set(self._outwards(event.scope))
        writer = self.last if self.last in self.state.scopes else self.state.activities[self.last].scope
        around = set(self._outwards(writer))
        for key, handling in self.handling.items():
            if key not in around:
                handling.disturbed = True
            elif key not in within:
                handling.wrote.update(event.variables)

    def _root(self, key: int) -> int:
        return self.thrower.get(key, key)

    def _outwards(self, scope: int) -> Iterator[int]:
        while scope:
            yield scope
            scope = self.state.scopes[scope].parent

    def _live(self, scope: int) -> dict[str, int]:
        """What is seen of n and k from a scope: the past only inside a handler that has not written them yet."""
        found: dict[str, int] = {}
        for key in self._outwards(scope):
            layers = [self.state.scopes[key].variables]
            if key in self.handling:
                handling = self.handling[key]
                layers.append({name: value for name, value in handling.seen.items() if name not in handling.wrote})
            for layer in layers:
                found = {name: layer[name] for name in ("n", "k") if name in layer} | found
        return found
