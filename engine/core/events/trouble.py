"""Errors, escalations, incidents, compensation and cancelled transactions."""

from __future__ import annotations

import msgspec

from ..state import Activity, Compensation, Entry, Incident, InstanceState, Scope, Stage, Variables
from .base import Event


class ErrorThrown(Event, frozen=True, tag="error-thrown"):
    """A BPMN error starts its way outwards from the activity instance."""

    activity: int
    code: str
    message: str = ""

    def apply(self, state: InstanceState) -> None:
        pass


class ErrorCaught(Event, frozen=True, tag="error-caught"):
    """`element` catches the error that reached the activity instance `host`."""

    host: int
    element: str
    code: str

    def apply(self, state: InstanceState) -> None:
        pass


class EscalationThrown(Event, frozen=True, tag="escalation-thrown"):
    """An escalation starts its way outwards from the activity instance (10.5.7)."""

    activity: int
    code: str

    def apply(self, state: InstanceState) -> None:
        pass


class EscalationCaught(Event, frozen=True, tag="escalation-caught"):
    """`element` catches the escalation that reached the activity instance `host`."""

    host: int
    element: str
    code: str

    def apply(self, state: InstanceState) -> None:
        pass


class EscalationUncaught(Event, frozen=True, tag="escalation-uncaught"):
    """Nobody catches the escalation of the activity instance; the work goes on (10.5.7)."""

    activity: int
    code: str

    def apply(self, state: InstanceState) -> None:
        pass


class TransactionCancelled(Event, frozen=True, tag="transaction-cancelled"):
    """A cancel end event ends the transaction: active work stops, what completed is undone, it is left (13.5.4)."""

    activity: int

    def apply(self, state: InstanceState) -> None:
        pass


class IncidentRaised(Event, frozen=True, tag="incident-raised"):
    """Work is stuck until a person resolves it; `stage` says where the activity goes on then."""

    key: int
    kind: str
    message: str
    scope: int
    element: str = ""
    activity: int = 0
    job: int = 0
    stage: Stage = "enter"
    detail: Variables = msgspec.field(default_factory=dict)

    def apply(self, state: InstanceState) -> None:
        state.last_key = self.key
        state.incidents[self.key] = Incident(
            self.key, self.kind, self.message, self.scope, self.element, self.activity, self.job, self.stage
        )
        if self.activity:
            state.activities[self.activity].incident = self.key


class IncidentResolved(Event, frozen=True, tag="incident-resolved"):
    """A person says the cause is mended and the work goes on; withdrawn: the stuck work is no longer wanted."""

    key: int
    withdrawn: bool = False

    def apply(self, state: InstanceState) -> None:
        incident = state.incidents.pop(self.key)
        activity = state.activities.get(incident.activity)
        if activity is not None:
            activity.incident = 0


class UndoRecorded(Event, frozen=True, tag="undo-recorded"):
    """The activity instance completed and can be undone from now on; it remembers the variables it saw (13.5.5).

    before: the completed activity instance that has to be undone before this one although it completed earlier.
    partial: it did not complete but ends now, with its transaction; what completed in it can be undone.
    """

    key: int
    before: int = 0
    partial: bool = False

    def apply(self, state: InstanceState) -> None:
        activity = state.activities[self.key]
        own = state.scopes.get(self.key)
        entry = Entry(self.key, activity.element, _visible(state, self.key if own is not None else activity.scope))
        entry.iteration, entry.partial = activity.iteration, self.partial
        if own is not None and (own.container or own.undoable):
            entry.local, entry.children = own.variables, own.undoable
            if activity.called:
                entry.definition, entry.business_key = own.definition, own.business_key
        undoable = state.scopes[activity.scope].undoable
        undoable.insert(next((at for at, one in enumerate(undoable) if one.key == self.before), len(undoable)), entry)


def _visible(state: InstanceState, key: int) -> Variables:
    chain = []
    while key:
        chain.append(state.scopes[key])
        key = chain[-1].parent
    seen: Variables = {}
    for scope in reversed(chain):
        seen.update(scope.variables)
        seen.update(scope.seen)
    return seen


class CompensationTriggered(Event, frozen=True, tag="compensation-triggered"):
    """The throw event `key` starts undoing what completed in the scope: all of it, or the given element only.

    outer: the scope around an event sub-process, whose completed activities are undone after those of the scope.
    """

    key: int
    scope: int
    element: str = ""
    outer: int = 0

    def apply(self, state: InstanceState) -> None:
        before = _taken(state.scopes[self.outer], self.element) if self.outer else []
        pending = before + _taken(state.scopes[self.scope], self.element)
        state.compensations[self.key] = Compensation(self.key, self.scope, pending, 0, self.outer, len(before))
        state.activities[self.key].status = "compensating"


def _taken(scope: Scope, element: str) -> list[Entry]:
    chosen = [entry for entry in scope.undoable if not element or entry.element == element]
    scope.undoable = [entry for entry in scope.undoable if element and entry.element != element]
    return chosen


class HandlerStarted(Event, frozen=True, tag="handler-started"):
    """The compensation handler begins to undo the last entry; it sees the variables as they were then."""

    key: int
    element: str
    scope: int
    undoes: int
    container: str = ""

    def apply(self, state: InstanceState) -> None:
        compensation = state.compensations[self.undoes]
        entry = compensation.pending.pop()
        compensation.current = state.last_key = self.key
        scope = state.scopes[self.scope]
        scope.activities[self.key] = None
        state.activities[self.key] = Activity(self.key, self.element, self.scope, undoes=self.undoes)
        state.scopes[self.key] = Scope(self.key, self.scope, scope.definition, self.container, seen=entry.variables)


class SubProcessReopened(Event, frozen=True, tag="sub-process-reopened"):
    """A completed sub-process without a handler of its own is undone by its activities, last completed first."""

    key: int
    element: str
    scope: int
    undoes: int

    def apply(self, state: InstanceState) -> None:
        compensation = state.compensations[self.undoes]
        entry = compensation.pending.pop()
        compensation.current = state.last_key = self.key
        scope = state.scopes[self.scope]
        scope.activities[self.key] = None
        state.activities[self.key] = Activity(
            self.key, self.element, self.scope, "compensating", undoes=self.undoes, iteration=entry.iteration
        )
        state.scopes[self.key] = Scope(self.key, self.scope, scope.definition, self.element, entry.local)
        state.compensations[self.key] = Compensation(self.key, self.key, entry.children)


class SubProcessRestored(Event, frozen=True, tag="sub-process-restored"):
    """A completed sub-process is opened again as it was, for its compensation event sub-process to undo it (10.7.1)."""

    key: int
    element: str
    scope: int
    undoes: int

    def apply(self, state: InstanceState) -> None:
        compensation = state.compensations[self.undoes]
        entry = compensation.pending.pop()
        compensation.current = key = state.last_key = self.key
        around = state.scopes[self.scope]
        around.activities[key] = None
        state.activities[key] = Activity(
            key, self.element, self.scope, "compensating", undoes=self.undoes, iteration=entry.iteration
        )
        scope = Scope(key, self.scope, around.definition, self.element, entry.local, seen=entry.variables)
        scope.undoable = entry.children
        state.scopes[key] = scope


class CompensationInterrupted(Event, frozen=True, tag="compensation-interrupted"):
    """The throw event `key` is interrupted: what it has not begun to undo can be undone by another one."""

    key: int

    def apply(self, state: InstanceState) -> None:
        compensation = state.compensations[self.key]
        pending, count = compensation.pending, compensation.outer_count
        compensation.pending, compensation.outer_count = [], 0
        if count:
            state.scopes[compensation.outer].undoable[:0] = pending[:count]
        state.scopes[compensation.scope].undoable[:0] = pending[count:]


class CompensationCompleted(Event, frozen=True, tag="compensation-completed"):
    """Everything that this compensation had to undo is undone."""

    key: int

    def apply(self, state: InstanceState) -> None:
        del state.compensations[self.key]
        state.activities[self.key].status = "active"
