"""Rules about link events: the pairs that stand for a sequence flow inside one process or sub-process."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import FlowNode, Process
from ...problems import Problem
from .registry import quoted, rule

_TOPIC = "Events"

LINK_NAME = rule(
    "link-name",
    "error",
    "A link event has one event definition, and that has a name.",
    reason="BPMN 2.0.2, 10.5.5: the name pairs the events",
    topic=_TOPIC,
    hint="give the link the name of its other end",
)
LINK_PAIR = rule(
    "link-pair",
    "error",
    "A link throw event has exactly one link catch event of its name in its process or sub-process.",
    reason="BPMN 2.0.2, 10.5.5: several sources, one target; links do not leave their level",
    topic=_TOPIC,
    hint="name both ends alike; several throw events may lead to one catch event",
)
LINK_UNUSED = rule(
    "link-unused",
    "warning",
    "A link catch event has a link throw event of its name in its process or sub-process.",
    reason="BPMN 2.0.2, 10.5.5; it would never run",
    topic=_TOPIC,
    hint="draw the throw event, or remove this one",
)
LINK_WITH_FLOWS = rule(
    "link-with-flows",
    "error",
    "No sequence flow leaves a link throw event or leads to a link catch event.",
    reason="BPMN 2.0.2, 10.5.4: the link itself is the flow",
    topic=_TOPIC,
    hint="remove the flow, or use a none event",
)


def check_links(process: Process) -> Iterator[Problem]:
    """Findings about the link events of each process and sub-process."""
    for container in process.containers.values():
        links = [process.nodes[id] for id in container.nodes if _is_link(process.nodes[id])]
        for node in links:
            yield from _flows(node)
            if len(node.event_definitions) > 1 or not _name(node):
                yield LINK_NAME.at(node, "A link event needs a link with a name and nothing else but has not")
        yield from _pairs([node for node in links if _name(node)])


def _pairs(links: list[FlowNode]) -> Iterator[Problem]:
    thrown = {_name(node) for node in links if node.kind == "intermediateThrowEvent"}
    caught: dict[str, str] = {}
    for node in (node for node in links if node.kind == "intermediateCatchEvent"):
        name = _name(node)
        if name in caught:
            sentence = f"Expected one link catch event {quoted(name)} but {quoted(caught[name])} is one too"
            yield LINK_PAIR.at(node, sentence)
        caught.setdefault(name, node.id)
        if name not in thrown:
            yield LINK_UNUSED.at(node, f"A link catch event needs a throw event {quoted(name)} beside it but has none")
    for node in links:
        if node.kind == "intermediateThrowEvent" and _name(node) not in caught:
            sentence = f"A link throw event needs a catch event {quoted(_name(node))} beside it but has none"
            yield LINK_PAIR.at(node, sentence)


def _flows(node: FlowNode) -> Iterator[Problem]:
    drawn = node.outgoing if node.kind == "intermediateThrowEvent" else node.incoming
    if drawn:
        sentence = f"Expected no flow on the linked side of a link event but {quoted(drawn[0])} is there"
        yield LINK_WITH_FLOWS.at(node, sentence)


def _is_link(node: FlowNode) -> bool:
    between = node.kind in ("intermediateThrowEvent", "intermediateCatchEvent")
    return between and any(one.kind == "link" for one in node.event_definitions)


def _name(node: FlowNode) -> str:
    return next(one.view.name for one in node.event_definitions if one.kind == "link").strip()


CHECKS = (check_links,)
