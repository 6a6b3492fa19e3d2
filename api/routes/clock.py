"""Moving a manual clock, for tests and simulations; on the system's clock this route does not exist."""

from __future__ import annotations

from typing import Annotated

import msgspec
from flask import Blueprint, Response

from .. import parsing
from ..access import engine
from ..answers import ClockMoved
from ..operations import operation
from ..roles import ADMINS
from ..wire import answer, rfc3339, to_wire

routes = Blueprint("clock", __name__)

CENTURY_SECONDS = 3_155_760_000


class ClockRequest(msgspec.Struct, forbid_unknown_fields=True):
    """advance_seconds: how far; clocks only go forward."""

    advance_seconds: Annotated[float, msgspec.Meta(ge=0, le=CENTURY_SECONDS)]


@routes.post("/api/test/clock")
@operation(ADMINS, {200: ClockMoved}, refusals=(404,), example={"advance_seconds": 3600})
def advance(body: ClockRequest) -> Response:
    """Move the clock, with all timers, leases and backoffs; answers with the new time."""
    moved = engine().advance_clock(body.advance_seconds, idempotency_key=parsing.idempotency_key())
    return answer(to_wire(ClockMoved(rfc3339(moved))))
