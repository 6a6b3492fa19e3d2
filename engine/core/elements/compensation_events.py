"""Compensation: the boundary event that names a handler, and the events that set it off (BPMN 2.0.2, 10.7, 13.5.5)."""

from __future__ import annotations

from ...model import FlowNode
from .. import events as e
from ..run import Run
from ..state import Activity, Variables
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


class CompensationStartEvent(Element):
    """Starts the event sub-process that undoes the completed sub-process, or called process, around it (10.7.1)."""

    element_types = ("startEvent:compensate",)
    starts_container = True
    trigger = "compensate"
    summary = "its event sub-process undoes the completed sub-process around it, as it was, in place of its activities"
    clause = "10.7.1"

    def connect(self, executable: Executable) -> None:
        holder = executable.elements.get(self.node.container)
        if holder is not None and holder.inside:
            executable.undoers[holder.node.container] = holder.id


class CompensationThrowEvent(Element):
    """Undoes what completed in its scope, strictly last-completed-first, one handler at a time, then goes on.

    One that does not wait goes on at once; its instance stays alive until everything is undone, so its scope completes
    only after that.
    """

    element_types = ("intermediateThrowEvent:compensate", "endEvent:compensate")
    summary = "undoes its scope (or the named activity) strictly last-completed-first, one at a time; waits, or goes on"
    clause = "13.5.5"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        attributes = node.event_definitions[0].view.attributes
        self.activity_ref = attributes.get("activityRef", "")
        self.sees_outer = False
        self.goes_on_at_once = attributes.get("waitForCompletion", "true").strip() in ("false", "0")

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
        flows, outputs = self._at_once(run, activity) if self.goes_on_at_once else ((), {})
        run.emit(e.CompensationTriggered(activity.key, activity.scope, self.activity_ref, outer))
        run.write(activity, outputs, outside=True)
        for flow in flows:
            run.place(activity.scope, flow)
        run.agenda.append(("undo", activity.key, ""))

    def _at_once(self, run: Run, activity: Activity) -> tuple[tuple[str, ...], Variables]:
        outputs = self.evaluate(run, activity, self.outputs)
        return self.choose(run, activity) if self.conditional else self.unconditional, outputs

    def compensated(self, run: Run, activity: Activity) -> None:
        if self.goes_on_at_once:
            run.leave(activity, ())
        else:
            self.complete(run, activity)


ELEMENTS = (CompensationBoundaryEvent, CompensationStartEvent, CompensationThrowEvent)
