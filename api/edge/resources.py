"""What stands at the edge beside the routes: results that came late, and the description of the routes."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from ..access import doorkeeper, waiting_room
from ..wire import answer
from . import cors
from .answers import HEADERS, http_answer
from .description import Described, describe_routes
from .preferences import wait_at_most
from .rights import check_rights, may_call

routes = Blueprint("edge", __name__)


@routes.route("/edge/results/<token>", methods=["GET", "OPTIONS"])
def result(token: str) -> Response:
    """The answer to a call that was answered with 202: the same that the call would have got, or 202 again.

    Whoever may call the route may ask, and has to know the address; who prefers to wait does so, as long as the route
    lets its callers. Statuses and bodies are those of the diagram.
    """
    engine = current_app.extensions["baton-engine"]
    published, instance = engine.routes.result(token)
    if request.method == "OPTIONS":
        asked = Response(status=204, headers={"Allow": "GET, HEAD, OPTIONS"})
        cors.mark(asked, [published], methods="GET")
        return asked
    check_rights(doorkeeper(), doorkeeper().identify(), [published])
    with waiting_room().seat(wait_at_most(published.route.timeout, unless_said=0.0)) as granted:
        response = http_answer(engine.routes.answer(published, instance, granted))
    cors.mark(response, [published])
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


@routes.get("/edge/openapi.json")
def openapi() -> Response:
    """The published routes that the caller may call, as an OpenAPI 3.1 document."""
    engine, identity = current_app.extensions["baton-engine"], doorkeeper().identify()
    shown = [one for one in engine.routes.published() if may_call(doorkeeper(), identity, one)]
    described = [Described(one, engine.routes.schema(one), engine.routes.response_schemas(one)) for one in shown]
    return answer(describe_routes(described, keys_needed=doorkeeper().keys_needed))
