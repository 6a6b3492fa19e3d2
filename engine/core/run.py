"""What an element may do while a command is carried out: emit, read and write variables, wait, throw, get stuck.

A `Run` lives for one command. `emit` is the only way to change the state. Work that follows (a token that arrived, a
scope that may be finished, the next thing to undo) is put on the agenda and done by the interpreter's loop, never by
a nested call, so depth and length of a diagram cost no stack.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, Protocol

from ..expressions import BpmnErrorThrown, ExpressionError
from . import events as e
from .commands import Command
from .state import ROOT, Activity, InstanceState, Scope, Stage, Value, VariableChain, Variables

Catch = Literal["caught", "handler", "nobody"]

Work = tuple[str, int, str]
"""One piece of work on the agenda: kind ("token", "scope", "undo"), key of a scope or activity, name of a flow."""


class Stuck(Exception):
    """The activity instance cannot go on: becomes an incident of this kind with this sentence and detail."""

    def __init__(self, kind: str, sentence: str, **detail: Value) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence
        self.detail = detail


class ElementLike(Protocol):
    """What a run needs to know of an element; see core.elements.element for the whole interface."""

    id: str
    boundaries: tuple[ElementLike, ...]

    def catches_error(self, code: str) -> int:
        """How exactly it catches the error: 0 not at all, 1 as catch-all, 2 by its code."""


class Run:
    """One command being carried out on one root instance."""

    __slots__ = ("_append", "agenda", "command", "definitions", "events", "now", "stage", "state", "touched")

    def __init__(self, definitions: Mapping[str, Any], state: InstanceState, command: Command) -> None:
        self.definitions = definitions
        self.state = state
        self.command = command
        self.now = command.at
        self.events: list[e.Event] = []
        self._append = self.events.append
        self.agenda: deque[Work] = deque()
        self.touched: set[int] = set()
        self.stage: Stage = "enter"

    # -- events and keys ---------------------------------------------------------------------------------------------

    def emit(self, event: e.Event) -> None:
        """Append the event to the history and apply it."""
        event.apply(self.state)
        self._append(event)

    def next_key(self) -> int:
        """The key that the next event may give out."""
        return self.state.last_key + 1

    # -- the graph ---------------------------------------------------------------------------------------------------

    def executable(self, scope: int) -> Any:
        """The executable whose elements run in the scope."""
        return self.definitions[self.state.scopes[scope].definition]

    def element(self, activity: Activity) -> Any:
        """The element that the activity instance is an instance of."""
        element = self.executable(activity.scope).elements[activity.element]
        return element.inner if activity.iteration else element

    # -- variables ---------------------------------------------------------------------------------------------------

    def variables(self, activity: Activity, overlay: Variables | None = None) -> Any:
        """What an expression of the activity instance can read: its own scope, then outwards."""
        scopes = self.state.scopes
        scope = scopes.get(activity.key) or scopes[activity.scope]
        if not scope.parent and not scope.seen and overlay is None:
            return scope.variables
        layers: list[Mapping[str, Value]] = [] if overlay is None else [overlay]
        while True:
            layers.append(scope.variables)
            if scope.seen:
                layers.append(scope.seen)
            if not scope.parent:
                return VariableChain(layers)
            scope = scopes[scope.parent]

    def all_variables(self, activity: Activity) -> Variables:
        """Every visible variable by name, inner scopes first."""
        visible = self.variables(activity)
        return visible.flat() if isinstance(visible, VariableChain) else dict(visible)

    def write(self, activity: Activity, values: Variables, *, outside: bool = False) -> None:
        """Set variables in the nearest scope that has the name, else in the instance.

        outside: start at the scope around the activity instance, as output mappings do, not at its own.
        """
        if not values:
            return
        scopes = self.state.scopes
        own = scopes.get(activity.key)
        shadow = own.key if own is not None and own.seen else 0
        scope = scopes[activity.scope] if outside or own is None else own
        if not scope.parent and not shadow:
            self.emit(e.VariablesSet(scope.key, values))
            return
        targets: dict[tuple[int, int], Variables] = {}
        for name, value in values.items():
            targets.setdefault(self._home(scope, name, shadow), {})[name] = value
        for (key, hidden), part in targets.items():
            self.emit(e.VariablesSet(key, part, hidden))

    def _home(self, scope: Scope, name: str, shadow: int) -> tuple[int, int]:
        """The scope that a write of the name goes to, and the first one inside it whose past would hide the value."""
        while scope.parent and name not in scope.variables:
            if scope.seen and not shadow:
                shadow = scope.key
            scope = self.state.scopes[scope.parent]
        return scope.key, shadow if shadow != scope.key else 0

    def open_scope(self, activity: Activity, variables: Variables, container: str = "") -> None:
        """Give the activity instance a scope of its own with these variables; again: set them there."""
        if activity.key not in self.state.scopes:
            self.emit(e.ScopeOpened(activity.key, variables, container))
        elif variables:
            self.emit(e.VariablesSet(activity.key, variables))

    # -- tokens ------------------------------------------------------------------------------------------------------

    def place(self, scope: int, flow: str) -> None:
        """Put a token on the flow, or directly at a node ("@node"), and look at it later in this run."""
        self.emit(e.TokenPlaced(scope, flow))
        self.agenda.append(("token", scope, flow))

    def begin(self, scope: int, container: str) -> None:
        """Let the container's start nodes have their tokens."""
        starts = self.executable(scope).starts[container]
        for node in starts:
            self.place(scope, "@" + node)
        if not starts:
            self.agenda.append(("scope", scope, ""))

    def leave(self, activity: Activity, flows: Iterable[str]) -> None:
        """The activity instance is completed; its token goes on over these flows, or ends here."""
        scope = activity.scope
        self.emit(e.ActivityCompleted(activity.key))
        self.touched.add(scope)
        moved = False
        for flow in flows:
            self.place(scope, flow)
            moved = True
        if activity.undoes:
            self.agenda.append(("undo", activity.undoes, ""))
        elif not moved:
            self.agenda.append(("scope", scope, ""))

    # -- ending what is inside ---------------------------------------------------------------------------------------

    def withdraw(self, activity: Activity) -> None:
        """Close the activity instance's open waits and its incident; they are no longer wanted."""
        for wait in list(activity.waits):
            self.emit(e.WaitWithdrawn(wait))
        if activity.incident:
            self.emit(e.IncidentResolved(activity.incident, withdrawn=True))

    def terminate_inside(self, key: int, *, spare: int = 0) -> None:
        """Interrupt every activity instance inside the scope, innermost first, except `spare`."""
        state = self.state
        order: list[int] = []
        scopes = [key] if key in state.scopes else []
        while scopes:
            scope = scopes.pop()
            for child in state.scopes[scope].activities:
                if child != spare:
                    order.append(child)
                    if child in state.scopes:
                        scopes.append(child)
            self._withdraw_stuck(scope)
        for child in reversed(order):
            activity = state.activities[child]
            self.withdraw(activity)
            self.emit(e.ActivityTerminated(child))

    def _withdraw_stuck(self, scope: int) -> None:
        stuck = [one.key for one in self.state.incidents.values() if one.scope == scope and not one.activity]
        for key in stuck:
            self.emit(e.IncidentResolved(key, withdrawn=True))

    def drop_tokens(self, scope: int) -> None:
        """Take away the tokens that wait in the scope; nobody will consume them any more."""
        if self.state.scopes[scope].tokens:
            self.emit(e.TokensDropped(scope))

    def end(self, last: e.Event) -> None:
        """End the whole instance: everything alive is interrupted, then `last` says how it ended."""
        self.terminate_inside(ROOT)
        self.emit(last)
        self.agenda.clear()
        self.touched.clear()

    # -- errors and incidents ----------------------------------------------------------------------------------------

    def throw_error(
        self, activity: Activity, code: str, message: str = "", variables: Variables | None = None
    ) -> Catch:
        """Send a BPMN error outwards (10.5.1) and say how it ended: "caught", or who has to deal with it now.

        Inner scopes come before outer ones, an exact code before a catch-all. A compensation handler is a border: its
        errors do not reach the process that is being undone (answer "handler").
        """
        self.emit(e.ErrorThrown(activity.key, code, message))
        host = activity
        while True:
            catcher = self._catcher(host, code)
            if catcher is not None:
                self._catch(host, catcher, code, variables)
                return "caught"
            if host.undoes:
                return "handler"
            if host.scope == ROOT:
                return "nobody"
            host = self.state.activities[host.scope]

    def _catcher(self, host: Activity, code: str) -> ElementLike | None:
        best, found = 0, None
        for boundary in self.element(host).boundaries:
            rank = boundary.catches_error(code)
            if rank > best:
                best, found = rank, boundary
        return found

    def _catch(self, host: Activity, catcher: ElementLike, code: str, variables: Variables | None) -> None:
        self.emit(e.ErrorCaught(host.key, catcher.id, code))
        self.terminate_inside(host.key)
        self.withdraw(host)
        self.emit(e.ActivityFailed(host.key, code))
        if variables:
            self.write(host, variables, outside=True)
        self.place(host.scope, "@" + catcher.id)
        self.touched.add(host.scope)
        if host.undoes:
            self.agenda.append(("undo", host.undoes, ""))

    def incident(
        self, activity: Activity, kind: str, message: str, *, job: int = 0, detail: Variables | None = None
    ) -> None:
        """The activity instance is stuck in the stage the run is in; a person can see and resolve it."""
        where = (activity.scope, activity.element, activity.key)
        self.emit(e.IncidentRaised(self.next_key(), kind, message, *where, job, self.stage, detail or {}))

    def scope_incident(self, scope: int, kind: str, message: str) -> None:
        """The scope itself is stuck; raised once until it is resolved."""
        open_ones = self.state.incidents.values()
        if not any(one.scope == scope and one.kind == kind and not one.activity for one in open_ones):
            element = self.state.activities[scope].element
            self.emit(e.IncidentRaised(self.next_key(), kind, message, scope, element))

    def attempt(self, activity: Activity, step: Callable[[Run, Activity], None]) -> None:
        """Let an element take a step; what goes wrong in it becomes an error on its way out or an incident."""
        self.stage = "enter"
        try:
            step(self, activity)
        except BpmnErrorThrown as thrown:
            if self.throw_error(activity, thrown.code, thrown.message) != "caught":
                self.incident(activity, "error", f'The error "{thrown.code}" needs a catcher: {thrown.message}')
        except ExpressionError as error:
            self.incident(activity, "expression", str(error))
        except Stuck as stuck:
            self.incident(activity, stuck.kind, stuck.sentence, detail=stuck.detail)
