"""Work for people: find, claim and complete user tasks."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from flask import Blueprint, Response

from engine import InstanceView, UserTaskView

from .. import parsing
from ..access import engine
from ..answers import Limit, ListPage
from ..operations import operation
from ..roles import OPERATORS, READERS
from ..wire import answer, page, to_wire

routes = Blueprint("tasks", __name__)


class TasksQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which user tasks: of an instance, of an assignee, in a state."""

    instance: str | None = None
    assignee: str | None = None
    state: Literal["created", "claimed", "completed", "withdrawn"] | None = None
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
@operation(READERS, {200: ListPage[UserTaskView]}, refusals=(422,))
def tasks(query: TasksQuery) -> Response:
    """Search, oldest instance first."""
    found = engine().tasks(
        instance=query.instance, assignee=query.assignee, state=query.state, limit=query.limit, cursor=query.cursor
    )
    return answer(page(found.items, found.next_cursor))


@routes.get("/api/tasks/<task_id>")
@operation(READERS, {200: UserTaskView}, refusals=(404,))
def task(task_id: str) -> Response:
    """One user task."""
    return answer(to_wire(engine().task(task_id)))


@routes.post("/api/tasks/<task_id>/claim")
@operation(OPERATORS, {200: UserTaskView}, refusals=(404, 409), example={"assignee": "lea"})
def claim(task_id: str, body: ClaimRequest) -> Response:
    """Assign the task; answers with the task."""
    task = engine().claim_task(task_id, body.assignee, actor=parsing.actor(), force=body.force)
    return answer(to_wire(task))


@routes.post("/api/tasks/<task_id>/complete")
@operation(
    OPERATORS,
    {200: InstanceView},
    refusals=(404, 409),
    optional_body=True,
    example={"variables": {"approved": True}},
)
def complete(task_id: str, body: TaskCompletion) -> Response:
    """The person is done; answers with the instance."""
    return answer(to_wire(engine().complete_task(task_id, body.variables or {}, actor=parsing.actor())))
