"""Compensation: the boundary event that names a handler, and the events that set it off (BPMN 2.0.2, 10.7, 13.5.5)."""

from __future__ import annotations

from ...model import FlowNode
from .. import events as e
from ..run import Run
from ..state import Activity
from .element import Element
from .executable import Executable
from .reading import Reading


class CompensationBoundaryEvent(Element):
    """Names the handler that undoes its activity; it never gets a token itself (10.7.1)."""

    element_types = ("boundaryEvent:compensate",)
    summary = "names the activity that undoes its activity once that has completed"
    clause = "10.7.1"

    def attach(self, host: Element) -> None:
        host.undone_by(self.node.handler)


class CompensationThrowEvent(Element):
    """Undoes what completed in its scope, strictly last-completed-first, one handler at a time, then goes on."""

    element_types = ("intermediateThrowEvent:compensate", "endEvent:compensate")
    summary = "undoes its scope (or the named activity) strictly last-completed-first, one at a time, and waits for it"
    clause = "13.5.5"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        attributes = node.event_definitions[0].view.attributes
        self.activity_ref = attributes.get("activityRef", "")
        self.sees_outer = False
        if attributes.get("waitForCompletion", "true").strip() in ("false", "0"):
            reading.problem(
                "unsupported-attribute",
                node,
                'Baton needs waitForCompletion="true" on a compensation event but this one says "false"',
                "a throw event that does not wait is not executed yet",
            )

    def link(self, executable: Executable, reading: Reading) -> None:
        levels = self._levels(executable)
        self.sees_outer = len(levels) > 1
        if not self.activity_ref:
            return
        target = executable.elements.get(self.activity_ref)
        if target is None or target.node.container not in levels:
            sentence = f'activityRef needs an activity beside this event but "{self.activity_ref}" is not one'
            reading.problem("compensation-target", self.node, sentence, "13.5.5: a throw sees its own level")

    def _levels(self, executable: Executable) -> tuple[str, ...]:
        """The container of the event, and the one around it where that is an event sub-process."""
        own = self.node.container
        holder = executable.elements.get(own)
        return (own, holder.node.container) if holder is not None and holder.inside else (own,)

    def perform(self, run: Run, activity: Activity) -> None:
        outer = run.state.scopes[activity.scope].parent if self.sees_outer else 0
        run.emit(e.CompensationTriggered(activity.key, activity.scope, self.activity_ref, outer))
        run.agenda.append(("undo", activity.key, ""))


ELEMENTS = (CompensationBoundaryEvent, CompensationThrowEvent)
