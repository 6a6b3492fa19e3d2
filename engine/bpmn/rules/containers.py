"""Rules about where a process or sub-process begins."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import Container, FlowNode, Process
from ...problems import Problem
from .registry import Placed, quoted, rule

_TOPIC = "Processes and sub-processes"

NO_START = rule(
    "no-start",
    "error",
    "A process or sub-process has a start event, or a node that no flow leads to.",
    reason="BPMN 2.0.2, 10.5.2; nothing in it could ever run",
    topic=_TOPIC,
    hint="add a start event",
    drawn=False,
)
END_WITHOUT_START = rule(
    "end-without-start",
    "warning",
    "Where there is an end event, there is a start event.",
    reason="BPMN 2.0.2, 10.5.3",
    topic=_TOPIC,
    hint="add a start event; without one, every node without incoming flow starts",
    drawn=False,
)
SEVERAL_STARTS = rule(
    "several-starts",
    "error",
    "A process has at most one none start event.",
    reason="the standard lets every one of them start an instance of its own, so which one a start means is not said",
    topic=_TOPIC,
    hint="keep one none start event and put an exclusive gateway after it",
    drawn=False,
)
SUB_PROCESS_START = rule(
    "sub-process-start",
    "error",
    "A sub-process has at most one start event, and that has no event definition.",
    reason="BPMN 2.0.2, 10.3.5 and 10.5.2",
    topic=_TOPIC,
    hint="an event sub-process starts with an event definition",
)


def check_starts(process: Process) -> Iterator[Problem]:
    """Findings about the beginning of the process and of each embedded sub-process."""
    for container in process.containers.values():
        holder = process.nodes.get(container.id)
        if holder is not None and holder.triggered_by_event:
            continue
        nodes = [process.nodes[id] for id in container.nodes]
        starts = [node for node in nodes if node.kind == "startEvent"]
        place: Placed = holder or process
        if not starts:
            yield from _without_start(place, container, nodes)
        elif holder is None:
            yield from _process_starts(starts)
        else:
            yield from _sub_process_starts(holder, starts)


def _without_start(place: Placed, container: Container, nodes: list[FlowNode]) -> Iterator[Problem]:
    if not any(is_free(node) for node in nodes):
        yield NO_START.at(place, f"{quoted(container.id)} needs a start event but has none")
    elif any(node.kind == "endEvent" for node in nodes):
        yield END_WITHOUT_START.at(
            place, f"{quoted(container.id)} has an end event and needs a start event but has none"
        )


def _process_starts(starts: list[FlowNode]) -> Iterator[Problem]:
    plain = [node for node in starts if not node.event_definitions]
    for node in plain[1:]:
        yield SEVERAL_STARTS.at(node, f"Expected one none start event but {quoted(plain[0].id)} is one too")


def _sub_process_starts(holder: FlowNode, starts: list[FlowNode]) -> Iterator[Problem]:
    for node in starts[1:]:
        sentence = (
            f"Expected one start event in the sub-process {quoted(holder.id)} but {quoted(starts[0].id)} is one too"
        )
        yield SUB_PROCESS_START.at(node, sentence)
    for node in starts:
        if node.event_definitions:
            kind = node.event_definitions[0].kind
            yield SUB_PROCESS_START.at(
                node, f"Expected a none start event in a sub-process but this one waits for: {kind}"
            )


def is_free(node: FlowNode) -> bool:
    """Whether the node gets a first token where there is no start event (BPMN 2.0.2, 10.3.5)."""
    if node.incoming or node.for_compensation or node.triggered_by_event:
        return False
    return node.attached_to is None and node.kind != "boundaryEvent" and not is_link_catch(node)


def is_link_catch(node: FlowNode) -> bool:
    """Whether tokens come to the node from link throw events."""
    return node.kind == "intermediateCatchEvent" and any(one.kind == "link" for one in node.event_definitions)


CHECKS = (check_starts,)
