"""What an event waits for from outside, read from its definitions: messages, timers, signals, conditions (10.5.5).

Each kind is a class here: it reads one event definition and opens the wait.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import msgspec

from ...expressions import EvaluationFailed, Expression, ExpressionError
from ...model import EventDefinition, FlowNode, FormalExpression
from .. import events as e
from ..catching import Place, scheduled, subscribed
from ..run import Run, Stuck
from ..state import Variables
from ..timing import Schedule, parse_schedule
from .bus import bindings_of
from .carried import payload_variable
from .correlation import correlation_said, own_correlation
from .reading import Reading, code_of, formal, truth

LONGEST_NAME = 500
"""Characters of the name of a message or signal, and of a correlation key."""


class Trigger:
    """One event definition that waits for something from outside. kind: as its start trigger calls it."""

    kind: ClassVar[str] = ""

    def __init__(self, definition: EventDefinition, node: FlowNode, reading: Reading) -> None:
        """Read the event definition; findings go to reading.problem."""
        self.node = node
        self.variable: str | None = None

    def taken(self, payload: Variables) -> Variables:
        """The variables that come of what came: itself, or the one variable that the diagram names for all of it."""
        return {self.variable: payload} if self.variable else payload

    def opens(self, run: Run, place: Place, variables: Any, again: bool) -> e.Event:
        """Make the event that opens the wait at that place.

        variables: what the expressions see. again: it has been triggered already. Raises ExpressionError or Stuck.
        """
        raise NotImplementedError

    @property
    def sentence(self) -> str:
        """What it waits for, in words."""
        raise NotImplementedError


class Named(Trigger):
    """What messages and signals share: a name, given by the root element that the definition refers to (8.4.11)."""

    def __init__(self, definition: EventDefinition, node: FlowNode, reading: Reading) -> None:
        super().__init__(definition, node, reading)
        root = definition.reference
        self.variable = payload_variable(msgspec.structs.replace(node, event_definitions=(definition,)))
        self.name, self.expression = read_name(root.name or root.id if root is not None else "", node, reading)
        if root is None:
            sentence = f"An event that waits for a {self.kind} needs to name the {self.kind} but this one names none"
            reading.problem(f"missing-{self.kind}", node, sentence)

    @property
    def sentence(self) -> str:
        return f'the {self.kind} "{self.name}"'

    def named(self, run: Run, variables: Any) -> str:
        """The name now."""
        if self.expression is None:
            return self.name
        return text_of(self.expression.evaluate(variables, run.now), f"the name of a {self.kind}")


class MessageTrigger(Named):
    """Waits for a message of its name and, where the diagram says how, with its correlation key."""

    kind = "message"

    def __init__(self, definition: EventDefinition, node: FlowNode, reading: Reading) -> None:
        super().__init__(definition, node, reading)
        self.correlation = reading.expression(correlation_said(node, definition), node, "correlation key")
        self.drawn = None if self.correlation is not None else own_correlation(self.name, node, reading)
        bindings_of(reading).read(definition, node, self.name, reading, is_fixed=self.expression is None)

    def opens(self, run: Run, place: Place, variables: Any, again: bool) -> e.Event:
        name = self.named(run, variables)
        key = ""
        if self.correlation is not None:
            key = text_of(self.correlation.evaluate(variables, run.now), "a correlation key")
        elif self.drawn is not None:
            key = self.drawn.of_instance(variables, run.now)
        return subscribed(place, "message", name, key)


class SignalTrigger(Named):
    """Waits for a signal of its name."""

    kind = "signal"

    def opens(self, run: Run, place: Place, variables: Any, again: bool) -> e.Event:
        return subscribed(place, "signal", self.named(run, variables))


class ConditionTrigger(Trigger):
    """Waits until its condition is true: looked at when it begins to wait and after each visible change (10.5.5)."""

    kind = "condition"

    def __init__(self, definition: EventDefinition, node: FlowNode, reading: Reading) -> None:
        super().__init__(definition, node, reading)
        text = formal(definition.view.child("condition"))
        if text is None:
            reading.problem(
                "missing-event-condition", node, "A conditional event needs a condition but this one has none"
            )
        expression = reading.expression(text, node, "condition")
        self.expression = expression
        self.test = None if expression is None else truth(expression)

    @property
    def sentence(self) -> str:
        return "a condition"

    def opens(self, run: Run, place: Place, variables: Any, again: bool) -> e.Event:
        run.changed = True
        return subscribed(place, "condition", holds=again)


Time = Literal["date", "duration", "cycle"]
_TIMES: Mapping[str, Time] = {
    "timeDate": "date",
    "timeDuration": "duration",
    "timeCycle": "cycle",
}
_LIKE_A_TIME = re.compile(r"R\d*/|R?P(\d|T\d)")
"""Text that is meant as a duration or cycle of ISO 8601, though it may read as a variable of a Python expression."""


class TimerTrigger(Trigger):
    """Waits for a date, for a duration, or for the times of a cycle: ISO 8601 or cron, or an expression for it."""

    kind = "timer"

    def __init__(self, definition: EventDefinition, node: FlowNode, reading: Reading) -> None:
        super().__init__(definition, node, reading)
        self.zone = reading.process.properties.get("timer.zone", "").strip() or "UTC"
        self.schedule: Schedule | None = None
        self.expression: Expression | None = None
        given = [one for one in definition.view.children if one.kind in _TIMES and one.text.strip()]
        self.time: Time = _TIMES[given[0].kind] if given else "duration"
        if len(given) != 1:
            sentence = "A timer needs one of timeDate, timeDuration and timeCycle but this one has "
            reading.problem("timer", node, sentence + ("none" if not given else "several"))
            return
        text = formal(given[0])
        if text is not None:
            self._read(text, node, reading)

    def _read(self, text: FormalExpression, node: FlowNode, reading: Reading) -> None:
        """A literal time, checked now, or an expression, checked when it is evaluated."""
        if is_expression(text.source, text.syntax):
            self.expression = reading.expression(text, node, f"timer's {self.time}")
            return
        try:
            self.schedule = parse_schedule(self.time, text.source, self.zone)
        except ValueError as error:
            if text.syntax != "python" or _LIKE_A_TIME.match(text.source.strip()) or not self._has_zone():
                reading.problem("timer", node, str(error), line=text.line)
                return
            before = len(reading.problems)
            self.expression = reading.expression(text, node, f"timer's {self.time}")
            if self.expression is None or self._is_no_time(self.expression):
                del reading.problems[before:]
                hint = "or a Python expression such as due_date, or a quoted text"
                reading.problem("timer", node, str(error), hint, line=text.line)

    def _has_zone(self) -> bool:
        try:
            parse_schedule("duration", "PT1S", self.zone)
        except ValueError:
            return False
        return True

    def _is_no_time(self, expression: Expression) -> bool:
        """Whether an expression without variables, which means the same in every instance, is no time."""
        if expression.names:
            return False
        try:
            self.planned({}, 0)
        except (ExpressionError, Stuck):
            return True
        return False

    @property
    def sentence(self) -> str:
        return f"a timer ({self.time})"

    def planned(self, variables: Any, now: int) -> Schedule:
        """The schedule, evaluated where it is an expression; raises ExpressionError or Stuck."""
        if self.expression is None:
            if self.schedule is None:
                raise AssertionError(f"the timer {self.node.id} was refused at deployment")
            return self.schedule
        value = self.expression.evaluate(variables, now)
        text = text_of(value, f"a timer's {self.time}")
        try:
            return parse_schedule(self.time, text, self.zone)
        except ValueError as error:
            raise EvaluationFailed(str(error), "", 1, 1, self.expression.source) from None

    def opens(self, run: Run, place: Place, variables: Any, again: bool) -> e.Event:
        firing = self.planned(variables, run.now).first(run.now)
        if firing is None:
            raise Stuck("expression", f"The timer of {place.element} needs a time that comes but its cycle is over")
        return scheduled(place, firing)


TRIGGERS: Mapping[str, type[Trigger]] = {
    "message": MessageTrigger,
    "signal": SignalTrigger,
    "conditional": ConditionTrigger,
    "timer": TimerTrigger,
}
"""Kind of event definition -> what it waits for; the others are thrown inside the instance (engine.core.throwing)."""


def read_triggers(node: FlowNode, reading: Reading) -> tuple[tuple[int, Trigger], ...]:
    """What the event waits for from outside, each with its place among the event definitions."""
    return tuple(
        (index, TRIGGERS[definition.kind](definition, node, reading))
        for index, definition in enumerate(node.event_definitions)
        if definition.kind in TRIGGERS
    )


def is_expression(source: str, syntax: str) -> bool:
    """Whether a text that may be literal is an expression for certain: `= ...` and `${...}`."""
    return source.startswith("=") if syntax == "feel" else "${" in source or "#{" in source


def read_name(text: str, node: FlowNode, reading: Reading) -> tuple[str, Expression | None]:
    """The name of a message or signal: literal, or an expression in the way of the diagram's dialect."""
    name = text.strip()
    syntax = node.view.syntax
    if syntax == "python" or not is_expression(name, syntax):
        if len(name) > LONGEST_NAME:
            sentence = f"Expected a name of at most {LONGEST_NAME} characters but got {len(name)}"
            reading.problem("long-name", node, sentence)
        return name, None
    source = name.removeprefix("=") if syntax == "feel" else name
    expression = reading.expression(FormalExpression(source, syntax, node.line), node, "name")
    if expression is None or expression.names:
        return name, expression
    try:
        return text_of(expression.evaluate({}, 0), "a name"), None
    except (ExpressionError, Stuck) as error:
        reading.problem("expression", node, f"The name {error}")
        return name, None


def caught_code(node: FlowNode, reading: Reading) -> str:
    """The code that an event catches, which is fixed; "" for any."""
    code, expression = read_name(code_of(node), node, reading)
    if expression is not None and expression.names:
        sentence = f"An event that catches needs a fixed code but has the expression {code:.80}"
        reading.problem("unsupported-attribute", node, sentence, "leave the code out to catch all, and ask afterwards")
    return code


def text_of(value: Any, what: str) -> str:
    """A text or whole number as the text that names and keys are compared as; raises Stuck for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_NAME:
        needs = f"Expected {what} to be a text of 1 to {LONGEST_NAME} characters or a whole number"
        raise Stuck("expression", f"{needs} but got {value!r:.80}")
    return value
