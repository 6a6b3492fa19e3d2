"""Where to begin: the list of resources, and whether the server lives."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from flask import Blueprint, Response

from ..access import engine
from ..wire import answer, rfc3339

routes = Blueprint("index", __name__)

RESOURCES = ("deployments", "definitions", "instances", "jobs", "tasks", "incidents")


@routes.get("/api")
def index() -> Response:
    """The resources with their addresses."""
    links = {name: f"/api/{name}" for name in RESOURCES}
    return answer({"name": "Baton", "version": _version(), "resources": links, "pages": "/instances"})


@routes.get("/health")
def health() -> Response:
    """Whether the server answers, and its clock."""
    return answer({"status": "ok", "version": _version(), "now": rfc3339(engine().now())})


def _version() -> str:
    try:
        return version("baton")
    except PackageNotFoundError:
        return "unknown"
