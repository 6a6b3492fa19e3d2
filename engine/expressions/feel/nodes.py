"""The closures of FEEL: names, paths, arithmetic, comparisons; whatever has no value is null with a warning."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ..errors import Place
from ..evaluator import Node
from ..nodes import Constant
from ..values import UNSET
from .arithmetic import ARITHMETIC, negate
from .comparing import compare, equal
from .conversion import lifted
from .faults import FeelFrame, NoValue
from .kinds import kind_of
from .numbers import CONTEXT, from_binary
from .properties import property_of

_NUMBERS = frozenset({int, float})


class Read:
    """A variable or something inside one: `raw` gives it as it is at rest, calling it as a FEEL value."""

    __slots__ = ("raw",)

    def __init__(self, raw: Node) -> None:
        self.raw = raw

    def __call__(self, frame: Any) -> Any:
        value = self.raw(frame)
        kind = type(value)
        if kind is int or kind is float:
            return from_binary(value)
        return lifted(frame, value) if kind is list or kind is dict else value


def variable(name: str, place: Place) -> Read:
    """Read a variable; an unknown one is null."""

    def run(frame: Any) -> Any:
        try:
            return frame.variables[name]
        except KeyError:
            frame.warn(f"Expected a variable '{name[:80]}' but there is none", place)
            return None

    return Read(run)


def variable_or(name: str, otherwise: Any) -> Read:
    """Read a variable that may be named as one of FEEL's own functions, which is the value when there is none."""

    def run(frame: Any) -> Any:
        try:
            return frame.variables[name]
        except KeyError:
            return otherwise

    return Read(run)


def function_or(name: str, otherwise: Any) -> Node:
    """Read a function of the caller's that has the name of one of FEEL's own, which any other variable leaves alone."""

    def run(frame: Any) -> Any:
        try:
            value = frame.variables[name]
        except KeyError:
            return otherwise
        return value if kind_of(value) == "function" else otherwise

    return run


def slot(number: int) -> Node:
    """Read a name that the text itself declares."""

    def run(frame: Any) -> Any:
        value = frame.slots[number]
        return None if value is UNSET else value

    return run


def raw_slot(number: int) -> Read:
    """Read a name that stands for something inside of a variable, which is converted only as far as it is used."""
    return Read(slot(number))


def slot_copy(number: int) -> Node:
    """Read the list of results so far (`partial`), as it is now."""

    def run(frame: Any) -> Any:
        value = frame.slots[number]
        if type(value) is not list:
            return None
        frame.charge(len(value) >> 3)
        return list(value)

    return run


def key_or(items: Sequence[int], name: str, otherwise: Node) -> Node:
    """Read an entry of the filtered item, or of one around it, when it is a context that has such an entry."""
    read = otherwise.raw if isinstance(otherwise, Read) else otherwise

    def run(frame: Any) -> Any:
        for number in items:
            item = frame.slots[number]
            if type(item) is dict and name in item:
                return item[name]
        return read(frame)

    return Read(run)


def path(holder: Node, name: str, place: Place) -> Node:
    """Read what a dot gives; inside a variable nothing but what is asked for is converted."""
    if isinstance(holder, Read):
        return Read(_property(holder.raw, name, place))
    return _property(holder, name, place)


def _property(holder: Node, name: str, place: Place) -> Node:
    def run(frame: Any) -> Any:
        value = holder(frame)
        if type(value) is dict and name in value:
            return value[name]
        if value is None:
            frame.warn(f"Expected a value with '{name[:80]}' but it is null", place)
            return None
        try:
            return property_of(frame, value, name)
        except NoValue as reason:
            frame.warn(reason.sentence, place)
            return None

    return run


_FAST = {"+": CONTEXT.add, "-": CONTEXT.subtract, "*": CONTEXT.multiply, "/": CONTEXT.divide}


def arithmetic(symbol: str, left: Node, right: Node, place: Place) -> Node:
    """Apply one of + - * / ** to two values; null when there is no result."""
    fast = _FAST.get(symbol)

    def run(frame: Any) -> Any:
        one, other = left(frame), right(frame)
        if fast is not None and type(one) is Decimal and type(other) is Decimal:
            try:
                return fast(one, other)
            except ArithmeticError:
                pass  # what has no result says why below
        return _computed(frame, symbol, one, other, place)

    if isinstance(left, Constant) and isinstance(right, Constant):
        return _folded(run)
    return run


def chain(first: Node, rest: Sequence[tuple[str, Node, Place]]) -> Node:
    """Apply operators of the same strength from left to right, however many there are."""
    if len(rest) == 1:
        symbol, right, place = rest[0]
        return arithmetic(symbol, first, right, place)

    def run(frame: Any) -> Any:
        value = first(frame)
        for symbol, right, place in rest:
            value = _computed(frame, symbol, value, right(frame), place)
        return value

    return run


def _computed(frame: FeelFrame, symbol: str, one: Any, other: Any, place: Place) -> Any:
    try:
        return ARITHMETIC[symbol](frame, one, other)
    except NoValue as reason:
        frame.warn(reason.sentence, place)
    except ArithmeticError:
        frame.warn(f"Expected a number of at most 6,145 digits from '{symbol}' but there is no such result", place)
    return None


def _folded(run: Node) -> Node:
    try:
        # Constants need neither variables nor slots; what needs a budget or warns stays a computation.
        return Constant(run(None))  # type: ignore[arg-type]
    except AttributeError:
        return run


def opposite(operand: Node, place: Place) -> Node:
    """Apply the minus sign."""
    if isinstance(operand, Constant) and type(operand.value) is Decimal:
        return Constant(negate(operand.value))

    def run(frame: Any) -> Any:
        try:
            return negate(operand(frame))
        except NoValue as reason:
            frame.warn(reason.sentence, place)
            return None

    return run


_EQUALITY = frozenset({"=", "!="})
_ORDER: dict[str, Any] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def comparison(symbol: str, left: Node, right: Node, place: Place) -> Node:
    """Compare two values with = != < <= > or >=; null when they cannot be compared."""
    if isinstance(right, Constant) and isinstance(left, Read) and type(right.value) in (Decimal, str):
        return _against_constant(symbol, left, right.value, place)
    return _general(symbol, left, right, place)


def _general(symbol: str, left: Node, right: Node, place: Place) -> Node:
    def run(frame: Any) -> Any:
        return compared(frame, symbol, left(frame), right(frame), place)

    return run


def compared(frame: FeelFrame, symbol: str, one: Any, other: Any, place: Place) -> bool | None:
    """Return whether a comparison holds; null with a warning when the values cannot be compared."""
    if symbol in _EQUALITY:
        result = equal(frame, one, other)
        result = not result if symbol == "!=" and result is not None else result
    else:
        result = compare(frame, symbol, one, other)
    if result is None:
        frame.warn(f"Expected values that '{symbol}' can compare but got {kind_of(one)} and {kind_of(other)}", place)
    return result


def _against_constant(symbol: str, left: Read, constant: Any, place: Place) -> Node:
    # The most usual condition: an integer or text of a variable is compared as it is, without making a decimal of it.
    raw = left.raw
    kind: type = type(constant)
    exact: Any = constant
    if kind is Decimal:
        kind = int
        exact = int(constant) if constant.adjusted() < 18 and constant == constant.to_integral_value() else constant
    elif symbol not in _EQUALITY:
        kind = type(UNSET)
    fast = {"=": operator.eq, "!=": operator.ne, **_ORDER}[symbol]

    def run(frame: Any) -> Any:
        value = raw(frame)
        if type(value) is kind:
            return fast(value, exact)
        if type(value) is float and kind is int:
            return fast(from_binary(value), constant)
        return compared(frame, symbol, lifted(frame, value), constant, place)

    return run
