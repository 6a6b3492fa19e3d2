"""Signals on their way: each reaches every instance that waited for it once, however often it is gone on with."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, bindparam, delete, exists, func, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from . import tables as t
from .database import Database
from .faults import fault
from .outside_views import SignalView
from .paging import Listing
from .prepared import Query
from .rows import json_text
from .views import Page

SIGNAL, SUBSCRIPTION, INBOX = t.signal.c, t.subscription.c, t.inbox.c

_LISTING = Listing("signals", [SIGNAL.received_at, SIGNAL.id], [int, str], newest_first=True)
_value = msgspec.json.Decoder()
_KNOWN = Query(select(t.signal).where(SIGNAL.id == bindparam("id")))
_REACHED = exists().where(INBOX.instance_id == SUBSCRIPTION.instance_id, INBOX.source == bindparam("id"))
_PLACE = (SUBSCRIPTION.created_at, SUBSCRIPTION.instance_id, SUBSCRIPTION.key)
_RECEIVERS = Query(
    select(*_PLACE)
    .where(
        SUBSCRIPTION.kind == "signal",
        SUBSCRIPTION.name == bindparam("name"),
        SUBSCRIPTION.correlation == "",
        SUBSCRIPTION.created_at <= bindparam("thrown"),
        tuple_(*_PLACE) > tuple_(bindparam("created_at"), bindparam("instance"), bindparam("key")),
        SUBSCRIPTION.instance_id != bindparam("thrower"),
        ~_REACHED,
    )
    .order_by(*_PLACE)
    .limit(bindparam("limit"))
)


class Waiting(NamedTuple):
    """A subscription to a signal, and its place among those of the same name."""

    created_at: int
    instance: str
    key: int


FIRST = Waiting(-1, "", 0)
"""Before all others."""


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """A signal. thrower: the instance that threw it, "" from outside. continued, started: whom it reached so far.

    received_at: when it was thrown; who began to wait later is not reached. ended: whether it has reached everybody.
    trace: of what led to it, which those that it starts take over; None for none.
    """

    id: str
    name: str
    variables: dict[str, Any]
    thrower: str = ""
    sent_by: str = ""
    received_at: int = 0
    continued: int = 0
    started: list[str] = []
    ended: bool = False
    trace: str | None = None


class Signals:
    """The signals of all instances, by their ids."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, signal: Signal) -> None:
        """Store the signal before it is broadcast; one that is known already stays as it is."""
        with suppress(IntegrityError):  # another process stored it a moment ago
            self._database.write(lambda connection: keep(connection, signal))

    def known(self, id: str) -> Signal | None:
        """The signal with that id, None when it never came or was forgotten."""
        with self._database.reading() as connection:
            row = _KNOWN.one(connection, id=id)
        return None if row is None else _signal(row)

    def one(self, id: str) -> SignalView | None:
        """The signal with that id as readers see it, None when there is none."""
        with self._database.reading() as connection:
            return _LISTING.one(connection, select(t.signal).where(SIGNAL.id == id), _view)

    def page(self, name: str | None, limit: int, cursor: str | None) -> Page[SignalView]:
        """Signals, newest first."""
        query = select(t.signal) if name is None else select(t.signal).where(SIGNAL.name == name)
        with self._database.reading() as connection:
            rows = connection.execute(_LISTING.limit(query, cursor, limit)).all()
        return _LISTING.page(rows, limit, _view, lambda row: (row.received_at, row.id))

    def unfinished(self, limit: int) -> list[Signal]:
        """Signals that may not have reached everybody, oldest first."""
        query = select(t.signal).where(SIGNAL.ended_at.is_(None)).order_by(SIGNAL.received_at, SIGNAL.id).limit(limit)
        with self._database.reading() as connection:
            return [_signal(row) for row in connection.execute(query)]

    def receivers(self, signal: Signal, after: Waiting, limit: int) -> list[Waiting]:
        """The next subscriptions, behind that one, that waited when it was thrown in instances not reached yet."""
        rows = self._database.ask(
            _RECEIVERS,
            name=signal.name,
            thrown=signal.received_at,
            thrower=signal.thrower,
            id=signal.id,
            created_at=after.created_at,
            instance=after.instance,
            key=after.key,
            limit=limit,
        )
        return [Waiting(*row) for row in rows]

    def finish(self, id: str, now: int, started: list[str]) -> None:
        """The signal has reached everybody; whom, is counted from what each of them stored."""

        def do(connection: Connection) -> None:
            reached = select(func.count()).select_from(t.inbox).where(INBOX.source == id)
            continued = connection.execute(reached).scalar_one()
            fault("signal.finish")
            connection.execute(
                update(t.signal)
                .where(SIGNAL.id == id, SIGNAL.ended_at.is_(None))
                .values(ended_at=now, continued=continued, started=json_text(started), variables="{}")
            )

        self._database.write(do)

    def forget(self, before: int) -> None:
        """Delete what ended before this time (microseconds); their ids would be broadcast again."""

        def do(connection: Connection) -> None:
            connection.execute(delete(t.signal).where(SIGNAL.received_at < before, SIGNAL.ended_at < before))
            unfinished = exists().where(SIGNAL.id == INBOX.source, SIGNAL.ended_at.is_(None))
            connection.execute(delete(t.inbox).where(INBOX.applied_at < before, ~unfinished))

        self._database.write(do)


def keep(connection: Connection, signal: Signal) -> None:
    """Store the signal unless it is known, within a transaction."""
    if connection.execute(select(SIGNAL.id).where(SIGNAL.id == signal.id)).first() is None:
        connection.execute(
            insert(t.signal).values(
                id=signal.id,
                name=signal.name,
                variables=json_text(signal.variables),
                thrower=signal.thrower or None,
                sent_by=signal.sent_by,
                received_at=signal.received_at,
                continued=0,
                started="[]",
                ended_at=None,
                trace=signal.trace,
            )
        )
        fault("signal.keep")


def _view(row: Row[Any]) -> SignalView:
    return SignalView(
        id=row.id,
        name=row.name,
        continued=row.continued,
        started=_value.decode(row.started),
        received_at=row.received_at,
        ended_at=row.ended_at,
        sent_by=row.sent_by,
        thrown_by=row.thrower,
        trace=row.trace,
    )


def _signal(row: Row[Any]) -> Signal:
    return Signal(
        id=row.id,
        name=row.name,
        variables=_value.decode(row.variables),
        thrower=row.thrower or "",
        sent_by=row.sent_by,
        received_at=row.received_at,
        continued=row.continued,
        started=_value.decode(row.started),
        ended=row.ended_at is not None,
        trace=row.trace,
    )
