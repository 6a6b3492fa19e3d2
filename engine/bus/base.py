"""What a broker has to offer: publish with confirmation, and hand out what came until it is said to be done.

BusError
├── UnknownBus       no broker is reached by an address like this
├── MissingPackage   the client of this kind of broker is not installed
└── BusUnavailable   the broker cannot be reached now; nothing that was asked is certain, so it is asked again
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec


class BusError(Exception):
    """The base of all errors of the bus. sentence: for people. hint: what to do, may be empty."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.hint = sentence, hint


class UnknownBus(BusError):
    """No broker is reached by an address like this."""


class MissingPackage(BusError):
    """The client of this kind of broker is not installed."""


class BusUnavailable(BusError):
    """The broker cannot be reached now."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One event on its way out. key: what keeps its events in order, "" for nothing. body: structured-mode JSON."""

    topic: str
    key: str
    id: str
    body: bytes


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """Something that came from a topic. key: as the broker knows it. token: the broker's own handle on it."""

    topic: str
    body: bytes
    key: str = ""
    content_type: str = ""
    headers: Mapping[str, str] = {}
    token: Any = None


class Publisher(Protocol):
    """One connection that publishes; for one thread."""

    def expect(self, topics: frozenset[str]) -> None:
        """See to it that what is published from now on reaches the consumers of these topics, were they away, too."""

    def publish(self, records: Sequence[Record]) -> list[str]:
        """Publish them, no two with the same key, and wait until the broker has them.

        Returns for each "" or why the broker does not take it. Raises BusUnavailable when that is not certain.
        """

    def close(self) -> None:
        """Close the connection."""


class Consumer(Protocol):
    """One connection that consumes; for one thread."""

    def receive(self, seconds: float) -> list[Delivery]:
        """Wait so long at most for what came; in order per key. Raises BusUnavailable."""

    def done(self, delivery: Delivery) -> None:
        """It need not come again, nor anything that was received before it. Raises BusUnavailable."""

    def close(self) -> None:
        """Close the connection; what is not done comes again."""


class Transport(Protocol):
    """One kind of broker at one address. embedded: nothing leaves the process, so there is nothing to consume."""

    embedded: bool

    def publisher(self) -> Publisher:
        """Connect for publishing; raises BusUnavailable."""

    def consumer(self, topics: frozenset[str]) -> Consumer:
        """Connect for consuming these topics; raises BusUnavailable."""
