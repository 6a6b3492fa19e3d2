"""What a process that is reached from outside has to do, computed from its blocks alone.

It knows nothing of tokens, keys or the engine's events. A region is what lives and ends together; a scope is a region
that completes when all its paths have; a wait is something open that the outside can answer.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from ..support.waiting_processes import SIGNALS, Handler, Part, Trigger

HOUR = 3_600_000_000
Then = Callable[[], None]


@dataclass(eq=False)
class Region:
    """What lives and ends together."""

    around: Region | None = None
    ended: bool = False

    @property
    def alive(self) -> bool:
        return not self.ended and (self.around is None or self.around.alive)


@dataclass(eq=False)
class Entry:
    """Something completed that can be undone: by a task, or by what completed inside it. by: the host it came from."""

    undo: str = ""
    inside: list[Entry] = field(default_factory=list)
    by: Region | None = None


@dataclass(eq=False)
class Scope:
    """A place with paths of its own; outer: the scope around an event sub-process."""

    region: Region
    then: Then
    paths: int = 0
    entries: list[Entry] = field(default_factory=list)
    content: Region = field(default_factory=Region)
    outer: Scope | None = None


@dataclass(eq=False)
class Wait:
    """kind: user, message, signal, timer or condition. again: fires more than once."""

    kind: str
    element: str
    region: Region
    fire: Then
    trigger: Trigger | None = None
    again: bool = False
    start: int = 0
    index: int = 1
    holds: bool = False

    @property
    def due(self) -> int:
        """When a timer fires."""
        if self.kind != "timer" or self.trigger is None:
            return 0
        return self.start + self.index * self.trigger.number * HOUR


class Model:
    """One instance of the process. completed: how often each task and event did. undone: handlers in their order.

    begun: when it started, in microseconds. settled: False once one thing from outside has moved two paths, whose order
    nobody can say.
    """

    def __init__(self, whole: Part, begun: int = 0) -> None:
        self.now = begun
        self.flag = 0
        self.waits: list[Wait] = []
        self.completed: Counter[str] = Counter()
        self.undone: list[str] = []
        self.settled = True
        self.over = False
        self._queue: deque[tuple[Region, Then]] = deque()
        self._orders = count()
        self._scope(Region(), None, whole, self._finish)
        self._drain()

    def _finish(self) -> None:
        self.over = True

    # -- from outside --------------------------------------------------------------------------------------------------

    @property
    def open(self) -> list[Wait]:
        """Everything that is waited for, first opened first."""
        self.waits = [one for one in self.waits if one.region.alive]
        return self.waits

    def seen(self) -> Counter[tuple[str, str, int]]:
        """What somebody outside sees: kind, element and due time of every wait."""
        return Counter((one.kind, one.element, one.due) for one in self.open)

    def answer(self, wait: Wait) -> None:
        """The user task, message or timer is answered."""
        self.now = max(self.now, wait.due)
        self._fire([wait])

    def pass_time(self, until: int) -> None:
        """The clock goes on, and everything that is due fires late, each by itself, in the order of its time."""
        self.now = max(self.now, until)
        while due := [one for one in self.open if one.kind == "timer" and one.due <= self.now]:
            self._fire([min(due, key=lambda one: one.due)])

    def shout(self, signal: str) -> None:
        """A signal is broadcast."""
        self._fire([one for one in self.open if one.kind == "signal" and one.trigger and one.trigger.signal == signal])

    def set_flag(self, value: int) -> None:
        """An operator sets the flag."""
        self.flag = value
        self._look_at_conditions()
        self._drain()

    def _fire(self, waits: list[Wait], drain: bool = True) -> None:
        if len(waits) > 1:
            self.settled = False
        for wait in waits:
            if wait.region.alive and wait in self.waits:
                self.waits.remove(wait)
                self._wait_again(wait)
                wait.fire()
        if drain:
            self._drain()

    def _wait_again(self, wait: Wait) -> None:
        trigger = wait.trigger
        if not wait.again or trigger is None or trigger.kind == "timer":
            return
        index = 1
        if trigger.kind == "cycle":
            period = trigger.number * HOUR
            index = max(wait.index, (self.now - wait.start) // period) + 1
            if index > trigger.repeats:
                return
        fields = (wait.kind, wait.element, wait.region, wait.fire, trigger, True, wait.start, index, True)
        self.waits.append(Wait(*fields))

    def _look_at_conditions(self) -> None:
        met = []
        for wait in self.open:
            if wait.kind == "condition" and wait.trigger is not None:
                holds = self.flag >= wait.trigger.number
                if holds and not wait.holds:
                    met.append(wait)
                wait.holds = holds
        self._fire(met, drain=False)

    def _drain(self) -> None:
        while self._queue:
            region, then = self._queue.popleft()
            if region.alive:
                then()

    def _next(self, region: Region, then: Then) -> None:
        self._queue.append((region, then))

    # -- blocks --------------------------------------------------------------------------------------------------------

    def _run(self, part: Part, scope: Scope, region: Region, by: Region | None, then: Then) -> None:
        """Do the block; region: what it ends with. by: the host whose boundary event it follows, if any."""
        if not region.alive:
            return
        if part.kind == "sequence":
            self._sequence(part.parts, scope, region, by, then)
        elif part.kind == "fork":
            self._fork(part, scope, region, by, then)
        elif part.kind == "undo":
            self._undo(scope)
            self._next(region, then)
        elif part.kind == "pass":
            self._completed(part, scope, [], by, None)
            self._next(region, then)
        elif part.kind in ("catch", "choice"):
            self._choice(part, region, then)
        else:
            self._activity(part, scope, region, by, then)

    def _sequence(self, parts: list[Part], scope: Scope, region: Region, by: Region | None, then: Then) -> None:
        if not parts:
            then()
        else:
            self._run(parts[0], scope, region, by, lambda: self._sequence(parts[1:], scope, region, by, then))

    def _fork(self, part: Part, scope: Scope, region: Region, by: Region | None, then: Then) -> None:
        left = [len(part.parts)]

        def one_less() -> None:
            left[0] -= 1
            if not left[0]:
                then()

        for one in part.parts:
            self._run(one, scope, region, by, one_less)

    def _choice(self, part: Part, region: Region, then: Then) -> None:
        waiting = Region(region)
        for number, trigger in enumerate(part.options):
            element = part.name if part.kind == "catch" else f"{part.name}_{number}"

            def happened(element: str = element) -> None:
                waiting.ended = True
                self.completed[element] += 1
                self._next(region, then)

            self._open(trigger, element, waiting, happened)
        self._look_at_conditions()

    def _activity(self, part: Part, scope: Scope, region: Region, by: Region | None, then: Then) -> None:
        host = Region(region)

        def done(inside: list[Entry]) -> None:
            host.ended = True
            self._completed(part, scope, inside, by, host)
            if part.kind == "shout":
                self._fire(
                    [
                        one
                        for one in self.open
                        if one.trigger and one.kind == "signal" and one.trigger.signal == SIGNALS[part.turns]
                    ],
                    drain=False,
                )
            self._next(region, then)

        for handler in part.on:
            self._on(handler, scope, region, host, then)
        if part.kind == "each":
            self._each(part, scope, host, done)
        elif part.kind in ("sub", "loop"):
            self._scope(host, None, part, None, done)
        else:
            kind = "message" if part.kind == "receive" else "user"
            self.waits.append(Wait(kind, part.name, host, lambda: done([])))
        self._look_at_conditions()

    def _each(self, part: Part, scope: Scope, host: Region, done: Callable[[list[Entry]], None]) -> None:
        entries: list[Entry] = []
        state = {"started": 0, "ended": 0}

        def ended(inside: list[Entry]) -> None:
            state["ended"] += 1
            if inside:
                entries.append(Entry("", inside))
            if state["ended"] == part.turns:
                done(entries)
            elif part.sequential:
                start()

        def start() -> None:
            state["started"] += 1
            self._scope(Region(host), None, part, None, ended)

        def begin() -> None:
            if not part.turns:
                done([])
            for _ in range(min(part.turns, 1) if part.sequential else part.turns):
                if host.alive:
                    start()

        self._next(host, begin)

    def _scope(
        self,
        region: Region,
        outer: Scope | None,
        part: Part,
        then: Then | None,
        done: Callable[[list[Entry]], None] | None = None,
    ) -> Scope:
        """Open a scope for the parts of the block; `done` gets what completed in it."""

        def finished() -> None:
            region.ended = True
            if then is not None:
                then()
            if done is not None:
                done(scope.entries)

        scope = Scope(region, finished, outer=outer)
        content = scope.content = Region(region)
        for handler in part.inside:
            self._inside(handler, scope)
        self._look_at_conditions()
        turns = part.turns if part.kind == "loop" else 1
        self._path(scope, content, part.parts * turns, None)
        return scope

    def _path(self, scope: Scope, region: Region, parts: list[Part], by: Region | None) -> None:
        """A path that ends in an end event of the scope."""
        if region.alive:
            scope.paths += 1
            self._next(region, lambda: self._sequence(parts, scope, region, by, lambda: self._path_ended(scope)))

    def _path_ended(self, scope: Scope) -> None:
        scope.paths -= 1
        if not scope.paths:
            self._next(scope.region, lambda: self._complete_if_over(scope))

    def _complete_if_over(self, scope: Scope) -> None:
        if not scope.paths:
            scope.then()

    # -- handlers ------------------------------------------------------------------------------------------------------

    def _open(self, trigger: Trigger, element: str, region: Region, fire: Then, again: bool = False) -> None:
        kind = "timer" if trigger.kind == "cycle" else trigger.kind
        self.waits.append(Wait(kind, element, region, fire, trigger, again, self.now))

    def _on(self, handler: Handler, scope: Scope, region: Region, host: Region, then: Then) -> None:
        """A boundary event on the host."""

        def happened() -> None:
            self.completed[handler.name] += 1
            body = [] if handler.body is None else [handler.body]
            if handler.interrupting:
                host.ended = True
                self._next(region, lambda: self._sequence(body, scope, region, None, then))
            else:
                self._path(scope, region, body, host)

        self._open(handler.trigger, handler.name, host, happened, again=not handler.interrupting)

    def _inside(self, handler: Handler, scope: Scope) -> None:
        """An event sub-process of the scope; its start event waits as long as the scope's content lives."""

        def happened() -> None:
            self.completed[handler.name] += 1
            if handler.interrupting:
                scope.content.ended = True
                scope.content, scope.paths = Region(scope.region), 0
            scope.paths += 1
            body = Part("handler", [] if handler.body is None else [handler.body])

            def done(entries: list[Entry]) -> None:
                if entries:
                    scope.entries.append(Entry("", entries))
                self._path_ended(scope)

            self._scope(Region(scope.content), scope, body, None, done)

        self._open(handler.trigger, handler.name, scope.content, happened, again=not handler.interrupting)

    # -- undoing -------------------------------------------------------------------------------------------------------

    def _completed(self, part: Part, scope: Scope, inside: list[Entry], by: Region | None, host: Region | None) -> None:
        self.completed[part.name] += 1
        if not part.handled and not inside:
            return
        entry = Entry(f"un{part.name}" if part.handled else "", inside, by)
        mine = [place for place, one in enumerate(scope.entries) if host is not None and one.by is host]
        scope.entries.insert(mine[0] if mine else len(scope.entries), entry)

    def _undo(self, scope: Scope) -> None:
        entries, scope.entries = scope.entries, []
        if scope.outer is not None:
            entries, scope.outer.entries = scope.outer.entries + entries, []
        self._undo_all(entries)

    def _undo_all(self, entries: list[Entry]) -> None:
        for entry in reversed(entries):
            if entry.undo:
                self.undone.append(entry.undo)
            else:
                self._undo_all(entry.inside)
