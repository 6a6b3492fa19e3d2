"""What differs between databases: how to connect, upsert, begin, and keep history rows from being changed.

SQLite is the embedded one. Another database adds its branch here and runs the same contract tests.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Table,
    create_engine,
    event,
    exc,
    make_url,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.pool import QueuePool, StaticPool

BUSY_SECONDS = 10.0
"""How long a connection waits for SQLite's own lock, which a reader's checkpoint may hold for a moment."""

SYNCHRONOUS = ("FULL", "NORMAL", "EXTRA", "OFF")
"""SQLite's levels of certainty that a commit survives a power cut; FULL is the default, OFF is for tests."""

IMMUTABLE_HISTORY = tuple(
    f"CREATE TRIGGER history_no_{verb.lower()} BEFORE {verb} ON history "
    "BEGIN SELECT RAISE(ABORT, 'history rows are never changed'); END"
    for verb in ("UPDATE", "DELETE")
)
"""SQLite triggers that refuse to rewrite the past."""

IntegrityError = sqlite3.IntegrityError
"""What the driver raises when a row breaks a rule of its table."""

BEGIN_WRITING = "BEGIN IMMEDIATE"
"""Takes the write lock at once, so that a transaction never fails half way for want of it."""

compiler = sqlite.dialect(paramstyle="qmark")
"""Turns SQLAlchemy statements into the text that the driver gets directly on the hot path."""


def parse(url: str) -> URL:
    """The database's URL; ValueError for a database that Baton does not know."""
    try:
        parsed = make_url(url)
    except exc.ArgumentError:
        raise ValueError(f"Expected a database URL such as sqlite:///baton.db but got {url!r}") from None
    if parsed.get_backend_name() != "sqlite":
        raise ValueError(f"Expected a sqlite URL but got {parsed.render_as_string()}")
    return parsed


def file_of(url: URL) -> Path | None:
    """The database's file, None when it lives in memory."""
    return None if url.database in (None, "", ":memory:") else Path(str(url.database))


def writing_engine(url: URL, synchronous: str) -> Engine:
    """An engine around the one connection that writes; its transactions take the write lock when they begin."""
    if synchronous not in SYNCHRONOUS:
        raise ValueError(f"Expected synchronous to be one of {', '.join(SYNCHRONOUS)} but got {synchronous!r}")
    engine = create_engine(url, poolclass=StaticPool, connect_args=_arguments())
    pragmas = ["foreign_keys=ON", f"synchronous={synchronous}", "wal_autocheckpoint=4000", "cache_size=-16000"]
    if file_of(url) is not None:
        pragmas.insert(0, "journal_mode=WAL")
    _prepare(engine, pragmas, BEGIN_WRITING)
    return engine


def reading_engine(url: URL, readers: int) -> Engine:
    """An engine around a pool of connections that cannot write."""
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=readers, max_overflow=0, pool_timeout=60.0, connect_args=_arguments()
    )
    _prepare(engine, ["query_only=ON"], "BEGIN")
    return engine


def _arguments() -> dict[str, Any]:
    return {"check_same_thread": False, "timeout": BUSY_SECONDS, "isolation_level": None, "cached_statements": 256}


def _prepare(engine: Engine, pragmas: list[str], begin: str) -> None:
    def connected(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)


def is_duplicate(error: sqlite3.IntegrityError) -> bool:
    """Whether the row was refused because one with its key is there already."""
    return error.sqlite_errorcode in (sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE)


def upsert(table: Table, keys: tuple[str, ...]) -> Any:
    """INSERT that overwrites all other columns of a row whose keys are already there."""
    insert = sqlite_insert(table)
    others = {name: insert.excluded[name] for name in table.c.keys() if name not in keys}  # noqa: SIM118 - not a dict
    return insert.on_conflict_do_update(index_elements=list(keys), set_=others)


def protect_history(connection: Connection) -> None:
    """Make the database itself refuse to change or delete history rows."""
    for trigger in IMMUTABLE_HISTORY:
        connection.exec_driver_sql(trigger)


def copy_of(connection: sqlite3.Connection) -> bytes:
    """The whole in-memory database as bytes."""
    return connection.serialize()


def restore(connection: sqlite3.Connection, image: bytes) -> None:
    """Fill an empty in-memory database with such a copy."""
    connection.deserialize(image)
