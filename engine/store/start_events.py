"""What starts the latest version of each process from outside: messages, signals, conditions, and when timers fire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from . import tables as t
from .database import Database
from .faults import fault
from .paging import Listing
from .views import Page, StartEventView

START = t.start_event.c
_LISTING = Listing(
    "start events", [START.process, START.definition_id, START.element_id, START.position], [str, str, str, int]
)

KEY = "key"
"""The kind of a row that starts nothing: its definition says how the key of the message with its name is found."""


class StartEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A start event (or what else starts a process) of a definition. index: which of its event definitions.

    due: when a timer fires next, None for never again and for the other kinds. cycle, repeats, anchor: the schedule of
    further firings (see engine.core.timing).
    """

    definition: str
    element: str
    index: int
    process: str
    kind: str
    name: str = ""
    due: int | None = None
    cycle: str = ""
    repeats: int = 0
    anchor: int = 0


class StartEvents:
    """The start events of all processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_kind(self, kind: str, name: str | None = None) -> list[StartEvent]:
        """All that start on this kind, and on this name if one is given, in order of their processes."""
        query = select(t.start_event).where(START.kind == kind)
        if name is not None:
            query = query.where(START.name == name)
        with self._database.reading() as connection:
            return [_start_event(row) for row in connection.execute(query.order_by(*_LISTING.columns))]

    def due(self, now: int, limit: int) -> list[StartEvent]:
        """The timers whose time has come, longest ago first."""
        order = (START.due, START.definition_id, START.element_id, START.position)
        query = select(t.start_event).where(START.due <= now).order_by(*order).limit(limit)
        with self._database.reading() as connection:
            return [_start_event(row) for row in connection.execute(query)]

    def move_on(self, fired: StartEvent, due: int | None, repeats: int) -> None:
        """The timer fired: it is next due then, or never again. Does nothing when somebody else has moved it on."""
        here = (START.definition_id == fired.definition, START.element_id == fired.element)
        place = (*here, START.position == fired.index, START.due == fired.due)
        statement = update(t.start_event).where(*place).values(due=due, repeats=repeats)

        def do(connection: Connection) -> None:
            connection.execute(statement)
            fault("start_event.move")

        self._database.write(do)

    def message_starts(self) -> dict[str, str]:
        """The process that each message starts, by the message's name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(START.name, START.process).where(START.kind == "message"))
            return {row.name: row.process for row in rows}

    def page(self, process: str | None, limit: int, cursor: str | None) -> Page[StartEventView]:
        """Start events by process."""
        query = select(t.start_event).where(START.kind != KEY)
        if process is not None:
            query = query.where(START.process == process)
        with self._database.reading() as connection:
            rows = connection.execute(_LISTING.limit(query, cursor, limit)).all()
        place = _LISTING.columns
        return _LISTING.page(rows, limit, _view, lambda row: [row._mapping[column] for column in place])  # noqa: SLF001


def replace(connection: Connection, processes: Sequence[str], events: Sequence[StartEvent]) -> None:
    """Within the transaction of a deployment: these start the processes from now on, and nothing else does."""
    connection.execute(delete(t.start_event).where(START.process.in_(processes)))
    rows = [_row(event) for event in events]
    if rows:
        connection.execute(insert(t.start_event), rows)


def _row(event: StartEvent) -> dict[str, Any]:
    row = msgspec.structs.asdict(event)
    row["definition_id"], row["element_id"] = row.pop("definition"), row.pop("element")
    row["position"] = row.pop("index")
    return row


def _start_event(row: Row[Any]) -> StartEvent:
    return StartEvent(
        definition=row.definition_id,
        element=row.element_id,
        index=row.position,
        process=row.process,
        kind=row.kind,
        name=row.name,
        due=row.due,
        cycle=row.cycle,
        repeats=row.repeats,
        anchor=row.anchor,
    )


def _view(row: Row[Any]) -> StartEventView:
    return StartEventView(
        definition_id=row.definition_id,
        process=row.process,
        element_id=row.element_id,
        index=row.position,
        kind=row.kind,
        name=row.name,
        due_at=row.due,
        cycle=row.cycle,
        repeats=row.repeats,
    )
