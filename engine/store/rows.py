"""Rows under construction: one record per table, its fields in the order of the table's columns.

They are plain records with names while a commit group is built and become the driver's tuples at the end.
"""

from __future__ import annotations

import msgspec

from ..core.state import Value
from ..expressions import SecretReference
from . import tables as t

SEARCHABLE_TEXT = 200
"""Characters of a text variable that can be searched for."""

_encode = msgspec.json.Encoder().encode


def json_text(value: Value) -> str:
    """The value as the JSON text that the tables hold."""
    return _encode(value).decode()


def references_text(references: list[SecretReference]) -> str:
    """Where a job's secrets go, as the JSON text that the table holds."""
    return _encode(references).decode()


class Row(msgspec.Struct, gc=False):
    """The base of all rows; `gc=False` because rows hold texts and numbers only."""


class InstanceRow(Row):
    """A new root instance, or a called process, which is an instance with a parent."""

    id: str
    parent_id: str | None
    definition_id: str
    process: str
    business_key: str | None
    status: str
    outcome: str
    error_code: str | None
    error_message: str
    started_at: int
    ended_at: int | None
    started_by: str
    revision: int
    incidents: int
    yielded: int
    root_id: str | None = None
    called_by: str | None = None
    trace: str | None = None


class ActivityRow(Row):
    """A new activity instance."""

    instance_id: str
    key: int
    element_id: str
    element_name: str
    element_type: str
    scope: int
    started_at: int
    seq: int
    ended_at: int | None = None
    end_seq: int | None = None
    outcome: str | None = None
    called: int | None = None


class JobRow(Row):
    """A new job."""

    instance_id: str
    key: int
    activity: int
    element_id: str
    type: str
    state: str
    retries: int
    attempt: int
    timeout: float
    inputs: str
    properties: str
    available_at: int
    created_at: int
    ended_at: int | None = None
    lease_owner: str | None = None
    lease_until: int | None = None
    last_error: str = ""
    crashes: int | None = None
    secrets: str | None = None
    priority: int | None = None


class JobChange(Row):
    """What a group does to a job; None leaves a column as it is."""

    state: str = "available"
    retries: int | None = None
    more: int = 0
    available_at: int | None = None
    ended_at: int | None = None
    last_error: str | None = None

    def apply_to(self, row: JobRow) -> None:
        """Make the change on a job that the same group creates."""
        row.state, row.ended_at = self.state, self.ended_at
        row.attempt += self.more
        row.lease_owner = row.lease_until = None
        row.retries = row.retries if self.retries is None else self.retries
        row.available_at = row.available_at if self.available_at is None else self.available_at
        row.last_error = row.last_error if self.last_error is None else self.last_error

    def values(self, root: str, key: int) -> tuple[object, ...]:
        """The values of JOB_CHANGE: whatever happens to a job, its lease ends."""
        change = (self.state, self.retries, self.more, self.available_at, self.ended_at)
        return (*change, None, None, self.last_error, root, key)


class TaskRow(Row):
    """A new user task."""

    instance_id: str
    key: int
    activity: int
    element_id: str
    name: str
    state: str
    assignee: str | None
    candidate_users: str
    candidate_groups: str
    form_key: str | None
    created_at: int
    due_at: int | None
    ended_at: int | None = None


class TimerRow(Row):
    """A timer that waits."""

    instance_id: str
    key: int
    activity: int
    element_id: str
    due: int
    cycle: str
    repeats: int


class SubscriptionRow(Row):
    """A subscription that waits."""

    instance_id: str
    key: int
    activity: int
    element_id: str
    kind: str
    name: str
    correlation: str
    created_at: int


class OutboxRow(Row):
    """Something that leaves the instance: a message or a signal that it throws."""

    instance_id: str
    key: int
    topic: str
    ordering: str
    payload: str
    attempts: int
    available_at: int
    created_at: int
    ended_at: int | None = None
    last_error: str = ""


class PublicationRow(Row):
    """A message that the instance throws and that is an event for the message bus."""

    instance_id: str
    key: int
    message: str
    topic: str
    ordering: str
    state: str
    payload: str
    attempts: int
    available_at: int
    created_at: int
    ended_at: int | None = None
    last_error: str = ""
    ended_by: str | None = None
    business_key: str | None = None
    trace: str | None = None


class IncidentRow(Row):
    """A new incident."""

    instance_id: str
    key: int
    kind: str
    message: str
    element_id: str
    element_name: str
    activity: int
    job: int
    state: str
    detail: str
    raised_at: int
    ended_at: int | None = None
    resolved_by: str = ""
    called: int | None = None


def variable_row(root: str, scope: int, name: str, value: Value, at: int) -> tuple[object, ...]:
    """A variable's row: its JSON, and what it can be searched by."""
    text: str | None = None
    number: float | None = None
    if isinstance(value, str):
        text = value[:SEARCHABLE_TEXT]
    elif isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, int | float):
        number = _double(value)
    return (root, scope, name, json_text(value), text, number, at)


def _double(value: float) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None


TABLES = {
    InstanceRow: t.instance,
    ActivityRow: t.activity,
    JobRow: t.job,
    TaskRow: t.user_task,
    TimerRow: t.timer,
    SubscriptionRow: t.subscription,
    OutboxRow: t.outbox,
    PublicationRow: t.publication,
    IncidentRow: t.incident,
}
"""Which table each record is a row of; a test compares fields and columns."""
