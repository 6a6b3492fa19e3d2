"""Read an instance back: the newest usable snapshot and the fold of the history after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from ..core.events import blank_state, decode_events, fold
from ..core.state import InstanceState
from . import tables as t
from .database import Database
from .dialect import DatabaseError
from .errors import HistoryDamaged
from .places import places_of
from .prepared import Query
from .records import HistoryRow, Loaded, decode_snapshot

ROWS_AT_ONCE = 500
"""How many history rows are fetched together, so that a long history never stands in memory as a whole."""

_INSTANCE = Query(select(t.instance.c.id).where(t.instance.c.id == bindparam("id")))
_SNAPSHOT = Query(select(t.snapshot).where(t.snapshot.c.instance_id == bindparam("id")))
_HISTORY = Query(
    select(t.history)
    .where(t.history.c.root == bindparam("id"), t.history.c.revision > bindparam("after"))
    .order_by(t.history.c.revision)
    .limit(bindparam("size"))
)
_TAIL = Query(
    select(t.history)
    .where(
        t.history.c.root == bindparam("id"),
        t.history.c.revision
        >= select(func.coalesce(func.max(t.snapshot.c.revision), 0))
        .where(t.snapshot.c.instance_id == bindparam("id"))
        .scalar_subquery(),
    )
    .order_by(t.history.c.revision)
    .limit(ROWS_AT_ONCE)
)
"""The step of the snapshot and those after it."""


def load(database: Database, root: str) -> Loaded | None:
    """The instance as its last commit left it, None when there is none. Raises HistoryDamaged."""
    try:
        snapshots, rows = database.look(_SNAPSHOT, _TAIL, id=root)
    except DatabaseError:
        snapshots, rows = [], []
    state, folded = _newest_snapshot(snapshots)
    if (folded or not snapshots) and rows and len(rows) < ROWS_AT_ONCE:
        return _folded(root, state, folded, [HistoryRow(*row) for row in rows])
    with database.reading() as connection:
        if _INSTANCE.one(connection, id=root) is None:
            return None
        return load_from(connection, root)


def load_from(connection: Connection, root: str) -> Loaded:
    """The same within a transaction that is already reading; the instance is known to exist."""
    state, folded = _newest_snapshot(_SNAPSHOT.all(connection, id=root))
    return _folded(root, state, folded, history_rows(connection, root, max(folded - 1, 0)))


def _folded(root: str, state: InstanceState, folded: int, rows: Iterable[HistoryRow]) -> Loaded:
    loaded = Loaded(state=state)
    last = None
    for last in rows:
        if last.revision > folded:
            loaded.bytes_since_snapshot += len(last.data)
            fold_row(state, last)
    if last is None:
        raise HistoryDamaged(root, "it has no rows")
    loaded.revision, loaded.hash, loaded.next_seq = last.revision, last.hash, last.first_seq + last.event_count
    loaded.places = places_of(state)
    return loaded


def _newest_snapshot(rows: list[Any]) -> tuple[InstanceState, int]:
    for row in rows:
        try:
            state = decode_snapshot(row.data, row.format)
        except (msgspec.DecodeError, UnicodeDecodeError):
            state = None  # the history is the truth: a damaged snapshot only costs time, and `verify` reports it
        if state is not None:
            return state, row.revision
    return blank_state(), 0


def fold_row(state: InstanceState, row: HistoryRow) -> None:
    """Apply the events of a stored step. Raises HistoryDamaged when they cannot be read or do not fit the state."""
    try:
        fold(state, decode_events(row.data))
    except (msgspec.DecodeError, UnicodeDecodeError, LookupError, AttributeError) as error:
        raise HistoryDamaged(row.root, f"step {row.revision} says: {error}") from error


def history_rows(connection: Connection, root: str, after: int = 0) -> Iterator[HistoryRow]:
    """The steps of a root after the revision, in order, fetched in portions; HistoryDamaged comes at its very step."""
    size = ROWS_AT_ONCE
    while True:
        try:
            rows = history_portion(connection, root, after, size)
        except HistoryDamaged:
            if size == 1:
                raise
            size = 1
            continue
        yield from rows
        if len(rows) < size:
            return
        after = rows[-1].revision


def history_portion(connection: Connection, root: str, after: int, size: int) -> list[HistoryRow]:
    """The next `size` steps of a root after the revision, fewer when the history ends. Raises HistoryDamaged."""
    try:
        return [HistoryRow(*row) for row in _HISTORY.all(connection, id=root, after=after, size=size)]
    except DatabaseError as error:
        raise HistoryDamaged(root, f"behind step {after} the database says: {error}") from error
