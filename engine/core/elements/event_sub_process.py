"""Event sub-processes and the start events that set them off (BPMN 2.0.2, 10.3.5, 10.5.2, 13.5.4)."""

from __future__ import annotations

from ...model import FlowNode
from ..catching import arm_or_say
from ..run import Run
from ..state import Activity, Variables
from .element import Element
from .executable import Executable
from .reading import Reading
from .sub_process import has_something_to_undo, open_body
from .triggers import caught_code


class ErrorStartEvent(Element):
    """Starts its event sub-process on an error in the scope around it; it always interrupts that scope."""

    element_types = ("startEvent:error",)
    starts_container = True
    trigger = "error"
    summary = "starts its event sub-process on an error with its code, or any, in the scope around it; interrupts that"
    clause = "10.5.2"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.code = caught_code(node, reading)


class EscalationStartEvent(Element):
    """Starts its event sub-process on an escalation in the scope around it, which goes on unless interrupted."""

    element_types = ("startEvent:escalation",)
    starts_container = True
    trigger = "escalation"
    summary = "starts its event sub-process on an escalation in the scope around it, interrupting that or beside it"
    clause = "10.5.2"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.code = caught_code(node, reading)


class EventSubProcess(Element):
    """A sub-process without flows: it runs inside the scope it is drawn in when its start event catches something."""

    element_types = ("subProcess:event",)
    by_flow = False
    inside = True
    summary = "runs inside the scope it is drawn in when its start event catches; interrupting, it ends the rest there"
    clause = "13.3.4"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.body = node.id
        self.start: Element | None = None

    def connect(self, executable: Executable) -> None:
        around = self.node.container
        executable.event_sub_processes[around] = (*executable.event_sub_processes.get(around, ()), self)
        for id in executable.starts[self.id]:
            self.start = executable.elements[id]
            self.interrupting = self.start.interrupting
            if self.start.triggers:
                executable.armed_inside[around] = (*executable.armed_inside.get(around, ()), self)

    @property
    def catching(self) -> str:
        return self.id if self.start is None else self.start.id

    def catches(self, trigger: str, code: str) -> int:
        return 0 if self.start is None else self.start.catches(trigger, code)

    def told(self, trigger: str, code: str, message: str, carried: Variables) -> Variables:
        return carried if self.start is None else self.start.told(trigger, code, message, carried)

    def arm_inside(self, run: Run, owner: Activity) -> None:
        """Wait, in the scope of that activity instance, for what triggers the start event."""
        arm_or_say(run, owner, self.start, inside=True)

    def enter(self, run: Run, activity: Activity) -> None:
        open_body(self, run, activity)

    def open(self, run: Run, activity: Activity) -> None:
        """Open the scope without a token: the start event has been triggered already."""
        run.open_scope(activity, self.evaluate(run, activity, self.inputs), self.body)
        run.arm_scope(activity.key, self.body)

    def can_be_undone(self, run: Run, activity: Activity) -> bool:
        return has_something_to_undo(self, run, activity)


ELEMENTS = (EventSubProcess, ErrorStartEvent, EscalationStartEvent)
