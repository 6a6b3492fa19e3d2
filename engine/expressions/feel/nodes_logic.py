"""The closures of FEEL's three-valued logic: true, false, and null for whatever is neither (Tables 49 and 50)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import Place
from ..evaluator import Node
from ..secrets import refuse_secrets
from .faults import FeelFrame
from .kinds import kind_of
from .nodes import compared


def junction(nodes: Sequence[Node], place: Place, operator: str) -> Node:
    """Apply `and`: false when one is false, true when all are true, else null; `or` the other way round."""
    decisive = operator == "or"
    neutral = not decisive

    def run(frame: Any) -> Any:
        result: bool | None = neutral
        misfit: Any = None
        for node in nodes:
            value = node(frame)
            if value is decisive:
                return decisive
            if value is not neutral:
                result = None
                misfit = value if misfit is None else misfit
        return result if misfit is None else _neither(frame, operator, misfit, place)

    return run


def _neither(frame: FeelFrame, operator: str, value: Any, place: Place) -> None:
    frame.warn(f"Expected true or false beside '{operator}' but got {kind_of(value)}", place)


def conditional(test: Node, then: Node, otherwise: Node) -> Node:
    """Compute the first when the test is true, else the second: for false and for null."""

    def run(frame: Any) -> Any:
        value = test(frame)
        if value is True:
            return then(frame)
        if value is not False and value is not None:
            refuse_secrets(value)
        return otherwise(frame)

    return run


def between(operand: Node, low: Node, high: Node, place: Place) -> Node:
    """Test whether a value lies between two others, or is one of them."""

    def run(frame: Any) -> Any:
        value = operand(frame)
        above = compared(frame, ">=", value, low(frame), place)
        below = compared(frame, "<=", value, high(frame), place)
        if above is False or below is False:
            return False
        return None if above is None or below is None else True

    return run
