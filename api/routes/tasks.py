"""Work for people: find, claim and complete user tasks."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from flask import Blueprint, Response

from engine import InstanceView, Person, UserTaskView

from .. import parsing
from ..access import engine
from ..answers import Limit, ListPage
from ..identity import current
from ..operations import operation
from ..problems import Refusal
from ..roles import ANYONE, INSTANCE_READERS
from ..wire import answer, page, to_wire

routes = Blueprint("tasks", __name__)

TOLD = ("id", "definition_id", "process", "version", "name", "business_key", "status", "started_at", "ended_at")
"""What whoever has done a task gets to know of its instance, whatever else they may read."""


class TasksQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which user tasks: of an instance, of an assignee, in a state (open: created or claimed).

    mine: those of whoever asks, and those that are nobody's while they are a candidate; open ones unless a state is
    asked for.
    """

    mine: bool = False
    instance: str | None = None
    assignee: str | None = None
    state: Literal["open", "created", "claimed", "completed", "withdrawn"] | None = None
    limit: Limit = 50
    cursor: str | None = None


class ClaimRequest(msgspec.Struct, forbid_unknown_fields=True):
    """assignee: whose task it is from now on; null gives it back. force: take it even from another person."""

    assignee: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] | None
    force: bool = False


class TaskCompletion(msgspec.Struct, forbid_unknown_fields=True):
    """variables: what the person filled in."""

    variables: dict[str, Any] | None = None


@routes.get("/api/tasks")
@operation(ANYONE, {200: ListPage[UserTaskView]}, refusals=(422,))
def tasks(query: TasksQuery) -> Response:
    """Search, oldest instance first; who may not read everything gets their own, as with `mine`."""
    found = engine().tasks(
        instance=query.instance,
        assignee=query.assignee,
        state=query.state,
        limit=query.limit,
        cursor=query.cursor,
        person=_who_asks() if query.mine else None,
    )
    return answer(page(found.items, found.next_cursor))


def _who_asks() -> Person:
    identity = current()
    if identity is None:
        raise Refusal(
            422,
            "Expected a key or a token that says who asks but there is none.",
            hint="Name the assignee.",
            field="mine",
        )
    return identity.caller.person


@routes.get("/api/tasks/<task_id>")
@operation(ANYONE, {200: UserTaskView}, refusals=(404,))
def task(task_id: str) -> Response:
    """One user task."""
    return answer(to_wire(engine().task(task_id)))


@routes.post("/api/tasks/<task_id>/claim")
@operation(ANYONE, {200: UserTaskView}, refusals=(404, 409), example={"assignee": "lea"})
def claim(task_id: str, body: ClaimRequest) -> Response:
    """Assign the task; answers with the task.

    Operators assign it to anybody; others who are a candidate take it for themselves, or give back what is theirs.
    """
    task = engine().claim_task(
        task_id,
        body.assignee,
        force=body.force,
        idempotency_key=parsing.idempotency_key(),
        actor=parsing.actor(),
    )
    return answer(to_wire(task))


@routes.post("/api/tasks/<task_id>/complete")
@operation(
    ANYONE,
    {200: InstanceView},
    refusals=(404, 409),
    optional_body=True,
    example={"variables": {"approved": True}},
)
def complete(task_id: str, body: TaskCompletion) -> Response:
    """The person is done; answers with the instance.

    Operators complete every task, others what is theirs, or nobody's while they are a candidate. Who may not read
    instances learns how this one is, and nothing of what happens in it.
    """
    instance = engine().complete_task(
        task_id, body.variables or {}, idempotency_key=parsing.idempotency_key(), actor=parsing.actor()
    )
    return answer(to_wire(instance if _reads_instances() else _outline(instance)))


def _reads_instances() -> bool:
    identity = current()
    return identity is None or bool(identity.roles & INSTANCE_READERS)


def _outline(instance: InstanceView) -> InstanceView:
    """The instance with the rest left empty, so that clients find the type that they know."""
    told = {name: getattr(instance, name) for name in TOLD} | {"revision": instance.revision}
    return InstanceView(outcome="", error_code=None, error_message="", started_by="", **told)
