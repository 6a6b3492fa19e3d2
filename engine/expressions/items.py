"""The closures of scripts that change values in place: items, keys, augmented assignments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .comprehensions import Store, put_key
from .errors import FAULTS, EvaluationFailed, Place, located
from .evaluator import Frame, Node, Step
from .lookups import missing_key
from .methods_collections import extend, update
from .operators import BINARY
from .values import OrderedSet, check_key, describe


def set_item(holder: Node, key: Node, place: Place) -> Store:
    """Assign an item by index or key."""

    def run(frame: Frame, value: Any) -> None:
        put_item(frame, holder(frame), key(frame), value, place)

    return run


def put_item(frame: Frame, holder: Any, key: Any, value: Any, place: Place) -> None:
    """Set an item of a list or a dictionary."""
    if type(holder) is dict:
        put_key(frame, holder, key, value, place)
        return
    try:
        _check_index(holder, key)
        holder[key] = value
    except FAULTS as error:
        raise located(error, place, "the assignment") from None


def _check_index(holder: Any, key: Any) -> None:
    if type(holder) is not list:
        raise EvaluationFailed(f"Expected a list or a dictionary to change but got {describe(holder)}")
    if type(key) not in (int, bool):
        raise EvaluationFailed(f"Expected an integer as the index of a list but got {describe(key)}")
    if not -len(holder) <= key < len(holder):
        raise EvaluationFailed(f"Expected an index within a list of {len(holder)} but got {key}")


def set_dotted(holder: Node, name: str, place: Place) -> Store:
    """Assign a key of a dictionary by a dot."""

    def run(frame: Frame, value: Any) -> None:
        target = holder(frame)
        if type(target) is not dict:
            raise EvaluationFailed(f"Expected a dictionary before '.{name}' but got {describe(target)}", "", *place)
        put_key(frame, target, name, value, place)

    return run


def get_dotted(_frame: Frame, holder: Any, name: str) -> Any:
    """Return a key of a dictionary for an augmented assignment by a dot."""
    if type(holder) is not dict:
        raise EvaluationFailed(f"Expected a dictionary before '.{name}' but got {describe(holder)}")
    if name not in holder:
        raise missing_key(holder, name)
    return holder[name]


def delete_item(holder: Node, key: Node, place: Place) -> Step:
    """Take an item out of a list or a dictionary."""

    def run(frame: Frame) -> None:
        target, index = holder(frame), key(frame)
        try:
            if type(target) is dict:
                check_key(index, 0, frame.charge)
            else:
                _check_index(target, index)
                frame.charge(len(target) >> 5)
            del target[index]
        except FAULTS as error:
            raise located(error, place, "del") from None

    return run


def in_place(symbol: str) -> Callable[[Frame, Any, Any], Any]:
    """Return the operation behind `+=` and the like, which changes lists, dictionaries and sets themselves."""
    compute = BINARY[symbol]

    def run(frame: Frame, left: Any, right: Any) -> Any:
        if type(left) is list and symbol == "+":
            extend(frame, left, right)
        elif type(left) is list and symbol == "*":
            left[:] = compute(frame, left, right)
        elif type(left) is dict and symbol == "|":
            update(frame, left, right)
        elif type(left) is OrderedSet:
            left.items = compute(frame, left, right).items
        else:
            return compute(frame, left, right)
        return left

    return run


def change_name(load: Node, store: Store, value: Node, compute: Callable[[Frame, Any, Any], Any], place: Place) -> Step:
    """Carry out an augmented assignment to a name."""

    def run(frame: Frame) -> None:
        before, more = load(frame), value(frame)
        try:
            after = compute(frame, before, more)
        except FAULTS as error:
            raise located(error, place, "the assignment") from None
        store(frame, after)

    return run


def change_item(
    holder: Node,
    key: Node,
    value: Node,
    read: Callable[[Frame, Any, Any], Any],
    compute: Callable[[Frame, Any, Any], Any],
    place: Place,
) -> Step:
    """Carry out an augmented assignment to an item, computing its holder and key once."""

    def run(frame: Frame) -> None:
        target, index = holder(frame), key(frame)
        try:
            before = read(frame, target, index)
        except FAULTS as error:
            raise located(error, place, "the assignment") from None
        more = value(frame)
        try:
            after = compute(frame, before, more)
        except FAULTS as error:
            raise located(error, place, "the assignment") from None
        put_item(frame, target, index, after, place)

    return run
