"""Starting, finding, changing and ending instances."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from flask import Blueprint, Response

from engine import InstanceView, VariableView

from .. import parsing
from ..access import engine
from ..answers import Limit, ListPage, WaitSeconds
from ..operations import operation
from ..roles import INSTANCE_READERS, OPERATORS, READERS, STARTERS
from ..tracing import trace
from ..variable_filters import VariableText, filters
from ..wire import answer, page, to_wire
from .waiting import WaitFor, check_goal, wait_for

routes = Blueprint("instances", __name__)

Key = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class StartRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """process: the key, in its newest version unless `version` says another.

    wait_seconds: wait that long at most for what `wait_for` says: "rest" (nothing moves any more without something from
    outside), "end", "user_task" (one is open), or that a token has entered an element.
    """

    process: Key
    version: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)] | None = None
    business_key: Key | None = None
    variables: dict[str, Any] | None = None
    wait_seconds: WaitSeconds = 0.0
    wait_for: WaitFor = "rest"


class InstancesQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which instances: by status, process key, business key, trace, the instance that called them, own variables."""

    status: Literal["running", "waiting", "completed", "failed", "cancelled"] | None = None
    process: str | None = None
    business_key: str | None = None
    parent: str | None = None
    trace: str | None = None
    variable: Annotated[list[VariableText], msgspec.Meta(max_length=10)] = []
    limit: Limit = 50
    cursor: str | None = None


class InstanceQuery(msgspec.Struct, forbid_unknown_fields=True):
    """variables: whether to answer with them. wait_seconds: wait that long for the instance to come to rest."""

    variables: bool = True
    wait_seconds: WaitSeconds = 0.0


class CancelQuery(msgspec.Struct, forbid_unknown_fields=True):
    """reason: why, for the history."""

    reason: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class VariablesRequest(msgspec.Struct, forbid_unknown_fields=True):
    """variables: the values to set; others stay as they are."""

    variables: Annotated[dict[str, Any], msgspec.Meta(min_length=1)]


@routes.post("/api/instances")
@operation(
    STARTERS,
    {201: InstanceView, 202: InstanceView},
    refusals=(404,),
    headers=("Idempotency-Key", "traceparent"),
    example={"process": "approval", "business_key": "order-1001", "variables": {"amount": 120}, "wait_seconds": 0},
)
def start(body: StartRequest) -> Response:
    """Start an instance; a repeat with the same Idempotency-Key answers with the same instance.

    201, with the variables after waiting. 202 with Retry-After when it was to be waited for and is not there yet,
    because the time was over or every seat for waiting requests was taken: go on at `Location` + `/wait`.
    """
    if body.wait_seconds:
        check_goal(body.process, body.version, body.wait_for)
    instance = engine().start(
        body.process,
        version=body.version,
        business_key=body.business_key,
        variables=body.variables or {},
        idempotency_key=parsing.idempotency_key(),
        actor=parsing.actor(),
        trace=trace(),
    )
    if body.wait_seconds:
        return wait_for(instance.id, body.wait_seconds, body.wait_for, there=201)
    return answer(to_wire(instance), 201, location=f"/api/instances/{instance.id}")


@routes.get("/api/instances")
@operation(READERS, {200: ListPage[InstanceView]}, refusals=(422,))
def instances(query: InstancesQuery) -> Response:
    """Search, newest first; of an instance's parts only the end events are told.

    `variable` may be repeated: `variable=total:gt:100&variable=country:eq:DE` finds instances whose own variables
    fulfil both. Texts and numbers are never compared with each other; without the variable nothing is found. Processes
    that call activities called are instances too, with a `parent_id`.
    """
    found = engine().instances(
        status=query.status,
        process=query.process,
        business_key=query.business_key,
        parent=query.parent,
        trace=query.trace,
        variables=filters(query.variable, parsing.settings()),
        limit=query.limit,
        cursor=query.cursor,
    )
    return answer(page(found.items, found.next_cursor))


@routes.get("/api/instances/<instance_id>")
@operation(INSTANCE_READERS, {200: InstanceView}, refusals=(404,))
def instance(instance_id: str, query: InstanceQuery) -> Response:
    """One instance: its status, active elements, open waits, incidents and variables."""
    if query.wait_seconds:
        wait_for(instance_id, query.wait_seconds, "rest")
    return answer(to_wire(engine().instance(instance_id, variables=query.variables)))


@routes.delete("/api/instances/<instance_id>")
@operation(OPERATORS, {200: InstanceView}, refusals=(404, 409, 422))
def cancel(instance_id: str, query: CancelQuery) -> Response:
    """End the instance from outside; answers with the cancelled instance."""
    return answer(
        to_wire(
            engine().cancel(
                instance_id, reason=query.reason, idempotency_key=parsing.idempotency_key(), actor=parsing.actor()
            )
        )
    )


@routes.patch("/api/instances/<instance_id>/variables")
@operation(
    OPERATORS, {200: ListPage[VariableView]}, refusals=(404, 409), example={"variables": {"address": "1 Main Street"}}
)
def set_variables(instance_id: str, body: VariablesRequest) -> Response:
    """Correct variables of the process; answers with the first page of all of them."""
    engine().set_variables(
        instance_id, body.variables, idempotency_key=parsing.idempotency_key(), actor=parsing.actor()
    )
    found = engine().variables_page(instance_id, limit=200)
    return answer(page(found.items, found.next_cursor))
