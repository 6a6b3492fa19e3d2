"""Input and output mappings: read from what the dialects say, and evaluated one after the other (10.4.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...model import Assignment, FlowNode
from ..state import Variables
from .data import Evaluates, Mappings
from .nested import Nested
from .reading import Reading


def read_mappings(assignments: Iterable[Assignment], what: str, node: FlowNode, reading: Reading) -> Mappings:
    """Compile the mappings of the node. what: "input" or "output"."""
    compiled: list[tuple[str, Evaluates]] = []
    begun: set[str] = set()
    for one in assignments:
        whole = ".".join((one.target, *one.path))
        expression = reading.expression(one.expression, node, f'{what} "{whole}"')
        if expression is None:
            continue
        value: Evaluates = expression
        if one.path:
            value = Nested(expression, one.target, one.path, fresh=what == "input" and one.target not in begun)
        begun.add(one.target)
        compiled.append((one.target, value))
    return tuple(compiled)


def evaluate_into(values: Variables, mappings: Mappings, variables: Any, now: int) -> None:
    """Add the values of the mappings; variables: what they see, which is to include `values`."""
    for name, mapping in mappings:
        value = mapping.evaluate(variables, now)
        if name:
            values[name] = value
        else:
            values.update(value)
