"""A compact way to write BPMN documents in tests: `process("p").start().script("a", "x = 1").end().xml()`.

Every node method places a node in the open container, draws a flow to it from the current node and makes it the
current one; ids are exactly those given (a flow from a to b is "a_to_b", a second one "a_to_b_2").

    process("p")                                          # dialect="plain" | "camunda" | "zeebe"
    .start().exclusive("split")
    .when("total > 100").script("big", "size = 'big'").exclusive("join")        # `when`, `otherwise`: of the next flow
    .at("split").otherwise().script("small", "size = 'small'").to("join")     # `at` moves, `to` draws a flow
    .service("charge", "charge-card", inputs={"amount": "total"}, outputs={"id": "result"}, properties={...})
    .subprocess("inner").start("s2").script("b", "y = 2").end("e2").close()   # `close` makes the sub-process current
    .end()
    .error_boundary("refused", on="charge", code="DECLINED").end_error("failed", "DECLINED")
    .compensation(on="charge", handler="refund").service("refund", "refund", for_compensation=True)
    .xml()                                                # bytes; .line_of("charge") is the line of an element

Loops are drawn with `.to("an earlier node")`; `.flow(a, b, condition=..., default=...)` draws any flow and
`.node(kind, id, attributes, body)` any element; both leave the door open for diagrams that are wrong on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Self
from xml.sax.saxutils import escape, quoteattr

from .diagram_xml import NAMESPACES, Flow, Node, lines_of, property_list, service_extensions


class Diagram:
    """The description of one document with one process; see the module for how it is used."""

    def __init__(
        self,
        id: str = "p",
        *,
        dialect: str = "plain",
        executable: bool | None = True,
        properties: Mapping[str, str] = {},
    ) -> None:
        self.dialect = dialect
        attributes = {} if executable is None else {"isExecutable": "true" if executable else "false"}
        self._process = Node("process", id, attributes, property_list(self.dialect, properties), [])
        self._open = [self._process]
        self._nodes: dict[str, Node] = {}
        self._holders: dict[str, Node] = {}
        self._flow_ids: dict[str, int] = {}
        self._roots: dict[str, str] = {}
        self._current: str | None = None
        self._condition: str | None = None
        self._default = False
        self._replaced: list[tuple[str, str]] = []

    # -- nodes ----------------------------------------------------------------------------------------------------

    def node(
        self,
        kind: str,
        id: str,
        attributes: Mapping[str, str] = {},
        body: str = "",
        *,
        extensions: str = "",
        connect: bool = True,
    ) -> Self:
        """Place any element; `body` and `extensions` are XML with the prefix "bpmn:"."""
        node = Node(kind, id, dict(attributes), extensions.splitlines(), body.splitlines())
        self._open[-1].nodes.append(node)
        self._nodes[id] = node
        self._holders[id] = self._open[-1]
        if node.attributes.get("isForCompensation") == "true":
            return self
        if connect and self._current is not None:
            self.to(id)
        self._current = id
        return self

    def start(self, id: str = "start") -> Self:
        """A none start event."""
        return self.node("startEvent", id, connect=False)

    def end(self, id: str = "end") -> Self:
        """A none end event."""
        return self.node("endEvent", id)

    def end_terminate(self, id: str = "terminated") -> Self:
        """A terminate end event."""
        return self.node("endEvent", id, body="<bpmn:terminateEventDefinition/>")

    def end_error(self, id: str, code: str) -> Self:
        """An error end event that throws `code`."""
        return self.node("endEvent", id, body=f"<bpmn:errorEventDefinition errorRef={quoteattr(self.error(code))}/>")

    def end_compensation(self, id: str, activity: str | None = None) -> Self:
        """A compensation end event, for everything or for one activity."""
        return self.node("endEvent", id, body=_compensate(activity))

    def throw_compensation(self, id: str, activity: str | None = None) -> Self:
        """An intermediate compensation throw event, for everything or for one activity."""
        return self.node("intermediateThrowEvent", id, body=_compensate(activity))

    def throw_none(self, id: str) -> Self:
        """An intermediate none throw event."""
        return self.node("intermediateThrowEvent", id)

    def task(self, id: str, *, for_compensation: bool = False) -> Self:
        """An abstract task."""
        return self.node("task", id, _flags(for_compensation))

    def manual(self, id: str, *, for_compensation: bool = False) -> Self:
        """A manual task."""
        return self.node("manualTask", id, _flags(for_compensation))

    def script(self, id: str, source: str, *, language: str = "python", for_compensation: bool = False) -> Self:
        """A script task; `language` is its scriptFormat ("" leaves the attribute out)."""
        attributes = {"scriptFormat": language} if language else {}
        body = f"<bpmn:script>{escape(source)}</bpmn:script>"
        return self.node("scriptTask", id, attributes | _flags(for_compensation), body)

    def user(self, id: str, *, for_compensation: bool = False, properties: Mapping[str, str] = {}) -> Self:
        """A user task."""
        extensions = "\n".join(property_list(self.dialect, properties))
        return self.node("userTask", id, _flags(for_compensation), extensions=extensions)

    def service(
        self,
        id: str,
        type: str | None = None,
        *,
        inputs: Mapping[str, str] = {},
        outputs: Mapping[str, str] = {},
        properties: Mapping[str, str] = {},
        for_compensation: bool = False,
    ) -> Self:
        """A service task; inputs and outputs map names to expressions in the diagram's own syntax."""
        attributes = _flags(for_compensation)
        if self.dialect == "camunda" and type is not None:
            attributes |= {"camunda:type": "external", "camunda:topic": type}
        extensions = "\n".join(service_extensions(self.dialect, type, inputs, outputs, properties))
        return self.node("serviceTask", id, attributes, extensions=extensions)

    def exclusive(self, id: str) -> Self:
        """An exclusive gateway."""
        return self.node("exclusiveGateway", id)

    def inclusive(self, id: str) -> Self:
        """An inclusive gateway."""
        return self.node("inclusiveGateway", id)

    def parallel(self, id: str) -> Self:
        """A parallel gateway."""
        return self.node("parallelGateway", id)

    # -- containers and boundaries --------------------------------------------------------------------------------

    def subprocess(self, id: str, *, for_compensation: bool = False) -> Self:
        """Open an embedded sub-process; what follows is inside until `close()`."""
        self.node("subProcess", id, _flags(for_compensation))
        self._open.append(self._nodes[id])
        self._current = None
        return self

    def close(self) -> Self:
        """Close the open sub-process and make it the current node (a handler is left without a current node)."""
        closed = self._open.pop()
        self._current = None if closed.attributes.get("isForCompensation") == "true" else closed.id
        return self

    def error_boundary(self, id: str, *, on: str, code: str | None = None) -> Self:
        """An error boundary event (without a code it catches all) in the container of the activity `on`."""
        reference = "" if code is None else f" errorRef={quoteattr(self.error(code))}"
        return self._boundary(id, on, f"<bpmn:errorEventDefinition{reference}/>")

    def compensation(self, *, on: str, handler: str, id: str | None = None) -> Self:
        """A compensation boundary event ("undo_<on>" unless named) associated with `handler`; nothing is current."""
        boundary = id or f"undo_{on}"
        self._boundary(boundary, on, "<bpmn:compensateEventDefinition/>")
        self._holders[on].flows.append(
            Flow(self._flow_id(boundary, handler), boundary, handler, None, association=True)
        )
        self._current = None
        return self

    def _boundary(self, id: str, on: str, definition: str) -> Self:
        opened, self._open = self._open, [self._holders[on]]
        self._current = None
        self.node("boundaryEvent", id, {"attachedToRef": on}, definition)
        self._open = opened
        return self

    # -- flows ----------------------------------------------------------------------------------------------------

    def when(self, condition: str) -> Self:
        """Put this condition on the next flow."""
        self._condition = condition
        return self

    def otherwise(self) -> Self:
        """Make the next flow the default flow of its source."""
        self._default = True
        return self

    def at(self, id: str) -> Self:
        """Go on drawing from this node."""
        self._current = id
        return self

    def to(self, target: str) -> Self:
        """Draw a flow from the current node to `target`, which may come later; the current node stays."""
        if self._current is None:
            raise ValueError(f"Expected a current node to draw a flow to {target!r} from but there is none")
        self.flow(self._current, target, condition=self._condition, default=self._default)
        self._condition, self._default = None, False
        return self

    def flow(
        self, source: str, target: str, *, condition: str | None = None, default: bool = False, id: str | None = None
    ) -> Self:
        """Draw any flow in the container of its source."""
        flow = Flow(id or self._flow_id(source, target), source, target, condition)
        self._holders[source].flows.append(flow)
        if default:
            self._nodes[source].default = flow.id
        return self

    def _flow_id(self, source: str, target: str) -> str:
        name = f"{source}_to_{target}"
        self._flow_ids[name] = count = self._flow_ids.get(name, 0) + 1
        return name if count == 1 else f"{name}_{count}"

    # -- the document ---------------------------------------------------------------------------------------------

    def error(self, code: str) -> str:
        """Declare a root element error with this code and return its id."""
        id = "error_" + re.sub(r"\W", "_", code)
        return self.root(id, f'<bpmn:error id="{id}" name={quoteattr(code)} errorCode={quoteattr(code)}/>')

    def root(self, id: str, xml: str) -> str:
        """Declare any root element (once) and return its id."""
        self._roots[id] = xml
        return id

    def root_xml(self, id: str, xml: str) -> Self:
        """Declare any root element and go on drawing."""
        self.root(id, xml)
        return self

    def attribute(self, id: str, name: str, value: str) -> Self:
        """Set an attribute of a node that was placed before."""
        self._nodes[id].attributes[name] = value
        return self

    def raw(self, old: str, new: str) -> Self:
        """Replace a piece of the document's text when it is written, to spoil it in ways that cannot be drawn."""
        self._replaced.append((old, new))
        return self

    def xml(self) -> bytes:
        """The document: UTF-8, one element per line where it has no text."""
        self._connect()
        text = "\n".join(lines_of(self.dialect, iter(self._roots.values()), self._process)) + "\n"
        for old, new in self._replaced:
            if old not in text:
                raise ValueError(f"Expected {old!r} in the document but it is not there")
            text = text.replace(old, new)
        return text.encode()

    def line_of(self, id: str) -> int:
        """The 1-based line on which the element with this id begins."""
        mark = f" id={quoteattr(id)}"
        return next(number for number, line in enumerate(self.xml().decode().split("\n"), 1) if mark in line)

    def _connect(self) -> None:
        for node in self._nodes.values():
            node.incoming, node.outgoing = [], []
        holders = [self._process, *(node for node in self._nodes.values() if node.nodes)]
        for flow in (flow for holder in holders for flow in holder.flows if not flow.association):
            self._nodes[flow.source].outgoing.append(flow.id)
            if flow.target in self._nodes:
                self._nodes[flow.target].incoming.append(flow.id)


def process(
    id: str = "p", *, dialect: str = "plain", executable: bool | None = True, properties: Mapping[str, str] = {}
) -> Diagram:
    """Begin a document with one process; `executable=None` leaves the attribute out."""
    return Diagram(id, dialect=dialect, executable=executable, properties=properties)


def _flags(for_compensation: bool) -> dict[str, str]:
    return {"isForCompensation": "true"} if for_compensation else {}


def _compensate(activity: str | None) -> str:
    reference = "" if activity is None else f" activityRef={quoteattr(activity)}"
    return f"<bpmn:compensateEventDefinition{reference}/>"


__all__ = ["NAMESPACES", "Diagram", "process"]
