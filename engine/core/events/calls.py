"""Called processes: scopes in the state of the root instance that calls them (BPMN 2.0.2, 10.3.6 and 13.3.4)."""

from __future__ import annotations

import msgspec

from ..state import ROOT, Activity, Compensation, InstanceState, Scope, Variables
from .base import Event


class ProcessCalled(Event, frozen=True, tag="process-called"):
    """The call activity calls this version of the process, which begins with these variables and sees no others.

    key: of the called process and its scope. activity, element: the call activity and its instance. parent: key of the
    process that it is drawn in, 1 for the root.
    """

    key: int
    activity: int
    element: str
    definition: str
    process: str
    parent: int = ROOT
    business_key: str | None = None
    variables: Variables = msgspec.field(default_factory=dict)

    def apply(self, state: InstanceState) -> None:
        key = state.last_key = self.key
        state.scopes[self.activity].activities[key] = None
        state.activities[key] = Activity(key, self.element, self.activity, called=True)
        scope = Scope(key, 0, self.definition, self.process, dict(self.variables), business_key=self.business_key)
        scope.given, scope.called = self.variables, key
        state.scopes[key] = scope
        state.called[key] = None


class CalledProcessReopened(Event, frozen=True, tag="called-process-reopened"):
    """A completed called process is opened again to be undone: by its activities, last completed first (13.5.5).

    called: its key when it ran. whole: not activity by activity but by its compensation event sub-process (10.7.1).
    """

    key: int
    element: str
    scope: int
    undoes: int
    called: int
    definition: str
    process: str
    whole: bool = False

    def apply(self, state: InstanceState) -> None:
        compensation = state.compensations[self.undoes]
        entry = compensation.pending.pop()
        compensation.current = key = state.last_key = self.key
        state.scopes[self.scope].activities[key] = None
        state.activities[key] = Activity(key, self.element, self.scope, "compensating", undoes=self.undoes, called=True)
        scope = Scope(key, 0, self.definition, self.process, entry.local, business_key=entry.business_key)
        scope.called = self.called
        if self.whole:
            scope.undoable = entry.children
        else:
            state.compensations[key] = Compensation(key, key, entry.children)
        state.scopes[key] = scope
        state.called[key] = None
