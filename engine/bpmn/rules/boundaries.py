"""Rules about boundary events: what they sit on, their flows, and that no two of them catch the same."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import FlowNode, Process
from ...problems import Problem
from ..standard import ACTIVITIES
from .registry import quoted, rule

_TOPIC = "Boundary events"

BOUNDARY_HOST = rule(
    "boundary-host",
    "error",
    "A boundary event sits on an activity of the process or sub-process it is in.",
    reason="BPMN 2.0.2, 10.5.4",
    topic=_TOPIC,
    hint="attach it to the activity again",
)
BOUNDARY_WITH_INCOMING = rule(
    "boundary-with-incoming",
    "error",
    "No sequence flow leads to a boundary event.",
    reason="BPMN 2.0.2, 10.5.4",
    topic=_TOPIC,
)
BOUNDARY_WITHOUT_OUTGOING = rule(
    "boundary-without-outgoing",
    "warning",
    "A boundary event that catches leads somewhere.",
    reason="BPMN 2.0.2, 10.5.4; without a flow what was caught is lost",
    topic=_TOPIC,
    hint="draw what happens then, or an end event that says so",
)
ERROR_INTERRUPTS = rule(
    "error-interrupts",
    "error",
    "An event that catches an error or a cancellation is interrupting.",
    reason="BPMN 2.0.2, 10.5.2 and table 10.92",
    topic=_TOPIC,
    hint="make it interrupting; an escalation need not interrupt",
)
SAME_CATCH = rule(
    "same-catch",
    "error",
    "No two events of an activity, or two event sub-processes of a scope, catch the same error or escalation.",
    reason="the one that wins would be a matter of chance",
    topic=_TOPIC,
    hint="remove one of them",
)


_CAUGHT_BY_CODE = frozenset({"error", "escalation", "cancel"})
_EVERYTHING = {"cancel": "the cancellation"}


def check_boundaries(process: Process) -> Iterator[Problem]:
    """Findings about every single boundary event."""
    for node in process.nodes.values():
        if node.kind == "boundaryEvent":
            yield from _host(process, node)
            yield from _flows(node)
        always = [one.kind for one in node.event_definitions if one.kind in ("error", "cancel")]
        if not node.interrupting and always:
            yield ERROR_INTERRUPTS.at(node, f"Expected an interrupting {always[0]} event but this one is not")


def _host(process: Process, node: FlowNode) -> Iterator[Problem]:
    host = process.nodes.get(node.attached_to or "")
    if host is None or host.kind not in ACTIVITIES:
        got = f"a {host.kind}" if host is not None else "not a flow node of this process"
        yield BOUNDARY_HOST.at(
            node, f"A boundary event needs an activity to sit on but {quoted(node.attached_to or '')} is {got}"
        )
    elif host.container != node.container:
        sentence = (
            f"Expected a boundary event beside its activity {quoted(host.id)} in {quoted(host.container)} "
            f"but it is in {quoted(node.container)}"
        )
        yield BOUNDARY_HOST.at(node, sentence)


def _flows(node: FlowNode) -> Iterator[Problem]:
    if node.incoming:
        sentence = f"Expected no flow to a boundary event but {quoted(node.incoming[0])} leads to it"
        yield BOUNDARY_WITH_INCOMING.at(node, sentence)
    if not node.outgoing and _kind(node) != "compensate":
        yield BOUNDARY_WITHOUT_OUTGOING.at(node, "A boundary event needs an outgoing flow but has none")


def check_same_catch(process: Process) -> Iterator[Problem]:
    """Events at one place that catch the same code, or everything, of the same kind."""
    for host in process.nodes.values():
        yield from _same_catch([process.nodes[id] for id in host.boundary])
    for container in process.containers.values():
        inside = [id for id in container.nodes if process.nodes[id].triggered_by_event and id in process.containers]
        nodes = [process.nodes[one] for id in inside for one in process.containers[id].nodes]
        yield from _same_catch([node for node in nodes if node.kind == "startEvent"])


def _same_catch(events: list[FlowNode]) -> Iterator[Problem]:
    caught: dict[tuple[str, str], str] = {}
    for event in events:
        kind = _kind(event)
        if kind not in _CAUGHT_BY_CODE:
            continue
        named = event.event_definitions[0].reference
        code = (named.code or named.name or named.id) if named is not None else ""
        earlier = caught.setdefault((kind, code), event.id)
        if earlier != event.id:
            what = f"the {kind} {quoted(code)}" if code else _EVERYTHING.get(kind, f"every {kind}")
            yield SAME_CATCH.at(event, f"Expected one event for {what} but {quoted(earlier)} catches it too")


def _kind(node: FlowNode) -> str:
    return node.event_definitions[0].kind if len(node.event_definitions) == 1 else ""


CHECKS = (check_boundaries, check_same_catch)
