"""The calls of Camunda 7's REST interface that workers, clients and the Camunda Modeler make, below /engine-rest.

version definitions deployments instances external_tasks external_task_views messages tasks incidents history variables:
one small blueprint per resource; outside: everything else. calls: how a call is declared. values: typed variables.
ids: UUID text for whatever lives in an instance. lists: paging. errors: `{"type", "message"}` for every error.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

from . import (
    definitions,
    deployments,
    errors,
    external_task_views,
    external_tasks,
    history,
    incidents,
    instances,
    messages,
    outside,
    tasks,
    variables,
    version,
)

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

BLUEPRINTS = (
    version.routes,
    deployments.routes,
    definitions.routes,
    instances.routes,
    external_tasks.routes,
    external_task_views.routes,
    messages.routes,
    tasks.routes,
    incidents.routes,
    history.routes,
    variables.routes,
    outside.routes,
)
DEFAULT_ENGINE = f"{errors.PREFIX}/engine/default/"
"""The engine may be named in the path; there is one."""


def install(app: Flask) -> None:
    """Add the calls to the app."""
    errors.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint, url_prefix=errors.PREFIX)
    app.wsgi_app = _Unnamed(app.wsgi_app)  # type: ignore[method-assign]


class _Unnamed:
    """Lets a path that names the engine mean the one without the name, before anything looks at it."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        if path.startswith(DEFAULT_ENGINE):
            environ["PATH_INFO"] = f"{errors.PREFIX}/{path.removeprefix(DEFAULT_ENGINE)}"
        return self._app(environ, start_response)
