"""Functions as values: those that a text defines, with what they close over, and the ones that come with FEEL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from ..errors import LimitExceeded
from ..evaluator import Node, Variables
from ..limits import Limits
from .faults import FeelFrame, NoValue
from .kinds import kind_of
from .types import ANY, Type


class Parameter(msgspec.Struct, frozen=True):
    """A formal parameter: its name and what it takes."""

    name: str
    type: Type = ANY


class Function:
    """A function that a text defines (DMN 1.5, 10.3.2.13): parameters, a body and the values it closes over.

    An external function has no body: calling it is null with a warning.
    """

    kind = "function"
    __slots__ = ("body", "cost", "name", "parameters", "slots", "targets", "variables")

    def __init__(
        self,
        parameters: Sequence[Parameter],
        targets: Sequence[int],
        body: Node | None,
        *,
        slots: list[Any],
        variables: Variables,
        cost: int = 1,
    ) -> None:
        self.parameters = tuple(parameters)
        self.targets = tuple(targets)
        self.body = body
        self.slots = slots
        self.variables = variables
        self.cost = cost
        self.name = ""

    def call(self, frame: FeelFrame, arguments: Sequence[Any]) -> Any:
        """Return the value of the body for arguments by position.

        Raises NoValue when their number or a type does not fit (Table 63).
        """
        if self.body is None:
            raise NoValue("Expected a function written in FEEL but external functions (Java, PMML) are not called")
        if len(arguments) != len(self.parameters):
            expected, got = len(self.parameters), len(arguments)
            raise NoValue(f"Expected {expected} argument{'' if expected == 1 else 's'} for the function but got {got}")
        frame.charge(self.cost + (len(self.slots) >> 3))
        if frame.calls >= frame.limits.call_depth:
            raise too_many_calls(frame.limits)
        outer, names = frame.slots, frame.variables
        slots = list(self.slots)
        for target, parameter, value in zip(self.targets, self.parameters, arguments, strict=True):
            slots[target] = fitted(parameter.type, value)
        frame.slots, frame.variables = slots, self.variables
        frame.calls += 1
        try:
            return self.body(frame)
        finally:
            frame.calls -= 1
            frame.slots, frame.variables = outer, names

    def placed(self, named: dict[str, Any]) -> list[Any]:
        """Return arguments by name in the parameters' order, null for missing ones; raises NoValue for others."""
        known = [parameter.name for parameter in self.parameters]
        if not named.keys() <= set(known):
            raise NoValue(f"Expected the arguments {', '.join(known)[:200]} but got {', '.join(named)[:200]}")
        return [named.get(name) for name in known]


def fitted(wanted: Type, value: Any) -> Any:
    """Return the value as one of the type, by an implicit conversion if need be; raises NoValue when it is none."""
    if wanted is ANY or value is None:
        return value
    given = wanted.coerced(value)
    if given is None:
        raise NoValue(f"Expected a value of the type {wanted} but got {kind_of(value)}")
    return given


def too_many_calls(limits: Limits) -> LimitExceeded:
    """Return the error for functions that call each other too deeply."""
    return LimitExceeded(
        "call_depth", f"Expected at most {limits.call_depth} open calls of functions but the expression needs more"
    )
