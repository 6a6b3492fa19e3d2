"""Definitions in memory: parsed from the stored document when they are first needed, then kept."""

from __future__ import annotations

import logging
from collections.abc import Callable

from ..core.calls import Binding
from ..core.elements import Executable

logger = logging.getLogger(__name__)

Load = Callable[[str], Executable]
Resolve = Callable[[str, Binding, str], str]


class Executables(dict[str, Executable]):
    """Executables by definition id ("order-saga:3"); looking one up loads it, and the oldest ones make room.

    load: reads the stored document and builds it. resolve: which definition a call means, as the core asks it. limit:
    how many are kept.
    """

    def __init__(self, load: Load, limit: int, resolve: Resolve) -> None:
        super().__init__()
        self._load = load
        self.resolve = resolve
        self._limit = limit

    def __missing__(self, definition: str) -> Executable:
        executable = self._load(definition)
        # The writer and readers look up at the same time: each statement here is one step under the interpreter lock.
        for oldest in list(self)[: max(0, len(self) + 1 - self._limit)]:
            self.pop(oldest, None)
        self[definition] = executable
        return executable

    def describe(self, definition: str, element: str) -> tuple[str, str]:
        """Return the name and the type of an element, ("", "") when the definition cannot be read any more."""
        try:
            executable = self[definition]
        except Exception:
            logger.exception("definition %s cannot be read; its elements go without names", definition)
            return "", ""
        return executable.name_of(element), executable.type_of(element)
