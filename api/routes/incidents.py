"""Stuck work: see it, mend the cause, let it go on."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from flask import Blueprint, Response

from .. import parsing
from ..access import engine
from ..wire import answer, page, to_wire

routes = Blueprint("incidents", __name__)


class IncidentsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which incidents: of an instance, open (the default), resolved, or all of them."""

    instance: str | None = None
    status: str = "open"
    limit: int | None = None
    cursor: str | None = None


class ResolveRequest(msgspec.Struct, forbid_unknown_fields=True):
    """variables: values to set first. retries: new attempts for a failed job."""

    variables: dict[str, Any] | None = None
    retries: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None


@routes.get("/api/incidents")
def incidents() -> Response:
    """Search."""
    query = parsing.query(IncidentsQuery)
    limit = parsing.limited(query.limit, 50, parsing.settings().page_size)
    status = None if query.status == "all" else query.status
    found = engine().incidents(instance=query.instance, status=status, limit=limit, cursor=query.cursor)
    return answer(page(found.items, found.next_cursor))


@routes.get("/api/incidents/<incident_id>")
def incident(incident_id: str) -> Response:
    """One incident."""
    return answer(to_wire(engine().incident(incident_id)))


@routes.post("/api/incidents/<incident_id>/resolve")
def resolve(incident_id: str) -> Response:
    """The cause is mended: the work goes on; answers with the incident."""
    wanted = parsing.body(ResolveRequest, optional=True)
    resolved = engine().resolve_incident(
        incident_id, variables=wanted.variables, retries=wanted.retries, actor=parsing.actor()
    )
    return answer(to_wire(resolved))
