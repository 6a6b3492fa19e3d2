"""Whether anything can set off the compensation that is drawn (BPMN 2.0.2, 13.5.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ...core.elements import Executable
from ...model import FlowNode, Process
from ...problems import Problem
from ..rules.experience import COMPENSATION_UNREACHABLE, UNDONE_TOO_LATE
from ..rules.registry import quoted
from .budget import Budget

EVERYTHING = ""


def check_compensation(executable: Executable, budget: Budget) -> Iterator[Problem]:
    """Handlers that nothing sets off, and compensation that comes when there is nothing left to undo."""
    process = executable.process
    if not any(node.handler for node in process.nodes.values()):
        return
    seen = _seen(process)
    undone = _undone_as_a_whole(process, seen)
    for node in process.nodes.values():
        host = process.nodes.get(node.attached_to or "")
        if node.handler and host is not None:
            thrown = seen.get(host.container, set())
            if not ({EVERYTHING, host.id} & thrown or host.container in undone):
                sentence = f"A handler needs something that sets it off but nothing compensates {quoted(host.id)}"
                yield COMPENSATION_UNREACHABLE.at(node, sentence)
    yield from _too_late(process, budget)


def _is(node: FlowNode, kind: str) -> bool:
    return any(one.kind == kind for one in node.event_definitions)


def _throws(node: FlowNode) -> bool:
    return node.kind in ("intermediateThrowEvent", "endEvent") and _is(node, "compensate")


def _named(node: FlowNode) -> str:
    """The activity that a compensation throw names, "" for all."""
    definition = next(one for one in node.event_definitions if one.kind == "compensate")
    return definition.view.attributes.get("activityRef", "").rpartition(":")[2]


def _seen(process: Process) -> dict[str, set[str]]:
    """Container -> what compensation throws on its level name."""
    seen: dict[str, set[str]] = {}
    for node in process.nodes.values():
        if _throws(node):
            level = node.container
            seen.setdefault(level, set()).add(_named(node))
            holder = process.nodes.get(level)
            if holder is not None and holder.triggered_by_event:
                seen.setdefault(holder.container, set()).add(_named(node))
        elif node.kind == "endEvent" and _is(node, "cancel"):
            seen.setdefault(node.container, set()).add(EVERYTHING)
    return seen


def _undone_as_a_whole(process: Process, seen: dict[str, set[str]]) -> set[str]:
    """The sub-processes that are undone from outside by undoing what is in them; outer ones come first."""
    undone: set[str] = set()
    for container in process.containers.values():
        node = process.nodes.get(container.id)
        if node is None or any(process.nodes[id].handler for id in node.boundary):
            continue
        if {EVERYTHING, node.id} & seen.get(node.container, set()) or node.container in undone:
            undone.add(container.id)
    return undone


def _too_late(process: Process, budget: Budget) -> Iterator[Problem]:
    """Compensation thrown on a path out of an interrupted sub-process that only has something to undo inside."""
    undoable = Counter(node.container for node in process.nodes.values() if node.handler)
    holding = Counter(process.nodes[id].container for id in undoable if id in process.nodes)
    thrown = _seen(process)
    for event in process.nodes.values():
        host = process.nodes.get(event.attached_to or "")
        if host is None or not undoable[host.id] or not event.interrupting or event.handler:
            continue
        if _is(event, "cancel") or host.id in thrown:
            continue
        around = host.container
        for thrower in _throwers_after(process, event, budget):
            named = _named(thrower)
            alone = not undoable[around] and holding[around] == 1
            if named == host.id or (named == EVERYTHING and alone):
                sentence = f"Compensation needs something that completed but {quoted(event.id)} interrupts"
                yield UNDONE_TOO_LATE.at(thrower, f"{sentence} {quoted(host.id)}, which holds all that could be undone")


def _throwers_after(process: Process, event: FlowNode, budget: Budget) -> Iterator[FlowNode]:
    found: set[str] = set()
    todo = [event.id]
    while todo:
        id = todo.pop()
        node = process.nodes.get(id)
        if node is None or id in found:
            continue
        budget.spend(1 + len(node.outgoing))
        found.add(id)
        if _throws(node):
            yield node
        todo += [process.flows[flow].target for flow in node.outgoing]
