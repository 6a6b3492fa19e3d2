"""What a reader gets to see: plain records that the store's queries return and every front door prints as they are.

Times are microseconds since the epoch (UTC) in `*_at` fields; the API turns them into RFC 3339 text.
"""

from __future__ import annotations

from typing import Any, Generic, Literal, TypeVar

import msgspec

from ..expressions import SecretReference
from ..problems import Problem
from .offers import AdHocView

InstanceStatus = Literal["running", "waiting", "completed", "failed", "cancelled"]
T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A part of a list. next_cursor: opaque text that asks for what follows, None when this is the end."""

    items: list[T]
    next_cursor: str | None = None


class DefinitionView(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a process. id: "key:version". key: the process id in the diagram."""

    id: str
    key: str
    version: int
    name: str
    deployment_id: str
    file_name: str
    executable: bool
    deployed_at: int
    problems: list[Problem] = []


class DeploymentView(msgspec.Struct, frozen=True, kw_only=True):
    """A deployment with its definitions (also those that an unchanged file already had) and all problems."""

    id: str
    name: str
    deployed_at: int
    definitions: list[DefinitionView]
    problems: list[Problem] = []
    deployed_by: str = ""


class ActiveElement(msgspec.Struct, frozen=True, kw_only=True):
    """Where a token is: an activity instance that is alive, or a sequence flow with waiting tokens (flow ids).

    waits_for: "job", "user task", "timer", "message" ... or ""; incident_id: what it is stuck on; lane: outer first.
    """

    element_id: str
    element_name: str
    element_type: str
    key: int | None = None
    since: int | None = None
    waits_for: str = ""
    incident_id: str | None = None
    lane: list[str] = []


class OpenWait(msgspec.Struct, frozen=True, kw_only=True):
    """Something the instance waits for. id: that of the job, task, timer or subscription; due_at: when it moves on.

    detail: a job's type, who has a user task, the name of a message or signal; correlation: the key of a message.
    """

    id: str
    kind: str
    element_id: str
    detail: str = ""
    due_at: int | None = None
    correlation: str = ""
    element_name: str = ""


class IncidentView(msgspec.Struct, frozen=True, kw_only=True):
    """Stuck work. id: "INSTANCE.KEY"; status "open" or "resolved"."""

    id: str
    instance_id: str
    kind: str
    message: str
    element_id: str
    element_name: str
    raised_at: int
    status: str
    detail: dict[str, Any] = {}
    job_id: str | None = None
    resolved_at: int | None = None
    resolved_by: str = ""


class CalledView(msgspec.Struct, frozen=True, kw_only=True):
    """A called process as its caller shows it. id: that of its instance; called_by: the call activity."""

    id: str
    called_by: str
    definition_id: str
    process: str
    status: InstanceStatus
    incident_count: int
    started_at: int
    ended_at: int | None


class InstanceView(msgspec.Struct, frozen=True, kw_only=True):
    """One instance as `GET /api/instances/{id}` shows it; the lists of its parts are empty in search results.

    status: running (something can move or a job is open), waiting (only outside input helps), completed, failed,
    cancelled. outcome: "terminated" where a terminate end event was reached. reached: end events in order.
    parent_id, called_by: of a called process, its caller and the call activity in it. calls: what it called itself.
    trace: the id that it shares with what led to it and what it leads to; None only where an older Baton started it.
    """

    id: str
    definition_id: str
    process: str
    version: int
    name: str
    business_key: str | None
    status: InstanceStatus
    outcome: str
    error_code: str | None
    error_message: str
    started_at: int
    ended_at: int | None
    started_by: str
    revision: int
    incident_count: int = 0
    reached: list[str] = []
    active: list[ActiveElement] = []
    waits: list[OpenWait] = []
    incidents: list[IncidentView] = []
    ad_hoc: list[AdHocView] = []
    variables: dict[str, Any] | None = None
    parent_id: str | None = None
    root_id: str | None = None
    called_by: str | None = None
    calls: list[CalledView] = []
    trace: str | None = None


class HistoryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the history. seq counts from 1 per root instance; event is its tag; data its other fields.

    step: the number of the committed step; cause: the command that led to it. instance_id: the instance, or that of
    the called process, in which it happened.
    """

    instance_id: str
    seq: int
    step: int
    at: int
    event: str
    element_id: str | None
    element_name: str | None
    actor: str
    cause: str
    data: dict[str, Any]
    lane: list[str] = []


class ActivityView(msgspec.Struct, frozen=True, kw_only=True):
    """One activity instance. outcome: "completed", "terminated", "failed", or None while alive; seq: of its start."""

    instance_id: str
    key: int
    element_id: str
    element_name: str
    element_type: str
    scope: int
    started_at: int
    ended_at: int | None
    outcome: str | None
    seq: int
    lane: list[str] = []


class VariableView(msgspec.Struct, frozen=True, kw_only=True):
    """A current variable of a scope (1 is the process itself)."""

    name: str
    value: Any
    scope: int
    updated_at: int


class JobView(msgspec.Struct, frozen=True, kw_only=True):
    """A job. state: "available", "leased", "incident" (attempts used up), "completed", "error", "withdrawn". attempt:
    the current or last one. timeout: seconds a worker may hold it. crashes: how often a process died that held it.
    trace: that of its instance.
    secrets: where in the inputs `secrets.NAME` stands for a value that whoever does the job puts in.
    """

    id: str
    instance_id: str
    process: str
    business_key: str | None
    element_id: str
    type: str
    state: str
    retries: int
    attempt: int
    idempotency_key: str
    inputs: dict[str, Any]
    properties: dict[str, str]
    available_at: int
    created_at: int
    lease_owner: str | None = None
    lease_until: int | None = None
    last_error: str = ""
    crashes: int = 0
    secrets: list[SecretReference] = []
    key: int = 0
    timeout: float = 0.0
    trace: str | None = None
    definition_id: str = ""
    priority: int = 0


class UserTaskView(msgspec.Struct, frozen=True, kw_only=True):
    """A user task. state: "created", "claimed", "completed" or "withdrawn". lane: those it is drawn in, outer first."""

    id: str
    instance_id: str
    process: str
    definition_id: str
    business_key: str | None
    element_id: str
    name: str
    state: str
    assignee: str | None
    candidate_users: list[str]
    candidate_groups: list[str]
    form_key: str | None
    created_at: int
    due_at: int | None = None
    completed_at: int | None = None
    lane: list[str] = []
