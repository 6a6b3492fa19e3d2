"""Which instance a message is for: the key of a message, and the key that an instance waits with (BPMN 2.0.2, 8.4.2).

A key of the standard has properties. A message gives each of them by a retrieval expression over its variables. A
waiting process gives them by the bindings of its correlation subscription or, where it has none, by the variables of
the properties' names, which the first message of the conversation that it sends or gets has set.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import structs

from ...expressions import BpmnErrorThrown, Expression, ExpressionError
from ...model import CorrelationKey, EventDefinition, FlowNode, FormalExpression, Process
from ..run import Stuck
from ..state import Value, Variables
from .carried import places
from .reading import Reading, value_or_none

LONGEST_KEY = 500
"""Characters of a correlation key."""


def correlation_of(process: Process, message: str) -> CorrelationKey | None:
    """The key that messages of that name have in the process, None where the diagram draws none."""
    return process.correlation.get(message)


class Correlation:
    """The key of the messages of one name, ready to be evaluated.

    names: of the properties. retrieval: for each, what it is in the message. binding: for each, what it is in a waiting
    instance, None for the variable of its name.
    """

    def __init__(self, key: CorrelationKey, message: str, reading: Reading) -> None:
        self.names = tuple(part.name or part.id for part in key.properties)
        self.retrieval = tuple(_compiled(part.retrieval.get(message), key, reading) for part in key.properties)
        self.binding = tuple(_compiled(part.binding, key, reading) for part in key.properties)

    def of_message(self, variables: Mapping[str, Value], now: int) -> str:
        """The key of a message with these variables, "" when it lacks one of the properties."""
        return _text(self._retrieved(variables, now))

    def of_instance(self, variables: Any, now: int) -> str:
        """The key that an instance with these variables waits for, "" while its conversation has not begun.

        Raises ExpressionError or Stuck when a binding has no value.
        """
        values: list[Any] = []
        for name, binding in zip(self.names, self.binding, strict=True):
            if binding is not None:
                value = binding.evaluate(variables, now)
                if value is None:
                    raise Stuck("expression", f'A correlation key needs a value but "{binding.source:.80}" is null')
                values.append(value)
            else:
                values.append(value_or_none(variables, name))
        text = _text(values)
        if len(text) > LONGEST_KEY:
            raise Stuck("expression", f"A correlation key needs to have at most {LONGEST_KEY} characters but has more")
        return text

    def of_sender(self, variables: Any, now: int) -> str:
        """The key that a message gets which does not carry it itself: that of the instance, "" where it has none."""
        try:
            return self.of_instance(variables, now)
        except (ExpressionError, BpmnErrorThrown, Stuck):
            return ""

    def learned(self, message: Mapping[str, Value], variables: Any, now: int) -> Variables:
        """What the first message of a conversation sets: the properties that nothing else gives the instance."""
        values = zip(self.names, self.binding, self._retrieved(message, now), strict=True)
        return {
            name: value
            for name, binding, value in values
            if binding is None and value is not None and value_or_none(variables, name) is None
        }

    def _retrieved(self, variables: Mapping[str, Value], now: int) -> list[Value]:
        """Each property of the message; what cannot be found in it is None."""
        values: list[Value] = []
        for expression in self.retrieval:
            try:
                values.append(None if expression is None else expression.evaluate(variables, now))
            except (ExpressionError, BpmnErrorThrown):
                values.append(None)
        return values


def correlation_said(node: FlowNode, definition: EventDefinition | None) -> FormalExpression | None:
    """The key that the dialect gives to the event, to its event definition, or to the message that it names."""
    places = [node.view.extensions]
    message = node.message
    if definition is not None:
        places.append(definition.view.extensions)
        message = definition.reference
    if message is not None:
        places.append(message.extensions)
    return next((one.correlation for one in places if one.correlation is not None), None)


def own_correlation(message: str, node: FlowNode, reading: Reading) -> Correlation | None:
    """The key of the messages of that name, with what the event itself binds its properties to."""
    bindings = {id: one for said in places(node) for id, one in said.bindings.items()}
    key = correlation_of(reading.process, message) if bindings else None
    if key is None:
        return read_correlation(message, reading)
    parts = (structs.replace(part, binding=bindings.get(part.id, part.binding)) for part in key.properties)
    return Correlation(structs.replace(key, properties=tuple(parts)), message, reading)


def read_correlation(message: str, reading: Reading) -> Correlation | None:
    """The key of the messages of that name in the process being read, compiled once."""
    if message not in reading.correlations:
        key = correlation_of(reading.process, message)
        reading.correlations[message] = None if key is None else Correlation(key, message, reading)
    made: Correlation | None = reading.correlations[message]
    return made


def read_correlations(reading: Reading) -> dict[str, Correlation]:
    """The messages that the process sends or waits for and that have a key, by name."""
    nodes = reading.process.nodes.values()
    named = (one for node in nodes for one in (node.message, *(each.reference for each in node.event_definitions)))
    names = {one.name or one.id: None for one in named if one is not None and one.kind == "message"}
    made = {name: read_correlation(name, reading) for name in names}
    return {name: one for name, one in made.items() if one is not None}


def _compiled(formal: Any, key: CorrelationKey, reading: Reading) -> Expression | None:
    return reading.expression(formal, key, "correlation key")


def _text(values: list[Value]) -> str:
    """One property as it is, several as JSON; "" when one is missing, so that nothing matches by half a key."""
    if not values or any(value is None or value == "" for value in values):
        return ""
    if len(values) == 1 and isinstance(values[0], str):
        return values[0]
    return json.dumps(values[0] if len(values) == 1 else values, separators=(",", ":"), sort_keys=True)
