"""Tokens, activity instances and scopes with their variables."""

from __future__ import annotations

import msgspec

from ..state import Activity, InstanceState, Loop, Scope, Value, Variables
from .base import Event


class TokenPlaced(Event, frozen=True, tag="token-placed"):
    """A token arrives on a sequence flow, or (id "@node") directly at a node that has no flow leading to it."""

    scope: int
    flow: str

    def apply(self, state: InstanceState) -> None:
        tokens = state.scopes[self.scope].tokens
        tokens[self.flow] = tokens.get(self.flow, 0) + 1


class TokensDropped(Event, frozen=True, tag="tokens-dropped"):
    """The tokens waiting in this scope are gone: what was drawn in it was ended at once (13.5.6)."""

    scope: int

    def apply(self, state: InstanceState) -> None:
        scope = state.scopes[self.scope]
        scope.tokens.clear()
        scope.resetting.clear()


class ScopeTerminated(Event, frozen=True, tag="scope-terminated"):
    """A terminate end event ended the sub-process or called process; what completed in it is not undone any more."""

    scope: int

    def apply(self, state: InstanceState) -> None:
        scope = state.scopes[self.scope]
        scope.terminated, scope.undoable = True, []


class ActivityStarted(Event, frozen=True, tag="activity-started"):
    """An activity, gateway or event consumes its tokens and becomes active (13.3.2)."""

    key: int
    element: str
    scope: int
    flows: tuple[str, ...] = ()
    undoes: int = 0
    iteration: int = 0

    def apply(self, state: InstanceState) -> None:
        key = state.last_key = self.key
        scope = state.scopes[self.scope]
        tokens = scope.tokens
        for flow in self.flows:
            left = tokens[flow] - 1
            if left:
                tokens[flow] = left
            else:
                del tokens[flow]
        scope.activities[key] = None
        state.activities[key] = Activity(key, self.element, self.scope, undoes=self.undoes, iteration=self.iteration)
        if self.iteration:
            state.loops[self.scope].started = self.iteration


class GatewayActivated(Event, frozen=True, tag="gateway-activated"):
    """A complex gateway's condition became true; it took tokens from these flows and waits for its reset (13.4.5)."""

    scope: int
    element: str
    flows: tuple[str, ...] = ()

    def apply(self, state: InstanceState) -> None:
        state.scopes[self.scope].resetting[self.element] = self.flows


class GatewayReset(Event, frozen=True, tag="gateway-reset"):
    """No token that the complex gateway waits for can arrive any more; it waits for its condition again (13.4.5)."""

    scope: int
    element: str

    def apply(self, state: InstanceState) -> None:
        del state.scopes[self.scope].resetting[self.element]


class LoopStarted(Event, frozen=True, tag="loop-started"):
    """The activity is done `total` times (-1: as long as its condition says), once for each item if there are any."""

    key: int
    total: int
    items: list[Value] = msgspec.field(default_factory=list)

    def apply(self, state: InstanceState) -> None:
        state.loops[self.key] = Loop(self.key, self.total, self.items)


class IterationCompleted(Event, frozen=True, tag="iteration-completed"):
    """An iteration is done, with its part of the output; `last` when the completion condition became true."""

    key: int
    iteration: int
    value: Value = None
    last: bool = False

    def apply(self, state: InstanceState) -> None:
        loop = state.loops[self.key]
        loop.completed += 1
        if self.value is not None:
            loop.results[self.iteration] = self.value
        loop.ended = loop.ended or self.last


class LoopEnded(Event, frozen=True, tag="loop-ended"):
    """The loop or multi-instance activity starts no more iterations, because it is cancelled as a whole (13.5.4)."""

    key: int

    def apply(self, state: InstanceState) -> None:
        state.loops[self.key].ended = True


class ActivityCompleted(Event, frozen=True, tag="activity-completed"):
    """The activity instance is done; its scope is gone with it."""

    key: int

    def apply(self, state: InstanceState) -> None:
        _remove(state, self.key)


class ActivityTerminated(Event, frozen=True, tag="activity-terminated"):
    """The activity instance was interrupted from outside it (13.3.2)."""

    key: int

    def apply(self, state: InstanceState) -> None:
        _remove(state, self.key)


class ActivityFailed(Event, frozen=True, tag="activity-failed"):
    """An error left the activity instance and was caught at its border (13.3.2)."""

    key: int
    code: str = ""

    def apply(self, state: InstanceState) -> None:
        _remove(state, self.key)


def _remove(state: InstanceState, key: int) -> None:
    activity = state.activities.pop(key)
    scope = state.scopes.get(activity.scope)
    if scope is not None:
        scope.activities.pop(key, None)
    if key in state.scopes:
        del state.scopes[key]
    if activity.incident:
        state.incidents.pop(activity.incident, None)
    for wait in activity.waits:
        state.waits.pop(wait, None)
        state.conditions.pop(wait, None)
    if activity.undoes:
        compensation = state.compensations.get(activity.undoes)
        if compensation is not None and compensation.current == key:
            compensation.current = 0
    state.compensations.pop(key, None)
    state.loops.pop(key, None)
    state.ad_hocs.pop(key, None)
    if activity.called:
        state.called.pop(key, None)


class ScopeOpened(Event, frozen=True, tag="scope-opened"):
    """The activity instance gets a scope of its own; `container` names whose nodes run in it, "" if none do."""

    key: int
    variables: Variables = msgspec.field(default_factory=dict)
    container: str = ""
    definition: str = ""

    def apply(self, state: InstanceState) -> None:
        parent = state.scopes[state.activities[self.key].scope]
        definition = self.definition or parent.definition
        state.scopes[self.key] = Scope(self.key, parent.key, definition, self.container, dict(self.variables))


class VariablesSet(Event, frozen=True, tag="variables-set"):
    """These variables of this scope have new values; `shadow` is the innermost compensation handler that wrote them.

    What the handler, and the handlers around it within `scope`, saw of the past no longer hides these variables.
    """

    scope: int
    variables: Variables
    shadow: int = 0

    def apply(self, state: InstanceState) -> None:
        state.scopes[self.scope].variables.update(self.variables)
        inner = self.shadow
        while inner and inner != self.scope:
            scope = state.scopes[inner]
            for name in self.variables:
                scope.seen.pop(name, None)
            inner = scope.parent


class VariablesRemoved(Event, frozen=True, tag="variables-removed"):
    """These variables of this scope no longer exist."""

    scope: int
    names: list[str]

    def apply(self, state: InstanceState) -> None:
        for name in self.names:
            state.scopes[self.scope].variables.pop(name, None)
