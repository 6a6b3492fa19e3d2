"""From the elements of one process to `model.Process`: nodes, flows and containers, whatever their kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from ..model import (
    Container,
    CorrelationKey,
    ElementView,
    EventDefinition,
    FlowNode,
    FormalExpression,
    Process,
    RootElement,
    SequenceFlow,
)
from .behaviors import behavior_events
from .data import DataReading
from .dialects import Said
from .findings import Findings
from .lanes import read_lanes
from .languages import expression, syntax_of
from .roots import event_definitions, reference
from .rules.identity import MISSING_ID, resolve
from .standard import ACTIVITIES, DATA_DRIVEN_GATEWAYS, EVENTS, FLOW_NODES, MESSAGE_TASKS, SUB_PROCESSES, TRUTH
from .views import Views
from .xml import Node

_NO_KEYS: Mapping[str, CorrelationKey] = {}


class ProcessReading:
    """One process being put together.

    node: its element. by_id: every BPMN element of the document. roots: root elements by id. said: what the extensions
    of each element say. views: of all its elements. syntax: of expressions that name none. names_by_id: whether data
    objects are called by their ids.
    """

    def __init__(
        self,
        node: Node,
        *,
        by_id: Mapping[str, Node],
        roots: Mapping[str, RootElement],
        said: Mapping[Node, Said],
        views: Views,
        syntax: str,
        findings: Findings,
        names_by_id: bool = False,
    ) -> None:
        self._node = node
        self._by_id = by_id
        self._roots = roots
        self._said = said
        self._views = views
        self._syntax = syntax
        self._names_by_id = names_by_id
        self._lanes: dict[str, tuple[str, ...]] = {}
        self._findings = findings
        self._holders: dict[Node, Node] = {}
        self._nodes: dict[str, Node] = {}
        self._flows: dict[str, SequenceFlow] = {}
        self._incoming: dict[str, list[str]] = {}
        self._outgoing: dict[str, list[str]] = {}
        self._boundary: dict[str, list[str]] = {}
        self._associations: list[tuple[str, str]] = []
        self._associated: dict[str, str] = {}
        self._made: dict[tuple[str, str], int] = {}

    def read(self, correlation: Mapping[str, CorrelationKey] = _NO_KEYS) -> Process:
        """The process with everything in it; what is wrong goes to the findings. correlation: its messages' keys."""
        containers = list(self._containers())
        for container in containers:
            self._collect(container)
        for container in containers:
            for child in container.bpmn_children():
                self._connect(container, child)
        self._lanes = read_lanes(containers)
        node, said = self._node, self._said[self._node]
        data = DataReading(node, self._said, self._by_id, self._views, names_by_id=self._names_by_id)
        nodes = {id: self._flow_node(one) for id, one in self._nodes.items()}
        return Process(
            id=node.id,
            name=node.attributes.get("name", ""),
            executable=is_executable(node),
            version_tag=said.version_tag,
            line=node.line,
            nodes=nodes,
            flows=self._flows,
            containers=self._all_containers(containers),
            properties=said.extensions.properties,
            associations=tuple(self._associations),
            data=data.read(),
            correlation=correlation,
            view=self._views.of(node),
        )

    def _containers(self) -> Iterator[Node]:
        """The process and its sub-processes, outer ones first, in document order."""
        stack = [self._node]
        while stack:
            container = stack.pop()
            yield container
            stack += reversed([child for child in container.bpmn_children() if child.name in SUB_PROCESSES])

    def _collect(self, container: Node) -> None:
        for child in container.bpmn_children():
            if child.name not in FLOW_NODES:
                continue
            if not child.id:
                self._findings.add(MISSING_ID.at(child, f"A {child.name} needs an id but has none"))
            elif child.id not in self._nodes:
                self._nodes[child.id] = child
                self._holders[child] = container

    def _connect(self, container: Node, child: Node) -> None:
        if child.name == "sequenceFlow":
            self._flow(container, child)
        elif child.name == "association":
            self._associate(self._reference(child, "sourceRef"), self._reference(child, "targetRef"))
        elif child.name == "boundaryEvent" and self._nodes.get(child.id) is child:
            self._boundary.setdefault(self._reference(child, "attachedToRef"), []).append(child.id)

    def _flow(self, container: Node, node: Node) -> None:
        source, target = self._reference(node, "sourceRef"), self._reference(node, "targetRef")
        id = node.id or self._made_up(source, target)
        if id in self._flows or id in self._nodes:
            return
        holder = self._holders.get(self._nodes[source]) if source in self._nodes else None
        self._flows[id] = SequenceFlow(
            id=id,
            source=source,
            target=target,
            container=(holder or container).id,
            name=node.attributes.get("name", ""),
            condition=self._condition(node),
            line=node.line,
        )
        self._outgoing.setdefault(source, []).append(id)
        self._incoming.setdefault(target, []).append(id)

    def _associate(self, source: str, target: str) -> None:
        """Remember which activity an event is connected to, whichever way the association was drawn (10.7.1)."""
        self._associations.append((source, target))
        for event, other in ((source, target), (target, source)):
            if other in self._nodes and self._nodes[other].name in ACTIVITIES:
                self._associated.setdefault(event, other)

    def _made_up(self, source: str, target: str) -> str:
        """An id for a flow that has none (nothing refers to it), the same whenever the document is read."""
        number = self._made.get((source, target), 0)
        while True:
            number += 1
            id = f"{source}-to-{target}-{number}"
            if id not in self._flows and id not in self._by_id:
                self._made[source, target] = number
                return id

    def _condition(self, flow: Node) -> FormalExpression | None:
        node = next((child for child in flow.bpmn_children() if child.name == "conditionExpression"), None)
        if node is None or not node.text.strip():
            return None
        language = node.attributes.get("language", "").strip()
        syntax = (syntax_of(language) or language) if language else self._syntax
        source = node.text.strip().removeprefix("=") if syntax == "feel" else node.text
        return expression(source, syntax, flow, self._findings, node.line)

    def _flow_node(self, node: Node) -> FlowNode:
        kind, attributes = node.name, node.attributes
        takes_default = kind in ACTIVITIES or kind in DATA_DRIVEN_GATEWAYS or kind == "complexGateway"
        attached_to = self._reference(node, "attachedToRef") if kind == "boundaryEvent" else None
        found = (self._by_id, self._roots, self._views)
        events = event_definitions(node, *found) if kind in EVENTS else ()
        return FlowNode(
            id=node.id,
            kind=kind,
            container=self._holders[node].id,
            view=lifted(self._views.of(node), events),
            name=attributes.get("name", ""),
            line=node.line,
            incoming=tuple(self._incoming.get(node.id, ())),
            outgoing=tuple(self._outgoing.get(node.id, ())),
            boundary=tuple(self._boundary.get(node.id, ())),
            default=(self._reference(node, "default") or None) if takes_default else None,
            attached_to=attached_to,
            interrupting=truth(attributes.get("cancelActivity" if attached_to is not None else "isInterrupting"), True),
            handler=self._associated.get(node.id) if any(one.kind == "compensate" for one in events) else None,
            for_compensation=kind in ACTIVITIES and truth(attributes.get("isForCompensation"), False),
            triggered_by_event=kind in SUB_PROCESSES and truth(attributes.get("triggeredByEvent"), False),
            event_definitions=events,
            behavior_events=behavior_events(node, *found) if kind in ACTIVITIES else {},
            message=reference(node, "message", self._by_id, self._roots) if kind in MESSAGE_TASKS else None,
            lane=self._lanes.get(node.id, ()),
        )

    def _all_containers(self, containers: list[Node]) -> dict[str, Container]:
        nodes: dict[str, list[str]] = {}
        flows: dict[str, list[str]] = {}
        for id, node in self._nodes.items():
            nodes.setdefault(self._holders[node].id, []).append(id)
        for flow in self._flows.values():
            flows.setdefault(flow.container, []).append(flow.id)
        made: dict[str, Container] = {}
        for one in containers:
            parent = self._holders[one].id if one in self._holders else None
            inside = (tuple(nodes.get(one.id, ())), tuple(flows.get(one.id, ())))
            made.setdefault(one.id, Container(id=one.id, parent=parent, nodes=inside[0], flows=inside[1]))
        return made

    def _reference(self, node: Node, attribute: str) -> str:
        reference = node.attributes.get(attribute, "").strip()
        target = resolve(reference, self._by_id)
        return target.id if target is not None else reference


def lifted(view: ElementView, events: tuple[EventDefinition, ...]) -> ElementView:
    """The view of an event with what dialects write into its definitions though it concerns the event as a whole."""
    own = view.extensions
    for one in events:
        said = one.view.extensions
        if said.job_type or said.inputs or said.properties:
            own = replace(
                own,
                job_type=own.job_type or said.job_type,
                result_variable=own.result_variable or said.result_variable,
                inputs=(*own.inputs, *said.inputs),
                outputs=(*own.outputs, *said.outputs),
                properties={**said.properties, **own.properties},
            )
    return view if own is view.extensions else replace(view, extensions=own)


def truth(value: str | None, default: bool) -> bool:
    """An xsd:boolean; anything else (reported elsewhere) counts as the default."""
    return TRUTH.get((value or "").strip(), default)


def is_executable(process: Node) -> bool:
    """IsExecutable of a process; absent counts as true."""
    return truth(process.attributes.get("isExecutable"), True)
