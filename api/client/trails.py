"""Published routes, and what belongs to a key, for the typed client."""

from __future__ import annotations

import engine

from ..trail import Trail
from .typed_wire import Found, TypedWire
from .wire import part


class Routes:
    """`/api/routes`: what diagrams answer at the edge."""

    def __init__(self, wire: TypedWire) -> None:
        self._wire = wire

    def search(self, *, limit: int | None = None) -> Found[engine.RouteView]:
        """The published routes; limit: of a page."""
        return self._wire.find(engine.RouteView, "/api/routes", limit)


class Trails:
    """`/api/trail`: where is order 123?"""

    def __init__(self, wire: TypedWire) -> None:
        self._wire = wire

    def get(self, key: str, *, limit: int | None = None, cursor: str | None = None) -> Trail:
        """Everything that belongs to a business key, trace id, correlation key or instance, and where it is now.

        limit: entries at most. cursor: the `next_cursor` of the part before.
        """
        return self._wire.get(Trail, f"/api/trail/{part(key)}", limit=limit, cursor=cursor)
