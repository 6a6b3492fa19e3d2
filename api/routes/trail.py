"""Where is order 123: everything that belongs to a key, in one answer."""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response

from ..access import engine
from ..answers import HistoryLimit
from ..operations import operation
from ..roles import READERS
from ..trail import Trail, trail_of
from ..wire import answer, to_wire

routes = Blueprint("trail", __name__)


class TrailQuery(msgspec.Struct, forbid_unknown_fields=True):
    """One page of a trail."""

    limit: HistoryLimit = 200
    cursor: str | None = None


@routes.get("/api/trail/<path:trail_key>", merge_slashes=False)
@operation(READERS, {200: Trail}, refusals=(404, 422))
def trail(trail_key: str, query: TrailQuery) -> Response:
    """Everything that belongs to a key, in the order of time, and where it is now.

    The key is a business key, a trace id, the value of a correlation key, or the id of an instance. What belongs to it
    is followed over messages, traces and calls, whatever business keys the other instances have.
    """
    return answer(to_wire(trail_of(engine().trail(trail_key, limit=query.limit, cursor=query.cursor))))
