"""What a multi-instance activity throws when one of its instances completes (BPMN 2.0.2, 13.3.7 and table 10.30).

behavior None throws an event for each instance, One for the first, Complex for those whose condition is true, and All
none. What is thrown can be caught by a boundary event of the multi-instance activity.
"""

from __future__ import annotations

from collections.abc import Callable

from ...model import ElementView, EventDefinition, FlowNode
from ..run import Run
from ..state import Activity, Variables
from ..throwing import throw_escalation
from .reading import Condition, Reading, formal, truth
from .senders import Sender

Throw = Callable[[Run, Activity, Variables], None]
"""Throws what was prepared; the variables are the counts of the multi-instance activity."""

_REFERENCES = {"None": "noneBehaviorEventRef", "One": "oneBehaviorEventRef"}
_HINT = "the standard's default is a signal without a name, which nothing could catch"


class Behavior:
    """Which events a multi-instance activity throws, and when."""

    def __init__(self, node: FlowNode, characteristics: ElementView, reading: Reading) -> None:
        """Read the characteristics; findings go to reading.problem."""
        self._node = node
        self._view = characteristics
        self._reading = reading
        self.rules: list[tuple[Condition | None, list[_Implicit]]] = []
        self.kind = characteristics.attributes.get("behavior", "All").strip()
        definitions = [child for child in characteristics.children if child.kind == "complexBehaviorDefinition"]
        if self.kind in _REFERENCES:
            self._named(_REFERENCES[self.kind])
        elif self.kind == "Complex":
            self._complex(definitions)
        elif self.kind != "All":
            self._problem(f'Expected the multi-instance behavior All, None, One or Complex but got "{self.kind:.40}"')
        if definitions and self.kind != "Complex":
            self._problem(
                f'A complexBehaviorDefinition needs the behavior "Complex" but this one says "{self.kind:.40}"'
            )

    def _named(self, reference: str) -> None:
        events = self._node.behavior_events.get(reference, ())
        if not events:
            sentence = f'The multi-instance behavior "{self.kind}" needs {reference} to name an event definition'
            self._problem(f"{sentence} but it names none", _HINT)
        self.rules.append((None, self._implicit(events)))

    def _complex(self, definitions: list[ElementView]) -> None:
        if not definitions:
            self._problem('The multi-instance behavior "Complex" needs a complexBehaviorDefinition but has none')
        for place, definition in enumerate(definitions):
            condition = self._reading.expression(
                formal(definition.child("condition")), self._node, "behavior condition"
            )
            events = self._node.behavior_events.get(str(place), ())
            if condition is None and definition.child("condition") is None:
                self._problem("A complexBehaviorDefinition needs a condition but has none")
            if not events:
                self._problem("A complexBehaviorDefinition needs an event with an event definition but has none")
            self.rules.append((None if condition is None else truth(condition), self._implicit(events)))

    def _implicit(self, events: tuple[EventDefinition, ...]) -> list[_Implicit]:
        for event in events:
            if event.kind not in _Implicit.KINDS:
                allowed = ", ".join(_Implicit.KINDS)
                self._problem(f"Expected an instance that completes to throw one of {allowed} but got {event.kind}")
        return [_Implicit(event, self._node, self._reading) for event in events if event.kind in _Implicit.KINDS]

    def _problem(self, sentence: str, hint: str = "") -> None:
        self._reading.problem("multi-instance-behavior", self._node, sentence, hint, line=self._view.line)

    def prepare(self, run: Run, activity: Activity, counters: Variables, completed: int) -> list[Throw]:
        """What the instance that is about to complete throws; evaluates everything and emits nothing.

        completed: how many instances completed before it. Raises ExpressionError or Stuck.
        """
        if not self.rules or (self.kind == "One" and completed):
            return []
        variables = run.variables(activity, counters)
        due = [events for condition, events in self.rules if condition is None or condition(variables, run.now)]
        return [event.prepare(run, activity) for events in due for event in events]


class _Implicit:
    """One event definition of an implicit throw event (10.5.1)."""

    KINDS = ("signal", "message", "escalation")

    def __init__(self, definition: EventDefinition, node: FlowNode, reading: Reading) -> None:
        root = definition.reference
        self._code = (root.code or root.name or root.id) if root is not None else ""
        self._sender = Sender(definition.kind, root, node, reading) if definition.kind != "escalation" else None
        if self._sender is None and not self._code:
            sentence = "An escalation that an instance throws needs an escalation with a code but names none"
            reading.problem("missing-escalation", node, sentence)

    def prepare(self, run: Run, activity: Activity) -> Throw:
        """Evaluate where it goes."""
        sender = self._sender
        if sender is None:
            return lambda run, activity, variables: throw_escalation(run, activity, self._code)
        address = sender.address(run, activity)
        return lambda run, activity, variables: sender.send(run, activity, address, variables)
