"""Puts the front door together: one Flask app over one engine."""

from __future__ import annotations

from flask import Flask

from engine import Engine

from . import engine_rest, problems, security
from .authentication import Doorkeeper
from .cockpit import login, pages
from .edge import EdgeDoor
from .edge import routes as edge_routes
from .routes import BLUEPRINTS
from .routes.ids import PartId
from .security import check_same_origin
from .settings import WebSettings
from .waiting import WaitingRoom


def create_app(engine: Engine, settings: WebSettings | None = None) -> Flask:
    """The HTTP interface and the pages over `engine`; settings: its limits, by default those of WebSettings.

    The app owns nothing: who made the engine starts its workers and closes it.
    """
    settings = settings or WebSettings()
    app = Flask("api", static_folder=None, template_folder=None)
    app.config["BATON"] = settings
    app.config["MAX_CONTENT_LENGTH"] = settings.upload_bytes
    app.config["MAX_FORM_PARTS"] = settings.upload_files + 1
    app.config["TRAP_HTTP_EXCEPTIONS"] = False
    app.url_map.strict_slashes = False
    app.url_map.converters["part"] = PartId
    app.extensions["baton-engine"] = engine
    app.extensions["baton-waiting"] = WaitingRoom(settings.threads)
    door = app.extensions["baton-door"] = Doorkeeper(engine, settings)
    app.extensions["baton-edge"] = EdgeDoor(engine, door, lambda: check_same_origin(strict=not door.keys_needed))
    problems.install(app)
    security.install(app, settings, door)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.register_blueprint(edge_routes)
    engine_rest.install(app)
    pages.install(app)
    app.register_blueprint(login.routes)
    return app
