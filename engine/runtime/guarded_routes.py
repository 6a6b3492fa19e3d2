"""The routes as somebody may use them who is restricted to some processes."""

from __future__ import annotations

from typing import Any

import msgspec

from ..store.processes import Processes, limited
from ..store.views import Page
from .errors import Forbidden, NotFound
from .route_table import FoundRoutes, PublishedRoute
from .route_views import RouteView
from .routes import Routes

OPEN = frozenset({"answer", "begin", "choose", "schema"})
"""What goes on with a route that was found here."""


class GuardedRoutes:
    """Routes of the caller's processes; a path that has none but others' is not there."""

    def __init__(self, routes: Routes, processes: Processes) -> None:
        self._routes, self._processes = routes, processes

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._routes, name)
        if name in OPEN:
            return found
        raise Forbidden("Expected a caller who may use every process but this one is restricted to some")

    def page(self, *, limit: int = 50, cursor: str | None = None) -> Page[RouteView]:
        """As the engine's."""
        with limited(self._processes):
            return self._routes.page(limit=limit, cursor=cursor)

    def published(self) -> list[PublishedRoute]:
        """As the engine's."""
        return [one for one in self._routes.published() if self._processes.allows(one.process)]

    def find(self, method: str, path: str) -> FoundRoutes | None:
        """As the engine's."""
        found = self._routes.find(method, path)
        if found is None:
            return None
        own = [one for one in found.routes if self._processes.allows(one.process)]
        return None if found.routes and not own else msgspec.structs.replace(found, routes=own)

    def result(self, token: str) -> tuple[PublishedRoute, str]:
        """As the engine's."""
        published, instance = self._routes.result(token)
        if not self._processes.allows(published.process):
            raise NotFound("Expected the address of a result but there is none here")
        return published, instance
