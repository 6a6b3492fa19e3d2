"""Pages by key: a cursor says where the last page ended, so new rows never shift what follows."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, false, tuple_

from .errors import BadCursor
from .processes import Owner, current
from .views import Page

T = TypeVar("T")

MAX_PAGE = 1000
"""The most items a page may have, whatever is asked for."""


def encode_cursor(kind: str, key: Sequence[Any]) -> str:
    """Opaque text for the place after the row with this key in the list of this kind."""
    return base64.urlsafe_b64encode(msgspec.json.encode([kind, *key])).decode().rstrip("=")


def decode_cursor(kind: str, cursor: str, types: Sequence[type]) -> list[Any]:
    """The key inside a cursor; BadCursor unless it is of this list and has these types."""
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        given, *key = msgspec.json.decode(data, type=list[Any])
    except (ValueError, binascii.Error, msgspec.DecodeError):
        raise BadCursor(cursor) from None
    if given != kind or [type(part) for part in key] != list(types):
        raise BadCursor(cursor)
    return key


class Listing:
    """A list that can be paged through: its kind, the columns that order it, their types, and the direction.

    owner: whose its rows are; without it nobody who is restricted to some processes may read the list.
    """

    def __init__(
        self,
        kind: str,
        columns: Sequence[ColumnElement[Any]],
        types: Sequence[type],
        *,
        newest_first: bool = False,
        owner: Owner | None = None,
    ) -> None:
        self.kind, self.columns, self.types, self.newest_first = kind, list(columns), types, newest_first
        self.owner = owner

    def limit(self, query: Select[Any], cursor: str | None, limit: int) -> Select[Any]:
        """The query for one page and one row more, which shows whether there is a next page."""
        processes = current()
        if processes is not None:
            query = query.where(self.owner(processes) if self.owner is not None else false())
        if cursor is not None:
            key = decode_cursor(self.kind, cursor, self.types)
            place = tuple_(*self.columns)
            query = query.where(place < tuple_(*key) if self.newest_first else place > tuple_(*key))
        order = [column.desc() for column in self.columns] if self.newest_first else self.columns
        return query.order_by(*order).limit(page_size(limit) + 1)

    def one(self, connection: Connection, query: Select[Any], view: Callable[[Row[Any]], T]) -> T | None:
        """The one row of the query that its reader may see, as a view; None when there is none."""
        rows = connection.execute(self.limit(query, None, 1)).all()
        return view(rows[0]) if rows else None

    def page(
        self,
        rows: Sequence[Row[Any]],
        limit: int,
        view: Callable[[Row[Any]], T],
        key: Callable[[Row[Any]], Sequence[Any]],
    ) -> Page[T]:
        """The rows of `limit` as a page of views; key: the values of the ordering columns of a row."""
        size = page_size(limit)
        more = len(rows) > size
        kept = rows[:size]
        return Page([view(row) for row in kept], encode_cursor(self.kind, key(kept[-1])) if more else None)


def page_size(limit: int) -> int:
    """The number of items a page really has: at least 1, at most MAX_PAGE."""
    return max(1, min(limit, MAX_PAGE))
