"""Events from the message bus that could not become messages: kept with the reason, until a person decides."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from . import tables as t
from .database import Database
from .faults import fault
from .idempotency import note
from .paging import Listing
from .processes import of_process
from .records import IdempotencyRecord
from .rows import json_text
from .views import Page

REFUSED = t.refused_event.c
OPEN, APPLIED, DROPPED = "open", "applied", "dropped"
_LISTING = Listing(
    "refused events",
    [REFUSED.received_at, REFUSED.id],
    [int, str],
    newest_first=True,
    owner=of_process(REFUSED.process),
)
_headers = msgspec.json.Decoder(dict[str, str])


class RefusedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it came, and why it was refused.

    process, message: for whom it was refused, "" for everybody. body: its bytes as far as they are kept; size: of all
    of them. ordering_key: what the broker kept its order by.
    """

    id: str
    topic: str
    process: str
    message: str
    event_id: str
    source: str
    type: str
    reason: str
    sentence: str
    headers: dict[str, str]
    ordering_key: str
    body: bytes
    size: int
    received_at: int
    trace: str | None = None


class RefusedView(msgspec.Struct, frozen=True, kw_only=True):
    """An event from the message bus that did not become a message.

    process, message: for whom, "" for everybody bound to the topic. reason: a stable word. body: the text of the event,
    cut where it is long; size: its bytes.
    """

    id: str
    topic: str
    process: str
    message: str
    event_id: str
    source: str
    type: str
    reason: str
    sentence: str
    body: str
    size: int
    state: Literal["open", "applied", "dropped"]
    attempts: int
    received_at: int
    ended_at: int | None
    ended_by: str | None
    trace: str | None


SHOWN = 4_096
"""Characters of the body that a reader sees."""


class RefusedEvents:
    """The refused events of all topics."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, event: RefusedEvent) -> None:
        """Store it; one that is known, because it was delivered again, stays as it is."""
        row: dict[str, Any] = msgspec.structs.asdict(event)
        row |= {"headers": json_text(event.headers), "state": OPEN, "attempts": 1}

        def do(connection: Connection) -> None:
            if connection.execute(select(REFUSED.id).where(REFUSED.id == event.id)).first() is None:
                connection.execute(insert(t.refused_event).values(row))
            fault("refused_event.keep")

        try:
            self._database.write(do)
        except IntegrityError:
            return  # another process stored it a moment ago

    def one(self, id: str) -> RefusedEvent | None:
        """The event, if it is there and open; None otherwise."""
        query = select(t.refused_event).where(REFUSED.id == id, REFUSED.ended_at.is_(None))
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _event(row)

    def view(self, id: str) -> RefusedView | None:
        """The event as readers see it, None when there is none."""
        with self._database.reading() as connection:
            row = connection.execute(select(t.refused_event).where(REFUSED.id == id)).one_or_none()
        return None if row is None else _view(row)

    def again(self, id: str, reason: str, sentence: str, once: IdempotencyRecord | None = None) -> bool:
        """It was tried again and refused again; False when it is not open any more. once: as `end`."""
        return self._change(id, {"attempts": REFUSED.attempts + 1, "reason": reason, "sentence": sentence}, once)

    def end(self, id: str, state: str, now: int, by: str, once: IdempotencyRecord | None = None) -> bool:
        """It was applied or is given up; False when it was not open any more.

        once: the request's idempotency key, DuplicateKey when it is there.
        """
        return self._change(id, {"state": state, "ended_at": now, "ended_by": by}, once)

    def _change(self, id: str, values: dict[str, Any], once: IdempotencyRecord | None) -> bool:
        statement = update(t.refused_event).where(REFUSED.id == id, REFUSED.ended_at.is_(None)).values(values)

        def do(connection: Connection) -> bool:
            if connection.execute(statement).rowcount == 0:
                return False
            if once is not None:
                note(connection, once)
            fault("refused_event.change")
            return True

        return self._database.write(do)

    def count(self) -> int:
        """How many are open."""
        with self._database.reading() as connection:
            return connection.execute(
                select(func.count()).select_from(t.refused_event).where(REFUSED.ended_at.is_(None))
            ).scalar_one()

    def forget(self, before: int) -> None:
        """Delete what ended before this time (microseconds)."""
        old = delete(t.refused_event).where(REFUSED.received_at < before, REFUSED.ended_at < before)
        self._database.write(lambda connection: connection.execute(old))

    def page(self, state: str | None, topic: str | None, limit: int, cursor: str | None) -> Page[RefusedView]:
        """Refused events, newest first."""
        query = select(t.refused_event)
        for column, wanted in ((REFUSED.state, state), (REFUSED.topic, topic)):
            if wanted is not None:
                query = query.where(column == wanted)
        with self._database.reading() as connection:
            rows = connection.execute(_LISTING.limit(query, cursor, limit)).all()
        return _LISTING.page(rows, limit, _view, lambda row: (row.received_at, row.id))


def _event(row: Row[Any]) -> RefusedEvent:
    return RefusedEvent(
        **{name: getattr(row, name) for name in RefusedEvent.__struct_fields__ if name != "headers"},
        headers=_headers.decode(row.headers),
    )


def _view(row: Row[Any]) -> RefusedView:
    values = {name: getattr(row, name) for name in RefusedView.__struct_fields__ if name != "body"}
    return RefusedView(**values, body=bytes(row.body).decode("utf-8", "replace").replace("\0", "\ufffd")[:SHOWN])
