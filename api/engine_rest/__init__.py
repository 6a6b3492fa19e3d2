"""The calls of Camunda 7's REST interface that workers, clients and the Camunda Modeler make, below /engine-rest.

version definitions deployments instances external_tasks external_task_views messages tasks incidents history variables:
one small blueprint per resource; outside: everything else. calls: how a call is declared. values: typed variables.
ids: UUID text for whatever lives in an instance. lists: paging. errors: `{"type", "message"}` for every error.
"""

from __future__ import annotations

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
PREFIXES = (errors.PREFIX, f"{errors.PREFIX}/engine/default")
"""The engine may be named in the path."""


def install(app: Flask) -> None:
    """Add the calls to the app."""
    errors.install(app)
    for number, prefix in enumerate(PREFIXES):
        for blueprint in BLUEPRINTS:
            name = blueprint.name if number == 0 else f"{blueprint.name}_by_name"
            app.register_blueprint(blueprint, url_prefix=prefix, name=name)
