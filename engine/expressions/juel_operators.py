"""What JUEL's operators mean: null counts as zero, false or empty, texts are read as numbers where needed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .comparisons import COMPARE, contains
from .errors import EvaluationFailed
from .evaluator import Frame
from .functions_scalars import read_number
from .operators import BINARY, checked_number, room_for_text
from .secrets import SecretNames, SecretText, joined_secret, refuse_secrets
from .texts import to_text
from .values import describe

Binary = Callable[[Frame, Any, Any], Any]

_NUMBERS = (int, float)


def _operand(frame: Frame, value: Any) -> Any:
    kind = type(value)
    if kind is int or kind is float:
        return value
    if value is None or value == "":
        return 0
    if kind is str:
        return read_number(frame, value)
    raise EvaluationFailed(f"Expected a number but got {describe(value)}")


def _arithmetic(symbol: str) -> Binary:
    compute = BINARY[symbol]
    return lambda frame, left, right: compute(frame, _operand(frame, left), _operand(frame, right))


def _remainder(frame: Frame, left: Any, right: Any) -> Any:
    one, other = _operand(frame, left), _operand(frame, right)
    if type(one) is int and type(other) is int:
        rest = abs(one) % abs(other)
        return -rest if one < 0 else rest
    if other == 0:
        raise ZeroDivisionError
    return checked_number(frame, math.fmod(one, other))


def _equal(frame: Frame, left: Any, right: Any) -> bool:
    if left is None or right is None:
        return left is right
    kinds = {type(left), type(right)}
    if kinds == {str, bool}:
        return truth(left) is truth(right)
    if str in kinds and not kinds.isdisjoint(_NUMBERS):
        return bool(_operand(frame, left) == _operand(frame, right))
    if bool in kinds and len(kinds) > 1:
        return False
    return bool(COMPARE["=="](frame, left, right))


def _ordered(symbol: str) -> Binary:
    compute = COMPARE[symbol]

    def run(frame: Frame, left: Any, right: Any) -> bool:
        if left is None or right is None:
            return left is right and symbol in ("<=", ">=")
        if type(left) in _NUMBERS or type(right) in _NUMBERS:
            left, right = _operand(frame, left), _operand(frame, right)
        return bool(compute(frame, left, right))

    return run


def truth(value: Any) -> bool:
    """Return what a value counts as in a condition; raises EvaluationFailed for numbers and collections."""
    if value is True or value is False:
        return bool(value)
    if value is None:
        return False
    if type(value) is str:
        return value.lower() == "true"
    raise EvaluationFailed(f"Expected true or false but got {describe(value)}", "compare it, or use 'empty'")


def is_empty(value: Any) -> bool:
    """Return whether a value is null, an empty text or an empty collection."""
    if value is None:
        return True
    if type(value) in (str, list, dict):
        return not value
    refuse_secrets(value)
    return False


def child(_frame: Frame, holder: Any, key: Any) -> Any:
    """Return a key of a map or an item of a list: null when there is none, or when the holder is null."""
    if holder is None or key is None:
        return None
    if type(holder) is dict:
        return holder.get(key if type(key) is str else str(key))
    if type(holder) is list:
        index = _index(key)
        return holder[index] if 0 <= index < len(holder) else None
    if type(holder) is SecretNames:
        return holder.pick(key)
    refuse_secrets(holder)
    raise EvaluationFailed(f"Expected a map or a list to look into but got {describe(holder)}")


def _index(key: Any) -> int:
    if type(key) is int:
        return key
    if type(key) is str and key.isascii() and key.isdecimal() and len(key) < 20:
        return int(key)
    raise EvaluationFailed(f"Expected an integer as the index of a list but got {describe(key)}")


def as_text(frame: Frame, value: Any) -> str:
    """Return how a value appears within a text: null as nothing, booleans in small letters."""
    if value is None:
        return ""
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) in (str, int, float):
        return to_text(frame, value)
    raise EvaluationFailed(f"Expected a text or a number within a text but got {describe(value)}", "pick a part of it")


def _concatenate(frame: Frame, left: Any, right: Any) -> Any:
    if type(left) is SecretText or type(right) is SecretText:
        texts = [value if type(value) is SecretText else as_text(frame, value) for value in (left, right)]
        return joined_secret(texts, frame.limits)
    one, other = as_text(frame, left), as_text(frame, right)
    room_for_text(frame, len(one) + len(other))
    return one + other


OPERATORS: dict[str, Binary] = {
    "+=": _concatenate,
    "+": _arithmetic("+"),
    "-": _arithmetic("-"),
    "*": _arithmetic("*"),
    "/": _arithmetic("/"),
    "%": _remainder,
    "==": _equal,
    "!=": lambda frame, left, right: not _equal(frame, left, right),
    "<": _ordered("<"),
    "<=": _ordered("<="),
    ">": _ordered(">"),
    ">=": _ordered(">="),
}


def _on_texts(name: str, ask: Callable[[str, str], bool]) -> Binary:
    """A method of texts; null has nothing in it."""

    def run(frame: Frame, value: Any, part: Any) -> bool:
        if value is None:
            return False
        if type(value) is not str or type(part) is not str:
            raise EvaluationFailed(f"Expected texts for '{name}' but got {describe(value)} and {describe(part)}")
        frame.charge(len(part) >> 4)
        return ask(value, part)

    return run


def _contains(frame: Frame, value: Any, part: Any) -> bool:
    return value is not None and contains(frame, part, value)


METHODS: dict[str, Binary] = {
    "contains": _contains,
    "startsWith": _on_texts("startsWith", str.startswith),
    "endsWith": _on_texts("endsWith", str.endswith),
}
"""The methods of texts (and lists) that `${...}` has: those that conditions of diagrams ask."""
