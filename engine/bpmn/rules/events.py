"""Rules about events: where start and end events stand, and which event definitions fit which position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...model import FlowNode, Process
from ...problems import Problem
from .registry import quoted, rule

_TOPIC = "Events"

START_WITH_INCOMING = rule(
    "start-with-incoming",
    "error",
    "No sequence flow leads to a start event.",
    reason="BPMN 2.0.2, 10.5.2",
    topic=_TOPIC,
    hint="lead the flow to the element after the start event",
)
END_WITH_OUTGOING = rule(
    "end-with-outgoing",
    "error",
    "No sequence flow leaves an end event.",
    reason="BPMN 2.0.2, 10.5.3",
    topic=_TOPIC,
    hint="use an intermediate event where the process goes on",
)
EVENT_PLACEMENT = rule(
    "event-placement",
    "error",
    "An event has a definition that is allowed where it stands.",
    reason="BPMN 2.0.2, table 10.93",
    topic=_TOPIC,
)
ERROR_WITHOUT_CODE = rule(
    "error-without-code",
    "warning",
    "An error that is thrown or caught has an errorCode.",
    reason="BPMN 2.0.2, 10.5.3: required where the process is executable; errors are told apart by it",
    topic=_TOPIC,
    hint="its name counts as its code",
    drawn=False,
)

_FITTING: Mapping[str, frozenset[str]] = {
    "startEvent": frozenset(
        {
            "message",
            "timer",
            "conditional",
            "signal",
            "error",
            "escalation",
            "compensate",
        }
    ),
    "intermediateCatchEvent": frozenset({"message", "timer", "conditional", "link", "signal"}),
    "intermediateThrowEvent": frozenset({"message", "escalation", "compensate", "link", "signal"}),
    "boundaryEvent": frozenset(
        {
            "message",
            "timer",
            "escalation",
            "error",
            "cancel",
            "compensate",
            "conditional",
            "signal",
        }
    ),
    "endEvent": frozenset({"message", "escalation", "error", "cancel", "compensate", "signal", "terminate"}),
}
_OF_EVENT_SUB_PROCESSES = frozenset({"error", "escalation", "compensate"})
_NEEDS_DEFINITION = frozenset({"intermediateCatchEvent", "boundaryEvent"})
_WITH_CODE = frozenset({"error", "escalation"})


def check_start_and_end(process: Process) -> Iterator[Problem]:
    """Flows into start events and out of end events."""
    for node in process.nodes.values():
        if node.kind == "startEvent" and node.incoming:
            sentence = f"Expected no flow to a start event but {quoted(node.incoming[0])} leads to it"
            yield START_WITH_INCOMING.at(node, sentence)
        if node.kind == "endEvent" and node.outgoing:
            sentence = f"Expected no flow out of an end event but {quoted(node.outgoing[0])} leaves it"
            yield END_WITH_OUTGOING.at(node, sentence)


def check_definitions(process: Process) -> Iterator[Problem]:
    """Event definitions that cannot stand where they are, and errors without a code."""
    for node in process.nodes.values():
        yield from _placement(node)
        if node.kind == "startEvent" and node.container == process.id:
            yield from _top_level_start(node)
        for definition in node.event_definitions:
            reference = definition.reference
            if definition.kind in _WITH_CODE and reference is not None and not reference.code:
                sentence = f"The {definition.kind} {quoted(reference.id)} needs a code but has none"
                yield ERROR_WITHOUT_CODE.at(node, sentence)


def _top_level_start(node: FlowNode) -> Iterator[Problem]:
    for definition in node.event_definitions:
        if definition.kind in _OF_EVENT_SUB_PROCESSES:
            sentence = f"A start event for {definition.kind} needs an event sub-process around it but has none"
            yield EVENT_PLACEMENT.at(node, sentence)


def _placement(node: FlowNode) -> Iterator[Problem]:
    fitting = _FITTING.get(node.kind)
    if fitting is None:
        return
    if not node.event_definitions and node.kind in _NEEDS_DEFINITION:
        yield EVENT_PLACEMENT.at(
            node, f"A {node.kind} needs an event definition that says what it waits for but has none"
        )
    for definition in node.event_definitions:
        if definition.kind not in fitting:
            allowed = ", ".join(sorted(fitting))
            sentence = f"Expected one of {allowed} in a {node.kind} but got {definition.kind}"
            yield EVENT_PLACEMENT.at(node, sentence)


CHECKS = (check_start_and_end, check_definitions)
