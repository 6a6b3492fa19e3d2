"""Queries that every request asks, in the driver's own text: SQLAlchemy runs one ten times as long as SQLite does."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select

from .dialect import DIALECTS


class Query:
    """A query of the hot path, compiled once for each kind of database; it answers with named tuples.

    clause: a SELECT; its parameters without a value are given by name at each call.
    """

    __slots__ = ("_clause", "_compiled", "_row")

    def __init__(self, clause: Select[Any]) -> None:
        row: Any = namedtuple("Row", clause.selected_columns.keys())  # type: ignore[misc] # noqa: PYI024 - from columns
        self._clause, self._row = clause, row._make
        self._compiled: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {}

    def _text(self, name: str) -> tuple[str, dict[str, Any], tuple[str, ...]]:
        compiled = self._clause.compile(dialect=DIALECTS[name].compiler)
        found = self._compiled[name] = str(compiled), dict(compiled.params), tuple(compiled.positiontup or ())
        return found

    def ask(self, driver: Any, name: str, values: dict[str, Any]) -> Any:
        """Have the driver's connection execute it; the cursor. name: of the kind of database."""
        sql, fixed, order = self._compiled.get(name) or self._text(name)
        named = fixed | values
        return driver.execute(sql, [named[name] for name in order])

    def rows(self, cursor: Any) -> list[Any]:
        """What the cursor found."""
        return list(map(self._row, cursor.fetchall()))

    def all(self, connection: Connection, **values: Any) -> list[Any]:
        """The rows, within the transaction of the connection. Raises the driver's errors."""
        return self.rows(self.ask(connection.connection.driver_connection, connection.dialect.name, values))

    def one(self, connection: Connection, **values: Any) -> Any | None:
        """The first row, None when there is none."""
        rows = self.all(connection, **values)
        return rows[0] if rows else None


def all_at_once(connection: Connection, asks: Sequence[tuple[Query, dict[str, Any]]]) -> list[list[Any]]:
    """The rows of each query with its values, with one way to the database for all of them."""
    dialect, driver = DIALECTS[connection.dialect.name], connection.connection.driver_connection
    with dialect.at_once(driver):
        cursors = [query.ask(driver, dialect.name, values) for query, values in asks]
    return [query.rows(cursor) for (query, _), cursor in zip(asks, cursors, strict=True)]
