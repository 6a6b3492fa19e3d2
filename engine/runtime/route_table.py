"""The routes that are published now, and which of them a request is for."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ..core.elements import Executable
from ..core.elements.responses import Response
from ..core.elements.routes import Route
from ..store.start_events import StartEvent


class PublishedRoute(msgspec.Struct, frozen=True, eq=False):
    """A route of the latest version of a process, and what that process may answer."""

    process: str
    definition: str
    route: Route
    responses: tuple[Response, ...] = ()

    @property
    def statuses(self) -> list[int]:
        """The statuses that the diagram's responses have, as far as it says them itself."""
        return sorted({one.status.constant for one in self.responses if one.status.known})

    @property
    def any_status(self) -> bool:
        """Whether some response has a status that only the instance knows."""
        return any(not one.status.known for one in self.responses)

    @property
    def version(self) -> int:
        """The version of the process."""
        return int(self.definition.rpartition(":")[2])


class FoundRoutes(msgspec.Struct, frozen=True, eq=False):
    """What is published for a path. routes: those with the method of the request, in the order in which they are asked.

    methods: all that the path has.
    """

    routes: list[PublishedRoute]
    methods: list[str]


class RouteTable:
    """Finds routes by method and path. rows: of all published ones. executable: a definition by its id."""

    def __init__(self, rows: list[StartEvent], executable: Callable[[str], Executable]) -> None:
        self._rows: list[tuple[StartEvent, str, str]] = []
        for row in rows:
            verb, _, shape = row.name.partition(" ")
            self._rows.append((row, verb, shape))
        self._executable = executable

    def find(self, method: str, path: str) -> FoundRoutes | None:
        """What is published for the path, None when nothing is; the most exact path goes first."""
        parts = path[1:].split("/")
        fitting = [(row, verb, shape) for row, verb, shape in self._rows if _fits(shape[1:].split("/"), parts)]
        if not fitting:
            return None
        shapes = sorted({shape for _, verb, shape in fitting if verb == method}, key=_rank)
        rows = [row for row, verb, shape in fitting if shapes and (verb, shape) == (method, shapes[0])]
        routes = [found for row in rows if (found := self.published(row)) is not None]
        routes.sort(key=lambda one: (one.route.when is None, -one.route.priority, one.process, one.route.element))
        return FoundRoutes(routes, sorted({verb for _, verb, _ in fitting}))

    def published(self, row: StartEvent) -> PublishedRoute | None:
        """The route that the row stands for."""
        executable = self._executable(row.definition)
        for route in executable.routes:
            if route.element == row.element:
                return PublishedRoute(row.process, row.definition, route, executable.responses)
        return None


def _fits(segments: list[str], parts: list[str]) -> bool:
    if len(segments) != len(parts):
        return False
    return all(
        bool(part) if segment == "{}" else segment == part for segment, part in zip(segments, parts, strict=True)
    )


def _rank(shape: str) -> list[bool]:
    """Lower ranks are more exact: a fixed part goes before a parameter, from left to right."""
    return [part == "{}" for part in shape[1:].split("/")]
