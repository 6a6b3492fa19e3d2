"""Signals: to everybody who waits for one."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, Response

from engine import SignalResult, SignalView

from .. import parsing
from ..access import engine
from ..answers import Limit, ListPage
from ..operations import operation
from ..roles import READERS, SENDERS
from ..tracing import trace
from ..wire import answer, page, to_wire
from .messages import Key, Name

routes = Blueprint("signals", __name__)


class SignalRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """name: that of the diagrams. variables: what everybody gets. signal_id: a repeat with it reaches nobody twice."""

    name: Name
    variables: dict[str, Any] | None = None
    signal_id: Key | None = None


class SignalsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which signals: of a name."""

    name: str | None = None
    limit: Limit = 50
    cursor: str | None = None


@routes.get("/api/signals")
@operation(READERS, {200: ListPage[SignalView]}, refusals=(422,))
def signals(query: SignalsQuery) -> Response:
    """Signals of the last days, newest first, with whom they reached."""
    found = engine().signals(name=query.name, limit=query.limit, cursor=query.cursor)
    return answer(page(found.items, found.next_cursor))


@routes.get("/api/signals/<path:signal_id>", merge_slashes=False)
@operation(READERS, {200: SignalView}, refusals=(404,))
def signal(signal_id: str) -> Response:
    """One signal."""
    return answer(to_wire(engine().signal(signal_id)))


@routes.post("/api/signals")
@operation(
    SENDERS,
    {200: SignalResult},
    refusals=(409,),
    headers=("Idempotency-Key", "traceparent"),
    example={"name": "market-closed", "variables": {"at": "17:30"}},
)
def send(body: SignalRequest) -> Response:
    """Broadcast a signal; answers how many instances went on and which ones it started.

    The header Idempotency-Key is the signal's id where the body names none. When it breaks off, a repeat with the same
    id (or the server by itself) goes on with those who are not reached yet.
    """
    result = engine().send_signal(
        body.name,
        variables=body.variables,
        signal_id=body.signal_id,
        idempotency_key=parsing.idempotency_key(),
        actor=parsing.actor(),
        trace=trace(),
    )
    return answer(to_wire(result))
