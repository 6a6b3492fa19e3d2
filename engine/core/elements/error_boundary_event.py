"""The error boundary event (BPMN 2.0.2, 10.5.4 and 10.5.7)."""

from __future__ import annotations

from ...model import FlowNode
from .element import Element
from .reading import Reading


class ErrorBoundaryEvent(Element):
    """Catches an error that leaves its activity: by code, or every error where it names none."""

    element_types = ("boundaryEvent:error",)
    summary = "interrupts its activity when an error with its code leaves it; without a code it catches all"
    clause = "10.5.7"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        error = node.event_definitions[0].reference
        self.code = (error.code or error.name or error.id) if error is not None else ""

    def catches_error(self, code: str) -> int:
        if not self.code:
            return 1
        return 2 if self.code == code else 0


ELEMENTS = (ErrorBoundaryEvent,)
