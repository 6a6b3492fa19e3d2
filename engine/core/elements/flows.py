"""Outgoing sequence flows: their conditions, and what is said when none of them is true (BPMN 2.0.2, 13.2.1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...expressions import Expression
from ...model import FlowNode
from ..run import Stuck
from ..state import Variables
from .reading import Condition, Reading, seen


class Flow:
    """An outgoing sequence flow with its compiled condition."""

    __slots__ = ("condition", "id", "source")

    def __init__(self, id: str, condition: Condition | None, source: Expression | None) -> None:
        self.id = id
        self.condition = condition
        self.source = source


def read_flows(node: FlowNode, reading: Reading) -> list[Flow]:
    """The outgoing flows in document order; the default flow has no condition."""
    found = []
    for id in node.outgoing:
        flow = reading.process.flows[id]
        source = reading.expression(flow.condition, flow, "condition") if id != node.default else None
        found.append(Flow(id, reading.condition(flow) if source is not None else None, source))
    return found


def taken_flows(flows: Iterable[Flow], default: str | None, variables: Any, now: int) -> tuple[str, ...]:
    """Every unconditional flow and every flow whose condition is true, and the default flow if none is (13.2.1)."""
    taken = []
    matched = False
    for flow in flows:
        if flow.id == default:
            continue
        if flow.condition is None:
            taken.append(flow.id)
        elif flow.condition(variables, now):
            taken.append(flow.id)
            matched = True
    if not matched and default is not None:
        taken.append(default)
    return tuple(taken)


def no_way_out(node: FlowNode, flows: Iterable[Flow], variables: Any) -> Stuck:
    """The incident of an element none of whose conditions is true and that has no default flow."""
    values: Variables = {}
    for flow in flows:
        if flow.source is not None:
            values.update(seen(flow.source, variables))
    shown = ", ".join(f"{name} = {value!r}"[:80] for name, value in values.items())
    sentence = f'"{node.name or node.id}" needs a true condition or a default flow, but no condition was true ({shown})'
    return Stuck("gateway", sentence, values=values)
