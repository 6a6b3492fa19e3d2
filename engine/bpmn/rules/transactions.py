"""Rules about transactions: where cancel events stand, and that a cancelled transaction has a way out."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import FlowNode, Process
from ...problems import Problem
from .registry import quoted, rule

_TOPIC = "Processes and sub-processes"

CANCEL_OUTSIDE = rule(
    "cancel-outside",
    "error",
    "A cancel end event is directly in a transaction, and a cancel boundary event sits on one.",
    reason="BPMN 2.0.2, tables 10.88 and 10.90",
    topic=_TOPIC,
    hint="make the sub-process a transaction, or use an error",
)
CANCEL_UNCAUGHT = rule(
    "cancel-uncaught",
    "error",
    "A transaction with a cancel end event has a cancel boundary event.",
    reason="BPMN 2.0.2, 13.5.4; there would be no way out of it",
    topic=_TOPIC,
    hint="attach a cancel boundary event to the transaction",
)


def check_transactions(process: Process) -> Iterator[Problem]:
    """Findings about cancel events."""
    for node in process.nodes.values():
        if not any(one.kind == "cancel" for one in node.event_definitions):
            continue
        place = node.container if node.kind == "endEvent" else node.attached_to or ""
        transaction = process.nodes.get(place)
        if transaction is None or transaction.kind != "transaction":
            yield CANCEL_OUTSIDE.at(node, f"A cancel event needs a transaction but {quoted(place)} is none")
        elif node.kind == "endEvent" and not any(_cancels(process.nodes[id]) for id in transaction.boundary):
            sentence = f"The transaction {quoted(place)} needs a cancel boundary event for this event but has none"
            yield CANCEL_UNCAUGHT.at(node, sentence)


def _cancels(node: FlowNode) -> bool:
    return any(one.kind == "cancel" for one in node.event_definitions)


CHECKS = (check_transactions,)
