"""The rule that a token can reach every node."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import FlowNode, Process
from ...problems import Problem
from .containers import is_free, is_link_catch
from .registry import rule

_TOPIC = "Reachability"

UNREACHABLE = rule(
    "unreachable",
    "warning",
    "A path leads from a start to every node.",
    reason="it would never run; most often a flow was forgotten",
    topic=_TOPIC,
    hint="draw the missing flow, or remove it",
)


def check_reachability(process: Process) -> Iterator[Problem]:
    """Nodes that no token can reach, container by container; handlers count with the events that name them."""
    reached: set[str] = set()
    for container in process.containers.values():
        todo = _starts([process.nodes[id] for id in container.nodes])
        while todo:
            id = todo.pop()
            if id in reached or id not in process.nodes:
                continue
            reached.add(id)
            todo += _onward(process, process.nodes[id])
    for node in process.nodes.values():
        if node.id not in reached and not node.for_compensation:
            yield UNREACHABLE.at(node, f"A {node.kind} needs a path from a start but there is none")


def _starts(nodes: list[FlowNode]) -> list[str]:
    events = [node.id for node in nodes if node.kind == "startEvent"]
    beside = [node.id for node in nodes if node.triggered_by_event]
    entered = [node.id for node in nodes if _entered_by_itself(node)]
    return (events or [node.id for node in nodes if is_free(node)]) + beside + entered


def _entered_by_itself(node: FlowNode) -> bool:
    return is_link_catch(node) or _instantiates(node)


def _instantiates(node: FlowNode) -> bool:
    return node.view.attributes.get("instantiate") in ("true", "1")


def _onward(process: Process, node: FlowNode) -> list[str]:
    handler = [node.handler] if node.handler else []
    return [process.flows[id].target for id in node.outgoing] + list(node.boundary) + handler


CHECKS = (check_reachability,)
