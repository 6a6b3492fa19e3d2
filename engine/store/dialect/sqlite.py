"""SQLite: the embedded database of one process, in a file or in memory."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
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
"""Triggers that refuse to rewrite the past."""

DUPLICATES = (sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE)

DatabaseError = sqlite3.DatabaseError
"""What the driver raises when the file cannot be read back."""


class _HintingCompiler(SQLiteCompiler):
    """Writes the INDEXED BY hints of our queries, which SQLAlchemy's own compiler for SQLite leaves out."""

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:
        return text


class Sqlite:
    """See `Dialect`."""

    name = "sqlite"
    shared = False
    begin = "BEGIN IMMEDIATE"
    """Takes the write lock at once, so that a transaction never fails half way for want of it."""
    look = "BEGIN"
    now = ""

    def __init__(self) -> None:
        self.compiler = sqlite.dialect(paramstyle="qmark")
        self.compiler.statement_compiler = _HintingCompiler

    def file_of(self, url: URL) -> Path | None:
        """The database's file, None when it lives in memory."""
        return None if self.in_memory(url) else Path(str(url.database))

    def in_memory(self, url: URL) -> bool:
        """Whether no file is named."""
        return url.database in (None, "", ":memory:")

    def writing_engine(self, url: URL, synchronous: str) -> Engine:
        """An engine around the one connection that writes; its transactions take the write lock when they begin."""
        if synchronous not in SYNCHRONOUS:
            raise ValueError(f"Expected synchronous to be one of {', '.join(SYNCHRONOUS)} but got {synchronous!r}")
        engine = create_engine(url, poolclass=StaticPool, connect_args=_arguments(), hide_parameters=True)
        pragmas = ["foreign_keys=ON", f"synchronous={synchronous}", "wal_autocheckpoint=4000", "cache_size=-16000"]
        if not self.in_memory(url):
            pragmas.insert(0, "journal_mode=WAL")
        _prepare(engine, pragmas, self.begin)
        return engine

    def close(self, engine: Engine) -> None:
        """Close the connections."""
        engine.dispose()

    def reading_engine(self, url: URL, readers: int) -> Engine:
        """An engine around a pool of connections that cannot write."""
        engine = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=readers,
            max_overflow=0,
            pool_timeout=60.0,
            connect_args=_arguments(),
            hide_parameters=True,
        )
        _prepare(engine, ["query_only=ON"], self.look)
        return engine

    def upsert(self, table: Table, keys: tuple[str, ...]) -> Any:
        """INSERT that overwrites all other columns of a row whose keys are already there."""
        new = insert(table)
        others = {column.name: new.excluded[column.name] for column in table.columns if column.name not in keys}
        return new.on_conflict_do_update(index_elements=list(keys), set_=others)

    def protect_history(self, connection: Connection) -> None:
        """Create the triggers."""
        for trigger in IMMUTABLE_HISTORY:
            connection.exec_driver_sql(trigger)

    def lock(self, cursor: Any, key: int) -> None:
        """Nothing to do: the writing transaction is the only one."""

    def session(self, url: URL) -> Any:
        """Nobody needs one."""
        raise NotImplementedError("an embedded database has no sessions")

    def by_hand(self, driver: Any, *, wanted: bool) -> None:
        """Nothing to do: none of our connections begins transactions by itself."""

    def at_once(self, driver: Any) -> AbstractContextManager[Callable[[], object]]:
        """Each statement is done when it is called: there is no way to the database that could be spared."""
        return nullcontext(_nothing)

    def duplicate_in(self, error: BaseException) -> str | None:
        """The table that SQLite names: "UNIQUE constraint failed: TABLE.COLUMN"."""
        if not isinstance(error, sqlite3.IntegrityError) or error.sqlite_errorcode not in DUPLICATES:
            return None
        named = _REFUSED.search(str(error))
        return named[1] if named else None

    def is_contention(self, error: BaseException) -> bool:
        """Never: there is one writer."""
        return False

    def is_lost(self, error: BaseException) -> bool:
        """Never: there is no connection that could break."""
        return False

    def is_full(self, error: BaseException) -> bool:
        """Whether the disk, or the memory that the database may have, is full."""
        return getattr(getattr(error, "orig", error), "sqlite_errorcode", None) == sqlite3.SQLITE_FULL

    def refuses_nul(self, error: BaseException) -> bool:
        """Never: SQLite stores every character."""
        return False


_REFUSED = re.compile(r": (\w+)\.")


def _nothing() -> None:
    pass


def _arguments() -> dict[str, Any]:
    return {"check_same_thread": False, "timeout": BUSY_SECONDS, "isolation_level": None, "cached_statements": 256}


def _prepare(engine: Engine, pragmas: list[str], begin: str) -> None:
    engine.dialect.statement_compiler = _HintingCompiler

    def connected(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)


def copy_of(connection: sqlite3.Connection) -> bytes:
    """The whole in-memory database as bytes."""
    return connection.serialize()


def restore(connection: sqlite3.Connection, image: bytes) -> None:
    """Fill an empty in-memory database with such a copy."""
    connection.deserialize(image)
