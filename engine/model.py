"""A diagram as frozen data: what the reader found, without XML and without behaviour.

The reader (engine.bpmn) turns a document into these records; the elements (engine.core.elements) read what they need
from their `ElementView` and become executable. Nothing here depends on a dialect: whatever the editor wrote ends in
the same `Extensions`.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class FormalExpression(msgspec.Struct, frozen=True):
    """An expression or script as text (BPMN 2.0.2, 8.4.6): source, syntax ("python", "juel", "feel"), 1-based line."""

    source: str
    syntax: str
    line: int = 0


class Assignment(msgspec.Struct, frozen=True):
    """One input or output mapping: the variable `target` gets the value of `expression`."""

    target: str
    expression: FormalExpression


class Extensions(msgspec.Struct, frozen=True, kw_only=True):
    """What the dialects say beyond the standard, in one form for all of them.

    job_type: who does the work of a service task ("http", "charge-card"), None if the diagram does not say.
    inputs, outputs: variable mappings in document order.
    properties: extension properties by name (policy such as "job.retries"; unknown names are kept).
    result_variable: where the value of a script or a call goes.
    assignee, candidate_users, candidate_groups, due_date: who does a user task and until when (expressions or None).
    form_key: the form a user task shows.
    collection, element_variable: what a multi-instance activity goes through, and what it calls each value.
    output_collection, output_element: the variable that collects results, and what each iteration puts into it.
    """

    job_type: str | None = None
    inputs: tuple[Assignment, ...] = ()
    outputs: tuple[Assignment, ...] = ()
    properties: Mapping[str, str] = msgspec.field(default_factory=dict)
    result_variable: str | None = None
    assignee: FormalExpression | None = None
    candidate_users: FormalExpression | None = None
    candidate_groups: FormalExpression | None = None
    due_date: FormalExpression | None = None
    form_key: str | None = None
    collection: FormalExpression | None = None
    element_variable: str | None = None
    output_collection: str | None = None
    output_element: FormalExpression | None = None


class ElementView(msgspec.Struct, frozen=True, kw_only=True):
    """One BPMN element as an element class sees it: no lxml, no namespaces.

    kind: the local name of the tag, e.g. "serviceTask".
    attributes: the attributes without namespace (those of the standard).
    text: the text directly inside, stripped of nothing.
    children: the BPMN children in document order, without extensionElements.
    syntax: the expression syntax that holds here unless an expression names its own.
    """

    kind: str
    id: str = ""
    name: str = ""
    line: int = 0
    attributes: Mapping[str, str] = msgspec.field(default_factory=dict)
    text: str = ""
    children: tuple[ElementView, ...] = ()
    extensions: Extensions = Extensions()
    syntax: str = "python"

    def child(self, kind: str) -> ElementView | None:
        """The first child of that kind, or None."""
        return next((child for child in self.children if child.kind == kind), None)


class RootElement(msgspec.Struct, frozen=True, kw_only=True):
    """A root element that event definitions point to (error, message, signal, escalation): BPMN 2.0.2, 8.4."""

    kind: str
    id: str
    name: str = ""
    code: str = ""
    line: int = 0


class EventDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """One event definition of an event: kind without its suffix ("error", "compensate", "terminate", "timer" ...)."""

    kind: str
    view: ElementView
    reference: RootElement | None = None


class SequenceFlow(msgspec.Struct, frozen=True, kw_only=True):
    """A sequence flow (BPMN 2.0.2, 8.4.13) inside one container."""

    id: str
    source: str
    target: str
    container: str
    name: str = ""
    condition: FormalExpression | None = None
    line: int = 0


class FlowNode(msgspec.Struct, frozen=True, kw_only=True):
    """An activity, gateway or event: where it stands in the graph, and the view its element class reads.

    container: id of the process or sub-process that holds it.
    incoming, outgoing: ids of sequence flows in document order; boundary: ids of the boundary events on it.
    default: id of the default flow. attached_to: for boundary events. interrupting: for those and start events.
    triggered_by_event: whether a sub-process is an event sub-process.
    handler: for a compensation boundary event, the id of the activity its association points to.
    for_compensation: isForCompensation of an activity.
    """

    id: str
    kind: str
    container: str
    view: ElementView
    name: str = ""
    line: int = 0
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    boundary: tuple[str, ...] = ()
    default: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    handler: str | None = None
    for_compensation: bool = False
    triggered_by_event: bool = False
    event_definitions: tuple[EventDefinition, ...] = ()

    @property
    def element_type(self) -> str:
        """The key of the element registry: the kind, for events with their definition ("endEvent:error")."""
        if self.triggered_by_event:
            return f"{self.kind}:event"
        if not self.kind.endswith("Event"):
            return self.kind
        if not self.event_definitions:
            return f"{self.kind}:none"
        if len(self.event_definitions) > 1:
            return f"{self.kind}:multiple"
        return f"{self.kind}:{self.event_definitions[0].kind}"


class Container(msgspec.Struct, frozen=True, kw_only=True):
    """A process or an embedded sub-process as a holder of nodes and flows, ids in document order."""

    id: str
    parent: str | None = None
    nodes: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """One process of a document: its nodes, flows and containers by id (BPMN 2.0.2, chapter 10).

    containers holds the process itself (key `id`) and every sub-process. associations are (source, target) ids.
    """

    id: str
    name: str = ""
    executable: bool = True
    version_tag: str = ""
    line: int = 0
    nodes: Mapping[str, FlowNode] = msgspec.field(default_factory=dict)
    flows: Mapping[str, SequenceFlow] = msgspec.field(default_factory=dict)
    containers: Mapping[str, Container] = msgspec.field(default_factory=dict)
    associations: tuple[tuple[str, str], ...] = ()
    properties: Mapping[str, str] = msgspec.field(default_factory=dict)
