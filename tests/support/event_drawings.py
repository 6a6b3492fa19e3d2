"""Diagrams with events that wait for something from outside, or throw it: what they wait for is written in short.

process("p").start().catch("paid", "message:paid").user("u").end().boundary("late", "timer:PT1H", on="u").end("e")

A definition is a kind and what it says: "message:NAME", "signal:NAME", "date:2030-01-01T00:00:00Z", "timer:PT1H" (a
duration), "cycle:R3/PT1H", "condition:x > 1", "error:CODE", "escalation:CODE", "compensate:", "terminate:", "cancel:".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Self
from xml.sax.saxutils import escape, quoteattr

from .diagram_xml import property_list, service_extensions
from .drawings import Drawing

_TIMES = {"date": "timeDate", "timer": "timeDuration", "cycle": "timeCycle"}


class EventDrawing(Drawing):
    """The description of one document; see `diagrams` for how it is used."""

    def catch(self, id: str, *definitions: str, parallel: bool = False, connect: bool = True, **said: str) -> Self:
        """An intermediate catch event. said: properties such as output.x, with two underscores for the dot."""
        return self._event("intermediateCatchEvent", id, definitions, {}, parallel, connect, said)

    def start_on(
        self, id: str, *definitions: str, interrupting: bool = True, parallel: bool = False, **said: str
    ) -> Self:
        """A start event that is triggered."""
        attributes = {} if interrupting else {"isInterrupting": "false"}
        return self._event("startEvent", id, definitions, attributes, parallel, False, said)

    def boundary(
        self, id: str, *definitions: str, on: str, interrupting: bool = True, parallel: bool = False, **said: str
    ) -> Self:
        """A boundary event, from which one goes on drawing."""
        opened, self._open = self._open, [self._holders[on]]
        attributes = {"attachedToRef": on} | ({} if interrupting else {"cancelActivity": "false"})
        self._event("boundaryEvent", id, definitions, attributes, parallel, False, said)
        self._open = opened
        return self

    def throw(self, id: str, *definitions: str, **said: str) -> Self:
        """An intermediate throw event."""
        return self._event("intermediateThrowEvent", id, definitions, {}, False, True, said)

    def end_with(self, id: str, *definitions: str, **said: str) -> Self:
        """An end event that throws."""
        return self._event("endEvent", id, definitions, {}, False, True, said)

    def receive(self, id: str, message: str, *, instantiate: bool = False, **said: str) -> Self:
        """A receive task."""
        attributes = {"messageRef": self._named("message", message)} | ({"instantiate": "true"} if instantiate else {})
        return self.node("receiveTask", id, attributes, extensions=self._said(said), connect=not instantiate)

    def send_task(self, id: str, message: str = "", **said: str) -> Self:
        """A send task."""
        attributes = {"messageRef": self._named("message", message)} if message else {}
        return self.node("sendTask", id, attributes, extensions=self._said(said))

    def worker(self, id: str, **said: str) -> Self:
        """A service task whose type is its id."""
        return self.node("serviceTask", id, extensions=self._said({"job__type": id} | said))

    def choice(self, id: str, *, instantiate: bool = False, parallel: bool = False) -> Self:
        """An event-based gateway."""
        attributes = {"instantiate": "true"} if instantiate else {}
        attributes |= {"eventGatewayType": "Parallel"} if parallel else {}
        return self.node("eventBasedGateway", id, attributes, connect=not instantiate)

    def _event(
        self,
        kind: str,
        id: str,
        definitions: tuple[str, ...],
        attributes: Mapping[str, str],
        parallel: bool,
        connect: bool,
        said: Mapping[str, str],
    ) -> Self:
        body = "\n".join(self.definition(one) for one in definitions)
        written = dict(attributes) | ({"parallelMultiple": "true"} if parallel else {})
        return self.node(kind, id, written, body, extensions=self._said(said), connect=connect)

    def _said(self, said: Mapping[str, str]) -> str:
        """Properties by name; in camunda and zeebe diagrams inputs and outputs are written in their way."""
        given = {name.replace("__", "."): text for name, text in said.items()}
        if self.dialect == "plain":
            return "\n".join(property_list("plain", given))
        mappings = [
            {name.removeprefix(f"{kind}."): text for name, text in given.items() if name.startswith(f"{kind}.")}
            for kind in ("input", "output")
        ]
        rest = {name: text for name, text in given.items() if not name.startswith(("input.", "output."))}
        return "\n".join(service_extensions(self.dialect, None, *mappings, rest))

    def definition(self, written: str) -> str:
        """The XML of an event definition that is written in short."""
        kind, _, said = written.partition(":")
        if kind in _TIMES:
            time = f"<bpmn:{_TIMES[kind]}>{escape(said)}</bpmn:{_TIMES[kind]}>"
            return f"<bpmn:timerEventDefinition>{time}</bpmn:timerEventDefinition>"
        if kind == "condition":
            formal = f'<bpmn:condition xsi:type="bpmn:tFormalExpression">{escape(said)}</bpmn:condition>'
            return f"<bpmn:conditionalEventDefinition>{formal}</bpmn:conditionalEventDefinition>"
        if not said:
            return f"<bpmn:{kind}EventDefinition/>"
        reference = {"error": self.error, "escalation": self.escalation}.get(kind, lambda name: self._named(kind, name))
        return f"<bpmn:{kind}EventDefinition {kind}Ref={quoteattr(reference(said))}/>"

    def _named(self, kind: str, name: str) -> str:
        """Declare the message or signal of that name and return its id."""
        id = f"{kind}_" + re.sub(r"\W", "_", name)
        return self.root(id, f'<bpmn:{kind} id="{id}" name={quoteattr(name)}/>')


def process(id: str = "p", *, dialect: str = "plain", properties: Mapping[str, str] = {}) -> EventDrawing:
    """Begin a document with one process."""
    return EventDrawing(id, dialect=dialect, properties=properties)
