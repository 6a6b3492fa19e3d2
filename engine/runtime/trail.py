"""Where is order 123: everything that belongs to a key, across instances, messages, events and calls."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ..store.trail_links import Limits
from ..store.trail_views import TrailView
from .errors import InvalidRequest, NotFound

if TYPE_CHECKING:
    from .house import House

logger = logging.getLogger(__name__)


def trail(house: House, key: str, limit: int, cursor: str | None) -> TrailView:
    """Return a page of the key's trail; raises NotFound when nothing bears it, InvalidRequest when nothing can."""
    key = house.checks.name("a key", key.strip(), empty=True)
    if not key:
        hint = "a business key, a trace id, a correlation key or an instance's id"
        raise InvalidRequest("A trail needs a key but got an empty text", hint)
    limit = house.checks.limit(limit)
    limits = Limits(house.settings.trail_instances, house.settings.trail_partners)

    def undoes(definition: str, element: str) -> bool:
        return _undoes(house, definition, element)

    found = house.store.trails.of(key, limits=limits, limit=limit, cursor=cursor, undoes=undoes)
    if found is None:
        raise NotFound(
            f"Expected something with the business key, trace, correlation key or instance id {key[:200]!r}"
            " but there is nothing",
            "keys are compared as a whole, in the letters they were given with",
        )
    return found


def _undoes(house: House, definition: str, element: str) -> bool:
    """Whether the element is the handler of a compensation; no, where its definition cannot be read any more."""
    try:
        node = house.executables[definition].process.nodes.get(element)
    except Exception:
        logger.exception("definition %s cannot be read; its trail does not tell what was undone", definition)
        return False
    return node is not None and node.for_compensation
