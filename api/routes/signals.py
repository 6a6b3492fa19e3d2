"""Signals: to everybody who waits for one."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, Response

from engine import SignalResult

from .. import parsing
from ..access import engine
from ..operations import operation
from ..roles import SENDERS
from ..wire import answer, to_wire
from .messages import Key, Name

routes = Blueprint("signals", __name__)


class SignalRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """name: that of the diagrams. variables: what everybody gets. signal_id: a repeat with it reaches nobody twice."""

    name: Name
    variables: dict[str, Any] | None = None
    signal_id: Key | None = None


@routes.post("/api/signals")
@operation(
    SENDERS,
    {200: SignalResult},
    refusals=(409,),
    headers=("Idempotency-Key",),
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
        signal_id=body.signal_id or parsing.header_text("Idempotency-Key"),
        actor=parsing.actor(),
    )
    return answer(to_wire(result))
