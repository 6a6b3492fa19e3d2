"""The routes that are published: which HTTP calls diagrams answer, and who may make them."""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response

from engine import RouteView

from ..access import engine
from ..answers import Limit, ListPage
from ..operations import operation
from ..roles import DIAGRAM_READERS
from ..wire import answer, page

routes = Blueprint("published", __name__)


class RoutesQuery(msgspec.Struct, forbid_unknown_fields=True):
    """One page of the routes."""

    limit: Limit = 50
    cursor: str | None = None


@routes.get("/api/routes")
@operation(DIAGRAM_READERS, {200: ListPage[RouteView]}, refusals=(422,))
def published(query: RoutesQuery) -> Response:
    """HTTP calls that the latest versions of processes answer; `/edge/openapi.json` describes them in full."""
    found = engine().routes.page(limit=query.limit, cursor=query.cursor)
    return answer(page(found.items, found.next_cursor))
