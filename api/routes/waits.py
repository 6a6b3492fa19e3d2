"""What is waited for: open subscriptions and timers of instances, and what starts processes from outside."""

from __future__ import annotations

from typing import Literal

import msgspec
from flask import Blueprint, Response

from engine import StartEventView, SubscriptionView, TimerView

from ..access import engine
from ..answers import Limit, ListPage
from ..operations import operation
from ..roles import DIAGRAM_READERS, READERS
from ..wire import answer, page, to_wire

routes = Blueprint("waits", __name__)


class SubscriptionsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which subscriptions: of an instance, of a kind, of a name."""

    instance: str | None = None
    kind: Literal["message", "signal", "condition"] | None = None
    name: str | None = None
    limit: Limit = 50
    cursor: str | None = None


class TimersQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which timers: of an instance."""

    instance: str | None = None
    limit: Limit = 50
    cursor: str | None = None


class StartEventsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which start events: of a process."""

    process: str | None = None
    limit: Limit = 50
    cursor: str | None = None


@routes.get("/api/subscriptions")
@operation(READERS, {200: ListPage[SubscriptionView]}, refusals=(422,))
def subscriptions(query: SubscriptionsQuery) -> Response:
    """Instances that wait for a message, a signal or a condition."""
    found = engine().subscriptions(
        instance=query.instance, kind=query.kind, name=query.name, limit=query.limit, cursor=query.cursor
    )
    return answer(page(found.items, found.next_cursor))


@routes.get("/api/subscriptions/<part:subscription_id>")
@operation(READERS, {200: SubscriptionView}, refusals=(404,))
def subscription(subscription_id: str) -> Response:
    """One open subscription."""
    return answer(to_wire(engine().subscription(subscription_id)))


@routes.get("/api/timers")
@operation(READERS, {200: ListPage[TimerView]}, refusals=(422,))
def timers(query: TimersQuery) -> Response:
    """Open timers of instances, those due first first."""
    found = engine().timers(instance=query.instance, limit=query.limit, cursor=query.cursor)
    return answer(page(found.items, found.next_cursor))


@routes.get("/api/timers/<part:timer_id>")
@operation(READERS, {200: TimerView}, refusals=(404,))
def timer(timer_id: str) -> Response:
    """One open timer."""
    return answer(to_wire(engine().timer(timer_id)))


@routes.get("/api/start-events/<start_event_id>")
@operation(DIAGRAM_READERS, {200: StartEventView}, refusals=(404,))
def start_event(start_event_id: str) -> Response:
    """What starts a process from outside at one place."""
    return answer(to_wire(engine().start_event(start_event_id)))


@routes.get("/api/start-events")
@operation(DIAGRAM_READERS, {200: ListPage[StartEventView]}, refusals=(422,))
def start_events(query: StartEventsQuery) -> Response:
    """What starts the latest version of each process from outside, and when its timers fire next."""
    found = engine().start_events(process=query.process, limit=query.limit, cursor=query.cursor)
    return answer(page(found.items, found.next_cursor))
