"""Where to begin: the list of resources, the description of the interface, and whether the server lives."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from flask import Blueprint, Response, current_app

from ..access import engine
from ..answers import Health, Index
from ..openapi import describe
from ..operations import operation
from ..roles import ANYONE
from ..wire import answer, rfc3339, to_wire

routes = Blueprint("index", __name__)

RESOURCES = (
    "deployments",
    "definitions",
    "instances",
    "jobs",
    "tasks",
    "incidents",
    "messages",
    "signals",
    "subscriptions",
    "timers",
    "start-events",
    "bus",
    "routes",
)
OPENAPI = "/api/openapi.json"


@routes.get("/api")
@operation(ANYONE, {200: Index})
def index() -> Response:
    """The resources with their addresses."""
    links = {name: f"/api/{name}" for name in RESOURCES}
    return answer(to_wire(Index("Baton", _version(), links, "/instances", OPENAPI)))


@routes.get(OPENAPI)
@operation(ANYONE, {200: dict})
def openapi() -> Response:
    """This interface as an OpenAPI 3.1 document, made from the types that check the requests."""
    return answer(describe(current_app, _version()))


@routes.get("/health")
@operation(ANYONE, {200: Health})
def health() -> Response:
    """Whether the server answers, its clock, and whether it reaches the message bus; nobody needs a key for this."""
    now, is_away = rfc3339(engine().now()), engine().bus.is_away
    return answer(to_wire(Health("ok", _version(), now, "unreachable" if is_away else "ok")))


def _version() -> str:
    try:
        return version("baton")
    except PackageNotFoundError:
        return "unknown"
