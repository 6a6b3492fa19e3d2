"""What is deployed: versions of processes and their diagrams."""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response

from .. import parsing
from ..access import engine
from ..wire import answer, page, to_wire

routes = Blueprint("definitions", __name__)


class DefinitionsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """key: the process id in the diagram. latest: only the newest version of each."""

    key: str | None = None
    latest: bool = False
    limit: int | None = None
    cursor: str | None = None


@routes.get("/api/definitions")
def definitions() -> Response:
    """The deployed versions."""
    query = parsing.query(DefinitionsQuery)
    limit = parsing.limited(query.limit, 50, parsing.settings().page_size)
    found = engine().definitions(key=query.key, latest=query.latest, limit=limit, cursor=query.cursor)
    return answer(page(found.items, found.next_cursor))


@routes.get("/api/definitions/<definition_id>")
def definition(definition_id: str) -> Response:
    """One version, with the problems that its check found."""
    return answer(to_wire(engine().definition(definition_id)))


@routes.get("/api/definitions/<definition_id>/xml")
def definition_xml(definition_id: str) -> Response:
    """The document as it was deployed, byte for byte."""
    document = engine().definition_xml(definition_id)
    response = Response(document, content_type="application/xml")
    response.headers["Content-Disposition"] = "attachment"
    return response
