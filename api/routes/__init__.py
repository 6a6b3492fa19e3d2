"""The resources of `/api`, one blueprint each; docs/api.md describes every route."""

from __future__ import annotations

from . import clock, definitions, deployments, history, incidents, index, instances, jobs, tasks

BLUEPRINTS = (
    index.routes,
    deployments.routes,
    definitions.routes,
    instances.routes,
    history.routes,
    jobs.routes,
    tasks.routes,
    incidents.routes,
    clock.routes,
)
