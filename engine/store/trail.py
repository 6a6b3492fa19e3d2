"""The trail of a key: everything that belongs to it, read at one moment, in the order of time, page by page."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from ..core.events import RequestReceived, decode_events
from ..core.state import ROOT
from . import tables as t
from .database import Database
from .errors import BadCursor
from .paging import decode_cursor, encode_cursor, page_size
from .processes import current
from .trail_links import Limits, Links, gather
from .trail_now import places
from .trail_sources import Place, Sources, Undoes
from .trail_views import TrailEntry, TrailInstance, TrailView

KIND = "trail"
FIRST: Place = (-1, -1, "", 0)
"""Before every entry."""

BEFORE_ALL = -1
"""The rank of what comes from instances themselves and stands before all else of its moment; their ends stand last."""

LAST = 1_000
LARGEST = 1 << 62
"""No number of a cursor is larger."""

CALLED_PER_ROOT = 10
"""So many called processes are shown at most, for each root instance that may be."""

INSTANCE = t.instance.c


class Trails:
    """Reads trails. undoes: as for `Sources`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, key: str, *, limits: Limits, limit: int, cursor: str | None, undoes: Undoes) -> TrailView | None:
        """A page of the trail of the key, within the limits; None when nothing bears the key.

        Only what belongs to the processes of `processes.limited` is looked at. Raises BadCursor.
        """
        place = FIRST if cursor is None else _place(cursor)
        processes = current()
        with self._database.reading() as connection:
            links = gather(connection, key, limits, processes)
            instances = _instances(connection, links, CALLED_PER_ROOT * limits.instances)
            sources = Sources(links, instances, processes, undoes)
            found = _entries(connection, sources, links, instances, place, page_size(limit))
            now = places(connection, links, instances, processes)
        if not instances and not found:
            return None
        more = len(found) > page_size(limit)
        shown = found[: page_size(limit)]
        return TrailView(
            key=key,
            instances=sorted(instances.values(), key=lambda one: (one.started_at, one.id)),
            now=now,
            entries=[entry for _, entry in shown],
            next_cursor=encode_cursor(KIND, shown[-1][0]) if more else None,
            cut=links.cut,
            restricted=processes is not None,
        )


def _place(cursor: str) -> Place:
    at, rank, text, number = decode_cursor(KIND, cursor, [int, int, str, int])
    if max(abs(at), abs(rank), abs(number)) > LARGEST:
        raise BadCursor(cursor)
    return at, rank, text, number


# -- instances --------------------------------------------------------------------------------------------------------


def _instances(connection: Connection, links: Links, most: int) -> dict[str, TrailInstance]:
    """The roots and what they called, level by level."""
    found: dict[str, TrailInstance] = {}
    query = select(t.instance, t.definition.c.name).join(t.definition, INSTANCE.definition_id == t.definition.c.id)
    rows = connection.execute(query.where(INSTANCE.id.in_(list(links.roots)))).all()
    while rows:
        found |= {row.id: _instance(row) for row in rows}
        callers = [row.id for row in rows]
        room = len(links.roots) + most - len(found)
        rows = connection.execute(query.where(INSTANCE.parent_id.in_(callers)).limit(room + 1)).all()
        links.cut = links.cut or len(rows) > room
        rows = rows[:room]
    return found


def _instance(row: Any) -> TrailInstance:
    return TrailInstance(
        id=row.id,
        parent_id=row.parent_id,
        definition_id=row.definition_id,
        process=row.process,
        name=row.name,
        business_key=row.business_key,
        trace=row.trace,
        status=row.status,
        outcome=row.outcome,
        error_code=row.error_code,
        incident_count=row.incidents,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


# -- entries ----------------------------------------------------------------------------------------------------------

Placed = tuple[Place, TrailEntry]


def _entries(
    connection: Connection,
    sources: Sources,
    links: Links,
    instances: dict[str, TrailInstance],
    place: Place,
    limit: int,
) -> list[Placed]:
    """What stands behind the place, one entry more than the page has."""
    kinds: list[Iterable[Placed]] = [_of_instances(connection, links, instances, place)]
    for rank, source in enumerate(sources.all()):
        query = source.behind(place, rank).order_by(source.at, *source.ids).limit(limit + 1)
        rows = connection.execute(query).all()
        kinds.append([(source.place(row, rank), source.entry(row)) for row in rows])
    merged = heapq.merge(*kinds, key=lambda placed: placed[0])
    return [placed for placed, _ in zip(merged, range(limit + 1), strict=False)]


def _of_instances(
    connection: Connection, links: Links, instances: dict[str, TrailInstance], place: Place
) -> list[Placed]:
    """Beginnings and ends, and the calls of routes that led to them."""
    asked = _requests(connection, list(links.roots))
    found: list[Placed] = []
    for one in instances.values():
        if one.id in asked:
            at, entry = one.started_at, asked[one.id]
            where = {"instance_id": one.id, "process": one.process, "process_name": one.name}
            said = {"subject": f"{entry.method} {entry.path}", "element_id": entry.element}
            request = _plain("request", at, state="received", **where, **said)
            found.append(((at, BEFORE_ALL, one.id, 0), request))
        found.append(((one.started_at, BEFORE_ALL, one.id, 1), _begin(one)))
        if one.ended_at is not None:
            found.append(((one.ended_at, LAST, one.id, 2), _end(one)))
    return sorted((placed for placed in found if placed[0] > place), key=lambda placed: placed[0])


def _begin(one: TrailInstance) -> TrailEntry:
    where = {"instance_id": one.id, "process": one.process, "process_name": one.name}
    return _plain("started", one.started_at, state="started", detail=one.business_key or "", **where)


def _end(one: TrailInstance) -> TrailEntry:
    where = {"instance_id": one.id, "process": one.process, "process_name": one.name}
    return _plain("ended", one.ended_at or 0, state=one.status, subject=one.error_code or "", **where)


def _plain(kind: Any, at: int, **fields: Any) -> TrailEntry:
    return TrailEntry(kind=kind, at=at, **{"ended_at": None, "id": "", "element_id": "", "element_name": ""} | fields)


def _requests(connection: Connection, roots: list[str]) -> dict[str, RequestReceived]:
    """The calls of routes that led to the instances: told in their first steps."""
    history = t.history.c
    query = select(history.root, history.data).where(history.root.in_(roots), history.revision == ROOT)
    found: dict[str, RequestReceived] = {}
    for row in connection.execute(query):
        if b'"request-received"' in row.data:
            found.update((row.root, one) for one in decode_events(row.data) if type(one) is RequestReceived)
    return found
