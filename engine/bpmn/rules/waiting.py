"""Rules about events that wait beside each other: after event-based gateways, on one activity, in one scope."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import FlowNode, Process
from ...problems import Problem
from .registry import quoted, rule

EVENT_GATEWAY_TARGETS = rule(
    "event-gateway-targets",
    "warning",
    "What follows an event-based gateway follows it alone; receive tasks there have no boundary events beside them.",
    reason="BPMN 2.0.2, 10.6.6",
    topic="Gateways",
    hint="draw an event of its own for the other way, and put the boundary event's path behind the gateway",
)
EVENT_GATEWAY_MIXED = rule(
    "event-gateway-mixed",
    "warning",
    "An event-based gateway leads to message events or to receive tasks, not to both.",
    reason="BPMN 2.0.2, 10.6.6",
    topic="Gateways",
    hint="use message catch events only",
)
PARALLEL_MULTIPLE = rule(
    "parallel-multiple",
    "warning",
    "A parallel multiple event has several event definitions.",
    reason="BPMN 2.0.2, 10.5.1: it waits for all of them",
    topic="Events",
    hint="leave parallelMultiple out",
)
START_INTERRUPTS = rule(
    "start-interrupts",
    "warning",
    "Only a start event of an event sub-process says whether it interrupts.",
    reason="BPMN 2.0.2, 10.5.2; elsewhere there is nothing to interrupt",
    topic="Events",
    hint="leave isInterrupting out",
)
SAME_MESSAGE = rule(
    "same-message",
    "warning",
    "No two events at one place wait for the same message.",
    reason="the first that waits gets it, and the other never",
    topic="Events",
    hint="tell them apart by name or by correlation key",
)


def check_event_gateways(process: Process) -> Iterator[Problem]:
    """What stands behind event-based gateways."""
    for gateway in process.nodes.values():
        if gateway.kind != "eventBasedGateway":
            continue
        named = [process.flows[flow].target for flow in gateway.outgoing]
        targets = [process.nodes[id] for id in named if id in process.nodes]
        for target in targets:
            if len(target.incoming) > 1:
                sentence = f"Expected only the event-based gateway {quoted(gateway.id)} to lead here but more flows do"
                yield EVENT_GATEWAY_TARGETS.at(target, sentence)
            if target.kind == "receiveTask" and target.boundary:
                sentence = f"Expected no boundary event on a receive task behind {quoted(gateway.id)} but there is one"
                yield EVENT_GATEWAY_TARGETS.at(target, sentence)
        receiving = [one for one in targets if one.kind == "receiveTask"]
        if receiving and any(_message(one) for one in targets if one.kind != "receiveTask"):
            sentence = f"Expected message events only behind a gateway but {quoted(receiving[0].id)} is a receive task"
            yield EVENT_GATEWAY_MIXED.at(gateway, sentence)
        yield from _same_message(targets)


def check_single_events(process: Process) -> Iterator[Problem]:
    """Attributes of events that mean nothing where they stand, and boundary events that wait for the same."""
    for node in process.nodes.values():
        if node.view.attributes.get("parallelMultiple") in ("true", "1") and len(node.event_definitions) == 1:
            yield PARALLEL_MULTIPLE.at(node, "A parallel multiple event needs several definitions but has one")
        holder = process.nodes.get(node.container)
        beside = holder is not None and holder.triggered_by_event
        if node.kind == "startEvent" and not node.interrupting and not beside:
            yield START_INTERRUPTS.at(node, "Expected an event sub-process around this start event but there is none")
        yield from _same_message([process.nodes[id] for id in node.boundary])


def check_event_sub_processes(process: Process) -> Iterator[Problem]:
    """Event sub-processes of one scope that start on the same message."""
    for container in process.containers.values():
        beside = [id for id in container.nodes if process.nodes[id].triggered_by_event and id in process.containers]
        inside = [process.nodes[one] for id in beside for one in process.containers[id].nodes]
        yield from _same_message([one for one in inside if one.kind == "startEvent"])


def _message(node: FlowNode) -> str:
    """The name of the message that the event or task waits for, "" where it waits for something else."""
    for one in node.event_definitions:
        if one.kind == "message" and one.reference is not None:
            return one.reference.name or one.reference.id
    return (node.message.name or node.message.id) if node.message is not None else ""


def _same_message(nodes: list[FlowNode]) -> Iterator[Problem]:
    """Events that wait for a message of the same name, where no key of their own tells them apart."""
    first: dict[str, FlowNode] = {}
    for node in nodes:
        name = _message(node)
        if name and node.view.extensions.correlation is None:
            earlier = first.setdefault(name, node)
            if earlier is not node:
                sentence = (
                    f"Expected one event for the message {quoted(name)} but {quoted(earlier.id)} waits for it too"
                )
                yield SAME_MESSAGE.at(node, sentence)


CHECKS = (check_event_gateways, check_single_events, check_event_sub_processes)
