"""What the server says it is: the version of Camunda 7 whose calls it answers, and the one engine that there is."""

from __future__ import annotations

from flask import Blueprint, Response

from ..roles import ANYONE
from ..wire import answer
from .calls import call

routes = Blueprint("engine_rest_version", __name__)

VERSION = "7.23.0"
"""The Modeler tells by it which diagrams may be deployed here."""


@routes.get("/version")
@call(ANYONE)
def version() -> Response:
    """The version of Camunda 7 that clients may take this for."""
    return answer({"version": VERSION})


@routes.get("/engine")
@call(ANYONE)
def engines() -> Response:
    """The names of the engines."""
    return answer([{"name": "default"}])
