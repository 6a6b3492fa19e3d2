"""Calls of listed functions and methods, and the places where a part of a text is cut out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .errors import FAULTS, EvaluationFailed, Place, located
from .evaluator import Frame, Node
from .functions_collections import KeyFunction
from .methods import find_method
from .operators import room_for_items, room_for_text
from .registry import Function
from .values import OrderedSet, describe


def call(function: Function, arguments: Sequence[Node], keywords: Mapping[str, Node], place: Place) -> Node:
    """Call a listed function; the number of arguments was checked when compiling."""
    compute = function.run
    doing = f"{function.name}(...)"
    if len(arguments) == 1 and not keywords:
        return _call_with_one(compute, arguments[0], doing, place)

    def run(frame: Frame) -> Any:
        values = [argument(frame) for argument in arguments]
        named = {name: node(frame) for name, node in keywords.items()}
        try:
            return compute(frame, *values, **named)
        except FAULTS as error:
            raise located(error, place, doing) from None

    return run


def _call_with_one(compute: Any, argument: Node, doing: str, place: Place) -> Node:
    def run(frame: Frame) -> Any:
        value = argument(frame)
        try:
            return compute(frame, value)
        except FAULTS as error:
            raise located(error, place, doing) from None

    return run


def call_method(holder: Node, name: str, arguments: Sequence[Node], keywords: Mapping[str, Node], place: Place) -> Node:
    """Call the method `name` of whatever kind of value `holder` turns out to be."""
    names = tuple(keywords)
    count = len(arguments)

    def run(frame: Frame) -> Any:
        value = holder(frame)
        values = [argument(frame) for argument in arguments]
        named = {each: node(frame) for each, node in keywords.items()}
        try:
            method = find_method(value, name)
            misfit = method.misfit(count, names)
            if misfit:
                raise EvaluationFailed(misfit)
            return method.run(frame, value, *values, **named)
        except FAULTS as error:
            raise located(error, place, f".{name}(...)") from None

    return run


def key_function(call_one: Callable[[Frame, Any], Any], place: Place) -> Node:
    """Give sorted, min, max and sort a function of one value."""

    def run(frame: Frame) -> KeyFunction:
        def key(value: Any) -> Any:
            try:
                frame.charge(1)
                return call_one(frame, value)
            except FAULTS as error:
                raise located(error, place, "key=") from None

        return key

    return run


def key_of_lambda(number: int, body: Node, cost: int) -> Node:
    """Give them a lambda whose argument is kept in the slot `number`."""

    def run(frame: Frame) -> KeyFunction:
        def key(value: Any) -> Any:
            frame.charge(cost)
            frame.slots[number] = value
            return body(frame)

        return key

    return run


_KINDS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int, bool),
    "float": (float,),
    "bool": (bool,),
    "list": (list,),
    "dict": (dict,),
    "tuple": (tuple,),
    "set": (OrderedSet,),
}
KIND_NAMES = tuple(_KINDS)


def is_kind(value: Node, names: Sequence[str]) -> Node:
    """Test the kind of a value: isinstance(value, (str, ...))."""
    kinds = frozenset(kind for name in names for kind in _KINDS[name])
    return lambda frame: type(value(frame)) in kinds


def part_of(holder: Node, bounds: Sequence[Node | None], place: Place) -> Node:
    """Cut out `holder[start:stop:step]`."""

    def run(frame: Frame) -> Any:
        value = holder(frame)
        cut = slice(*(None if bound is None else bound(frame) for bound in bounds))
        try:
            if type(value) not in (str, list, tuple, range):
                raise EvaluationFailed(f"Expected a list or a text to cut from but got {describe(value)}")
            size = len(range(*cut.indices(len(value))))
            (room_for_text if type(value) is str else room_for_items)(frame, size)
            return value[cut]
        except FAULTS as error:
            raise located(error, place, "the slice") from None

    return run
