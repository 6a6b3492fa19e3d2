"""The resources of `/api`, one blueprint each; docs/api.md describes every route."""

from __future__ import annotations

from . import clock, definitions, deployments, events, history, incidents, index, instances, jobs, tasks, waiting

BLUEPRINTS = (
    index.routes,
    deployments.routes,
    definitions.routes,
    instances.routes,
    waiting.routes,
    history.routes,
    events.routes,
    jobs.routes,
    tasks.routes,
    incidents.routes,
    clock.routes,
)
