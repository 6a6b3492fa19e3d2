"""Events that throw an escalation: it goes outwards until someone catches it, and the work goes on (10.5.7)."""

from __future__ import annotations

from ...model import FlowNode
from ..run import Run
from ..state import Activity
from ..throwing import throw_escalation
from .carried import Payload
from .element import Element
from .reading import Reading, code_of
from .triggers import read_name, text_of


class EscalationThrowEvent(Element):
    """Throws its escalation, then goes on, or ends, unless what caught it interrupted the event itself."""

    element_types = ("intermediateThrowEvent:escalation", "endEvent:escalation")
    summary = "throws its escalation outwards and goes on, unless interrupted; one that nobody catches is recorded"
    clause = "10.5.7"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.code, self.expression = read_name(code_of(node), node, reading)
        self.payload = Payload(node, reading)
        if not self.code:
            reading.problem("missing-escalation", node, "An escalation throw event needs an escalation but names none")

    def thrown(self, run: Run, activity: Activity) -> str:
        """The code, evaluated where it is an expression; raises ExpressionError or Stuck."""
        if self.expression is None:
            return self.code
        return text_of(self.expression.evaluate(run.variables(activity), run.now), "an escalation code")

    def leave(self, run: Run, activity: Activity) -> None:
        run.stage = "leave"
        code = self.thrown(run, activity)
        throw_escalation(run, activity, code, self.payload.of(self.input_names, run, activity))
        if activity.key in run.state.activities:
            super().leave(run, activity)


ELEMENTS = (EscalationThrowEvent,)
