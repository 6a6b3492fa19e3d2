"""Diagrams with everything that is thrown and caught: the builders of `diagrams` and one for each kind of event.

process("p").start().transaction("t").start("ts").end_cancel("te").close().end()
.cancel_boundary("cancelled", on="t").end("e")
.event_subprocess("help").start_escalation("asked", "H", interrupting=False).end("done").close()
"""

from __future__ import annotations

import re
from typing import Self
from xml.sax.saxutils import escape, quoteattr

from .diagram_xml import property_list
from .diagrams import Diagram


class Drawing(Diagram):
    """The description of one document; see `diagrams` for how it is used."""

    def escalation(self, code: str) -> str:
        """Declare a root element escalation with this code and return its id."""
        id = "escalation_" + re.sub(r"\W", "_", code)
        return self.root(id, f'<bpmn:escalation id="{id}" name={quoteattr(code)} escalationCode={quoteattr(code)}/>')

    def throw_escalation(self, id: str, code: str) -> Self:
        """An intermediate escalation throw event."""
        return self.node("intermediateThrowEvent", id, body=self._escalates(code))

    def end_escalation(self, id: str, code: str) -> Self:
        """An escalation end event."""
        return self.node("endEvent", id, body=self._escalates(code))

    def escalation_boundary(self, id: str, *, on: str, code: str | None = None, interrupting: bool = True) -> Self:
        """An escalation boundary event (without a code it catches all)."""
        self._boundary(id, on, self._escalates(code))
        return self if interrupting else self.attribute(id, "cancelActivity", "false")

    def _escalates(self, code: str | None) -> str:
        reference = "" if code is None else f" escalationRef={quoteattr(self.escalation(code))}"
        return f"<bpmn:escalationEventDefinition{reference}/>"

    def call(self, id: str, called: str, *, extensions: str = "", **properties: str) -> Self:
        """A call activity; properties are written with "_" for "." ("input_x" is input.x)."""
        named = {name.replace("_", "."): value for name, value in properties.items()}
        written = "\n".join([*property_list(self.dialect, named), *extensions.splitlines()])
        return self.node("callActivity", id, {"calledElement": called}, extensions=written)

    def throw_link(self, id: str, name: str) -> Self:
        """A link throw event; nothing is current after it."""
        self.node("intermediateThrowEvent", id, body=f"<bpmn:linkEventDefinition name={quoteattr(name)}/>")
        return self

    def catch_link(self, id: str, name: str) -> Self:
        """A link catch event, from which one goes on drawing."""
        body = f"<bpmn:linkEventDefinition name={quoteattr(name)}/>"
        return self.node("intermediateCatchEvent", id, body=body, connect=False)

    def event_subprocess(self, id: str) -> Self:
        """Open an event sub-process; what follows is inside until `close()`."""
        return self._opened("subProcess", id, {"triggeredByEvent": "true"}, connect=False)

    def start_error(self, id: str, code: str | None = None) -> Self:
        """An error start event (without a code it catches all)."""
        reference = "" if code is None else f" errorRef={quoteattr(self.error(code))}"
        return self.node("startEvent", id, body=f"<bpmn:errorEventDefinition{reference}/>", connect=False)

    def start_escalation(self, id: str, code: str | None = None, *, interrupting: bool = True) -> Self:
        """An escalation start event (without a code it catches all)."""
        attributes = {} if interrupting else {"isInterrupting": "false"}
        return self.node("startEvent", id, attributes, self._escalates(code), connect=False)

    def start_compensation(self, id: str) -> Self:
        """A compensation start event, for an event sub-process that undoes what is around it."""
        return self.node("startEvent", id, body="<bpmn:compensateEventDefinition/>", connect=False)

    def undo_beside(self, id: str, activity: str | None = None) -> Self:
        """An intermediate compensation throw event that does not wait."""
        reference = "" if activity is None else f" activityRef={quoteattr(activity)}"
        body = f'<bpmn:compensateEventDefinition waitForCompletion="false"{reference}/>'
        return self.node("intermediateThrowEvent", id, body=body)

    def ad_hoc(self, id: str, completion: str = "", **attributes: str) -> Self:
        """Open an ad-hoc sub-process with its completion condition and attributes; its nodes are not connected."""
        self._opened("adHocSubProcess", id, attributes, connect=True)
        if completion:
            self._nodes[id].body.append(f"<bpmn:completionCondition>{escape(completion)}</bpmn:completionCondition>")
        return self

    def apart(self) -> Self:
        """Let the next node have no flow from the one before."""
        self._current = None
        return self

    def repeated(self, id: str, characteristics: str) -> Self:
        """Give a node loop characteristics, as XML."""
        self._nodes[id].body.append(characteristics)
        return self

    def transaction(self, id: str) -> Self:
        """Open a transaction; what follows is inside until `close()`."""
        return self._opened("transaction", id, {}, connect=True)

    def _opened(self, kind: str, id: str, attributes: dict[str, str], *, connect: bool) -> Self:
        self.node(kind, id, attributes, connect=connect)
        self._open.append(self._nodes[id])
        self._current = None
        return self

    def end_cancel(self, id: str) -> Self:
        """A cancel end event."""
        return self.node("endEvent", id, body="<bpmn:cancelEventDefinition/>")

    def cancel_boundary(self, id: str, *, on: str) -> Self:
        """A cancel boundary event."""
        return self._boundary(id, on, "<bpmn:cancelEventDefinition/>")

    def complex(self, id: str, activation: str = "") -> Self:
        """A complex gateway with its activation condition."""
        body = f"<bpmn:activationCondition>{escape(activation)}</bpmn:activationCondition>" if activation else ""
        return self.node("complexGateway", id, body=body)


def process(id: str = "p", *, dialect: str = "plain") -> Drawing:
    """Begin a document with one process."""
    return Drawing(id, dialect=dialect)
