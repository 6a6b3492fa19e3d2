"""The operators of the evaluator: each checks what it may produce before or right after it produces it."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from .errors import EvaluationFailed
from .evaluator import Frame
from .secrets import is_secret, joined_secret
from .values import (
    OrderedSet,
    checked_integer,
    describe,
    finite,
    too_long,
    too_many_items,
    too_wide,
)

Binary = Callable[[Frame, Any, Any], Any]

NUMBERS = frozenset({bool, int, float})
SEQUENCES = frozenset({list, tuple})


def checked_number(frame: Frame, value: Any) -> Any:
    """Return a computed number; raises EvaluationFailed for NaN, infinity and complex, LimitExceeded when too wide."""
    kind = type(value)
    if kind is int:
        return checked_integer(value, frame.limits)
    if kind is float:
        return finite(value)
    if kind is complex:
        raise EvaluationFailed("Expected a real number but the result is complex", "check the operands first")
    return value


def room_for_text(frame: Frame, length: int) -> None:
    """Take the budget for a new text of `length` characters; raises LimitExceeded when it may not exist."""
    if length > frame.limits.string_length:
        raise too_long(frame.limits)
    frame.charge(length >> 5)


def room_for_items(frame: Frame, count: int) -> None:
    """Take the budget for a new collection of `count` items; raises LimitExceeded when it may not exist."""
    if count > frame.limits.collection_size:
        raise too_many_items(frame.limits)
    frame.charge(count >> 3)


def mismatch(symbol: str, left: Any, right: Any) -> EvaluationFailed:
    """Return the error for two operands that the operator `symbol` cannot take."""
    kinds = {type(left), type(right)}
    hint = ""
    if type(None) in kinds:
        hint = "check for None first"
    elif str in kinds and len(kinds) == 2:
        hint = "convert with str(...), int(...) or float(...), or use an f-string"
    return EvaluationFailed(
        f"Expected operands that fit '{symbol}' but got {describe(left)} and {describe(right)}", hint
    )


def _numeric(symbol: str, compute: Callable[[Any, Any], Any]) -> Binary:
    def run(frame: Frame, left: Any, right: Any) -> Any:
        if type(left) in NUMBERS and type(right) in NUMBERS:
            return checked_number(frame, compute(left, right))
        raise mismatch(symbol, left, right)

    return run


def add(frame: Frame, left: Any, right: Any) -> Any:
    """Add numbers, or join two texts, lists or tuples."""
    kind = type(left)
    if kind in NUMBERS and type(right) in NUMBERS:
        return checked_number(frame, left + right)
    if kind is not type(right):
        return _join_secret(frame, left, right)
    if kind is str:
        room_for_text(frame, len(left) + len(right))
    elif kind in SEQUENCES:
        room_for_items(frame, len(left) + len(right))
    else:
        return _join_secret(frame, left, right)
    return left + right


def _join_secret(frame: Frame, left: Any, right: Any) -> Any:
    if is_secret(left, right):
        return joined_secret([left, right], frame.limits)
    raise mismatch("+", left, right)


def subtract(frame: Frame, left: Any, right: Any) -> Any:
    """Subtract numbers, or take the members of one set from another."""
    if type(left) in NUMBERS and type(right) in NUMBERS:
        return checked_number(frame, left - right)
    return _on_sets("-", frame, left, right)


def multiply(frame: Frame, left: Any, right: Any) -> Any:
    """Multiply numbers, or repeat a text, list or tuple."""
    if type(left) in NUMBERS and type(right) in NUMBERS:
        return checked_number(frame, left * right)
    if type(left) in (int, bool):
        left, right = right, left
    if type(right) not in (int, bool):
        raise mismatch("*", left, right)
    times = max(0, right)
    if type(left) is str:
        room_for_text(frame, len(left) * times)
    elif type(left) in SEQUENCES:
        room_for_items(frame, len(left) * times)
    else:
        raise mismatch("*", left, right)
    return left * times


def modulo(frame: Frame, left: Any, right: Any) -> Any:
    """Return the remainder with the sign of the divisor."""
    if type(left) is str:
        raise EvaluationFailed("Expected a number for '%' but got a text", "use an f-string to format")
    return _remainder(frame, left, right)


_remainder = _numeric("%", operator.mod)


def power(frame: Frame, left: Any, right: Any) -> Any:
    """Raise to a power whose width is checked before it is computed."""
    if type(left) not in NUMBERS or type(right) not in NUMBERS:
        raise mismatch("**", left, right)
    whole = type(left) is not float and type(right) is not float
    if whole and right > 0 and abs(left) > 1 and (int(left).bit_length() - 1) * right >= frame.limits.integer_bits:
        raise too_wide(frame.limits)
    return checked_number(frame, left**right)


def shift_left(frame: Frame, left: Any, right: Any) -> Any:
    """Shift an integer to the left; its new width is checked before."""
    if type(left) not in (int, bool) or type(right) not in (int, bool):
        raise mismatch("<<", left, right)
    if left and int(left).bit_length() + right > frame.limits.integer_bits:
        raise too_wide(frame.limits)
    return left << right if left else 0


def _bits(symbol: str, compute: Callable[[Any, Any], Any]) -> Binary:
    def run(frame: Frame, left: Any, right: Any) -> Any:
        if type(left) in (int, bool) and type(right) in (int, bool):
            return compute(left, right)
        if symbol == ">>":
            raise mismatch(symbol, left, right)
        return _on_sets(symbol, frame, left, right)

    return run


def _on_sets(symbol: str, frame: Frame, left: Any, right: Any) -> Any:
    if type(left) is OrderedSet and type(right) is OrderedSet:
        return combine_sets(symbol, frame, left, right)
    if symbol == "|" and type(left) is dict and type(right) is dict:
        room_for_items(frame, len(left) + len(right))
        return left | right
    raise mismatch(symbol, left, right)


def combine_sets(symbol: str, frame: Frame, left: OrderedSet, right: OrderedSet) -> OrderedSet:
    """Return the union (|), intersection (&), difference (-) or symmetric difference (^), in order of insertion."""
    room_for_items(frame, len(left) + len(right))
    if symbol == "|":
        return OrderedSet([*left, *right])
    if symbol == "&":
        return OrderedSet(item for item in left if item in right)
    rest = [item for item in left if item not in right]
    if symbol == "^":
        rest.extend(item for item in right if item not in left)
    return OrderedSet(rest)


BINARY: dict[str, Binary] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": _numeric("/", operator.truediv),
    "//": _numeric("//", operator.floordiv),
    "%": modulo,
    "**": power,
    "<<": shift_left,
    ">>": _bits(">>", operator.rshift),
    "&": _bits("&", operator.and_),
    "|": _bits("|", operator.or_),
    "^": _bits("^", operator.xor),
}


def negate(frame: Frame, value: Any) -> Any:
    """Return the negative of a number."""
    if type(value) in NUMBERS:
        return -value
    raise EvaluationFailed(f"Expected a number after '-' but got {describe(value)}")


def plus(frame: Frame, value: Any) -> Any:
    """Return a number as it is (a boolean as an integer)."""
    if type(value) in NUMBERS:
        return +value
    raise EvaluationFailed(f"Expected a number after '+' but got {describe(value)}")


def invert(frame: Frame, value: Any) -> Any:
    """Return the bitwise complement of an integer."""
    if type(value) is int or type(value) is bool:
        return -int(value) - 1
    raise EvaluationFailed(f"Expected an integer after '~' but got {describe(value)}")


UNARY: dict[str, Callable[[Frame, Any], Any]] = {"-": negate, "+": plus, "~": invert}
