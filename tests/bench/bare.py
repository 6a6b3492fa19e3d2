"""The bare loop: what an engine wrote, written again by nothing but sqlite3, in the same groups."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine import Engine

from .databases import connect

Group = list[tuple[str, list[tuple[Any, ...]]]]
"""A commit: its statements, each with all its rows."""


class _Recording:
    """Notes the rows that are written; everything else is left to what really writes."""

    def __init__(self, writing: Any, group: Group) -> None:
        self._writing = writing
        self._group = group

    def executemany(self, sql: str, rows: list[tuple[Any, ...]]) -> Any:
        if not sql.startswith("SELECT"):
            self._group.append((sql, list(rows)))
        return self._writing.executemany(sql, rows)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writing, name)


@contextmanager
def recorded(engine: Engine) -> Iterator[list[Group]]:
    """What the engine commits within the block, group by group."""
    database: Any = engine._house.store.database
    real = database.group
    groups: list[Group] = []

    @contextmanager
    def recording() -> Iterator[Any]:
        group: Group = []
        with real() as writing:
            yield _Recording(writing, group)
        groups.append(group)

    database.group = recording
    try:
        yield groups
    finally:
        del database.group


def write(path: Path, pragmas: dict[str, Any], groups: list[Group]) -> float:
    """Write the groups with one executemany per statement and return the seconds it took; the first one is warm-up."""
    connection = connect(path, pragmas)
    _write(connection, groups[:1])
    begin = time.perf_counter()
    _write(connection, groups[1:])
    taken = time.perf_counter() - begin
    connection.close()
    return taken


def _write(connection: Any, groups: list[Group]) -> None:
    cursor = connection.cursor()
    for group in groups:
        cursor.execute("BEGIN IMMEDIATE")
        for sql, rows in group:
            cursor.executemany(sql, rows)
        cursor.execute("COMMIT")


def size(groups: list[Group]) -> int:
    """Bytes of all values in all rows: texts and blobs by length, numbers as eight."""
    return sum(_size(value) for group in groups for _, rows in group for row in rows for value in row)


def _size(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, str):
        return len(value.encode())
    return len(value) if isinstance(value, bytes) else 8
