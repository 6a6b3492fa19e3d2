"""Answers as records of the engine, and lists that are read page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from engine import Page

from .problems import UnexpectedAnswer
from .records import record
from .wire import Json, Wire, given

T = TypeVar("T")


class TypedWire(Wire):
    """A server's connections, with answers of known kinds."""

    def get(self, kind: type[T], path: str, /, **query: Any) -> T:
        """The record at that path."""
        return record(self.json("GET", path, params=given(query)), kind)

    def post(self, kind: type[T], path: str, body: Json, *, key: str | None = None, extra_seconds: float = 0.0) -> T:
        """The record that the server answers the body with; key, extra_seconds: see `send`."""
        return record(self.json("POST", path, json=body, idempotency_key=key, extra_seconds=extra_seconds), kind)

    def find(self, kind: type[T], path: str, limit: int | None, /, **query: Any) -> Found[T]:
        """The list at that path."""
        return Found(self, kind, path, given({**query, "limit": limit}))


class Found(Generic[T]):
    """A list on the server, read page by page while it is walked through; walked through again, it is read again."""

    def __init__(self, wire: Wire, kind: type[T], path: str, query: Json) -> None:
        self._wire, self._kind, self._path, self._query = wire, kind, path, query

    def page(self, cursor: str | None = None) -> Page[T]:
        """One page: the first, or the one that the page before names as its `next_cursor`."""
        answer = self._wire.json("GET", self._path, params=given({**self._query, "cursor": cursor}))
        if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
            raise UnexpectedAnswer(200, "got no page of a list")
        return Page([record(item, self._kind) for item in answer["items"]], answer.get("next_cursor"))

    def first(self) -> T | None:
        """The first item, None when there is none."""
        return next(iter(self), None)

    def __iter__(self) -> Iterator[T]:
        cursor: str | None = None
        while True:
            page = self.page(cursor)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return
