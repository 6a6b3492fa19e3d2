"""What starts a process from outside: the triggers of its start events, as the runtime sees them (10.5.2, 13.5.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ..timing import Firing
from .reading import Reading


class StartTrigger(msgspec.Struct, frozen=True):
    """What starts a process from outside.

    element, index: where it starts, as c.Start says it. trigger: what has to happen. begins: the element that the
    instance begins with, which is another than `element` for an event-based gateway.
    """

    element: str
    index: int
    trigger: Any
    begins: Any

    @property
    def kind(self) -> str:
        """Return "message", "signal", "timer" or "condition"."""
        kind: str = self.trigger.kind
        return kind

    @property
    def sentence(self) -> str:
        """What has to happen, in words."""
        sentence: str = self.trigger.sentence
        return sentence

    @property
    def name(self) -> str:
        """The name of the message or signal, "" for the other kinds."""
        name: str = getattr(self.trigger, "name", "")
        return name

    def first(self, now: int) -> Firing | None:
        """When a timer fires first if the process is deployed now; raises ExpressionError."""
        firing: Firing | None = self.trigger.planned({}, now).first(now)
        return firing

    def holds(self, variables: Mapping[str, Any], now: int) -> bool:
        """Whether a condition is true for these variables; one over other variables is not. Raises ExpressionError."""
        if any(name not in variables for name in self.trigger.expression.names):
            return False
        held: bool = self.trigger.test(variables, now)
        return held


def check_triggers(triggers: Iterable[StartTrigger], reading: Reading) -> None:
    """Before an instance there are no variables: names and times of what starts it cannot depend on any."""
    for one in triggers:
        expression = None if one.kind == "condition" else one.trigger.expression
        if expression is not None and expression.names:
            what = "time" if one.kind == "timer" else f"name of a {one.kind}"
            names = ", ".join(sorted(expression.names))
            sentence = f"The {what} that starts a process needs to be known at deployment but depends on {names}"
            reading.problem(
                "start-trigger", one.trigger.node, sentence, "an instance has variables only once it started"
            )
