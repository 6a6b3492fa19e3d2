"""What an element may do while a command is carried out: emit, read and write variables, wait, throw, get stuck.

A `Run` lives for one command. `emit` is the only way to change the state. Work that follows (a token that arrived, a
scope that may be finished, the next thing to undo) is put on the agenda and done by the interpreter's loop, never by
a nested call, so depth and length of a diagram cost no stack.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from . import events as e
from .calls import MAX_CALL_DEPTH
from .commands import Command
from .state import ROOT, Activity, InstanceState, Scope, Stage, Value, VariableChain, Variables

MAX_ALIVE = 20_000
"""Activity instances that may be alive in one instance at once."""

Work = tuple[str, int, str]
"""One piece of work on the agenda: kind (see state.Due), key of a scope or activity, name of a flow."""


class Stuck(Exception):
    """The activity instance cannot go on: becomes an incident of this kind with this sentence and detail."""

    def __init__(self, kind: str, sentence: str, **detail: Value) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence
        self.detail = detail


class Run:
    """One command being carried out on one root instance."""

    __slots__ = (
        "_append",
        "agenda",
        "changed",
        "command",
        "definitions",
        "events",
        "max_alive",
        "max_calls",
        "now",
        "references",
        "stage",
        "state",
        "touched",
    )

    def __init__(
        self,
        definitions: Any,
        state: InstanceState,
        command: Command,
        max_calls: int = MAX_CALL_DEPTH,
        max_alive: int = MAX_ALIVE,
    ) -> None:
        self.definitions = definitions
        self.max_alive = max_alive
        self.max_calls = max_calls
        self.state = state
        self.command = command
        self.now = command.at
        self.events: list[e.Event] = []
        self._append = self.events.append
        self.agenda: deque[Work] = deque()
        self.touched: set[int] = set()
        self.changed = False
        self.stage: Stage = "enter"
        self.references: dict[int, list[Any]] = {}

    # -- events and keys ---------------------------------------------------------------------------------------------

    def emit(self, event: e.Event) -> None:
        """Append the event to the history and apply it."""
        event.apply(self.state)
        self._append(event)

    def next_key(self) -> int:
        """The key that the next event may give out."""
        return self.state.last_key + 1

    def need_room(self) -> None:
        """Raise Stuck when as much is alive as may be."""
        if len(self.state.activities) >= self.max_alive:
            at_most = f"at most {self.max_alive} activity instances alive"
            raise Stuck("limit", f"An instance needs to have {at_most} but wants more")

    # -- the graph ---------------------------------------------------------------------------------------------------

    def executable(self, scope: int) -> Any:
        """The executable whose elements run in the scope."""
        return self.definitions[self.state.scopes[scope].definition]

    def element(self, activity: Activity) -> Any:
        """The element that the activity instance is an instance of."""
        element = self.executable(activity.scope).elements[activity.element]
        if activity.called:
            return element.called
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

    def outside(self, activity: Activity) -> Any:
        """What can be read in the scope around the activity instance, which has a scope around it."""
        visible = self.variables(activity)
        return VariableChain(visible.layers[1:]) if activity.key in self.state.scopes else visible

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
        self.changed = True
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
            self.changed = True
            self.emit(e.VariablesSet(activity.key, variables))

    # -- tokens ------------------------------------------------------------------------------------------------------

    def place(self, scope: int, flow: str) -> None:
        """Put a token on the flow, or directly at a node ("@node"), and look at it later in this run."""
        self.emit(e.TokenPlaced(scope, flow))
        self.agenda.append(("token", scope, flow))

    def begin(self, scope: int, container: str) -> None:
        """Let the container's event sub-processes wait for what starts them, and its start nodes have their tokens."""
        self.arm_scope(scope, container)
        starts = self.executable(scope).starts[container]
        for node in starts:
            self.place(scope, "@" + node)
        if not starts:
            self.agenda.append(("scope", scope, ""))

    def arm_scope(self, scope: int, container: str) -> None:
        """Let the event sub-processes of the container wait for what starts them, those that do not yet."""
        for element in self.executable(scope).armed_inside.get(container, ()):
            element.arm_inside(self, self.state.activities[scope])

    def leave(self, activity: Activity, flows: Iterable[str]) -> None:
        """The activity instance is completed; its token goes on over these flows, or ends here."""
        scope = activity.scope
        if activity.waits:
            self.withdraw(activity)
        if self.state.incidents:
            self._withdraw_stuck(activity.key)
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
            self.withdraw_wait(wait)
        if activity.incident:
            self.emit(e.IncidentResolved(activity.incident, withdrawn=True))

    def withdraw_wait(self, key: int) -> None:
        """Close the wait, and the incident of a condition that could not be evaluated; it is no longer wanted."""
        wait = self.state.waits[key]
        self.emit(e.WaitWithdrawn(key))
        if self.state.incidents:
            self.forget_incident(wait)

    def forget_incident(self, wait: Any) -> None:
        """The incident about the event of this wait is over by itself."""
        for one in list(self.state.incidents.values()):
            if not one.activity and one.element == getattr(wait, "element", ""):
                self.emit(e.IncidentResolved(one.key, withdrawn=True))

    def withdraw_inside(self, key: int) -> None:
        """Event sub-processes of the scope no longer wait: the scope is interrupted, or about to complete."""
        state = self.state
        for wait in list(state.activities[key].waits):
            if getattr(state.waits[wait], "inside", False):
                self.withdraw_wait(wait)

    def terminate_inside(self, key: int, *, spare: int = 0, goes_on: bool = False) -> None:
        """Interrupt every activity instance inside the scope, innermost first, except `spare`.

        What an interrupted compensation is undoing just now is interrupted too, even in an enclosing scope.
        goes_on: the scope itself stays, so what such a compensation has not begun to undo can be undone later.
        """
        state = self.state
        order: dict[int, None] = {}
        scopes = [key] if key in state.scopes else []
        while scopes:
            scope = scopes.pop()
            children = [child for child in state.scopes[scope].activities if child != spare]
            children += [state.compensations[child].current for child in children if child in state.compensations]
            new = [child for child in children if child and child not in order]
            order.update(dict.fromkeys(new))
            scopes += [child for child in new if child in state.scopes]
            self._withdraw_stuck(scope)
        if goes_on:
            for child in order:
                compensation = state.compensations.get(child)
                if compensation is not None and compensation.pending and compensation.scope != child:
                    self.emit(e.CompensationInterrupted(child))
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
        held = self.state.scopes[scope]
        if held.tokens or held.resetting:
            self.emit(e.TokensDropped(scope))

    def end(self, last: e.Event) -> None:
        """End the whole instance: everything alive is interrupted, then `last` says how it ended."""
        self.terminate_inside(ROOT)
        self.withdraw(self.state.activities[ROOT])
        self.emit(last)
        self.agenda.clear()
        self.touched.clear()

    # -- incidents -----------------------------------------------------------------------------------------------------

    def incident(
        self, activity: Activity, kind: str, message: str, *, job: int = 0, detail: Variables | None = None
    ) -> None:
        """The activity instance is stuck in the stage the run is in; a person can see and resolve it."""
        where = (activity.scope, activity.element, activity.key)
        self.emit(e.IncidentRaised(self.next_key(), kind, message, *where, job, self.stage, detail or {}))

    def scope_incident(self, scope: int, kind: str, message: str, element: str = "") -> None:
        """The scope, or an event in it that belongs to no activity, is stuck; raised once until it is resolved."""
        owner = self.state.activities[scope]
        element = element or (self.state.scopes[scope].container if owner.called else owner.element)
        known = (scope, 0, kind, element)
        if not any((one.scope, one.activity, one.kind, one.element) == known for one in self.state.incidents.values()):
            self.emit(e.IncidentRaised(self.next_key(), kind, message, scope, element))
