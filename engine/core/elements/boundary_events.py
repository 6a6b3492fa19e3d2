"""Boundary events that catch what is thrown inside their activity: error, escalation, cancel (10.5.4, 10.5.7)."""

from __future__ import annotations

from ...model import FlowNode
from .element import Element
from .executable import Executable
from .reading import Reading, code_of


class ErrorBoundaryEvent(Element):
    """Catches an error that leaves its activity: by code, or every error where it names none."""

    element_types = ("boundaryEvent:error",)
    trigger = "error"
    by_flow = False
    summary = "interrupts its activity when an error with its code leaves it; without a code it catches all"
    clause = "10.5.7"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.code = code_of(node)


class EscalationBoundaryEvent(Element):
    """Catches an escalation that leaves its activity, which goes on unless the event is interrupting."""

    element_types = ("boundaryEvent:escalation",)
    trigger = "escalation"
    by_flow = False
    summary = "catches an escalation with its code, or any; interrupts its activity, or starts a path beside it"
    clause = "10.5.7"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.code = code_of(node)

    def link(self, executable: Executable, reading: Reading) -> None:
        """What a non-interrupting event starts is undone before the activity it sits on (13.5.5)."""
        if not self.interrupting:
            for host in self.entered_from:
                host.after_boundaries |= _led_to(executable, self)


class CancelBoundaryEvent(Element):
    """Where a transaction is left when a cancel end event has ended it and its work is undone."""

    element_types = ("boundaryEvent:cancel",)
    trigger = "cancel"
    by_flow = False
    summary = "the way out of a cancelled transaction, taken when everything in it is undone"
    clause = "13.5.4"


def _led_to(executable: Executable, event: Element) -> frozenset[str]:
    """Every element that a token from the event can reach in its container."""
    found: set[str] = set()
    todo = list(event.onward)
    while todo:
        element = executable.arrivals.get(todo.pop())
        if element is not None and element.id not in found:
            found.add(element.id)
            todo += element.onward
    return frozenset(found)


ELEMENTS = (ErrorBoundaryEvent, EscalationBoundaryEvent, CancelBoundaryEvent)
