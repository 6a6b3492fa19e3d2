"""What is deployed: versions of processes, their diagrams, and what is wrong with them."""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response

from engine import DefinitionView, Problem

from ..access import engine
from ..answers import Limit, ListPage
from ..operations import XML, operation
from ..problems import Refusal
from ..roles import DIAGRAM_READERS
from ..wire import answer, page, to_wire

routes = Blueprint("definitions", __name__)

MOST_DIGITS = 9


class DefinitionsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """key: the process id in the diagram. latest: only the newest version of each."""

    key: str | None = None
    latest: bool = False
    limit: Limit = 50
    cursor: str | None = None


class ProblemsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """One page of the findings."""

    limit: Limit = 50
    cursor: str | None = None


@routes.get("/api/definitions")
@operation(DIAGRAM_READERS, {200: ListPage[DefinitionView]}, refusals=(422,))
def definitions(query: DefinitionsQuery) -> Response:
    """The deployed versions, by key and version."""
    found = engine().definitions(key=query.key, latest=query.latest, limit=query.limit, cursor=query.cursor)
    return answer(page(found.items, found.next_cursor))


@routes.get("/api/definitions/<definition_id>")
@operation(DIAGRAM_READERS, {200: DefinitionView}, refusals=(404,))
def definition(definition_id: str) -> Response:
    """One version, with the problems that its check found."""
    return answer(to_wire(engine().definition(definition_id)))


@routes.get("/api/definitions/<definition_id>/problems")
@operation(DIAGRAM_READERS, {200: ListPage[Problem]}, refusals=(404,))
def problems(definition_id: str, query: ProblemsQuery) -> Response:
    """The warnings of one version, in the order of the check."""
    found, start = engine().definition(definition_id).problems, _place(query.cursor)
    following = start + query.limit
    return answer(page(found[start:following], str(following) if following < len(found) else None))


def _place(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= MOST_DIGITS):
        raise Refusal(400, "Expected the `next_cursor` of a page of this list but got another text.", field="cursor")
    return int(cursor)


@routes.get("/api/definitions/<definition_id>/xml")
@operation(DIAGRAM_READERS, {200: XML}, refusals=(404,))
def definition_xml(definition_id: str) -> Response:
    """The document as it was deployed, byte for byte."""
    document = engine().definition_xml(definition_id)
    response = Response(document, content_type=XML)
    response.headers["Content-Disposition"] = "attachment"
    return response
