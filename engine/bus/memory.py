"""The bus inside the process: an event is published when everybody who is bound here has taken it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .base import Consumer, Delivery, Record, UnknownBus
from .events import CONTENT_TYPE

Deliver = Callable[[Delivery], None]


class MemoryPublisher:
    """Hands each event to the receiver before it says that it is published. deliver: the receiver."""

    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver

    def expect(self, topics: frozenset[str]) -> None:
        """Nobody is ever away."""

    def publish(self, records: Sequence[Record]) -> list[str]:
        """Deliver them; what the receiver raises is raised, and the rest is published again."""
        for record in records:
            self._deliver(Delivery(topic=record.topic, body=record.body, key=record.key, content_type=CONTENT_TYPE))
        return [""] * len(records)

    def close(self) -> None:
        """Nothing was opened."""


class MemoryTransport:
    """No broker. deliver: what takes the events that are published."""

    embedded = True

    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver

    def publisher(self) -> MemoryPublisher:
        """Return what publishes."""
        return MemoryPublisher(self._deliver)

    def consumer(self, topics: frozenset[str]) -> Consumer:
        """There is nothing to consume."""
        raise UnknownBus("Expected a broker to consume from but the bus is inside the process")
