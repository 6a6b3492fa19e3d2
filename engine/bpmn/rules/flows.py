"""Rules about sequence flows: what they connect, their conditions, and default flows."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import FlowNode, Process, SequenceFlow
from ...problems import Problem
from ..standard import ACTIVITIES, DATA_DRIVEN_GATEWAYS
from .registry import quoted, rule

_TOPIC = "Sequence flows"

FLOW_ENDS = rule(
    "flow-ends",
    "error",
    "A sequence flow connects two flow nodes of its process.",
    reason="BPMN 2.0.2, 7.6.1 and 8.4.13",
    topic=_TOPIC,
    hint="between processes, messages are sent and received",
)
FLOW_CROSSES_BORDER = rule(
    "flow-crosses-border",
    "error",
    "A sequence flow does not cross the border of a sub-process.",
    reason="BPMN 2.0.2, 7.6.1",
    topic=_TOPIC,
    hint="end inside, and draw a flow from the sub-process itself",
)
DEFAULT_NOT_OUTGOING = rule(
    "default-not-outgoing",
    "error",
    "The default flow is one of the element's outgoing flows.",
    reason="BPMN 2.0.2, 8.4.13 and table 10.3",
    topic=_TOPIC,
)
CONDITION_ON_DEFAULT = rule(
    "condition-on-default",
    "warning",
    "A default flow has no condition.",
    reason="BPMN 2.0.2, 8.4.13",
    topic=_TOPIC,
    hint="it is not evaluated; remove it, or make another flow the default",
)
MISSING_CONDITION = rule(
    "missing-condition",
    "error",
    "Where an exclusive or inclusive gateway splits, every flow but the default one has a condition.",
    reason="BPMN 2.0.2, 8.4.13, 10.6.2 and 10.6.3",
    topic=_TOPIC,
    hint="add a condition, or make it the default flow",
    drawn=False,
)
CONDITION_NOT_ALLOWED = rule(
    "condition-not-allowed",
    "error",
    "Only flows out of activities, exclusive, inclusive and complex gateways are conditional.",
    reason="BPMN 2.0.2, 8.4.13",
    topic=_TOPIC,
    hint="put an exclusive or inclusive gateway before it",
)
CONDITION_WITHOUT_CHOICE = rule(
    "condition-without-choice",
    "error",
    "A condition in ${...} syntax is an expression, not a plain text.",
    reason="a text is neither true nor false",
    topic=_TOPIC,
    hint="write it as ${...}",
    drawn=False,
)


def check_ends(process: Process) -> Iterator[Problem]:
    """Flows whose ends are no flow nodes of this process, or lie in different containers."""
    for flow in process.flows.values():
        source, target = process.nodes.get(flow.source), process.nodes.get(flow.target)
        for end, node in (("sourceRef", source), ("targetRef", target)):
            if node is None and (name := getattr(flow, end.removesuffix("Ref"))):
                sentence = (
                    f"Expected {end} to name a flow node of the process {quoted(process.id)} but {quoted(name)} is none"
                )
                yield FLOW_ENDS.at(flow, sentence)
        if source and target and source.container != target.container:
            sentence = (
                f"Expected a flow inside one process or sub-process but {quoted(source.id)} is in "
                f"{quoted(source.container)} and {quoted(target.id)} in {quoted(target.container)}"
            )
            yield FLOW_CROSSES_BORDER.at(flow, sentence)


def check_defaults(process: Process) -> Iterator[Problem]:
    """Default flows that are not the element's own, or that carry a condition."""
    for node in process.nodes.values():
        if node.default is None:
            continue
        if node.default not in node.outgoing:
            sentence = f"Expected the default flow to be an outgoing flow but {quoted(node.default)} is none of them"
            yield DEFAULT_NOT_OUTGOING.at(node, sentence)
        elif process.flows[node.default].condition is not None:
            sentence = f"Expected no condition on the default flow of {quoted(node.id)} but it has one"
            yield CONDITION_ON_DEFAULT.at(process.flows[node.default], sentence)


def check_conditions(process: Process) -> Iterator[Problem]:
    """Conditions that are missing, and conditions where there can be none."""
    for node in process.nodes.values():
        for flow in (process.flows[id] for id in node.outgoing if id != node.default):
            yield from _condition(node, flow)


def _condition(node: FlowNode, flow: SequenceFlow) -> Iterator[Problem]:
    if flow.condition is None:
        if node.kind in DATA_DRIVEN_GATEWAYS and len(node.outgoing) > 1:
            yield MISSING_CONDITION.at(
                flow, f"A flow out of the gateway {quoted(node.id)} needs a condition but has none"
            )
    elif node.kind not in ACTIVITIES and node.kind not in DATA_DRIVEN_GATEWAYS and node.kind != "complexGateway":
        sentence = f"Expected no condition on a flow out of the {node.kind} {quoted(node.id)} but it has one"
        yield CONDITION_NOT_ALLOWED.at(flow, sentence)
    elif flow.condition.syntax == "juel" and not any(mark in flow.condition.source for mark in ("${", "#{")):
        sentence = f"Expected a condition such as ${{approved}} but got the plain text {quoted(flow.condition.source)}"
        yield CONDITION_WITHOUT_CHOICE.at(flow, sentence)


CHECKS = (check_ends, check_defaults, check_conditions)
