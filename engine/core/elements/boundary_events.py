"""Boundary events: they catch what is thrown in their activity, or what happens outside meanwhile (10.5.4, 10.5.7)."""

from __future__ import annotations

from ...model import FlowNode
from .catch_events import best_of, check_parallel, is_parallel, thrown_triggers
from .element import Element
from .executable import Executable
from .reading import Reading
from .triggers import caught_code, read_triggers


class ErrorBoundaryEvent(Element):
    """Catches an error that leaves its activity: by code, or every error where it names none."""

    element_types = ("boundaryEvent:error",)
    trigger = "error"
    by_flow = False
    brings = True
    summary = "interrupts its activity when an error with its code leaves it; without a code it catches all"
    clause = "10.5.7"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.code = caught_code(node, reading)


class EscalationBoundaryEvent(Element):
    """Catches an escalation that leaves its activity, which goes on unless the event is interrupting."""

    element_types = ("boundaryEvent:escalation",)
    trigger = "escalation"
    by_flow = False
    brings = True
    summary = "catches an escalation with its code, or any; interrupts its activity, or starts a path beside it"
    clause = "10.5.7"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.code = caught_code(node, reading)

    def link(self, executable: Executable, reading: Reading) -> None:
        _undo_first(executable, self)


class TriggeredBoundaryEvent(Element):
    """Waits, while its activity is active, for its message, time, signal or condition; or for several things."""

    element_types = (
        "boundaryEvent:message",
        "boundaryEvent:timer",
        "boundaryEvent:signal",
        "boundaryEvent:conditional",
        "boundaryEvent:multiple",
    )
    by_flow = False
    brings = True
    summary = "interrupts its activity on its message, time, signal or condition, or starts a path beside it each time"
    clause = "10.5.4"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.triggers = read_triggers(node, reading)
        self.needs_all = is_parallel(node)
        self.caught = thrown_triggers(node)
        check_parallel(self, reading)

    def catches(self, trigger: str, code: str) -> int:
        return best_of(self.caught, trigger, code)

    def link(self, executable: Executable, reading: Reading) -> None:
        _undo_first(executable, self)


class CancelBoundaryEvent(Element):
    """Where a transaction is left when a cancel end event has ended it and its work is undone."""

    element_types = ("boundaryEvent:cancel",)
    trigger = "cancel"
    by_flow = False
    brings = True
    summary = "the way out of a cancelled transaction, taken when everything in it is undone"
    clause = "13.5.4"


def _undo_first(executable: Executable, event: Element) -> None:
    """What a non-interrupting event starts is undone before the activity it sits on (13.5.5)."""
    if not event.interrupting:
        for host in event.entered_from:
            host.after_boundaries |= _led_to(executable, event)


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


ELEMENTS = (ErrorBoundaryEvent, EscalationBoundaryEvent, CancelBoundaryEvent, TriggeredBoundaryEvent)
