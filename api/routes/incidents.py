"""Stuck work: see it, mend the cause, let it go on."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from flask import Blueprint, Response

from engine import IncidentView

from .. import parsing
from ..access import engine
from ..answers import Limit, ListPage
from ..operations import operation
from ..roles import OPERATORS, READERS
from ..wire import answer, page, to_wire

routes = Blueprint("incidents", __name__)


class IncidentsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which incidents: of an instance, open (the default), resolved, withdrawn, or all of them."""

    instance: str | None = None
    status: Literal["open", "resolved", "withdrawn", "all"] = "open"
    limit: Limit = 50
    cursor: str | None = None


class ResolveRequest(msgspec.Struct, forbid_unknown_fields=True):
    """variables: values to set first. retries: new attempts for a failed job."""

    variables: dict[str, Any] | None = None
    retries: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None


@routes.get("/api/incidents")
@operation(READERS, {200: ListPage[IncidentView]}, refusals=(422,))
def incidents(query: IncidentsQuery) -> Response:
    """Search, oldest instance first."""
    status = None if query.status == "all" else query.status
    found = engine().incidents(instance=query.instance, status=status, limit=query.limit, cursor=query.cursor)
    return answer(page(found.items, found.next_cursor))


@routes.get("/api/incidents/<incident_id>")
@operation(READERS, {200: IncidentView}, refusals=(404,))
def incident(incident_id: str) -> Response:
    """One incident."""
    return answer(to_wire(engine().incident(incident_id)))


@routes.post("/api/incidents/<incident_id>/resolve")
@operation(
    OPERATORS,
    {200: IncidentView},
    refusals=(404, 409),
    optional_body=True,
    example={"variables": {"address": "1 Main Street"}, "retries": 3},
)
def resolve(incident_id: str, body: ResolveRequest) -> Response:
    """The cause is mended: the work goes on; answers with the incident."""
    resolved = engine().resolve_incident(
        incident_id,
        variables=body.variables,
        retries=body.retries,
        idempotency_key=parsing.idempotency_key(),
        actor=parsing.actor(),
    )
    return answer(to_wire(resolved))
