"""A light second way into a database that a running Baton holds, for tables that no engine keeps in memory."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sqlalchemy import Connection, inspect

from . import dialect
from .columns import metadata
from .database import Database
from .errors import StoreError, StoreLocked


class Beside:
    """One connection into a SQLite file whose lock file another process holds.

    SQLite itself keeps the two writers apart. Only for tables that the holder reads anew: it would not notice that
    an instance was changed under its hands. The tables are the holder's; nothing is migrated.
    """

    def __init__(self, url: str) -> None:
        self._engine = dialect.SQLITE.writing_engine(dialect.parse(url), "FULL")

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that reads."""
        with self._engine.begin() as connection:
            yield connection

    writing = reading

    def has(self, table: str) -> bool:
        """Whether the database has that table with all the columns that this version knows."""
        with self._engine.begin() as connection:
            inspector = inspect(connection)
            there = {column["name"] for column in inspector.get_columns(table)} if inspector.has_table(table) else set()
        return there >= {column.name for column in metadata.tables[table].columns}

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()


@contextlib.contextmanager
def opened_beside(url: str, table: str) -> Iterator[Database | Beside]:
    """The database, migrated when nobody holds it, or else the light way into it.

    Raises StoreError when the holder is an older Baton whose database does not have the table.
    """
    way: Database | Beside
    try:
        way = Database(url, readers=1)
    except StoreLocked:
        way = Beside(url)
        if not way.has(table):
            way.close()
            raise StoreError(
                "Expected a database of this version but the Baton that has it open is an older one"
            ) from None
    try:
        yield way
    finally:
        way.close()
