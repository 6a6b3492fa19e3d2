"""Rules about ad-hoc sub-processes: what may stand in one, and that something in it can be started."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import FlowNode, Process
from ...problems import Problem
from .containers import is_link_catch
from .registry import quoted, rule

_TOPIC = "Processes and sub-processes"

AD_HOC_EVENTS = rule(
    "ad-hoc-events",
    "error",
    "No start or end event stands in an ad-hoc sub-process.",
    reason="BPMN 2.0.2, 10.3.5: its activities begin without one",
    topic=_TOPIC,
    hint="leave it out; what no sequence flow leads to can be started",
)
AD_HOC_START = rule(
    "ad-hoc-start",
    "error",
    "An ad-hoc sub-process has an activity, and a sequence flow leads to every gateway and throw event in it.",
    reason="BPMN 2.0.2, 10.3.5 and 13.3.5: only activities are started, and only catch events happen by themselves",
    topic=_TOPIC,
    hint="draw the activity that comes first",
)


def check_ad_hoc(process: Process) -> Iterator[Problem]:
    """Findings about every ad-hoc sub-process."""
    for node in process.nodes.values():
        if node.kind == "adHocSubProcess" and node.id in process.containers:
            inside = [process.nodes[id] for id in process.containers[node.id].nodes]
            if not any(_can_start(one) or _waits(one) for one in inside):
                sentence = "An ad-hoc sub-process needs an activity that no sequence flow leads to but has none"
                yield AD_HOC_START.at(node, sentence)
            for one in inside:
                yield from _element(node, one)


def _element(holder: FlowNode, node: FlowNode) -> Iterator[Problem]:
    if node.kind in ("startEvent", "endEvent"):
        yield AD_HOC_EVENTS.at(
            node, f"Expected no {node.kind} in the ad-hoc sub-process {quoted(holder.id)} but got one"
        )
    elif not node.incoming and (node.kind.endswith("Gateway") or node.kind == "intermediateThrowEvent"):
        yield AD_HOC_START.at(node, f"A {node.kind} needs a flow to it in an ad-hoc sub-process but has none")


def _can_start(node: FlowNode) -> bool:
    free = not (node.incoming or node.for_compensation or node.triggered_by_event)
    return free and not node.kind.endswith(("Event", "Gateway"))


def _waits(node: FlowNode) -> bool:
    return node.kind == "intermediateCatchEvent" and not node.incoming and not is_link_catch(node)


CHECKS = (check_ad_hoc,)
