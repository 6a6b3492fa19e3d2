"""What the steps of one root change in one commit group, collected until it is written.

Rows that begin and end within the group are written once; of a variable only the last value is written.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from msgspec.structs import astuple

from ..core.state import ROOT, SNAPSHOT_FORMAT, InstanceState, Job, Value
from . import statements as s
from .called_changes import CalledChanges
from .records import Arrival, Describe, MessageRecord, Step, lease_end, leased_jobs
from .rows import (
    ActivityRow,
    IncidentRow,
    InstanceRow,
    JobChange,
    JobRow,
    OutboxRow,
    PublicationRow,
    SubscriptionRow,
    TaskRow,
    TimerRow,
    json_text,
    variable_row,
)

Batch = defaultdict[s.Statement, list[tuple[Any, ...]]]
"""The rows of a commit group by statement."""


def visible_status(state: InstanceState) -> str:
    """What readers see: running while something moves by itself or by a worker, waiting when only others can help."""
    if state.status != "active":
        return state.status
    movable = state.agenda or any(type(wait) is Job and wait.retries > 0 for wait in state.waits.values())
    return "running" if movable else "waiting"


class Changes:
    """The pending rows of one root. `at`, `actor` and `seq` are those of the event being projected."""

    __slots__ = (
        "activities",
        "actor",
        "adjusted",
        "at",
        "called",
        "claims",
        "describe",
        "ended_activities",
        "ended_at",
        "ended_incidents",
        "ended_tasks",
        "error_message",
        "first",
        "incidents",
        "job_changes",
        "jobs",
        "last",
        "moved",
        "new",
        "outgoing",
        "publications",
        "removed",
        "reopened",
        "responses",
        "root",
        "seq",
        "started",
        "state",
        "steps",
        "subscriptions",
        "tasks",
        "timers",
        "unscheduled",
        "unsubscribed",
        "variables",
    )

    def __init__(self, step: Step, describe: Describe) -> None:
        self.root, self.state, self.describe = step.root, step.state, describe
        self.first = self.last = step.revision
        self.at, self.actor, self.seq = step.at, step.actor, step.first_seq
        self.steps: list[Step] = []
        self.started: tuple[int, str] | None = None
        self.ended_at: int | None = None
        self.error_message: str | None = None
        self.moved = False
        self.new: InstanceRow | None = None
        self.called = CalledChanges(step.root, step.places)
        self.activities: dict[int, ActivityRow] = {}
        self.ended_activities: list[tuple[int, int, str, str, int]] = []
        self.reopened: list[int] = []
        self.variables: dict[int, dict[str, tuple[Value, int]]] = {}
        self.removed: dict[tuple[int, str], None] = {}
        self.jobs: dict[int, JobRow] = {}
        self.job_changes: dict[int, JobChange] = {}
        self.adjusted: list[tuple[int | None, int | None, str, int]] = []
        self.tasks: dict[int, TaskRow] = {}
        self.claims: dict[int, str | None] = {}
        self.ended_tasks: dict[int, tuple[str, int]] = {}
        self.timers: dict[int, TimerRow] = {}
        self.unscheduled: list[tuple[str, int]] = []
        self.subscriptions: dict[int, SubscriptionRow] = {}
        self.unsubscribed: list[tuple[str, int]] = []
        self.outgoing: list[OutboxRow] = []
        self.publications: list[PublicationRow] = []
        self.responses: list[tuple[Any, ...]] = []
        self.incidents: dict[int, IncidentRow] = {}
        self.ended_incidents: list[tuple[str, int, str, str, int]] = []

    # -- what several events do --------------------------------------------------------------------------------------

    def name_and_type(self, scope: int, element: str) -> tuple[str, str]:
        """The drawn name and the type of an element that runs in the scope."""
        place = self.called.places.get(scope)
        return self.describe(self.state.definition if place is None else place.definition, element)

    def scope_of(self, activity: int) -> int:
        """The scope that the activity instance runs in."""
        row = self.activities.get(activity) or self.state.activities.get(activity)
        return row.scope if row is not None else ROOT

    def start_activity(self, key: int, element: str, scope: int) -> None:
        """A row for a new activity instance."""
        name, kind = self.name_and_type(scope, element)
        row = ActivityRow(self.root, key, element, name, kind, scope, self.at, self.seq)
        if self.called.places:
            row.called = self.called.belongs(key, scope)
        self.activities[key] = row

    def end_activity(self, key: int, outcome: str) -> None:
        """The activity instance is over, and its variables are gone with its scope."""
        self.variables.pop(key, None)
        if self.called.places:
            self.called.end(key, outcome, self.at)
        row = self.activities.get(key)
        if row is None:
            self.ended_activities.append((self.at, self.seq, outcome, self.root, key))
        else:
            row.ended_at, row.end_seq, row.outcome = self.at, self.seq, outcome

    def set_variables(self, scope: int, values: dict[str, Value]) -> None:
        """Remember the values; later ones of the group overwrite them."""
        if values:
            pending, at = self.variables.setdefault(scope, {}), self.at
            for name, value in values.items():
                pending[name] = (value, at)

    def change_job(self, key: int, state: str, *, ended: bool = False) -> JobChange:
        """The pending change of a job, now leading to that state."""
        self.moved = True
        change = self.job_changes.get(key)
        if change is None:
            change = self.job_changes[key] = JobChange()
        change.state, change.ended_at = state, self.at if ended else None
        return change

    def close(self, step: Step) -> None:
        """The step's events are all projected: hand out its lease."""
        self.steps.append(step)
        self.last = step.revision
        lease = step.lease
        if lease is not None:
            for job in leased_jobs(step):
                row = self.jobs[job.key]
                row.state, row.lease_owner = "leased", lease.owner
                row.lease_until = lease_end(lease.until, step.at, job.timeout)

    # -- writing -----------------------------------------------------------------------------------------------------

    def write_to(self, batch: Batch) -> None:
        """Append everything to the group's rows."""
        self._write_instance(batch)
        self.called.write_to(batch, self.state, self._status(), self.last)
        self._write_steps(batch)
        if self.activities:
            batch[s.ACTIVITY_NEW] += map(astuple, self.activities.values())
        if self.ended_activities:
            batch[s.ACTIVITY_END] += self.ended_activities
            batch[s.SCOPE_END] += [row[3:] for row in self.ended_activities]
        self._write_variables(batch)
        if self.jobs or self.job_changes or self.adjusted:
            self._write_jobs(batch)
        if self.tasks or self.claims or self.ended_tasks:
            self._write_tasks(batch)
        if self.incidents or self.ended_incidents:
            batch[s.INCIDENT_NEW] += map(astuple, self.incidents.values())
            batch[s.INCIDENT_END] += self.ended_incidents
        if self.timers or self.unscheduled:
            batch[s.TIMER_NEW] += map(astuple, self.timers.values())
            batch[s.TIMER_REMOVE] += self.unscheduled
        if self.subscriptions or self.unsubscribed:
            batch[s.SUBSCRIPTION_NEW] += map(astuple, self.subscriptions.values())
            batch[s.SUBSCRIPTION_REMOVE] += self.unsubscribed
        if self.responses:
            batch[s.RESPONSE] += self.responses
        if self.outgoing:
            batch[s.OUTBOX_NEW] += map(astuple, self.outgoing)
        if self.publications:
            batch[s.PUBLICATION_NEW] += map(astuple, self.publications)

    def _write_instance(self, batch: Batch) -> None:
        state, message = self.state, self.error_message
        said = (state.outcome, state.error_code)
        numbers = (self.last, len(state.incidents), 1 if state.agenda else 0)
        if self.started is None:
            row = (self._status(), *said, message, self.ended_at, *numbers, self.root, self.first - 1)
            batch[s.INSTANCE_MOVE].append(row)
            return
        at, actor = self.started
        identity = (self.root, None, state.definition, state.process, state.business_key)
        status = self._status() or "waiting"
        self.new = InstanceRow(*identity, status, *said, message or "", at, self.ended_at, actor, *numbers)
        self.new.trace = state.trace or None
        batch[s.INSTANCE_NEW].append(astuple(self.new))

    def _status(self) -> str | None:
        """The status that readers see, None when nothing of the group decides it anew."""
        return visible_status(self.state) if self.moved or self.state.status != "active" else None

    def _write_steps(self, batch: Batch) -> None:
        for step in self.steps:
            place = (step.root, step.revision, step.first_seq, len(step.events))
            batch[s.HISTORY].append((*place, step.at, step.actor, step.cause, step.data, step.previous, step.hash))
            if step.idempotency is not None:
                key = step.idempotency
                batch[s.IDEMPOTENCY].append((key.key, key.fingerprint, key.instance, key.at, None))
            if step.arrival is not None:
                _write_arrival(batch, step, step.arrival)
        kept = [step for step in self.steps if step.snapshot is not None]
        if kept:
            batch[s.SNAPSHOT].append((self.root, kept[-1].revision, SNAPSHOT_FORMAT, kept[-1].snapshot))

    def _write_variables(self, batch: Batch) -> None:
        root = self.root
        if self.removed:
            batch[s.VARIABLE_REMOVE] += [(root, scope, name) for scope, name in self.removed]
        for scope in self.reopened:
            if scope in self.state.scopes:
                self.set_variables(scope, self.state.scopes[scope].variables)
        written = batch[s.VARIABLE_SET]
        for scope, values in self.variables.items():
            written += [variable_row(root, scope, name, value, at) for name, (value, at) in values.items()]

    def _write_jobs(self, batch: Batch) -> None:
        for key, change in self.job_changes.items():
            row = self.jobs.get(key)
            if row is None:
                batch[s.JOB_CHANGE].append(change.values(self.root, key))
            else:
                change.apply_to(row)
        batch[s.JOB_NEW] += map(astuple, self.jobs.values())
        batch[s.JOB_ADJUST] += self.adjusted

    def _write_tasks(self, batch: Batch) -> None:
        root, tasks = self.root, self.tasks
        for key, assignee in self.claims.items():
            state = "created" if assignee is None else "claimed"
            if key in tasks:
                tasks[key].state, tasks[key].assignee = state, assignee
            else:
                batch[s.TASK_CLAIM].append((state, assignee, root, key))
        for key, (state, at) in self.ended_tasks.items():
            if key in tasks:
                tasks[key].state, tasks[key].ended_at = state, at
            else:
                batch[s.TASK_END].append((state, at, root, key))
        batch[s.TASK_NEW] += map(astuple, tasks.values())


def _write_arrival(batch: Batch, step: Step, arrival: Arrival) -> None:
    if arrival.signal:
        batch[s.INBOX].append((step.root, arrival.signal, step.revision, step.at))
    message = arrival.message
    if message is None:
        return
    if message.kept:
        batch[s.MESSAGE_END].append((arrival.answer, step.root, step.at, message.id))
    else:
        batch[s.MESSAGE_NEW].append(message_row(message, 0, arrival.answer, step.root, step.at))


def message_row(
    message: MessageRecord, place: int, state: str, instance: str | None, ended_at: int | None
) -> tuple[Any, ...]:
    """The row of a message; its variables are kept only while it waits, after that the history has them."""
    what = (message.id, message.name, message.correlation, place, message.business_key, message.receiver)
    variables = json_text(message.variables) if ended_at is None else "{}"
    came = (message.sent_by, message.received_at, message.expires_at)
    return (*what, variables, state, *came, instance, ended_at, message.thrower, message.sender_key, message.trace)
