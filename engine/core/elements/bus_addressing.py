"""Where on the message bus a thrown message goes, as the diagram says it at the event or at the message."""

from __future__ import annotations

from typing import Any

from ...expressions import Expression
from ...model import FlowNode
from ..events import ToBus
from ..run import Run
from ..state import ROOT, Activity
from .bus import OUTGOING, check_said, said_of_bus, text_said
from .reading import Reading
from .triggers import text_of


class Addressing:
    """Where a message goes that an event throws; evaluated at the throw."""

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        definition = node.event_definitions[0] if node.event_definitions else None
        said = said_of_bus(node, definition)
        check_said(said, node, reading, OUTGOING, "throws a message")
        self.topic, self.type = text_said(said, "topic"), text_said(said, "type")
        self.key = reading.expression(said.get("key"), node, "key for the bus")
        self.subject = reading.expression(said.get("subject"), node, "subject for the bus")
        self.data = reading.expression(said.get("data"), node, "data for the bus")

    @property
    def is_silent(self) -> bool:
        """Whether the diagram says nothing."""
        return not self.topic and not self.type and self.key is self.subject is self.data is None

    def now(self, run: Run, activity: Activity) -> ToBus:
        """What the message is to be as an event; raises ExpressionError or Stuck."""
        seen = run.variables(activity)
        values: dict[str, Any] = {}
        for name, what in (("key", "a key for the bus"), ("subject", "a subject for the bus")):
            expression: Expression | None = getattr(self, name)
            value = None if expression is None else expression.evaluate(seen, run.now)
            if value is not None:
                values[name] = text_of(value, what)
        if self.data is not None:
            values["data"] = self.data.evaluate(seen, run.now)
        return ToBus(topic=self.topic, type=self.type, business_key=business_key_of(run, activity), **values)


def business_key_of(run: Run, activity: Activity) -> str | None:
    """The business key of the instance or called process that the activity instance runs in."""
    scopes, activities = run.state.scopes, run.state.activities
    key = activity.scope
    while key != ROOT:
        if activities[key].called:
            return scopes[key].business_key
        key = scopes[key].parent or activities[key].scope
    return run.state.business_key
