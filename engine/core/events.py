"""What happened: the closed set of events, each with the sentence of what it means and the change it makes.

`apply` reads only the event and the state. A released class never changes meaning: a new meaning gets a new tag.
The encoded form of these records is what the history stores and what its hash chain covers.
"""

from __future__ import annotations

from typing import Any

import msgspec

from .state import (
    ROOT,
    Activity,
    Compensation,
    Due,
    Entry,
    Incident,
    InstanceState,
    Job,
    Scope,
    Stage,
    Subscription,
    Timer,
    UserTask,
    Variables,
)


class Event(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="event", gc=False):
    """The base of all events; `gc=False` because events never hold references back to themselves."""

    def apply(self, state: InstanceState) -> None:
        """Change the state; the only place where it changes."""
        raise NotImplementedError


# -- the instance -----------------------------------------------------------------------------------------------------


class ProcessStarted(Event, tag="process-started"):
    """A root instance of the process begins with these variables."""

    instance: str
    definition: str
    process: str
    business_key: str | None = None
    variables: Variables = {}

    def apply(self, state: InstanceState) -> None:
        state.id, state.definition, state.process = self.instance, self.definition, self.process
        state.business_key = self.business_key
        state.last_key = ROOT
        state.activities[ROOT] = Activity(ROOT, self.process, 0)
        state.scopes[ROOT] = Scope(ROOT, 0, self.definition, self.process, dict(self.variables))


class ProcessCompleted(Event, tag="process-completed"):
    """All tokens are gone (or a terminate end event was reached: outcome "terminated"); the instance is over."""

    outcome: str = ""

    def apply(self, state: InstanceState) -> None:
        state.outcome = self.outcome
        _end(state, "completed")


class ProcessFailed(Event, tag="process-failed"):
    """An error that nobody catches ended the instance (BPMN 2.0.2, 10.5.7)."""

    code: str
    message: str = ""

    def apply(self, state: InstanceState) -> None:
        state.error_code = self.code
        _end(state, "failed")


class ProcessCancelled(Event, tag="process-cancelled"):
    """A person or system ended the instance from outside."""

    reason: str = ""

    def apply(self, state: InstanceState) -> None:
        _end(state, "cancelled")


def _end(state: InstanceState, status: Any) -> None:
    state.status = status
    state.activities.clear()
    state.compensations.clear()
    root = state.scopes[ROOT]
    root.activities, root.tokens, root.undoable = {}, {}, []
    state.scopes = {ROOT: root}


class RunYielded(Event, tag="run-yielded"):
    """The command reached its limit of steps; the rest of the agenda goes on as a command of its own."""

    agenda: list[Due]

    def apply(self, state: InstanceState) -> None:
        state.agenda = list(self.agenda)


class RunContinued(Event, tag="run-continued"):
    """A yielded run goes on where it stopped."""

    def apply(self, state: InstanceState) -> None:
        state.agenda = []


# -- tokens, activity instances, scopes -------------------------------------------------------------------------------


class TokenPlaced(Event, tag="token-placed"):
    """A token arrives on a sequence flow, or (id "@node") directly at a node that has no flow leading to it."""

    scope: int
    flow: str

    def apply(self, state: InstanceState) -> None:
        tokens = state.scopes[self.scope].tokens
        tokens[self.flow] = tokens.get(self.flow, 0) + 1


class TokensDropped(Event, tag="tokens-dropped"):
    """The tokens waiting in this scope are gone: a terminate end event ended it (13.5.6)."""

    scope: int

    def apply(self, state: InstanceState) -> None:
        state.scopes[self.scope].tokens.clear()


class ActivityStarted(Event, tag="activity-started"):
    """An activity, gateway or event consumes its tokens and becomes active (13.3.2)."""

    key: int
    element: str
    scope: int
    flows: tuple[str, ...] = ()
    undoes: int = 0

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
        state.activities[key] = Activity(key, self.element, self.scope, undoes=self.undoes)


class ActivityCompleted(Event, tag="activity-completed"):
    """The activity instance is done; its scope is gone with it."""

    key: int

    def apply(self, state: InstanceState) -> None:
        _remove(state, self.key)


class ActivityTerminated(Event, tag="activity-terminated"):
    """The activity instance was interrupted from outside it (13.3.2)."""

    key: int

    def apply(self, state: InstanceState) -> None:
        _remove(state, self.key)


class ActivityFailed(Event, tag="activity-failed"):
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
    if activity.undoes:
        compensation = state.compensations.get(activity.undoes)
        if compensation is not None and compensation.current == key:
            compensation.current = 0
    state.compensations.pop(key, None)


class ScopeOpened(Event, tag="scope-opened"):
    """The activity instance gets a scope of its own; `container` names whose nodes run in it, "" if none do."""

    key: int
    variables: Variables = {}
    container: str = ""
    definition: str = ""

    def apply(self, state: InstanceState) -> None:
        parent = state.scopes[state.activities[self.key].scope]
        definition = self.definition or parent.definition
        state.scopes[self.key] = Scope(self.key, parent.key, definition, self.container, dict(self.variables))


class VariablesSet(Event, tag="variables-set"):
    """These variables of this scope have new values; `shadow` is the compensation handler's scope that wrote them."""

    scope: int
    variables: Variables
    shadow: int = 0

    def apply(self, state: InstanceState) -> None:
        state.scopes[self.scope].variables.update(self.variables)
        if self.shadow:
            seen = state.scopes[self.shadow].seen
            for name in self.variables:
                seen.pop(name, None)


class VariablesRemoved(Event, tag="variables-removed"):
    """These variables of this scope no longer exist."""

    scope: int
    names: list[str]

    def apply(self, state: InstanceState) -> None:
        for name in self.names:
            state.scopes[self.scope].variables.pop(name, None)


# -- waits ------------------------------------------------------------------------------------------------------------


def _open(state: InstanceState, wait: Any) -> None:
    state.last_key = wait.key
    state.waits[wait.key] = wait
    state.activities[wait.activity].waits[wait.key] = None


def _close(state: InstanceState, key: int) -> None:
    wait = state.waits.pop(key)
    state.activities[wait.activity].waits.pop(key, None)


class JobCreated(Event, tag="job-created"):
    """Work is offered to workers: `inputs` were evaluated once and every attempt gets the same.

    retries: attempts in all. timeout: seconds a worker may hold the job. available_at: microseconds since the epoch.
    """

    key: int
    activity: int
    element: str
    type: str
    inputs: Variables
    properties: dict[str, str]
    retries: int
    timeout: float
    available_at: int

    def apply(self, state: InstanceState) -> None:
        _open(state, Job(self.key, self.activity, self.type, self.retries))


class JobCompleted(Event, tag="job-completed"):
    """A worker did the job and returned these variables."""

    key: int
    variables: Variables = {}

    def apply(self, state: InstanceState) -> None:
        _close(state, self.key)


class JobFailed(Event, tag="job-failed"):
    """An attempt failed; `retries` are left, the next attempt is due at `available_at` (none when retries is 0)."""

    key: int
    message: str
    retries: int
    available_at: int = 0
    detail: Variables = {}

    def apply(self, state: InstanceState) -> None:
        state.waits[self.key].retries = self.retries  # type: ignore[union-attr]


class JobRetried(Event, tag="job-retried"):
    """A person gave the failed job new attempts."""

    key: int
    retries: int
    available_at: int

    def apply(self, state: InstanceState) -> None:
        state.waits[self.key].retries = self.retries  # type: ignore[union-attr]


class JobErrorThrown(Event, tag="job-error-thrown"):
    """A worker answered with a BPMN error, or the failed job's diagram names one for it; the job is over."""

    key: int
    code: str
    message: str = ""
    variables: Variables = {}

    def apply(self, state: InstanceState) -> None:
        _close(state, self.key)


class UserTaskCreated(Event, tag="user-task-created"):
    """A person's work waits. due_at: microseconds since the epoch or None."""

    key: int
    activity: int
    element: str
    assignee: str | None = None
    candidate_users: list[str] = []
    candidate_groups: list[str] = []
    form_key: str | None = None
    due_at: int | None = None

    def apply(self, state: InstanceState) -> None:
        _open(state, UserTask(self.key, self.activity, self.assignee))


class UserTaskClaimed(Event, tag="user-task-claimed"):
    """The user task now belongs to the assignee, or to nobody (None)."""

    key: int
    assignee: str | None = None

    def apply(self, state: InstanceState) -> None:
        state.waits[self.key].assignee = self.assignee  # type: ignore[union-attr]


class UserTaskCompleted(Event, tag="user-task-completed"):
    """A person finished the user task with these variables."""

    key: int
    variables: Variables = {}

    def apply(self, state: InstanceState) -> None:
        _close(state, self.key)


class TimerScheduled(Event, tag="timer-scheduled"):
    """A timer will trigger `element` at `due` (microseconds since the epoch)."""

    key: int
    activity: int
    element: str
    due: int

    def apply(self, state: InstanceState) -> None:
        _open(state, Timer(self.key, self.activity, self.element, self.due))


class TimerFired(Event, tag="timer-fired"):
    """The timer was due and triggered its element."""

    key: int

    def apply(self, state: InstanceState) -> None:
        _close(state, self.key)


class Subscribed(Event, tag="subscribed"):
    """`element` waits for a message, signal or condition of this name and correlation key."""

    key: int
    activity: int
    element: str
    kind: str
    name: str
    correlation: str = ""

    def apply(self, state: InstanceState) -> None:
        _open(state, Subscription(self.key, self.activity, self.element, self.kind, self.name, self.correlation))


class WaitWithdrawn(Event, tag="wait-withdrawn"):
    """The job, user task, timer or subscription is no longer wanted (withdrawn, 13.3.2)."""

    key: int

    def apply(self, state: InstanceState) -> None:
        _close(state, self.key)


# -- errors, incidents, compensation ----------------------------------------------------------------------------------


class ErrorThrown(Event, tag="error-thrown"):
    """A BPMN error starts its way outwards from the activity instance."""

    activity: int
    code: str
    message: str = ""

    def apply(self, state: InstanceState) -> None:
        pass


class ErrorCaught(Event, tag="error-caught"):
    """`element` catches the error that reached the activity instance `host`."""

    host: int
    element: str
    code: str

    def apply(self, state: InstanceState) -> None:
        pass


class IncidentRaised(Event, tag="incident-raised"):
    """Work is stuck until a person resolves it; `stage` says where the activity goes on then."""

    key: int
    kind: str
    message: str
    scope: int
    element: str = ""
    activity: int = 0
    job: int = 0
    stage: Stage = "enter"
    detail: Variables = {}

    def apply(self, state: InstanceState) -> None:
        state.last_key = self.key
        state.incidents[self.key] = Incident(
            self.key, self.kind, self.message, self.scope, self.element, self.activity, self.job, self.stage
        )
        if self.activity:
            state.activities[self.activity].incident = self.key


class IncidentResolved(Event, tag="incident-resolved"):
    """A person says the cause is mended and the work goes on; withdrawn: the stuck work is no longer wanted."""

    key: int
    withdrawn: bool = False

    def apply(self, state: InstanceState) -> None:
        incident = state.incidents.pop(self.key)
        activity = state.activities.get(incident.activity)
        if activity is not None:
            activity.incident = 0


class UndoRecorded(Event, tag="undo-recorded"):
    """The activity instance completed and can be undone from now on; it remembers the variables it saw (13.5.5)."""

    key: int

    def apply(self, state: InstanceState) -> None:
        activity = state.activities[self.key]
        own = state.scopes.get(self.key)
        entry = Entry(self.key, activity.element, _visible(state, self.key if own is not None else activity.scope))
        if own is not None and own.container:
            entry.local, entry.children = own.variables, own.undoable
        state.scopes[activity.scope].undoable.append(entry)


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


class CompensationTriggered(Event, tag="compensation-triggered"):
    """The throw event `key` starts undoing what completed in the scope: all of it, or the given element only."""

    key: int
    scope: int
    element: str = ""

    def apply(self, state: InstanceState) -> None:
        scope = state.scopes[self.scope]
        chosen = [entry for entry in scope.undoable if not self.element or entry.element == self.element]
        scope.undoable = [entry for entry in scope.undoable if self.element and entry.element != self.element]
        state.compensations[self.key] = Compensation(self.key, self.scope, chosen)
        state.activities[self.key].status = "compensating"


class HandlerStarted(Event, tag="handler-started"):
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


class SubProcessReopened(Event, tag="sub-process-reopened"):
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
            self.key, self.element, self.scope, status="compensating", undoes=self.undoes
        )
        state.scopes[self.key] = Scope(self.key, self.scope, scope.definition, self.element, entry.local)
        state.compensations[self.key] = Compensation(self.key, self.key, entry.children)


class CompensationCompleted(Event, tag="compensation-completed"):
    """Everything that this compensation had to undo is undone."""

    key: int

    def apply(self, state: InstanceState) -> None:
        del state.compensations[self.key]
        state.activities[self.key].status = "active"


EVENT_TYPES: tuple[type[Event], ...] = tuple(Event.__subclasses__())
"""All events, in the order of this page."""

AnyEvent = (
    ProcessStarted
    | ProcessCompleted
    | ProcessFailed
    | ProcessCancelled
    | RunYielded
    | RunContinued
    | TokenPlaced
    | TokensDropped
    | ActivityStarted
    | ActivityCompleted
    | ActivityTerminated
    | ActivityFailed
    | ScopeOpened
    | VariablesSet
    | VariablesRemoved
    | JobCreated
    | JobCompleted
    | JobFailed
    | JobRetried
    | JobErrorThrown
    | UserTaskCreated
    | UserTaskClaimed
    | UserTaskCompleted
    | TimerScheduled
    | TimerFired
    | Subscribed
    | WaitWithdrawn
    | ErrorThrown
    | ErrorCaught
    | IncidentRaised
    | IncidentResolved
    | UndoRecorded
    | CompensationTriggered
    | HandlerStarted
    | SubProcessReopened
    | CompensationCompleted
)

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(list[AnyEvent])


def encode_events(events: list[Event]) -> bytes:
    """The bytes that the history stores and hashes: a JSON array of the events in order."""
    return _encoder.encode(events)


def decode_events(data: bytes) -> list[Event]:
    """The inverse of `encode_events`; raises msgspec.ValidationError on bytes that no Baton wrote."""
    return list(_decoder.decode(data))


def fold(state: InstanceState, events: list[Event]) -> InstanceState:
    """Apply the events in order to the state and return it."""
    for event in events:
        event.apply(state)
    return state


def blank_state() -> InstanceState:
    """The state before the first event; folding a whole history starts here."""
    return InstanceState("", "", "")
