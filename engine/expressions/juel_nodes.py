"""The closures that only JUEL needs: conditions, emptiness and values within a text."""

from __future__ import annotations

from typing import Any

from .errors import FAULTS, Place, located
from .evaluator import Frame, Node
from .juel_operators import as_text, is_empty, truth
from .secrets import SecretText


def condition(operand: Node, place: Place) -> Node:
    """Return True or False for what the operand counts as."""

    def run(frame: Frame) -> Any:
        value = operand(frame)
        if value is True or value is False:
            return value
        try:
            return truth(value)
        except FAULTS as error:
            raise located(error, place, "the condition") from None

    return run


def emptiness(operand: Node) -> Node:
    """Return whether the operand is empty."""
    return lambda frame: is_empty(operand(frame))


def text_of(operand: Node, place: Place) -> Node:
    """Return how the operand appears within a text."""

    def run(frame: Frame) -> Any:
        value = operand(frame)
        if type(value) is SecretText:
            return value
        try:
            return as_text(frame, value)
        except FAULTS as error:
            raise located(error, place, "the text") from None

    return run


def list_of(items: list[Node]) -> Node:
    """Return a new list of what the items are."""
    return lambda frame: [item(frame) for item in items]


def map_of(pairs: list[tuple[str, Node]]) -> Node:
    """Return a new map; of two equal keys the last one counts."""
    return lambda frame: {key: value(frame) for key, value in pairs}
