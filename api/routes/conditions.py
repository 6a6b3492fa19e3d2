"""Conditions: processes that start when something is true."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, Response

from .. import parsing
from ..access import engine
from ..answers import Started
from ..operations import operation
from ..roles import STARTERS
from ..tracing import trace
from ..wire import answer, to_wire
from .messages import Key

routes = Blueprint("conditions", __name__)


class ConditionsRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """variables: what the conditions are asked about, and the instances start with."""

    variables: dict[str, Any] | None = None
    business_key: Key | None = None


@routes.post("/api/conditions")
@operation(
    STARTERS,
    {200: Started},
    headers=("Idempotency-Key", "traceparent"),
    example={"variables": {"temperature": 71.5}},
)
def evaluate(body: ConditionsRequest) -> Response:
    """Start every process whose conditional start event holds for these variables; answers with the instances.

    A condition over other variables does not hold. A repeat with the same Idempotency-Key starts nothing twice.
    """
    started = engine().start_by_conditions(
        body.variables,
        business_key=body.business_key,
        idempotency_key=parsing.idempotency_key(),
        actor=parsing.actor(),
        trace=trace(),
    )
    return answer(to_wire(Started(started)))
