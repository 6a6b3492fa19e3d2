"""What starts the latest version of each process from outside: messages, signals, conditions, and when timers fire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, delete, insert, or_, select, update

from . import tables as t
from .database import Database
from .faults import fault
from .outside_views import StartEventView
from .paging import Listing
from .prepared import Query
from .processes import of_process
from .views import Page

START = t.start_event.c
_LISTING = Listing(
    "start events",
    [START.process, START.definition_id, START.element_id, START.position],
    [str, str, str, int],
    owner=of_process(START.process),
)

_ROUTES = Query(select(t.start_event).where(START.kind == bindparam("kind")))

KEY = "key"
"""The kind of a row that starts nothing: its definition says how the key of the message with its name is found."""


ROUTE = "route"
"""The kind of a row for a route, which has a list of its own; its name is the method and the shape of the path."""

ROUTE_INDEX = -1
"""The index of such a row: beside the event definitions of its start event."""


class StartEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A start event (or what else starts a process) of a definition. index: which of its event definitions.

    due: when a timer fires next, None for never again and for the other kinds. cycle, repeats, anchor: the schedule of
    further firings (see engine.core.timing). failures, last_error: how often in a row a due timer could not start the
    process, and why the last time; retry_at: when that is tried again.
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
    failures: int | None = None
    retry_at: int | None = None
    last_error: str | None = None


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
        """The timers whose time has come, longest ago first; one that has failed only when it is tried again."""
        order = (START.due, START.definition_id, START.element_id, START.position)
        ready = or_(START.retry_at.is_(None), START.retry_at <= now)
        query = select(t.start_event).where(START.due <= now, ready).order_by(*order).limit(limit)
        with self._database.reading() as connection:
            return [_start_event(row) for row in connection.execute(query)]

    def move_on(self, fired: StartEvent, due: int | None, repeats: int) -> None:
        """The timer fired: it is next due then, or never again. Does nothing when somebody else has moved it on."""
        sound = {"failures": None, "retry_at": None, "last_error": None}
        self._change(fired, due=due, repeats=repeats, **sound)

    def put_off(self, failed: StartEvent, sentence: str, retry_at: int) -> None:
        """The timer could not start its process: it stays due, and is tried again then."""
        self._change(failed, failures=(failed.failures or 0) + 1, last_error=sentence, retry_at=retry_at)

    def _change(self, event: StartEvent, **values: Any) -> None:
        here = (START.definition_id == event.definition, START.element_id == event.element)
        place = (*here, START.position == event.index, START.due == event.due)
        statement = update(t.start_event).where(*place).values(**values)

        def do(connection: Connection) -> None:
            connection.execute(statement)
            fault("start_event.move")

        self._database.write(do)

    def message_starts(self) -> dict[str, str]:
        """The process that each message starts, by the message's name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(START.name, START.process).where(START.kind == "message"))
            return {row.name: row.process for row in rows}

    def routes(self) -> list[StartEvent]:
        """Every route that is published."""
        return [_start_event(row) for row in self._database.ask(_ROUTES, kind=ROUTE)]

    def routes_page(self, limit: int, cursor: str | None) -> Page[StartEvent]:
        """Routes by process."""
        query = select(t.start_event).where(START.kind == ROUTE)
        with self._database.reading() as connection:
            rows = connection.execute(_LISTING.limit(query, cursor, limit)).all()
        place = _LISTING.columns
        return _LISTING.page(rows, limit, _start_event, lambda row: [row._mapping[one] for one in place])  # noqa: SLF001

    def one(self, definition: str, element: str, position: int) -> StartEventView | None:
        """The start event at that place, None when there is none."""
        here = (START.definition_id == definition, START.element_id == element, START.position == position)
        query = select(t.start_event).where(*here, START.kind.not_in((KEY, ROUTE)))
        with self._database.reading() as connection:
            return _LISTING.one(connection, query, _view)

    def page(self, process: str | None, limit: int, cursor: str | None) -> Page[StartEventView]:
        """Start events by process."""
        query = select(t.start_event).where(START.kind.not_in((KEY, ROUTE)))
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
        failures=row.failures,
        retry_at=row.retry_at,
        last_error=row.last_error,
    )


def _view(row: Row[Any]) -> StartEventView:
    return StartEventView(
        id=f"{row.definition_id}:{row.element_id}:{row.position}",
        definition_id=row.definition_id,
        process=row.process,
        element_id=row.element_id,
        index=row.position,
        kind=row.kind,
        name=row.name,
        due_at=row.due,
        cycle=row.cycle,
        repeats=row.repeats,
        failures=row.failures or 0,
        retry_at=row.retry_at,
        last_error=row.last_error or "",
    )
