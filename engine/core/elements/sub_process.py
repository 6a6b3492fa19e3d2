"""The embedded sub-process: a scope with nodes of its own (BPMN 2.0.2, 10.3.5 and 13.3.4)."""

from __future__ import annotations

from ...model import FlowNode
from ..run import Run
from ..state import Activity
from .element import Element
from .reading import Reading


def open_body(element: Element, run: Run, activity: Activity) -> None:
    """Evaluate the inputs into a scope for the element's own nodes, and give its start its token."""
    if element.before is not None:
        element.prepare(run, activity)
    values = element.evaluate(run, activity, element.inputs) if element.inputs else {}
    run.open_scope(activity, values, element.body)
    if element.armed:
        element.arm_boundaries(run, activity)
    run.begin(activity.key, element.body)


def has_something_to_undo(element: Element, run: Run, activity: Activity) -> bool:
    """Whether the completed sub-process can be undone: by its handler, from the inside, or by its activities."""
    undoers = run.executable(activity.scope).undoers
    return element.handler is not None or element.body in undoers or bool(run.state.scopes[activity.key].undoable)


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
        return has_something_to_undo(self, run, activity)


ELEMENTS = (SubProcess,)
