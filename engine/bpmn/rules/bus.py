"""Rules about what a diagram says of the message bus; elements check them (engine.core.elements.bus)."""

from __future__ import annotations

from .registry import rule

_TOPIC = "Events"

BUS_TOPIC = rule(
    "bus-topic",
    "error",
    "A topic and a type of events on the message bus are texts that every broker has a place for.",
    reason="docs/howto/connect-rabbitmq.md",
    topic=_TOPIC,
    hint="for example bus.topic = orders and bus.type = order.created",
)
BUS_BINDING = rule(
    "bus-binding",
    "error",
    "Events of one topic become one message of a process in one way, by expressions that see only the event.",
    reason="an event that comes is mapped before anybody knows which instance it is for",
    topic=_TOPIC,
    hint="put the properties on the message itself, and read event.data, event.key, event.subject ...",
)
BUS_UNUSED = rule(
    "bus-unused",
    "warning",
    "The properties bus.* stand at what throws or waits for a message, and mean something there.",
    reason="nothing is skipped silently",
    topic=_TOPIC,
)
