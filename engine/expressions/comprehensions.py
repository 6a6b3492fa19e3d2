"""Comprehensions: turns over one or several collections, each turn charged by the size of what it computes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .errors import FAULTS, EvaluationFailed, Place, located
from .evaluator import Frame, Node
from .functions_collections import as_list, iterate
from .values import OrderedSet, check_key, too_many_items

Store = Callable[[Frame, Any], None]
Turns = Callable[[Frame], Iterator[None]]


def turns(clauses: Sequence[tuple[Node, Store, Sequence[Node]]], cost: int, place: Place) -> Turns:
    """Go through `for target in iterable if ...` clauses, the first one outermost; each turn sets the targets."""
    (iterable, store, tests), *inner = clauses
    nested = turns(inner, cost, place) if inner else None

    def run(frame: Frame) -> Iterator[None]:
        try:
            for item in iterate(iterable(frame)):
                frame.charge(cost)
                store(frame, item)
                if tests and not all(test(frame) for test in tests):
                    continue
                if nested is None:
                    yield None
                else:
                    yield from nested(frame)
        except FAULTS as error:
            raise located(error, place, "the comprehension") from None

    return run


def list_of(each: Turns, element: Node) -> Node:
    """Collect the element of every turn in a list."""

    def run(frame: Frame) -> list[Any]:
        found: list[Any] = []
        for _ in each(frame):
            found.append(element(frame))
            if len(found) > frame.limits.collection_size:
                raise too_many_items(frame.limits)
        return found

    return run


def set_of(each: Turns, element: Node, place: Place) -> Node:
    """Collect the element of every turn in a set."""

    def run(frame: Frame) -> OrderedSet:
        found = OrderedSet()
        for _ in each(frame):
            put_key(frame, found.items, element(frame), None, place)
        return found

    return run


def dict_of(each: Turns, key: Node, value: Node, place: Place) -> Node:
    """Collect a key and a value of every turn in a dictionary."""

    def run(frame: Frame) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for _ in each(frame):
            put_key(frame, found, key(frame), value(frame), place)
        return found

    return run


def lazily(each: Turns, element: Node) -> Node:
    """Give the elements one by one, for functions that stop early."""

    def run(frame: Frame) -> Iterator[Any]:
        return (element(frame) for _ in each(frame))

    return run


def put_key(frame: Frame, found: dict[Any, Any], key: Any, value: Any, place: Place) -> None:
    """Set a key after checking that it may be one and that there is room."""
    try:
        check_key(key, len(found), frame.charge)
        if len(found) >= frame.limits.collection_size and key not in found:
            raise too_many_items(frame.limits)
    except FAULTS as error:
        raise located(error, place, "the key") from None
    found[key] = value


def unpacked(targets: Sequence[Store], starred: int | None, place: Place) -> Store:
    """Store the items of a collection in several targets; the one at index `starred` takes what is left over."""
    count = len(targets)

    def run(frame: Frame, value: Any) -> None:
        try:
            items = as_list(frame, value)
            if starred is not None and len(items) >= count - 1:
                end = len(items) - (count - 1 - starred)
                items[starred:end] = [items[starred:end]]
            if len(items) != count:
                raise EvaluationFailed(f"Expected {count} values to unpack but got {len(items)}")
        except FAULTS as error:
            raise located(error, place, "unpacking") from None
        for store, item in zip(targets, items, strict=True):
            store(frame, item)

    return run
