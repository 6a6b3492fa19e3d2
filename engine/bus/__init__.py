"""The message bus: events in their form on the wire, and the brokers that carry them; knows nothing of processes."""

from .base import (
    BusError,
    BusUnavailable,
    Consumer,
    Delivery,
    MissingPackage,
    Publisher,
    Record,
    Transport,
    UnknownBus,
)
from .events import CloudEvent, MalformedEvent, decode_event, encode_event
from .transports import MEMORY, Options, open_transport, safe_url

__all__ = [
    "MEMORY",
    "BusError",
    "BusUnavailable",
    "CloudEvent",
    "Consumer",
    "Delivery",
    "MalformedEvent",
    "MissingPackage",
    "Options",
    "Publisher",
    "Record",
    "Transport",
    "UnknownBus",
    "decode_event",
    "encode_event",
    "open_transport",
    "safe_url",
]
