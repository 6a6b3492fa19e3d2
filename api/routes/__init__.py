"""The resources of `/api`, one blueprint each; docs/api.md describes every route."""

from __future__ import annotations

from . import (
    activities,
    bus,
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
    published,
    signals,
    tasks,
    trail,
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
    bus.routes,
    waits.routes,
    published.routes,
    trail.routes,
    clock.routes,
)
