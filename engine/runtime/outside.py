"""Looking at one of what is outside of instances: a message, a signal, who waits, a timer, a start event."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ..store.outside_views import MessageView, SignalView, StartEventView, SubscriptionView, TimerView
from ..store.views import Page
from .keys import not_found, split_part

if TYPE_CHECKING:
    from .house import House

T = TypeVar("T")

MOST_DIGITS = 9


class Outside:
    """What the engine shows of them; each raises NotFound."""

    def __init__(self, house: House) -> None:
        self._house = house

    def message(self, id: str) -> MessageView:
        """Return the message."""
        return _found("a message", id, self._house.store.messages.one(id))

    def signal(self, id: str) -> SignalView:
        """Return the signal."""
        return _found("a signal", id, self._house.store.signals.one(id))

    def signals(self, name: str | None, limit: int, cursor: str | None) -> Page[SignalView]:
        """Return a part of the list of signals."""
        return self._house.store.signals.page(name, self._house.checks.limit(limit), cursor)

    def subscription(self, id: str) -> SubscriptionView:
        """Return the open subscription."""
        kind = "an open subscription"
        return _found(kind, id, self._house.store.waits.subscription(*split_part(kind, id)))

    def timer(self, id: str) -> TimerView:
        """Return the open timer."""
        return _found("an open timer", id, self._house.store.waits.timer(*split_part("an open timer", id)))

    def start_event(self, id: str) -> StartEventView:
        """Return what starts a process at "DEFINITION:ELEMENT:INDEX"."""
        definition, _, rest = id.rpartition(":")[0].rpartition(":")
        index = id.rpartition(":")[2]
        if not (index.isascii() and index.isdigit() and len(index) <= MOST_DIGITS):
            raise not_found("a start event", id)
        return _found("a start event", id, self._house.store.start_events.one(definition, rest, int(index)))


def _found(kind: str, id: str, view: T | None) -> T:
    if view is None:
        raise not_found(kind, id)
    return view
