"""What readers see of a trail: everything that belongs to one key, wherever it happened, in the order of time."""

from __future__ import annotations

from typing import Literal

import msgspec

from .views import InstanceStatus

TrailKind = Literal[
    "request", "message", "signal", "event", "refused", "started", "job", "task", "incident", "response", "ended"
]
"""What an entry tells of; in this order within one microsecond, so that causes stand before what they led to."""


class TrailInstance(msgspec.Struct, frozen=True, kw_only=True):
    """An instance on the trail, called processes among them. name: of the process as it is drawn."""

    id: str
    parent_id: str | None
    definition_id: str
    process: str
    name: str
    business_key: str | None
    trace: str | None
    status: InstanceStatus
    outcome: str
    error_code: str | None
    incident_count: int
    started_at: int
    ended_at: int | None


class TrailPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where something of the trail is now: an element of an instance that has not ended, or an event.

    waits_for: "job", "user task", "timer", "message", "signal", "condition", some of them with " or ", "message bus" of
    an event, or "" where it is only stuck. detail: what it waits for by name: the job's type, who has the task, the
    message, the topic. due_at: of a timer or a repeat. incident: what it is stuck on, "" for nothing. Of an event
    element_name is the message; instance_id is who threw it, "" when it came and was refused.
    """

    instance_id: str
    process: str
    process_name: str
    element_id: str
    element_name: str
    since: int
    waits_for: str
    detail: str = ""
    due_at: int | None = None
    incident: str = ""


class TrailEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened, from `at` to `ended_at` (None: it goes on, or it took no time).

    id: of the job, user task, incident, message, signal or event ("" for what has none). instance_id, process, element:
    where it happened; None and "" for what came from outside. to: the instance that it reached or started.
    state: the word for how it stands: that of the job, the message, the instance ... subject: its name: of the message,
    the job's type, the task, the error. service: what a job called outside. detail: what else there is to say.
    attempts: that were made. undoes: whether it undid something that was done.
    """

    at: int
    ended_at: int | None
    kind: TrailKind
    id: str
    instance_id: str | None
    process: str
    process_name: str
    element_id: str
    element_name: str
    state: str
    subject: str = ""
    service: str = ""
    detail: str = ""
    to: str | None = None
    to_process: str = ""
    attempts: int = 0
    undoes: bool = False


class TrailView(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a trail. key: what was asked for. instances: all that belong to it, in order of their start.

    now: where it is, what is stuck first. cut: whether there are more instances than are followed (the setting
    `trail_instances`). restricted: whether the asker may only see some processes, so that there may be more.
    """

    key: str
    instances: list[TrailInstance]
    now: list[TrailPlace]
    entries: list[TrailEntry]
    next_cursor: str | None
    cut: bool
    restricted: bool
