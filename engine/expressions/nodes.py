"""The closures that expressions of every syntax are made of; each knows its place in the text for its errors."""

from __future__ import annotations

import difflib
import operator
from collections.abc import Callable, Sequence
from typing import Any

from .comparisons import COMPARE
from .errors import FAULTS, EvaluationFailed, Place, located
from .evaluator import Frame, Node
from .operators import BINARY, UNARY
from .values import CONSTANT_SIZE, SCALARS, UNSET

_NEAR_NAMES = 1_000


class Constant:
    """A node whose value is known when compiling, so that others can be built around it."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self, _frame: Frame) -> Any:
        return self.value


def variable(name: str, place: Place) -> Node:
    """Read the variable `name`."""

    def run(frame: Frame) -> Any:
        try:
            return frame.variables[name]
        except KeyError:
            raise unknown_name(name, frame).at(*place) from None

    return run


def slot(number: int, name: str, place: Place) -> Node:
    """Read the local variable `name`, kept in the slot `number`."""

    def run(frame: Frame) -> Any:
        value = frame.slots[number]
        if value is UNSET:
            raise EvaluationFailed(
                f"Expected '{name}' to have a value but it is local here and not assigned yet",
                "assign it first",
                *place,
            )
        return value

    return run


def unknown_name(name: str, frame: Frame) -> EvaluationFailed:
    """Return the error for a variable nobody knows, with similar names where they are at hand."""
    keys = getattr(frame.variables, "keys", None)
    known = list(keys()) if callable(keys) else []
    known += getattr(frame, "names", ())
    near = difflib.get_close_matches(name, known[:_NEAR_NAMES], n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else ""
    return EvaluationFailed(f"Expected a variable '{name}' but there is none", hint)


def unary(symbol: str, operand: Node, place: Place) -> Node:
    """Apply the sign or complement `symbol`."""
    compute = UNARY[symbol]
    if isinstance(operand, Constant) and type(operand.value) in (int, float) and symbol != "~":
        return Constant(-operand.value if symbol == "-" else operand.value)

    def run(frame: Frame) -> Any:
        value = operand(frame)
        try:
            return compute(frame, value)
        except FAULTS as error:
            raise located(error, place, f"'{symbol}'") from None

    return run


def arithmetic(symbol: str, left: Node, right: Node, place: Place) -> Node:
    """Apply a binary operator of `BINARY`, with a shortcut for the small integers that most processes count with."""
    fast = _SMALL_INTEGERS.get(symbol)
    if fast and isinstance(right, Constant) and type(right.value) is int and abs(right.value) < _SMALL:
        return fast(left, right.value, place)
    return operation(BINARY[symbol], f"'{symbol}'", left, right, place)


def operation(compute: Callable[[Frame, Any, Any], Any], doing: str, left: Node, right: Node, place: Place) -> Node:
    """Apply any checked function of two values."""

    def run(frame: Frame) -> Any:
        one = left(frame)
        other = right(frame)
        try:
            return compute(frame, one, other)
        except FAULTS as error:
            raise located(error, place, doing) from None

    return run


_SMALL = 1 << 62


def _add_constant(left: Node, constant: int, place: Place) -> Node:
    slow = BINARY["+"]

    def run(frame: Frame) -> Any:
        value = left(frame)
        if type(value) is int and -_SMALL < value < _SMALL:
            return value + constant
        try:
            return slow(frame, value, constant)
        except FAULTS as error:
            raise located(error, place, "'+'") from None

    return run


def _subtract_constant(left: Node, constant: int, place: Place) -> Node:
    slow = BINARY["-"]

    def run(frame: Frame) -> Any:
        value = left(frame)
        if type(value) is int and -_SMALL < value < _SMALL:
            return value - constant
        try:
            return slow(frame, value, constant)
        except FAULTS as error:
            raise located(error, place, "'-'") from None

    return run


_SMALL_INTEGERS: dict[str, Callable[[Node, int, Place], Node]] = {"+": _add_constant, "-": _subtract_constant}

_EQUAL = {"==": operator.eq, "!=": operator.ne}
_ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def comparison(symbol: str, left: Node, right: Node, place: Place) -> Node:
    """Compare two values, at once when the right one is a constant that bounds the work."""
    if isinstance(right, Constant) and type(right.value) in SCALARS:
        if symbol in _EQUAL:
            return _equal_constant(_EQUAL[symbol], left, right.value)
        if symbol in _ORDER and type(right.value) in (int, float):
            return _order_constant(symbol, left, right.value, place)
    return operation(COMPARE[symbol], f"'{symbol}'", left, right, place)


def _equal_constant(compute: Callable[[Any, Any], Any], left: Node, constant: Any) -> Node:
    def run(frame: Frame) -> Any:
        return compute(left(frame), constant)

    return run


def _order_constant(symbol: str, left: Node, constant: float, place: Place) -> Node:
    compute = _ORDER[symbol]
    slow = COMPARE[symbol]

    def run(frame: Frame) -> Any:
        value = left(frame)
        if type(value) in CONSTANT_SIZE and value is not None:
            return compute(value, constant)
        try:
            return slow(frame, value, constant)
        except FAULTS as error:
            raise located(error, place, f"'{symbol}'") from None

    return run


def chain(first: Node, rest: Sequence[tuple[str, Node]], place: Place) -> Node:
    """Compare a chain such as `0 < x <= 10`, computing each operand at most once."""
    links = [(COMPARE[symbol], symbol, node) for symbol, node in rest]

    def run(frame: Frame) -> Any:
        left = first(frame)
        for compute, symbol, node in links:
            right = node(frame)
            try:
                if not compute(frame, left, right):
                    return False
            except FAULTS as error:
                raise located(error, place, f"'{symbol}'") from None
            left = right
        return True

    return run


def identity(operand: Node, constant: Any, *, same: bool) -> Node:
    """Test for being None, True or False itself."""
    if same:
        return lambda frame: operand(frame) is constant
    return lambda frame: operand(frame) is not constant


def both(nodes: Sequence[Node]) -> Node:
    """Return the first value that counts as false, else the last (Python's `and`)."""
    if len(nodes) == 2:
        left, right = nodes
        return lambda frame: left(frame) and right(frame)
    *before, last = nodes

    def run(frame: Frame) -> Any:
        for node in before:
            value = node(frame)
            if not value:
                return value
        return last(frame)

    return run


def either(nodes: Sequence[Node]) -> Node:
    """Return the first value that counts as true, else the last (Python's `or`)."""
    if len(nodes) == 2:
        left, right = nodes
        return lambda frame: left(frame) or right(frame)
    *before, last = nodes

    def run(frame: Frame) -> Any:
        for node in before:
            value = node(frame)
            if value:
                return value
        return last(frame)

    return run


def opposite(operand: Node) -> Node:
    """Return True when the operand counts as false."""
    return lambda frame: not operand(frame)


def conditional(test: Node, then: Node, otherwise: Node) -> Node:
    """Compute one of two nodes."""
    return lambda frame: then(frame) if test(frame) else otherwise(frame)
