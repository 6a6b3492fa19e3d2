"""What a diagram says of the message bus, and which events from a topic are messages of its process."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from ...expressions import Expression
from ...model import EventDefinition, FlowNode, FormalExpression
from .carried import places
from .reading import Reading

TOPIC = re.compile(r"[A-Za-z0-9._-]{1,200}")
"""What a topic may look like; every kind of broker has a place for it."""

LONGEST_TYPE = 200
"""Characters of an event's type."""

OUTGOING = frozenset({"topic", "type", "key", "subject", "data"})
INCOMING = frozenset({"topic", "type", "correlation", "business_key", "data"})

Named = Mapping[str, FormalExpression]


def said_of_bus(node: FlowNode, definition: EventDefinition | None) -> Named:
    """What is said at the event itself, its event definition or the message that it names; the first one counts."""
    one = msgspec.structs.replace(node, event_definitions=() if definition is None else (definition,))
    found: dict[str, FormalExpression] = {}
    for place in places(one, "message"):
        found = {**place.bus, **found}
    return found


class BusBinding(msgspec.Struct, frozen=True, kw_only=True):
    """Events of a topic are this message, for this process.

    element: where the diagram says so. type: only events of this type, "" for all. correlation, business_key, data:
    expressions over `event`, None where the diagram does not say. sources: the texts of all of them.
    """

    element: str
    message: str
    topic: str
    type: str
    correlation: Expression | None
    business_key: Expression | None
    data: Expression | None
    sources: Mapping[str, str]


class Bindings:
    """The bindings of one process, gathered while its elements are read."""

    def __init__(self) -> None:
        self.bindings: dict[tuple[str, str], BusBinding] = {}

    def read(
        self, definition: EventDefinition, node: FlowNode, message: str, reading: Reading, *, is_fixed: bool
    ) -> None:
        """What the event that waits for the message says of the bus; is_fixed: the message's name is no expression."""
        said = said_of_bus(node, definition)
        check_said(said, node, reading, INCOMING, "waits for a message")
        topic = text_said(said, "topic")
        if not topic:
            return
        if not is_fixed:
            sentence = "A message from the bus needs a fixed name but this one has an expression"
            reading.problem("bus-binding", node, sentence, "tell the receivers apart by bus.correlation")
            return
        compiled = {
            name: reading.expression(said.get(name), node, f"{name.replace('_', ' ')} of events from the bus")
            for name in ("correlation", "business_key", "data")
        }
        for expression in filter(None, compiled.values()):
            _need_only_event(expression, node, reading)
        sources = {name: one.source for name, one in sorted(said.items()) if name in INCOMING}
        made = BusBinding(
            element=node.id, message=message, topic=topic, type=text_said(said, "type"), sources=sources, **compiled
        )
        first = self.bindings.setdefault((message, topic), made)
        if first.sources != made.sources:
            sentence = f'Expected the events of topic {topic} to become the message "{message}" in one way'
            found = f"{first.element} and {node.id} say it differently"
            reading.problem("bus-binding", node, f"{sentence} but {found}", "put the properties on the message itself")


def bindings_of(reading: Reading) -> Bindings:
    """Where the bindings of the process being read are gathered."""
    if reading.bus is None:
        reading.bus = Bindings()
    gathered: Bindings = reading.bus
    return gathered


def check_said(said: Named, node: FlowNode, reading: Reading, fitting: frozenset[str], does: str) -> None:
    """Report what cannot be so, and what has no effect at the event itself."""
    reading.of_bus.add(node.id)
    for name, formal in said.items():
        if name == "topic" and TOPIC.fullmatch(formal.source) is None:
            sentence = f'Expected a topic of 1 to 200 letters, digits, ".", "-" and "_" but got "{formal.source:.80}"'
            reading.problem("bus-topic", node, sentence, line=formal.line)
        elif name == "type" and not 0 < len(formal.source) <= LONGEST_TYPE:
            sentence = f"Expected a type of 1 to {LONGEST_TYPE} characters but got {len(formal.source)}"
            reading.problem("bus-topic", node, sentence, line=formal.line)
    useless = [f"bus.{name}" for name in sorted(node.view.extensions.bus) if name not in fitting]
    if useless:
        sentence = f"What {does} needs other properties but {', '.join(useless)} means nothing here"
        reading.problem("bus-unused", node, sentence, severity="warning")


def check_unused(nodes: Mapping[str, FlowNode], reading: Reading) -> None:
    """Report what is said of the bus where nothing is sent or received."""
    for node in nodes.values():
        if node.view.extensions.bus and node.id not in reading.of_bus:
            named = ", ".join(f"bus.{name}" for name in sorted(node.view.extensions.bus))
            sentence = f"Only what throws or waits for a message needs a place on the bus but this one has {named}"
            reading.problem("bus-unused", node, sentence, severity="warning")


def _need_only_event(expression: Expression, node: FlowNode, reading: Reading) -> None:
    others = sorted(expression.names - {"event"})
    if others:
        sentence = f"An expression over events from the bus needs to see only event but this one reads {others[0]}"
        reading.problem("bus-binding", node, sentence, "write for example event.data.order_id")


def text_said(said: Named, name: str) -> str:
    """One of the texts, "" where it is not said."""
    return said[name].source if name in said else ""
