"""What instances have thrown out and has still to be handed on: rows of their commits, done in order of their kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, select, tuple_, update

from ..core.events import ToBus
from . import tables as t
from .database import Database
from .faults import fault
from .signals import Signal, keep

OUTBOX = t.outbox.c

_payload = msgspec.json.Decoder()


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message or signal (topic) that an instance threw. ordering: those with the same text go in order.

    business_key, trace: those of the instance, None for none. bus: what the diagram says of the bus without a topic.
    """

    instance: str
    key: int
    topic: str
    ordering: str
    name: str
    correlation: str
    variables: dict[str, Any]
    attempts: int
    available_at: int
    created_at: int
    business_key: str | None = None
    trace: str | None = None
    bus: ToBus | None = None

    @property
    def id(self) -> str:
        """What the receivers know it by."""
        return f"{self.instance}.{self.key}"


class Outbox:
    """The rows of all instances that are not handed on yet."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, limit: int, after: Outgoing | None = None) -> list[Outgoing]:
        """What has still to be handed on, oldest first (behind that one), also what is not to be tried again yet."""
        order = (OUTBOX.created_at, OUTBOX.instance_id, OUTBOX.key)
        query = select(t.outbox).where(OUTBOX.ended_at.is_(None)).order_by(*order).limit(limit)
        if after is not None:
            query = query.where(tuple_(*order) > tuple_(after.created_at, after.instance, after.key))
        with self._database.reading() as connection:
            return [_outgoing(row) for row in connection.execute(query)]

    def done(self, rows: Sequence[Outgoing], now: int) -> None:
        """The rows are handed on."""
        places = [(row.instance, row.key) for row in rows]
        statement = update(t.outbox).where(tuple_(OUTBOX.instance_id, OUTBOX.key).in_(places)).values(ended_at=now)

        def do(connection: Connection) -> None:
            connection.execute(statement)
            fault("outbox.done")

        self._database.write(do)

    def become_signal(self, row: Outgoing, now: int) -> None:
        """The row is a signal from now on; it is broadcast from there."""
        signal = Signal(
            id=row.id,
            name=row.name,
            variables=row.variables,
            thrower=row.instance,
            sent_by=row.instance,
            received_at=row.created_at,
            trace=row.trace,
        )
        here = (OUTBOX.instance_id == row.instance, OUTBOX.key == row.key)

        def do(connection: Connection) -> None:
            keep(connection, signal)
            connection.execute(update(t.outbox).where(*here).values(ended_at=now))

        self._database.write(do)

    def failed(self, row: Outgoing, error: str, again_at: int) -> None:
        """Handing on failed; only what has the same ordering waits for it."""
        here = (OUTBOX.instance_id == row.instance, OUTBOX.key == row.key)
        values = {"attempts": OUTBOX.attempts + 1, "available_at": again_at, "last_error": error}
        self._database.write(lambda connection: connection.execute(update(t.outbox).where(*here).values(values)))

    def failing(self) -> tuple[int, str]:
        """How many cannot be handed on, and what was wrong with one of them ("" for none)."""
        query = select(func.count(), func.min(OUTBOX.last_error)).where(OUTBOX.ended_at.is_(None), OUTBOX.attempts > 0)
        with self._database.reading() as connection:
            count, error = connection.execute(query).one()
        return count, error or ""

    def forget(self, before: int) -> None:
        """Delete what was handed on before this time (microseconds)."""
        self._database.write(lambda connection: connection.execute(delete(t.outbox).where(OUTBOX.ended_at < before)))


def _outgoing(row: Row[Any]) -> Outgoing:
    payload = _payload.decode(row.payload)
    return Outgoing(
        instance=row.instance_id,
        key=row.key,
        topic=row.topic,
        ordering=row.ordering,
        name=payload["name"],
        correlation=payload["correlation"],
        variables=payload["variables"],
        attempts=row.attempts,
        available_at=row.available_at,
        created_at=row.created_at,
        business_key=payload.get("business_key"),
        trace=payload.get("trace"),
        bus=msgspec.convert(payload["bus"], ToBus) if "bus" in payload else None,
    )
