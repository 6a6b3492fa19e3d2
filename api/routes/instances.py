"""Starting, finding, waiting for and ending instances."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from flask import Blueprint, Response

from .. import parsing
from ..access import engine, waiting_room
from ..problems import Refusal
from ..wire import answer, page, to_wire

routes = Blueprint("instances", __name__)

Key = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
Seconds = Annotated[float, msgspec.Meta(ge=0)]


class StartRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """process: the key, in its newest version unless `version` says another. wait_seconds: wait for it that long."""

    process: Key
    version: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)] | None = None
    business_key: Key | None = None
    variables: dict[str, Any] | None = None
    wait_seconds: Seconds = 0.0


class InstancesQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which instances: by status, process key and business key."""

    status: str | None = None
    process: str | None = None
    business_key: str | None = None
    limit: int | None = None
    cursor: str | None = None


class InstanceQuery(msgspec.Struct, forbid_unknown_fields=True):
    """variables: whether to answer with them. wait_seconds: wait that long for the instance to come to rest."""

    variables: bool = True
    wait_seconds: Seconds = 0.0


class CancelQuery(msgspec.Struct, forbid_unknown_fields=True):
    """reason: why, for the history."""

    reason: Annotated[str, msgspec.Meta(max_length=1000)] = ""


@routes.post("/api/instances")
def start() -> Response:
    """Start an instance; 201 also for a repeat with the same Idempotency-Key, with the same instance."""
    wanted = parsing.body(StartRequest)
    key = parsing.header_text("Idempotency-Key")
    with waiting_room().seat(_bounded(wanted.wait_seconds)) as seconds:
        instance = engine().start(
            wanted.process,
            version=wanted.version,
            business_key=wanted.business_key,
            variables=wanted.variables or {},
            idempotency_key=key,
            wait_seconds=seconds,
            actor=parsing.actor(),
        )
    return answer(to_wire(instance), 201, location=f"/api/instances/{instance.id}")


@routes.get("/api/instances")
def instances() -> Response:
    """Search, newest first."""
    query = parsing.query(InstancesQuery)
    found = engine().instances(
        status=query.status,
        process=query.process,
        business_key=query.business_key,
        limit=parsing.limited(query.limit, 50, parsing.settings().page_size),
        cursor=query.cursor,
    )
    return answer(page(found.items, found.next_cursor))


@routes.get("/api/instances/<instance_id>")
def instance(instance_id: str) -> Response:
    """One instance: its status, active elements, open waits, incidents and variables."""
    query = parsing.query(InstanceQuery)
    with waiting_room().seat(_bounded(query.wait_seconds)) as seconds:
        if seconds:
            engine().wait(instance_id, seconds)
    return answer(to_wire(engine().instance(instance_id, variables=query.variables)))


@routes.delete("/api/instances/<instance_id>")
def cancel(instance_id: str) -> Response:
    """End the instance from outside; answers with the cancelled instance."""
    reason = parsing.query(CancelQuery).reason
    return answer(to_wire(engine().cancel(instance_id, reason=reason, actor=parsing.actor())))


def _bounded(seconds: float) -> float:
    most = parsing.settings().wait_seconds
    if not seconds <= most:
        raise Refusal(422, f"Expected at most {most:g} seconds of waiting but got {seconds:g}.", field="wait_seconds")
    return seconds
