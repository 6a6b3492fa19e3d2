"""The resources of `/api`, one blueprint each; docs/api.md describes every route."""

from __future__ import annotations

from . import (
    activities,
    clock,
    conditions,
    definitions,
    deployments,
    events,
    history,
    incidents,
    index,
    instances,
    jobs,
    messages,
    signals,
    tasks,
    waiting,
    waits,
)

BLUEPRINTS = (
    index.routes,
    deployments.routes,
    definitions.routes,
    instances.routes,
    waiting.routes,
    history.routes,
    activities.routes,
    events.routes,
    jobs.routes,
    tasks.routes,
    incidents.routes,
    messages.routes,
    signals.routes,
    conditions.routes,
    waits.routes,
    clock.routes,
)
