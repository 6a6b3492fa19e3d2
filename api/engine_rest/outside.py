"""What Camunda 7 has and this has not: every other path is answered with a sentence."""

from __future__ import annotations

from flask import Blueprint, Response

from ..problems import Refusal
from ..roles import ANYONE
from .calls import call

routes = Blueprint("engine_rest_outside", __name__)

METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]
KNOWN = frozenset(
    {"authorization", "batch", "case-definition", "case-execution", "case-instance", "condition", "decision-definition"}
    | {"decision-requirements-definition", "deployment", "event-subscription", "execution", "external-task", "filter"}
    | {"group", "history", "identity", "incident", "job", "job-definition", "message", "metrics", "migration"}
    | {"modification", "process-definition", "process-instance", "schema", "signal", "task", "telemetry", "tenant"}
    | {"user", "variable-instance"}
)
"""The resources of Camunda 7."""


@routes.route("/", defaults={"rest": ""}, methods=METHODS)
@routes.route("/<path:rest>", methods=METHODS)
@call(ANYONE)
def nothing_here(rest: str) -> Response:
    """501 for a call of Camunda 7 that Baton does not have, 404 for any other path."""
    if rest.partition("/")[0] in KNOWN:
        raise Refusal(
            501,
            f"Baton does not have this call of Camunda 7: {rest[:200]!r}.",
            hint="docs/engine-rest.md lists those that it has; /api can do more.",
        )
    raise Refusal(404, f"Expected a call of Camunda 7 but there is none at {rest[:200]!r}.")
