"""Waiting for an instance: until it ends, comes to rest, has a user task open, or reaches an element."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from flask import Blueprint, Response

from engine import InstanceView

from ..access import engine, waiting_room
from ..answers import WaitSeconds
from ..operations import operation
from ..problems import RETRY_AFTER_SECONDS, Refusal
from ..roles import INSTANCE_READERS
from ..wire import answer, to_wire

routes = Blueprint("waiting", __name__)

ENDED = ("completed", "failed", "cancelled")

Goal = Literal["rest", "end", "user_task"]
ElementId = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class ElementReached(msgspec.Struct, forbid_unknown_fields=True):
    """element: the id of the element that a token has to enter."""

    element: ElementId


WaitFor = Goal | ElementReached


class WaitRequest(msgspec.Struct, forbid_unknown_fields=True):
    """wait_seconds: how long at most. wait_for: what, as when an instance is started."""

    wait_seconds: WaitSeconds = 30.0
    wait_for: WaitFor = "end"


class WaitQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The same for clients that only read. element: instead of `wait_for`, the id of an element to be reached."""

    wait_seconds: WaitSeconds = 30.0
    wait_for: Goal = "end"
    element: ElementId | None = None


@routes.get("/api/instances/<instance_id>/wait")
@operation(INSTANCE_READERS, {200: InstanceView, 202: InstanceView}, refusals=(404, 422))
def look(instance_id: str, query: WaitQuery) -> Response:
    """Wait for the instance; 200 when it is where it was wanted or has ended, 202 with Retry-After when not yet."""
    goal = query.wait_for if query.element is None else ElementReached(query.element)
    return wait_for(instance_id, query.wait_seconds, goal)


@routes.post("/api/instances/<instance_id>/wait")
@operation(
    INSTANCE_READERS,
    {200: InstanceView, 202: InstanceView},
    refusals=(404,),
    optional_body=True,
    example={"wait_seconds": 0, "wait_for": "user_task"},
)
def wait(instance_id: str, body: WaitRequest) -> Response:
    """Wait for the instance; 200 when it is where it was wanted or has ended, 202 with Retry-After when not yet."""
    return wait_for(instance_id, body.wait_seconds, body.wait_for)


def wait_for(instance_id: str, seconds: float, goal: WaitFor, *, there: int = 200) -> Response:
    """Wait when a seat is free, and answer with the instance; there: the status when waiting longer is of no use."""
    element = goal.element if isinstance(goal, ElementReached) else None
    words: Goal = "end" if isinstance(goal, ElementReached) else goal
    with waiting_room().seat(seconds) as granted:
        instance, reached = engine().wait_until(instance_id, granted, goal=words, element=element)
    where = f"/api/instances/{instance.id}"
    if reached or instance.status in ENDED:
        return answer(to_wire(instance), there, location=where)
    response = answer(to_wire(instance), 202, location=where)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def check_goal(process: str, version: int | None, goal: WaitFor) -> None:
    """Raise Refusal 422 when the process has no such element, before anything is started."""
    if isinstance(goal, ElementReached) and not engine().has_element(process, goal.element, version=version):
        raise Refusal(
            422, f"Expected an element of {process} but there is no {goal.element[:80]!r}.", field="wait_for.element"
        )
