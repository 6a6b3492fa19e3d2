"""Events that instances have thrown for the message bus: rows of their commits, until the broker has confirmed them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Update, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy import tuple_ as row_of

from ..core.events import ToBus
from . import tables as t
from .database import Database
from .faults import fault
from .idempotency import note
from .paging import Listing
from .processes import of_instance
from .records import IdempotencyRecord
from .rows import PublicationRow, json_text
from .views import Page

PUBLICATION = t.publication.c
WAITING, PUBLISHED, STUCK, DROPPED = "waiting", "published", "stuck", "dropped"
_AGE = (PUBLICATION.created_at, PUBLICATION.instance_id, PUBLICATION.key)
_LISTING = Listing(
    "publications", list(_AGE), [int, str, int], newest_first=True, owner=of_instance(PUBLICATION.instance_id)
)
_payload = msgspec.json.Decoder()


class PublicationView(msgspec.Struct, frozen=True, kw_only=True):
    """An event that an instance threw for the message bus.

    id: that of the event, "INSTANCE.KEY". message: its name in the diagram. key: what keeps its events in order.
    state: "stuck" means that attempts are used up and a person has to say what becomes of it; what has the same
    topic and key waits behind it. last_error: of the last attempt, "" for none.
    """

    id: str
    instance_id: str
    message: str
    topic: str
    type: str
    key: str
    state: Literal["waiting", "published", "stuck", "dropped"]
    attempts: int
    available_at: int
    created_at: int
    ended_at: int | None
    ended_by: str | None
    last_error: str
    business_key: str | None
    trace: str | None


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """One to be published. ordering: those with the same text go one after the other. data: what the event tells."""

    instance: str
    number: int
    message: str
    topic: str
    ordering: str
    attempts: int
    created_at: int
    type: str
    key: str
    subject: str
    correlation: str
    data: Any
    business_key: str | None
    trace: str | None

    @property
    def id(self) -> str:
        """The event's id: the same at every attempt."""
        return f"{self.instance}.{self.number}"


class Counts(msgspec.Struct, frozen=True):
    """How much waits and is stuck, and since when the oldest of them is there (None for none)."""

    waiting: int
    stuck: int
    oldest: int | None


class Publications:
    """The rows of all instances."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- publishing --------------------------------------------------------------------------------------------------

    def next(self, now: int) -> int | None:
        """When one is to be published next, None for never."""
        later = select(func.min(PUBLICATION.available_at)).where(_STATE == WAITING, PUBLICATION.available_at > now)
        if self.ready(now, 1):
            return now
        with self._database.reading() as connection:
            return connection.execute(later).scalar_one_or_none()

    def ready(self, now: int, limit: int) -> list[Publication]:
        """Those to be published now, oldest first: none that waits for another one of its ordering."""
        other = t.publication.alias("other")
        holding = or_(other.c.state == STUCK, other.c.available_at > now)
        held = exists().where(other.c.ended_at.is_(None), other.c.ordering == PUBLICATION.ordering, holding)
        query = select(t.publication).where(PUBLICATION.ended_at.is_(None), ~held).order_by(*_AGE).limit(limit)
        with self._database.reading() as connection:
            return [_publication(row) for row in connection.execute(query)]

    def done(self, rows: Sequence[Publication], now: int) -> None:
        """The broker has confirmed them."""
        places = [(row.instance, row.number) for row in rows]
        here = row_of(PUBLICATION.instance_id, PUBLICATION.key).in_(places)
        statement = update(t.publication).where(here, PUBLICATION.ended_at.is_(None))
        self._write(statement.values(state=PUBLISHED, ended_at=now, last_error=""), "publication.done")

    def failed(self, row: Publication, error: str, again_at: int | None) -> None:
        """The broker does not take it; it is tried again then, or (None) a person has to say what becomes of it."""
        values: dict[str, Any] = {"attempts": PUBLICATION.attempts + 1, "last_error": error}
        values |= {"state": STUCK} if again_at is None else {"available_at": again_at}
        statement = update(t.publication).where(_at(row.instance, row.number), PUBLICATION.ended_at.is_(None))
        self._write(statement.values(values), "publication.failed")

    def take_over(self, instance: str, key: int, row: PublicationRow, now: int) -> None:
        """A message of the outbox is one for the bus, as the configuration says: it goes on from here."""
        outbox = t.outbox.c
        here = and_(outbox.instance_id == instance, outbox.key == key, outbox.ended_at.is_(None))

        def do(connection: Connection) -> None:
            if connection.execute(update(t.outbox).where(here).values(ended_at=now)).rowcount:
                connection.execute(insert(t.publication).values(msgspec.structs.asdict(row)))
            fault("publication.take")

        self._database.write(do)

    # -- people ------------------------------------------------------------------------------------------------------

    def resolve(
        self, instance: str, key: int, now: int, by: str, once: IdempotencyRecord | None = None, *, drop: bool
    ) -> bool:
        """Let one that is not over be tried again at once with all its attempts, or give it up; False when it is over.

        once: the request's idempotency key, DuplicateKey when it is there.
        """
        values: dict[str, Any] = {"state": DROPPED, "ended_at": now, "ended_by": by}
        if not drop:
            values = {"state": WAITING, "attempts": 0, "available_at": now}
        statement = update(t.publication).where(_at(instance, key), PUBLICATION.ended_at.is_(None)).values(values)

        def do(connection: Connection) -> bool:
            if connection.execute(statement).rowcount == 0:
                return False
            if once is not None:
                note(connection, once)
            fault("publication.resolve")
            return True

        return self._database.write(do)

    def forget(self, before: int) -> None:
        """Delete what ended before this time (microseconds)."""
        old = delete(t.publication).where(PUBLICATION.created_at < before, PUBLICATION.ended_at < before)
        self._database.write(lambda connection: connection.execute(old))

    # -- looking -----------------------------------------------------------------------------------------------------

    def counts(self) -> Counts:
        """What waits now."""
        stuck = func.sum(func.coalesce((_STATE == STUCK).cast(t.publication.c.attempts.type), 0))
        query = select(func.count(), stuck, func.min(PUBLICATION.created_at)).where(PUBLICATION.ended_at.is_(None))
        with self._database.reading() as connection:
            total, stuck_ones, oldest = connection.execute(query).one()
        return Counts(total - int(stuck_ones or 0), int(stuck_ones or 0), oldest)

    def one(self, instance: str, key: int) -> PublicationView | None:
        """The publication, None when there is none."""
        with self._database.reading() as connection:
            row = connection.execute(select(t.publication).where(_at(instance, key))).one_or_none()
        return None if row is None else _view(row)

    def page(
        self, state: str | None, topic: str | None, instance: str | None, limit: int, cursor: str | None
    ) -> Page[PublicationView]:
        """Publications, newest first."""
        query = select(t.publication)
        for column, wanted in ((_STATE, state), (PUBLICATION.topic, topic), (PUBLICATION.instance_id, instance)):
            if wanted is not None:
                query = query.where(column == wanted)
        with self._database.reading() as connection:
            rows = connection.execute(_LISTING.limit(query, cursor, limit)).all()
        return _LISTING.page(rows, limit, _view, lambda row: (row.created_at, row.instance_id, row.key))

    def _write(self, statement: Update, place: str) -> int:
        def do(connection: Connection) -> int:
            count = connection.execute(statement).rowcount
            fault(place)
            return count

        return self._database.write(do)


_STATE = PUBLICATION.state


def publication_row(
    instance: str, key: int, message: str, correlation: str, variables: dict[str, Any], bus: ToBus, at: int
) -> PublicationRow:
    """The row of a thrown message with a topic: what the diagram leaves open is as the message is."""
    order = bus.key or correlation or bus.business_key or ""
    said = {
        "type": bus.type or message,
        "key": order,
        "subject": bus.subject,
        "correlation": correlation,
        "data": variables if bus.data is msgspec.UNSET else bus.data,
    }
    ordering = json_text([bus.topic, order] if order else [bus.topic, "", instance])
    row = PublicationRow(instance, key, message, bus.topic, ordering, WAITING, json_text(said), 0, at, at)
    row.business_key = bus.business_key
    return row


def _at(instance: str, key: int) -> ColumnElement[bool]:
    return and_(PUBLICATION.instance_id == instance, PUBLICATION.key == key)


def _publication(row: Row[Any]) -> Publication:
    return Publication(
        instance=row.instance_id,
        number=row.key,
        message=row.message,
        topic=row.topic,
        ordering=row.ordering,
        attempts=row.attempts,
        created_at=row.created_at,
        business_key=row.business_key,
        trace=row.trace,
        **_payload.decode(row.payload),
    )


def _view(row: Row[Any]) -> PublicationView:
    said = _payload.decode(row.payload)
    return PublicationView(
        id=f"{row.instance_id}.{row.key}",
        instance_id=row.instance_id,
        message=row.message,
        topic=row.topic,
        type=said["type"],
        key=said["key"],
        state=row.state,
        attempts=row.attempts,
        available_at=row.available_at,
        created_at=row.created_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        last_error=row.last_error,
        business_key=row.business_key,
        trace=row.trace,
    )
