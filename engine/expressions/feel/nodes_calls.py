"""The closures of FEEL that define and call functions, make ranges, test membership and ask for types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import Place
from ..evaluator import Node
from .builtin import Builtin
from .comparing import equal, less
from .faults import FeelFrame, NoValue
from .functions import Function, Parameter
from .kinds import kind_of
from .ranges import Range, includes, one_sided
from .types import Type


def definition(
    parameters: Sequence[Parameter], targets: Sequence[int], body: Node | None, cost: int, place: Place
) -> Node:
    """Make a function that closes over the names around it; one without a body is external."""

    def run(frame: Any) -> Any:
        if body is None:
            frame.warn("Expected a function written in FEEL but external functions (Java, PMML) are not called", place)
        frame.charge(len(frame.slots) >> 3)
        return Function(parameters, targets, body, slots=list(frame.slots), variables=frame.variables, cost=cost)

    return run


def call_builtin(function: Builtin, arguments: Sequence[Node], place: Place) -> Node:
    """Call one of FEEL's own functions with arguments by position."""
    name = function.name

    def run(frame: Any) -> Any:
        values = [argument(frame) for argument in arguments]
        try:
            return function.call(frame, values)
        except NoValue as reason:
            frame.warn(f"{reason.sentence} ({name})", place)
        except (ArithmeticError, UnicodeError):
            frame.warn(f"Expected values that {name} can take but there is no such result", place)
        return None

    return run


def call(callee: Node, arguments: Sequence[Node], place: Place) -> Node:
    """Call whatever function the callee is with arguments by position."""

    def run(frame: Any) -> Any:
        function = callee(frame)
        values = [argument(frame) for argument in arguments]
        return called(frame, function, lambda of: of.call(frame, values), place)

    return run


def call_named(callee: Node, arguments: Mapping[str, Node], place: Place) -> Node:
    """Call whatever function the callee is with arguments by name."""

    def run(frame: Any) -> Any:
        function = callee(frame)
        named = {name: argument(frame) for name, argument in arguments.items()}
        if type(function) is Builtin:
            return called(frame, function, lambda of: of.call_named(frame, named), place)
        return called(frame, function, lambda of: of.call(frame, of.placed(named)), place)

    return run


def called(frame: FeelFrame, function: Any, calling: Any, place: Place) -> Any:
    """Call a function value; null with a warning for anything else and for whatever it cannot do."""
    if kind_of(function) != "function":
        frame.warn(f"Expected a function to call but got {kind_of(function)}", place)
        return None
    try:
        return calling(function)
    except NoValue as reason:
        frame.warn(reason.sentence, place)
    except (ArithmeticError, UnicodeError):
        frame.warn("Expected values that the function can take but there is no such result", place)
    return None


def interval(start: Node, end: Node, included: tuple[bool, bool], place: Place) -> Node:
    """Make a range between two values; null when they cannot be the ends of one."""

    def run(frame: Any) -> Any:
        first, last = start(frame), end(frame)
        beyond = less(frame, last, first)
        if beyond is None:
            frame.warn(f"Expected two ends of one type but got {kind_of(first)} and {kind_of(last)}", place)
            return None
        if beyond:
            frame.warn("Expected the start of a range before its end but it comes after it", place)
            return None
        return Range(first, last, *included)

    return run


def one_sided_range(symbol: str, endpoint: Node) -> Node:
    """Make the range of a unary test such as `< 10`."""
    return lambda frame: one_sided(symbol, endpoint(frame))


def membership(operand: Node, tests: Sequence[Node], place: Place) -> Node:
    """Test whether a value is in one of the ranges or lists, or equal to one of the values (Table 55)."""

    def run(frame: Any) -> Any:
        value = operand(frame)
        result: bool | None = False
        for test in tests:
            found = is_in(frame, value, test(frame))
            if found:
                return True
            result = None if found is None else result
        if result is None:
            frame.warn(f"Expected tests that fit the value but got {kind_of(value)}", place)
        return result

    return run


def is_in(frame: FeelFrame, value: Any, test: Any) -> bool | None:
    """Return whether a value passes a test: in a range, in a list (of values or ranges), or equal."""
    if type(test) is Range:
        return equal(frame, value, test) if type(value) is Range else includes(frame, test, value)
    if type(test) is not list:
        return equal(frame, value, test)
    frame.charge(len(test))
    if type(value) is list and equal(frame, value, test):
        return True
    for one in test:
        within = type(one) is Range and type(value) is not Range
        passed = includes(frame, one, value) if within else equal(frame, value, one)
        if passed or (type(one) is list and type(value) is not list and _in_any(frame, value, one)):
            return True
    return False


def _in_any(frame: FeelFrame, value: Any, ranges: list[Any]) -> bool:
    return any(type(one) is Range and includes(frame, one, value) for one in ranges)


def instance_of(operand: Node, wanted: Type, place: Place) -> Node:
    """Test whether a value is an instance of a type; null is one of Null alone. Null for what is no type (Table 61)."""

    def run(frame: Any) -> Any:
        value = operand(frame)
        try:
            return wanted.holds(value)
        except NoValue as reason:
            frame.warn(reason.sentence, place)
            return None

    return run


def unary(tests: Sequence[tuple[Node, bool]], value: int, *, negated: bool, place: Place) -> Node:
    """Test the input in the slot `value`: true when one test passes; those that read `?` may just be true."""

    def run(frame: Any) -> Any:
        given = frame.slots[value]
        result: bool | None = False
        for node, reads_input in tests:
            passed = _passes(frame, given, node(frame), reads_input=reads_input)
            if passed:
                result = True
                break
            result = None if passed is None else result
        return not result if negated and result is not None else result

    def _passes(frame: FeelFrame, given: Any, test: Any, *, reads_input: bool) -> bool | None:
        if test is True and type(given) is not bool:
            return True
        if reads_input:
            if type(test) is not bool and test is not None:
                return is_in(frame, given, test)
            return test
        passed = is_in(frame, given, test)
        if passed is None and given is not None:
            frame.warn(f"Expected tests that fit the input but got {kind_of(given)}", place)
        return passed

    return run
