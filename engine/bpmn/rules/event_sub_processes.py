"""Rules about event sub-processes: what starts them, and that nothing leads to or from them."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import FlowNode, Process
from ...problems import Problem
from ..standard import LOOPS
from .registry import quoted, rule

_TOPIC = "Processes and sub-processes"

EVENT_SUB_PROCESS_START = rule(
    "event-sub-process-start",
    "error",
    "An event sub-process has exactly one start event, and that has an event definition.",
    reason="BPMN 2.0.2, 10.3.5",
    topic=_TOPIC,
    hint="say what sets it off",
)
EVENT_SUB_PROCESS_ALONE = rule(
    "event-sub-process-alone",
    "error",
    "An event sub-process has no sequence flows, boundary events, loop or compensation marker.",
    reason="BPMN 2.0.2, 10.3.5: only its start event sets it off, and the scope around it owns it",
    topic=_TOPIC,
    hint="put what needs them inside it",
)


def check_event_sub_processes(process: Process) -> Iterator[Problem]:
    """Findings about every event sub-process."""
    for node in process.nodes.values():
        if node.triggered_by_event:
            yield from _alone(node)
            yield from _start(process, node)


def _alone(node: FlowNode) -> Iterator[Problem]:
    flows = node.incoming + node.outgoing + node.boundary
    loop = next((child.kind for child in node.view.children if child.kind in LOOPS), "")
    extra = flows[0] if flows else loop or ("isForCompensation" if node.for_compensation else "")
    if extra:
        sentence = f"Expected an event sub-process to stand by itself but {quoted(extra)} belongs to it"
        yield EVENT_SUB_PROCESS_ALONE.at(node, sentence)


def _start(process: Process, node: FlowNode) -> Iterator[Problem]:
    inside = process.containers[node.id].nodes if node.id in process.containers else ()
    starts = [process.nodes[id] for id in inside if process.nodes[id].kind == "startEvent"]
    if not starts:
        yield EVENT_SUB_PROCESS_START.at(node, "An event sub-process needs a start event but has none")
    for start in starts[1:]:
        sentence = f"Expected one start event in an event sub-process but {quoted(starts[0].id)} is one too"
        yield EVENT_SUB_PROCESS_START.at(start, sentence)
    for start in starts:
        if not start.event_definitions:
            sentence = "A start event in an event sub-process needs an event definition but has none"
            yield EVENT_SUB_PROCESS_START.at(start, sentence)


CHECKS = (check_event_sub_processes,)
