"""FEEL's functions that make a list from others (DMN 1.5, Table 75)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..operators import room_for_items
from ..values import too_many_items, value_too_deep
from .builtin import builtin
from .comparing import same
from .faults import FeelFrame, NoValue
from .numbers import whole


def _position(size: int, position: Decimal, *, beyond: int = 0) -> int:
    number = whole(position) if position.adjusted() < 18 else 0
    if not number or number > size + beyond or -number > size:
        raise NoValue(f"Expected a position within a list of {size} but got {str(position)[:40]}")
    return number - 1 if number > 0 else size + number


@builtin(
    "sublist(list: list, start position: number, length: number=)",
    "the items from a position (from 1, or -1 from the end), all or `length` of them",
)
def _sublist(_frame: FeelFrame, values: list[Any], start_position: Decimal, length: Decimal | None = None) -> list[Any]:
    start = _position(len(values), start_position)
    if length is None:
        return values[start:]
    count = whole(length) if length.adjusted() < 18 else len(values) + 1
    if count < 1 or start + count > len(values):
        raise NoValue(f"Expected a length within the list but got {str(length)[:40]}")
    return values[start : start + count]


@builtin("append(list: list, item: Any?...)", "the list with items after its last one")
def _append(frame: FeelFrame, values: list[Any], item: list[Any]) -> list[Any]:
    room_for_items(frame, len(values) + len(item))
    return values + item


@builtin("concatenate(list: list<Any>...)", "the lists one after the other")
def _concatenate(frame: FeelFrame, values: list[Any]) -> list[Any]:
    return _joined(frame, values)


def _joined(frame: FeelFrame, lists: list[Any]) -> list[Any]:
    done: list[Any] = []
    for one in lists:
        if one is None:
            raise NoValue("Expected lists but one is null")
        items = one if type(one) is list else [one]
        room_for_items(frame, len(done) + len(items))
        done.extend(items)
    return done


@builtin("insert before(list: list, position: number, newItem: Any?)", "the list with an item before a position")
def _insert_before(frame: FeelFrame, values: list[Any], position: Decimal, new_item: Any) -> list[Any]:
    at = _position(len(values), position)
    room_for_items(frame, len(values) + 1)
    return [*values[:at], new_item, *values[at:]]


@builtin("remove(list: list, position: number)", "the list without the item at a position")
def _remove(_frame: FeelFrame, values: list[Any], position: Decimal) -> list[Any]:
    at = _position(len(values), position)
    return values[:at] + values[at + 1 :]


@builtin("list replace(list: list, position: number, newItem: Any?)", "the list with another item at a position")
def _list_replace(_frame: FeelFrame, values: list[Any], position: Decimal, new_item: Any) -> list[Any]:
    at = _position(len(values), position)
    return [*values[:at], new_item, *values[at + 1 :]]


@builtin("list replace(list: list, match: function, newItem: Any?)")
def _list_replace_matches(frame: FeelFrame, values: list[Any], match: Any, new_item: Any) -> list[Any]:
    done = []
    for item in values:
        replaces = match.call(frame, [item, new_item])
        if type(replaces) is not bool:
            raise NoValue("Expected true or false from the function that matches")
        done.append(new_item if replaces else item)
    return done


@builtin("reverse(list: list)", "the items in the opposite order")
def _reverse(_frame: FeelFrame, values: list[Any]) -> list[Any]:
    return values[::-1]


@builtin("index of(list: list, match: Any?)", "the positions, from 1, of the items that are equal to `match`")
def _index_of(frame: FeelFrame, values: list[Any], match: Any) -> list[Any]:
    return [Decimal(at) for at, one in enumerate(values, 1) if same(frame, one, match)]


@builtin("union(list: list<Any>...)", "the lists one after the other, each value once")
def _union(frame: FeelFrame, values: list[Any]) -> list[Any]:
    return _distinct(frame, _joined(frame, values))


@builtin("distinct values(list: list)", "the list with each value once")
def _distinct_values(frame: FeelFrame, values: list[Any]) -> list[Any]:
    return _distinct(frame, values)


def _distinct(frame: FeelFrame, values: list[Any]) -> list[Any]:
    done: list[Any] = []
    known: set[Any] = set()
    for one in values:
        if type(one) is str or type(one) is Decimal or type(one) is bool:
            # A number is not equal to a boolean, though Python says so.
            key = (type(one), one)
            if key in known:
                continue
            known.add(key)
        else:
            frame.charge(len(done) >> 2)
            if any(same(frame, one, other) for other in done):
                continue
        done.append(one)
    return done


@builtin("flatten(list: list)", "the items of all lists within the list, in one list")
def _flatten(frame: FeelFrame, values: list[Any]) -> list[Any]:
    done: list[Any] = []
    waiting = [iter(values)]
    while waiting:
        for one in waiting[-1]:
            frame.charge(1)
            if type(one) is not type(done):
                done.append(one)
                if len(done) > frame.limits.collection_size:
                    raise too_many_items(frame.limits)
            elif len(waiting) > frame.limits.nesting:
                raise value_too_deep(frame.limits)
            else:
                waiting.append(iter(one))
                break
        else:
            waiting.pop()
    return done
