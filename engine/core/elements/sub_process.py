"""The embedded sub-process: a scope with nodes of its own (BPMN 2.0.2, 10.3.5 and 13.3.4)."""

from __future__ import annotations

from ...model import FlowNode
from ..run import Run
from ..state import Activity
from .element import Element
from .reading import Reading


def open_body(element: Element, run: Run, activity: Activity) -> None:
    """Evaluate the inputs into a scope for the element's own nodes, and give its start its token."""
    values = element.evaluate(run, activity, element.inputs) if element.inputs else {}
    run.open_scope(activity, values, element.body)
    run.begin(activity.key, element.body)


class SubProcess(Element):
    """Opens a scope, gives its start its token, and completes when nothing is alive inside."""

    element_types = ("subProcess",)
    summary = "a scope of its own: completes when nothing is alive inside; undone by its handler or its activities"
    clause = "13.3.4"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.body = node.id

    def enter(self, run: Run, activity: Activity) -> None:
        open_body(self, run, activity)

    def can_be_undone(self, run: Run, activity: Activity) -> bool:
        return self.handler is not None or bool(run.state.scopes[activity.key].undoable)


ELEMENTS = (SubProcess,)
