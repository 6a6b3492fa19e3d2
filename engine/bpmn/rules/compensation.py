"""Rules about compensation: a boundary event and the handler its association names."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import FlowNode, Process
from ...problems import Problem
from ..standard import ACTIVITIES
from .registry import quoted, rule

_TOPIC = "Compensation"

HANDLER_MISSING = rule(
    "handler-missing",
    "error",
    "An association leads from a compensation boundary event to exactly one activity.",
    reason="BPMN 2.0.2, 10.7.1",
    topic=_TOPIC,
    hint="connect it to the activity that undoes, with an association",
)
HANDLER_NOT_MARKED = rule(
    "handler-not-marked",
    "error",
    'A compensation handler has isForCompensation="true".',
    reason="BPMN 2.0.2, 10.7.1",
    topic=_TOPIC,
    hint='mark it as "compensation" in the editor',
)
HANDLER_ELSEWHERE = rule(
    "handler-elsewhere",
    "error",
    "A compensation handler is in the process or sub-process of its boundary event.",
    reason="BPMN 2.0.2, 10.7.1; 13.5.5: handlers belong to a scope",
    topic=_TOPIC,
    hint="move it beside the activity",
)
HANDLER_WITH_FLOWS = rule(
    "handler-with-flows",
    "error",
    "No sequence flow leads to or from a compensation handler.",
    reason="BPMN 2.0.2, 10.7.1: a handler is outside the normal flow",
    topic=_TOPIC,
    hint="several steps of undoing belong into one sub-process marked for compensation",
)
HANDLER_UNUSED = rule(
    "handler-unused",
    "warning",
    "Every activity marked for compensation is the handler of a boundary event.",
    reason="BPMN 2.0.2, 10.7.1; it would never run",
    topic=_TOPIC,
    hint="connect a compensation boundary event to it with an association",
)
HANDLER_UNDONE = rule(
    "handler-undone",
    "error",
    "A compensation handler is not itself undone by another.",
    reason="BPMN 2.0.2, 13.5.5",
    topic=_TOPIC,
)
COMPENSATION_WITH_FLOWS = rule(
    "compensation-with-flows",
    "error",
    "No sequence flow leaves a compensation boundary event.",
    reason="BPMN 2.0.2, 10.7.1",
    topic=_TOPIC,
    hint="use an association",
)
TWO_COMPENSATIONS = rule(
    "two-compensations",
    "error",
    "An activity has one handler at most: a compensation boundary event, or an event sub-process inside it.",
    reason="BPMN 2.0.2, 10.7.1: one handler per activity",
    topic=_TOPIC,
    hint="put both steps into a sub-process",
)
COMPENSATION_AMONG_OTHERS = rule(
    "compensation-among-others",
    "error",
    "A compensation event that is caught is the only event definition of its event.",
    reason="BPMN 2.0.2, 10.7.1: it names a handler, or begins one, and never catches anything thrown",
    topic=_TOPIC,
    hint="draw an event of its own",
)


def check_compensation(process: Process) -> Iterator[Problem]:
    """Findings about every compensation boundary event and what it is associated with."""
    associated = _associated(process)
    for node in process.nodes.values():
        if _is_compensation(node):
            yield from _boundary(process, node, associated.get(node.id, []))
        undoing = [id for id in node.boundary if _is_compensation(process.nodes[id])]
        for extra in undoing[1:]:
            sentence = (
                f"Expected one compensation boundary event on {quoted(node.id)} but {quoted(undoing[0])} is there too"
            )
            yield TWO_COMPENSATIONS.at(process.nodes[extra], sentence)


def _boundary(process: Process, node: FlowNode, targets: list[str]) -> Iterator[Problem]:
    if node.outgoing:
        sentence = (
            f"Expected an association out of a compensation event but {quoted(node.outgoing[0])} is a sequence flow"
        )
        yield COMPENSATION_WITH_FLOWS.at(node, sentence)
    if len(targets) > 1:
        sentence = f"Expected one compensation handler but the event is associated with {len(targets)} activities"
        yield HANDLER_MISSING.at(node, sentence)
    handler = process.nodes.get(node.handler or "")
    if handler is None:
        yield HANDLER_MISSING.at(node, "A compensation boundary event needs an association with a handler but has none")
        return
    if not handler.for_compensation:
        sentence = f'The compensation handler {quoted(handler.id)} needs isForCompensation="true" but does not have it'
        yield HANDLER_NOT_MARKED.at(handler, sentence)
    if handler.container != node.container:
        sentence = (
            f"Expected a handler in {quoted(node.container)} but {quoted(handler.id)} is in {quoted(handler.container)}"
        )
        yield HANDLER_ELSEWHERE.at(handler, sentence)


def check_handlers(process: Process) -> Iterator[Problem]:
    """Findings about every activity that is marked for compensation or serves as a handler."""
    used = {node.handler for node in process.nodes.values() if node.handler}
    for node in process.nodes.values():
        if not node.for_compensation:
            continue
        if node.incoming or node.outgoing:
            flow = (node.incoming + node.outgoing)[0]
            yield HANDLER_WITH_FLOWS.at(
                node, f"Expected no sequence flow at a compensation handler but there is {quoted(flow)}"
            )
        if node.id not in used:
            yield HANDLER_UNUSED.at(node, "A compensation handler needs a compensation boundary event but has none")
        if any(_is_compensation(process.nodes[id]) for id in node.boundary):
            yield HANDLER_UNDONE.at(
                node, "Expected a handler that is not undone itself but it has a compensation event"
            )


def _associated(process: Process) -> dict[str, list[str]]:
    """The activities at the other end of each element's associations, in document order."""
    found: dict[str, dict[str, None]] = {}
    for source, target in process.associations:
        for one, other in ((source, target), (target, source)):
            node = process.nodes.get(other)
            if node is not None and node.kind in ACTIVITIES:
                found.setdefault(one, {})[other] = None
    return {id: list(others) for id, others in found.items()}


def check_undoing_inside(process: Process) -> Iterator[Problem]:
    """Findings about compensation event sub-processes, and about events that compensate among other things."""
    inside: dict[str, FlowNode] = {}
    for node in process.nodes.values():
        caught = node.kind in ("startEvent", "boundaryEvent")
        if (
            caught
            and len(node.event_definitions) > 1
            and any(one.kind == "compensate" for one in node.event_definitions)
        ):
            sentence = "A compensation event needs to be the only definition of its event but there are others"
            yield COMPENSATION_AMONG_OTHERS.at(node, sentence)
        holder = process.nodes.get(node.container)
        if node.element_type != "startEvent:compensate" or holder is None or not holder.triggered_by_event:
            continue
        around = process.nodes.get(holder.container)
        boundary = next((id for id in around.boundary if _is_compensation(process.nodes[id])), "") if around else ""
        other = inside[holder.container].id if holder.container in inside else boundary
        inside.setdefault(holder.container, node)
        if other:
            sentence = f"Expected one way to undo {quoted(holder.container)} but {quoted(other)} is another"
            yield TWO_COMPENSATIONS.at(node, sentence)


def _is_compensation(node: FlowNode) -> bool:
    return node.kind == "boundaryEvent" and any(one.kind == "compensate" for one in node.event_definitions)


CHECKS = (check_compensation, check_handlers, check_undoing_inside)
