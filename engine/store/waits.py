"""What instances wait for from outside, as readers see it, and when anything outside of them is to be looked at."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Table, func, select

from ..core.state import ROOT
from . import tables as t
from .called import mine
from .database import Database
from .outside_views import SubscriptionView, TimerView
from .paging import Listing
from .places import split_called
from .prepared import Query
from .processes import of_instance
from .views import Page

TIMER, SUBSCRIPTION = t.timer.c, t.subscription.c
_OF_TIMER, _OF_SUBSCRIPTION = of_instance(TIMER.instance_id), of_instance(SUBSCRIPTION.instance_id)
_TIMER_LISTING = Listing("timers", [TIMER.due, TIMER.instance_id, TIMER.key], [int, str, int], owner=_OF_TIMER)
_PLACE = [SUBSCRIPTION.instance_id, SUBSCRIPTION.key]
_SUBSCRIPTION_LISTING = Listing("subscriptions", _PLACE, [str, int], owner=_OF_SUBSCRIPTION)
_OF = (t.instance.c.process, t.instance.c.business_key)
_TIMERS = select(t.timer, *_OF).join(t.instance, TIMER.instance_id == t.instance.c.id)
_SUBSCRIPTIONS = select(t.subscription, *_OF).join(t.instance, SUBSCRIPTION.instance_id == t.instance.c.id)

_MOMENTS = {
    "timer": select(func.min(TIMER.due)),
    "start": select(func.min(func.coalesce(t.start_event.c.retry_at, t.start_event.c.due))).where(
        t.start_event.c.due.is_not(None)
    ),
    "outgoing": select(func.min(t.outbox.c.available_at)).where(t.outbox.c.ended_at.is_(None)),
    "signal": select(func.min(t.signal.c.received_at)).where(t.signal.c.ended_at.is_(None)),
    "expiry": select(func.min(t.message.c.expires_at)).where(t.message.c.ended_at.is_(None)),
}
_NEXT = Query(select(*(moment.scalar_subquery().label(name) for name, moment in _MOMENTS.items())))


class Moments(NamedTuple):
    """When something of each kind is to be done next, None for never.

    timer: of an instance; start: of a start event; outgoing: what is thrown is handed on; signal: a broadcast goes on;
    expiry: a kept message is given up.
    """

    timer: int | None
    start: int | None
    outgoing: int | None
    signal: int | None
    expiry: int | None

    @property
    def first(self) -> int | None:
        """The earliest of them."""
        return min((moment for moment in self if moment is not None), default=None)


class Waits:
    """Open timers and subscriptions of all instances."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def moments(self) -> Moments:
        """When something between instances is to be done next; asked often, and quick."""
        return Moments(*self._database.ask(_NEXT)[0])

    def timers(self, instance: str | None, limit: int, cursor: str | None) -> Page[TimerView]:
        """Timers, those due first first."""
        query = _TIMERS if instance is None else _TIMERS.where(_of(t.timer, instance))
        with self._database.reading() as connection:
            rows = connection.execute(_TIMER_LISTING.limit(query, cursor, limit)).all()
        return _TIMER_LISTING.page(rows, limit, _timer, lambda row: (row.due, row.instance_id, row.key))

    def timer(self, instance: str, key: int) -> TimerView | None:
        """The open timer with that key, None when there is none."""
        query = _TIMERS.where(TIMER.instance_id == instance, TIMER.key == key)
        with self._database.reading() as connection:
            return _TIMER_LISTING.one(connection, query, _timer)

    def subscription(self, instance: str, key: int) -> SubscriptionView | None:
        """The open subscription with that key, None when there is none."""
        query = _SUBSCRIPTIONS.where(SUBSCRIPTION.instance_id == instance, SUBSCRIPTION.key == key)
        with self._database.reading() as connection:
            return _SUBSCRIPTION_LISTING.one(connection, query, _subscription)

    def subscriptions(
        self, instance: str | None, kind: str | None, name: str | None, limit: int, cursor: str | None
    ) -> Page[SubscriptionView]:
        """Subscriptions in order of instance and key."""
        query = _SUBSCRIPTIONS if instance is None else _SUBSCRIPTIONS.where(_of(t.subscription, instance))
        for column, wanted in ((SUBSCRIPTION.kind, kind), (SUBSCRIPTION.name, name)):
            if wanted is not None:
                query = query.where(column == wanted)
        with self._database.reading() as connection:
            rows = connection.execute(_SUBSCRIPTION_LISTING.limit(query, cursor, limit)).all()
        return _SUBSCRIPTION_LISTING.page(rows, limit, _subscription, lambda row: (row.instance_id, row.key))


def _of(table: Table, instance: str) -> ColumnElement[bool]:
    root, key = split_called(instance)
    condition: ColumnElement[bool] = table.c.instance_id == root if key == ROOT else mine(table, root, key)
    return condition


def _timer(row: Row[Any]) -> TimerView:
    return TimerView(
        id=f"{row.instance_id}.{row.key}",
        instance_id=row.instance_id,
        process=row.process,
        business_key=row.business_key,
        element_id=row.element_id,
        due_at=row.due,
        cycle=row.cycle,
        repeats=row.repeats,
    )


def _subscription(row: Row[Any]) -> SubscriptionView:
    return SubscriptionView(
        id=f"{row.instance_id}.{row.key}",
        instance_id=row.instance_id,
        process=row.process,
        business_key=row.business_key,
        element_id=row.element_id,
        kind=row.kind,
        name=row.name,
        correlation=row.correlation,
        created_at=row.created_at,
    )
