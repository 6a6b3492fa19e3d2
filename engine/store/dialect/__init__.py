"""What differs between databases, one module each: how to connect, begin, upsert, and what its driver's errors mean.

SQLite is the embedded one, for one process; PostgreSQL is for several. Both run the same contract tests.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import URL, Connection, Engine, Table, exc, make_url
from sqlalchemy import Dialect as Compiler

from .postgresql import PostgreSql
from .sqlite import DatabaseError, Sqlite, copy_of, restore

__all__ = [
    "DIALECTS",
    "POSTGRESQL",
    "SQLITE",
    "DatabaseError",
    "Dialect",
    "copy_of",
    "of",
    "parse",
    "protect_history",
    "restore",
]


class Dialect(Protocol):
    """One kind of database.

    name: SQLAlchemy's word for it. shared: whether several processes may use one database at the same time. compiler:
    turns statements into the text that the driver gets directly on the hot path, with values by position. begin, look:
    what begins a transaction that writes, or that only reads, all of one moment, where the driver begins none by
    itself. now: a query for the database's time in microseconds since the epoch, "" when the machine's clock is as
    good.
    """

    @property
    def name(self) -> str: ...
    @property
    def shared(self) -> bool: ...
    @property
    def compiler(self) -> Compiler: ...
    @property
    def begin(self) -> str: ...
    @property
    def look(self) -> str: ...
    @property
    def now(self) -> str: ...

    def file_of(self, url: URL) -> Path | None:
        """The database's file, None when it has none of its own."""

    def in_memory(self, url: URL) -> bool:
        """Whether the database is gone when its connection is closed."""

    def writing_engine(self, url: URL, synchronous: str) -> Engine:
        """An engine whose transactions write; ValueError for an unknown level of certainty."""

    def reading_engine(self, url: URL, readers: int) -> Engine:
        """An engine around a pool of connections that cannot write; each transaction sees one moment."""

    def close(self, engine: Engine) -> None:
        """Close all connections of one of these engines."""

    def upsert(self, table: Table, keys: tuple[str, ...]) -> Any:
        """INSERT that overwrites all other columns of a row whose keys are already there."""

    def protect_history(self, connection: Connection) -> None:
        """Make the database itself refuse to change or delete history rows."""

    def lock(self, cursor: Any, key: int) -> None:
        """Wait until no other transaction holds the lock, and hold it to the end of the cursor's."""

    def session(self, url: URL) -> Any:
        """A connection of the driver that is in no pool, each statement a transaction of its own."""

    def by_hand(self, driver: Any, *, wanted: bool) -> None:
        """Whether the driver's connection begins no transaction by itself; it must be in none."""

    def at_once(self, driver: Any) -> AbstractContextManager[Callable[[], object]]:
        """Statements of the block are sent together.

        Their results and errors are there behind it, or when the function that it gives was called.
        """

    def duplicate_in(self, error: BaseException) -> str | None:
        """The table that refused a row because one with its key is there already, None for any other error."""

    def is_contention(self, error: BaseException) -> bool:
        """Whether the transaction gave way to another one, so that it may succeed when it is repeated."""

    def is_lost(self, error: BaseException) -> bool:
        """Whether the connection is gone, so that nobody knows whether a commit was done."""

    def is_full(self, error: BaseException) -> bool:
        """Whether there is no room left to store anything; what was tried is rolled back."""

    def refuses_nul(self, error: BaseException) -> bool:
        """Whether a text could not be stored because it holds the character U+0000."""


SQLITE, POSTGRESQL = Sqlite(), PostgreSql()
DIALECTS: dict[str, Dialect] = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
"""By SQLAlchemy's word for them."""

NEEDED = "sqlite:///baton.db or postgresql+psycopg://user@host/baton"


def parse(url: str) -> URL:
    """The database's URL; ValueError for a database that Baton does not know.

    PostgreSQL is always talked to with psycopg, so the driver's name may be left out.
    """
    try:
        parsed = make_url(url)
    except exc.ArgumentError:
        raise ValueError(f"Expected a database URL such as {NEEDED} but got {url!r}") from None
    if parsed.drivername not in DRIVERS:
        raise ValueError(f"Expected a database URL such as {NEEDED} but got {parsed.render_as_string()}")
    return parsed.set(drivername=DRIVERS[parsed.drivername])


DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
"""The drivers that Baton was written for, by what people write."""


def of(url_or_connection: URL | Connection) -> Dialect:
    """The dialect of a parsed URL, or of the database behind a connection."""
    if isinstance(url_or_connection, URL):
        return DIALECTS[url_or_connection.get_backend_name()]
    return DIALECTS[url_or_connection.dialect.name]


def protect_history(connection: Connection) -> None:
    """Make the database itself refuse to change or delete history rows."""
    of(connection).protect_history(connection)
