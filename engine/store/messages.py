"""Messages: who waits for one, which of them were delivered, and those that are kept until somebody waits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError

from . import tables as t
from .changes import message_row
from .database import Database
from .faults import fault
from .locks import message_lock_key
from .outside_views import MessageView
from .paging import Listing
from .prepared import Query
from .processes import either, of_instance
from .receivers import MessageStart, Receiver, find
from .records import MessageRecord
from .statements import MESSAGE_NEW
from .views import Page

MESSAGE, SUBSCRIPTION, START = t.message.c, t.subscription.c, t.start_event.c
_OWNER = either(of_instance(MESSAGE.instance_id), of_instance(MESSAGE.receiver))
_LISTING = Listing("messages", [MESSAGE.received_at, MESSAGE.id], [int, str], newest_first=True, owner=_OWNER)
_variables = msgspec.json.Decoder(dict[str, Any])

BUFFERED, EXPIRED = "buffered", "expired"

_KNOWN = Query(select(t.message).where(MESSAGE.id == bindparam("id")))
_QUEUE = select(func.max(MESSAGE.place)).where(
    MESSAGE.ended_at.is_(None), MESSAGE.name == bindparam("name"), MESSAGE.correlation == bindparam("correlation")
)


class Wanted(NamedTuple):
    """What somebody began to wait for: messages of this name with this key, None for any."""

    name: str
    correlation: str | None


class Messages:
    """The messages of all instances, by their ids."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- delivering --------------------------------------------------------------------------------------------------

    def known(self, id: str) -> MessageView | None:
        """The message with that id, None when it never came or was forgotten."""
        with self._database.reading() as connection:
            row = _KNOWN.one(connection, id=id)
        return None if row is None else _view(row)

    def target(self, message: MessageRecord) -> Receiver | MessageStart | None:
        """The subscription that has waited longest for the message, else what it starts, None when neither is there.

        None too while an older message like it is kept: that one comes first.
        """
        with self._database.reading() as connection:
            if not message.kept and _is_queued(connection, message):
                return None
            return find(connection, message)

    def keep(self, message: MessageRecord, *, anyhow: bool = False) -> bool:
        """Keep the message until somebody waits for it; False when that has happened meanwhile. A known one stays.

        anyhow: keep it although somebody does, who could not take it. To be called on the writer's thread. Nobody
        subscribes to such a message at the same time.
        """

        def do(connection: Connection) -> bool:
            lock = message_lock_key(message.name, message.correlation)
            self._database.dialect.lock(connection.connection.cursor(), lock)
            if connection.execute(select(MESSAGE.id).where(MESSAGE.id == message.id)).first() is not None:
                return True
            if not anyhow and not _is_queued(connection, message) and find(connection, message) is not None:
                return False
            key = {"name": message.name, "correlation": message.correlation}
            place = (connection.execute(_QUEUE, key).scalar_one_or_none() or 0) + 1
            row = message_row(message, place, BUFFERED, None, None)
            connection.execute(insert(t.message).values(dict(zip(MESSAGE_NEW.order, row, strict=True))))
            fault("message.keep")
            return True

        try:
            return self._database.write(do)
        except IntegrityError:
            return True  # another process stored a message with this id a moment ago

    def deliverable(self, now: int, limit: int, wanted: Iterable[Wanted] | None = None) -> list[MessageRecord]:
        """Kept messages that somebody waits for now, those of one key in the order in which they came.

        wanted: only those that somebody who began to wait for these may get.
        """
        # Not a range of the index by expiry: the messages of a name and key are few among all.
        alive = (MESSAGE.ended_at.is_(None), MESSAGE.expires_at + 0 > now)
        query = select(t.message).where(*alive, or_(_WANTED, _STARTS))
        query = query.order_by(MESSAGE.name, MESSAGE.correlation, MESSAGE.place).limit(limit)
        found: dict[str, MessageRecord] = {}
        with self._database.reading() as connection:
            for condition in [true()] if wanted is None else _fitting(list(wanted)):
                found |= {row.id: _record(row) for row in connection.execute(query.where(condition))}
        return list(found.values())

    # -- time --------------------------------------------------------------------------------------------------------

    def expire(self, now: int) -> int:
        """End what nobody waited for in time, and say how many that were."""
        over = update(t.message).where(MESSAGE.ended_at.is_(None), MESSAGE.expires_at <= now)
        statement = over.values(state=EXPIRED, ended_at=now, variables="{}")
        return self._database.write(lambda connection: connection.execute(statement).rowcount)

    def forget(self, before: int) -> int:
        """Delete what ended before this time (microseconds) and say how many; their ids would be delivered again."""
        old = delete(t.message).where(MESSAGE.received_at < before, MESSAGE.ended_at < before)
        return self._database.write(lambda connection: connection.execute(old).rowcount)

    # -- looking -----------------------------------------------------------------------------------------------------

    def one(self, id: str) -> MessageView | None:
        """The message with that id, None when there is none."""
        with self._database.reading() as connection:
            return _LISTING.one(connection, select(t.message).where(MESSAGE.id == id), _view)

    def page(
        self, name: str | None, state: str | None, instance: str | None, limit: int, cursor: str | None
    ) -> Page[MessageView]:
        """Messages, newest first."""
        query = select(t.message)
        for column, wanted in ((MESSAGE.name, name), (MESSAGE.state, state), (MESSAGE.instance_id, instance)):
            if wanted is not None:
                query = query.where(column == wanted)
        with self._database.reading() as connection:
            rows = connection.execute(_LISTING.limit(query, cursor, limit)).all()
        return _LISTING.page(rows, limit, _view, lambda row: (row.received_at, row.id))


# -- who waits --------------------------------------------------------------------------------------------------------


def _is_queued(connection: Connection, message: MessageRecord) -> bool:
    """Whether an older message for the same receivers is kept."""
    query = select(MESSAGE.id).where(
        MESSAGE.ended_at.is_(None),
        MESSAGE.name == message.name,
        MESSAGE.correlation == message.correlation,
        MESSAGE.business_key.is_not_distinct_from(message.business_key),
        MESSAGE.receiver.is_not_distinct_from(message.receiver),
        MESSAGE.expires_at > message.received_at,
    )
    return connection.execute(query.limit(1)).first() is not None


def _none_or_equal(restriction: ColumnElement[Any], column: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(restriction.is_(None), restriction == column)


_SPEAKS_FOR_ITSELF = (MESSAGE.correlation == "") & or_(MESSAGE.receiver.is_not(None), MESSAGE.business_key.is_not(None))
_SUBSCRIBED = exists().where(
    SUBSCRIPTION.kind == "message",
    SUBSCRIPTION.name == MESSAGE.name,
    _none_or_equal(MESSAGE.receiver, SUBSCRIPTION.instance_id),
    t.instance.c.id == SUBSCRIPTION.instance_id,
    _none_or_equal(MESSAGE.business_key, t.instance.c.business_key),
)
_WANTED = or_(_SUBSCRIBED.where(SUBSCRIPTION.correlation == MESSAGE.correlation), _SPEAKS_FOR_ITSELF & _SUBSCRIBED)
_STARTS = MESSAGE.receiver.is_(None) & exists().where(START.kind == "message", START.name == MESSAGE.name)
"""The same as `receivers.find`, asked of all kept messages at once."""


def _fitting(wanted: list[Wanted]) -> list[ColumnElement[bool]]:
    """What kept messages may look like for them; asked one after the other, each finds its rows by name and key."""
    keyed = [(one.name, one.correlation) for one in wanted if one.correlation is not None]
    keyless = [one.name for one in wanted if one.correlation is None]
    conditions: list[ColumnElement[bool]] = []
    if keyed:
        conditions.append(tuple_(MESSAGE.name, MESSAGE.correlation).in_(keyed))
        conditions.append(MESSAGE.name.in_([name for name, _ in keyed]) & _SPEAKS_FOR_ITSELF)
    if keyless:
        conditions.append(MESSAGE.name.in_(keyless))
    return conditions


def _record(row: Row[Any]) -> MessageRecord:
    return MessageRecord(
        id=row.id,
        name=row.name,
        correlation=row.correlation,
        business_key=row.business_key,
        receiver=row.receiver,
        variables=_variables.decode(row.variables),
        sent_by=row.sent_by,
        received_at=row.received_at,
        expires_at=row.expires_at,
        kept=True,
        thrower=row.thrower,
        sender_key=row.sender_key,
        trace=row.trace,
    )


def _view(row: Any) -> MessageView:
    return MessageView(
        id=row.id,
        name=row.name,
        correlation=row.correlation,
        business_key=row.business_key,
        receiver=row.receiver,
        state=row.state,
        instance_id=row.instance_id,
        received_at=row.received_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        sent_by=row.sent_by,
        thrown_by=row.thrower,
        sender_key=row.sender_key,
        trace=row.trace,
    )
