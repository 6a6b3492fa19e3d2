"""Work for people: find, claim and complete user tasks."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from flask import Blueprint, Response

from .. import parsing
from ..access import engine
from ..wire import answer, page, to_wire

routes = Blueprint("tasks", __name__)


class TasksQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which user tasks: of an instance, of an assignee, in a state."""

    instance: str | None = None
    assignee: str | None = None
    state: str | None = None
    limit: int | None = None
    cursor: str | None = None


class ClaimRequest(msgspec.Struct, forbid_unknown_fields=True):
    """assignee: whose task it is from now on; null gives it back. force: take it even from another person."""

    assignee: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] | None
    force: bool = False


class CompleteRequest(msgspec.Struct, forbid_unknown_fields=True):
    """variables: what the person filled in."""

    variables: dict[str, Any] | None = None


@routes.get("/api/tasks")
def tasks() -> Response:
    """Search."""
    query = parsing.query(TasksQuery)
    limit = parsing.limited(query.limit, 50, parsing.settings().page_size)
    found = engine().tasks(
        instance=query.instance, assignee=query.assignee, state=query.state, limit=limit, cursor=query.cursor
    )
    return answer(page(found.items, found.next_cursor))


@routes.get("/api/tasks/<task_id>")
def task(task_id: str) -> Response:
    """One user task."""
    return answer(to_wire(engine().task(task_id)))


@routes.post("/api/tasks/<task_id>/claim")
def claim(task_id: str) -> Response:
    """Assign the task; answers with the task."""
    wanted = parsing.body(ClaimRequest)
    task = engine().claim_task(task_id, wanted.assignee, actor=parsing.actor(), force=wanted.force)
    return answer(to_wire(task))


@routes.post("/api/tasks/<task_id>/complete")
def complete(task_id: str) -> Response:
    """The person is done; answers with the instance."""
    wanted = parsing.body(CompleteRequest, optional=True)
    return answer(to_wire(engine().complete_task(task_id, wanted.variables or {}, actor=parsing.actor())))
