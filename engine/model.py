"""A diagram as frozen data: what the reader found, without XML and without behaviour.

The reader (engine.bpmn) turns a document into these records; the elements (engine.core.elements) read what they need
from their `ElementView` and become executable. Nothing here depends on a dialect: whatever the editor wrote ends in
the same `Extensions`.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from .drawing import DataItem, MessageFlow, Participant


class FormalExpression(msgspec.Struct, frozen=True):
    """An expression or script as text (BPMN 2.0.2, 8.4.6): source, syntax ("python", "juel", "feel"), 1-based line."""

    source: str
    syntax: str
    line: int = 0


class Assignment(msgspec.Struct, frozen=True):
    """One input or output mapping: the variable `target`, or what `path` names inside it, gets the value."""

    target: str
    expression: FormalExpression
    path: tuple[str, ...] = ()


class ErrorMapping(msgspec.Struct, frozen=True):
    """What makes a BPMN error of a job's result or failure: its code, the condition, and the message or None."""

    code: str
    condition: FormalExpression
    message: FormalExpression | None = None


class CallMapping(msgspec.Struct, frozen=True):
    """One variable that goes into a called process or comes out of it: `target` gets a variable or an expression.

    source: name of the variable that is copied (null where there is none), "" where `expression` says the value.
    local: on the way in, only a variable of the call activity itself is read; on the way out, it is only set there.
    """

    target: str
    source: str = ""
    expression: FormalExpression | None = None
    local: bool = False


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What a dialect says about a call activity beyond calledElement and the input and output mappings.

    process: the id of what is called, None where calledElement says it. binding: "latest", "deployment", "version" or
    "versionTag". version: its number or tag. inputs, outputs: single variables. all_in: what else goes in: "mapped"
    (the activity's inputs, or all variables where it has none), "all", "local" (its inputs) or "none". all_out: what
    else comes out: "mapped" (everything, as far as outputs do not say what), "all", "local" (for the activity's own
    outputs only) or "none". business_key: of the called process; passes_business_key: it is the caller's.
    """

    process: FormalExpression | None = None
    binding: str = "latest"
    version: FormalExpression | None = None
    inputs: tuple[CallMapping, ...] = ()
    outputs: tuple[CallMapping, ...] = ()
    all_in: str = "mapped"
    all_out: str = "mapped"
    business_key: FormalExpression | None = None
    passes_business_key: bool = True


class Extensions(msgspec.Struct, frozen=True, kw_only=True):
    """What the dialects say beyond the standard, in one form for all of them.

    job_type: who does the work of a service task ("http", "charge-card"), None if the diagram does not say.
    inputs, outputs: variable mappings in document order.
    properties: extension properties by name (policy such as "job.retries"; unknown names are kept).
    result_variable: where the value of a script or a call goes. script: the expression that gives it, where the dialect
    has it outside of the standard's script element.
    assignee, candidate_users, candidate_groups, due_date: who does a user task and until when (expressions or None).
    form_key: the form a user task shows.
    collection, element_variable: what a multi-instance activity goes through, and what it calls each value.
    output_collection, output_element: the variable that collects results, and what each iteration puts into it.
    ad_hoc_activities: what an ad-hoc sub-process starts by itself. ad_hoc_output_collection, ad_hoc_output_element: the
    variable that collects results in it, and what each of its activities puts into it.
    correlation: the key that a message which is thrown or waited for here is told apart by.
    call: what a call activity calls and what goes in and out, None where the dialect does not say.
    before, after: scripts that run when an activity begins, and when it has completed.
    payload: what is sent with a message, signal, error or escalation: an expression for a dictionary. carries_all: a
    signal takes all variables along. payload_variable: the one variable that gets what came with it.
    code_variable, message_variable: the variables that get the code and message of what an event catches.
    errors: what makes BPMN errors of a job's result or failure. error_message: of the error that is thrown.
    initiator: the variable that says who started the instance.
    bindings: correlation property id -> what it is in the instance that waits or sends here.
    scripts_on_instances: those of a multi-instance activity run for each of its instances. bus: the properties bus.*.
    """

    job_type: str | None = None
    inputs: tuple[Assignment, ...] = ()
    outputs: tuple[Assignment, ...] = ()
    properties: Mapping[str, str] = msgspec.field(default_factory=dict)
    result_variable: str | None = None
    script: FormalExpression | None = None
    assignee: FormalExpression | None = None
    candidate_users: FormalExpression | None = None
    candidate_groups: FormalExpression | None = None
    due_date: FormalExpression | None = None
    form_key: str | None = None
    collection: FormalExpression | None = None
    element_variable: str | None = None
    output_collection: str | None = None
    output_element: FormalExpression | None = None
    ad_hoc_activities: FormalExpression | None = None
    ad_hoc_output_collection: str | None = None
    ad_hoc_output_element: FormalExpression | None = None
    correlation: FormalExpression | None = None
    call: Call | None = None
    before: FormalExpression | None = None
    after: FormalExpression | None = None
    payload: FormalExpression | None = None
    carries_all: bool = False
    payload_variable: str | None = None
    code_variable: str | None = None
    message_variable: str | None = None
    errors: tuple[ErrorMapping, ...] = ()
    error_message: FormalExpression | None = None
    initiator: str | None = None
    bindings: Mapping[str, FormalExpression] = msgspec.field(default_factory=dict)
    scripts_on_instances: bool = False
    bus: Mapping[str, FormalExpression] = msgspec.field(default_factory=dict)


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
    """A root element that event definitions point to (error, message, signal, escalation): BPMN 2.0.2, 8.4.

    extensions: what the dialects say about it, such as the correlation key of a message.
    """

    kind: str
    id: str
    name: str = ""
    code: str = ""
    line: int = 0
    extensions: Extensions = Extensions()


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
    behavior_events: what a multi-instance activity throws when an instance completes, by the attribute that refers to
    it, or by the place of its complexBehaviorDefinition ("0").
    for_compensation: isForCompensation of an activity. message: what a send or receive task names.
    lane: names of the lanes it is drawn in, outer ones first (10.8).
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
    behavior_events: Mapping[str, tuple[EventDefinition, ...]] = msgspec.field(default_factory=dict)
    message: RootElement | None = None
    lane: tuple[str, ...] = ()

    @property
    def element_type(self) -> str:
        """The key of the element registry: the kind, for events with their definition ("endEvent:error")."""
        if self.triggered_by_event:
            return f"{self.kind}:event"
        if self.kind == "scriptTask" and self.view.extensions.job_type is not None:
            return "scriptTask:job"
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


class CorrelationProperty(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a correlation key (8.4.2), and where its value stands.

    retrieval: message name -> the expression over that message's variables. binding: the expression over the variables
    of the waiting instance, None where the process binds none.
    """

    id: str
    name: str = ""
    line: int = 0
    retrieval: Mapping[str, FormalExpression] = msgspec.field(default_factory=dict)
    binding: FormalExpression | None = None


class CorrelationKey(msgspec.Struct, frozen=True, kw_only=True):
    """The properties that together say which conversation a message belongs to (8.4.2)."""

    id: str
    name: str = ""
    line: int = 0
    properties: tuple[CorrelationProperty, ...] = ()


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """One process of a document: its nodes, flows and containers by id (BPMN 2.0.2, chapter 10).

    containers holds the process itself (key `id`) and every sub-process. associations are (source, target) ids.
    data: what holds data, by id, references included. view: the process element itself. correlation: message name ->
    the key that says which instance a message is for. participants: the pools that it is drawn in. message_flows: those
    that begin or end at one of these pools or at a node of the process.
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
    data: Mapping[str, DataItem] = msgspec.field(default_factory=dict)
    correlation: Mapping[str, CorrelationKey] = msgspec.field(default_factory=dict)
    participants: tuple[Participant, ...] = ()
    message_flows: tuple[MessageFlow, ...] = ()
    view: ElementView = ElementView(kind="process")
