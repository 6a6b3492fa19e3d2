"""Mappings that set a part of a variable: `order.customer.name` gets a value, the rest of `order` stays."""

from __future__ import annotations

from typing import Any

from .data import Evaluates
from .reading import value_or_none


class Nested:
    """The variable with one value in it replaced.

    value: what gives the value. target: the variable. path: the names inside it. fresh: whatever the variable is
    outside does not matter, as for the first input into it.
    """

    def __init__(self, value: Evaluates, target: str, path: tuple[str, ...], *, fresh: bool) -> None:
        self.value = value
        self.target = target
        self.path = path
        self.fresh = fresh

    def evaluate(self, variables: Any, now: int) -> Any:
        """The variable as it is from now on; raises ExpressionError."""
        value = self.value.evaluate(variables, now)
        top = {} if self.fresh else _copied(value_or_none(variables, self.target))
        inside = top
        for name in self.path[:-1]:
            inside[name] = _copied(inside.get(name))
            inside = inside[name]
        inside[self.path[-1]] = value
        return top


def _copied(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}
