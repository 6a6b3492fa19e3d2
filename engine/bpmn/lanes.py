"""Which lanes a flow node is drawn in (BPMN 2.0.2, 10.8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..problems import Problem
from .rules.collaborations import LANE_REFERENCE
from .rules.identity import resolve
from .rules.registry import quoted
from .standard import FLOW_NODES
from .xml import Node

Lanes = dict[str, tuple[str, ...]]
"""Flow node id -> the names of its lanes, outer ones first."""


def read_lanes(containers: Iterable[Node]) -> Lanes:
    """The lanes of every flow node that is drawn in one; a lane without a name is none.

    containers: the process and its sub-processes, outer ones first; what is in a sub-process is in its lanes, too.
    """
    lanes: Lanes = {}
    for container in containers:
        around = lanes.get(container.id, ())
        for id in (child.id for child in container.bpmn_children() if child.name in FLOW_NODES):
            if around:
                lanes[id] = around
        for reference, names in _lanes_in(container):
            inner = lanes.get(reference, around)
            if len(around) + len(names) > len(inner):
                lanes[reference] = around + names
    return lanes


def _lanes_in(container: Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each flow node that a lane names, with the names of the lanes down to it."""
    waiting: list[tuple[Node, tuple[str, ...]]] = [
        (child, ()) for child in reversed(container.bpmn_children()) if child.name == "laneSet"
    ]
    while waiting:
        node, names = waiting.pop()
        if node.name == "flowNodeRef":
            yield node.text.strip().rpartition(":")[2], names
        elif node.name == "lane":
            name = node.attributes.get("name", "").strip()
            inner = (*names, name) if name else names
            waiting += [(child, inner) for child in reversed(node.bpmn_children())]
        elif node.name in ("laneSet", "childLaneSet"):
            waiting += [(child, names) for child in reversed(node.bpmn_children())]


def check_lanes(nodes: Iterable[Node], by_id: Mapping[str, Node]) -> Iterator[Problem]:
    """Findings about lanes that name what is not there."""
    for lane in nodes:
        if lane.name != "lane":
            continue
        for child in lane.bpmn_children():
            if child.name == "flowNodeRef" and resolve(child.text, by_id) is None:
                sentence = f"Expected the lane {quoted(lane.attributes.get('name', '') or lane.id)} to hold flow nodes"
                yield LANE_REFERENCE.problem(
                    f"{sentence} but there is no {quoted(child.text.strip())}", element_id=lane.id, line=child.line
                )
