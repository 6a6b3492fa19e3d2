"""The message bus as the engine uses it: what is published, what comes in, and what people see of both."""

from .config import BusConfig, IncomingMessage, MessageOnBus, OutgoingMessage
from .door import BoundView, BusState, MessageBus
from .part import Bus

__all__ = [
    "BoundView",
    "Bus",
    "BusConfig",
    "BusState",
    "IncomingMessage",
    "MessageBus",
    "MessageOnBus",
    "OutgoingMessage",
]
