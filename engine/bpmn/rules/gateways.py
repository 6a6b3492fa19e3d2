"""Rules about gateways: they fork or join, in the direction they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ...model import FlowNode, Process
from ...problems import Problem
from ..standard import GATEWAYS
from .registry import quoted, rule

_TOPIC = "Gateways"

GATEWAY_WITHOUT_FLOWS = rule(
    "gateway-without-flows",
    "warning",
    "A gateway has several incoming or several outgoing flows.",
    reason="BPMN 2.0.2, 10.6.1",
    topic=_TOPIC,
    hint="remove it, or draw the flows it was meant for",
)
GATEWAY_DIRECTION = rule(
    "gateway-direction",
    "warning",
    "A gateway forks or joins as its gatewayDirection says.",
    reason="BPMN 2.0.2, table 10.57",
    topic=_TOPIC,
    hint="correct gatewayDirection, or remove it",
)
INCLUSIVE_PATHS = rule(
    "inclusive-paths",
    "error",
    "The inclusive joins of a document stay within the bound of paths that are searched for them.",
    reason="everything has a limit; BPMN 2.0.2, 13.4.3 asks each join for the paths of all tokens",
    topic=_TOPIC,
    hint="move a part with its joins into a sub-process, or raise the limit in the settings",
    drawn=False,
)

_WITH_PATHS = frozenset({"inclusiveGateway", "complexGateway"})
_ALLOWED: Mapping[str, Callable[[int, int], bool]] = {
    "Converging": lambda incoming, outgoing: incoming > 1 and outgoing <= 1,
    "Diverging": lambda incoming, outgoing: incoming <= 1 and outgoing > 1,
    "Mixed": lambda incoming, outgoing: incoming > 1 and outgoing > 1,
    "Unspecified": lambda _incoming, _outgoing: True,
}


def check_gateways(process: Process) -> Iterator[Problem]:
    """Gateways with nothing to decide or join, and gateways that are not what they say."""
    for node in process.nodes.values():
        if node.kind in GATEWAYS:
            yield from _gateway(node)


def _gateway(node: FlowNode) -> Iterator[Problem]:
    incoming, outgoing = len(node.incoming), len(node.outgoing)
    drawn = f"it has {incoming} incoming and {outgoing} outgoing"
    direction = node.view.attributes.get("gatewayDirection", "Unspecified")
    if incoming < 2 and outgoing < 2:
        yield GATEWAY_WITHOUT_FLOWS.at(node, f"A gateway needs several incoming or outgoing flows but {drawn}")
    elif not _ALLOWED.get(direction, _ALLOWED["Unspecified"])(incoming, outgoing):
        yield GATEWAY_DIRECTION.at(
            node, f"Expected flows that fit the gatewayDirection {quoted(direction)} but {drawn}"
        )


def inclusive_paths(process: Process) -> int:
    """What is searched for paths: for each flow into an inclusive join all flows of its container, added up."""
    joins = (node for node in process.nodes.values() if node.kind in _WITH_PATHS and len(node.incoming) > 1)
    return sum(len(node.incoming) * len(process.containers[node.container].flows) for node in joins)


CHECKS = (check_gateways,)
