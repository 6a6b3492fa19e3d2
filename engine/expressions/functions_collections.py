"""The functions on collections: len, list, sorted, sum ...; each is charged by the size of what it goes through."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .errors import EvaluationFailed
from .evaluator import Frame
from .operators import checked_number, room_for_items
from .registry import function as _function
from .values import UNSET, OrderedSet, check_key, describe, weigh

KeyFunction = Callable[[Any], Any]

_ITERABLE: frozenset[type] = frozenset({list, tuple, dict, str, OrderedSet, range})
_NUMBERS = frozenset({bool, int, float})
_ORDERED = _NUMBERS | {str, list, tuple}


def iterate(value: Any) -> Iterator[Any]:
    """Return an iterator over a collection, the keys of a dictionary or the characters of a text."""
    if type(value) not in _ITERABLE:
        raise EvaluationFailed(f"Expected a collection to go through but got {describe(value)}")
    return iter(value)


def as_list(frame: Frame, value: Any) -> list[Any]:
    """Return a new list of what is in a collection."""
    items = iterate(value)
    room_for_items(frame, len(value))
    return list(items)


def as_set(frame: Frame, value: Any) -> OrderedSet:
    """Return a new set of what is in a collection."""
    room_for_items(frame, len(value) if type(value) in _ITERABLE else 0)
    found = OrderedSet()
    for item in iterate(value):
        check_key(item, len(found), frame.charge)
        found.items[item] = None
    return found


def _size(value: Any) -> int:
    if type(value) not in _ITERABLE:
        raise EvaluationFailed(f"Expected a collection or a text to have a length but got {describe(value)}")
    return len(value)


@_function("len(x)", "how many items, keys or characters `x` has")
def _len(frame: Frame, x: Any, /) -> int:
    return _size(x)


@_function("list(x)", "a new list of what is in `x`")
def _list(frame: Frame, x: Any = (), /) -> list[Any]:
    return as_list(frame, x)


@_function("tuple(x)", "a tuple of what is in `x`")
def _tuple(frame: Frame, x: Any = (), /) -> tuple[Any, ...]:
    return tuple(as_list(frame, x))


@_function("set(x)", "a set of what is in `x`, in order of first appearance; becomes storable with list() or sorted()")
def _set(frame: Frame, x: Any = (), /) -> OrderedSet:
    return as_set(frame, x)


@_function("dict(x, **keys)", "a new dictionary from another one or from pairs, and from keywords")
def _dict(frame: Frame, x: Any = (), /, **keys: Any) -> dict[Any, Any]:
    return {**as_dict(frame, x), **keys}


def as_dict(frame: Frame, value: Any) -> dict[Any, Any]:
    """Return a new dictionary from another one or from pairs."""
    if type(value) is dict:
        room_for_items(frame, len(value))
        return dict(value)
    found: dict[Any, Any] = {}
    for pair in as_list(frame, value):
        if type(pair) not in (list, tuple) or len(pair) != 2:
            raise EvaluationFailed(f"Expected pairs of a key and a value but got {describe(pair)}")
        check_key(pair[0], len(found), frame.charge)
        found[pair[0]] = pair[1]
    return found


@_function("range(start, stop, step)", "the integers from `start` (default 0) up to, without, `stop`")
def _range(frame: Frame, start: int, stop: int | None = None, step: int = 1, /) -> range:
    return range(start) if stop is None else range(start, stop, step)


@_function("enumerate(x, start=0)", "a list of pairs: a running number and an item")
def _enumerate(frame: Frame, x: Any, start: int = 0) -> list[Any]:
    return list(enumerate(as_list(frame, x), start))


@_function("zip(x, y, ...)", "a list of tuples with one item of each collection, as long as the shortest")
def _zip(frame: Frame, *collections: Any, strict: bool = False) -> list[Any]:
    sizes = [_size(each) for each in collections]
    room_for_items(frame, len(sizes) * min(sizes, default=0))
    return list(zip(*collections, strict=bool(strict)))


@_function("reversed(x)", "a list of the items of `x`, last first")
def _reversed(frame: Frame, x: Any, /) -> list[Any]:
    return as_list(frame, x)[::-1]


@_function("any(x)", "True when an item counts as true; stops at the first")
def _any(frame: Frame, x: Any, /) -> bool:
    return any(_charged(frame, x))


@_function("all(x)", "True when every item counts as true; stops at the first that does not")
def _all(frame: Frame, x: Any, /) -> bool:
    return all(_charged(frame, x))


def _charged(frame: Frame, value: Any) -> Iterable[Any]:
    if isinstance(value, Iterator):
        return value
    frame.charge(_size(value) >> 3)
    return iterate(value)


@_function("sum(x, start=0)", "the sum of the numbers in `x`")
def _sum(frame: Frame, x: Any, start: Any = 0) -> Any:
    frame.charge(_size(x) >> 2)
    for item in (start, *iterate(x)):
        if type(item) not in _NUMBERS:
            raise EvaluationFailed(f"Expected numbers to sum but got {describe(item)}", _SUM_HINT.get(type(item), ""))
    return checked_number(frame, functools.reduce(operator.add, x, start))


_SUM_HINT: dict[type, str] = {str: "use ''.join(...) for texts", list: "use a comprehension with two for parts"}


@_function("min(x, y, ..., key=None, default)", "the least of several values or of one collection")
def _min(frame: Frame, *values: Any, key: KeyFunction | None = None, default: Any = UNSET) -> Any:
    return _extreme("min", frame, values, key, default)


@_function("max(x, y, ..., key=None, default)", "the greatest of several values or of one collection")
def _max(frame: Frame, *values: Any, key: KeyFunction | None = None, default: Any = UNSET) -> Any:
    return _extreme("max", frame, values, key, default)


def _extreme(name: str, frame: Frame, values: tuple[Any, ...], key: KeyFunction | None, default: Any) -> Any:
    items = as_list(frame, values[0] if len(values) == 1 else values)
    if not items:
        if default is UNSET:
            raise EvaluationFailed(f"Expected at least one value for {name} but got none", "give a default=")
        return default
    keys = items if key is None else [key(item) for item in items]
    weigh_order(frame, keys, name)
    find = min if name == "min" else max
    return items[find(range(len(items)), key=keys.__getitem__)]


def weigh_order(frame: Frame, keys: list[Any], name: str, passes: int = 1) -> None:
    """Charge what going through `keys` in order costs; raises EvaluationFailed when they have no common order."""
    kinds = {type(key) for key in keys} if len(keys) > 1 else set()
    if (len(kinds) > 1 and not kinds <= _NUMBERS) or not kinds <= _ORDERED:
        wrong = sorted(describe(key) for key in {type(key): key for key in keys}.values())
        raise EvaluationFailed(f"Expected values that can be ordered for {name} but got {' and '.join(wrong)}")
    before = frame.steps
    if kinds <= _NUMBERS:
        frame.charge(len(keys) >> 4)
    else:
        weigh(keys, frame.charge, frame.limits)
    frame.charge((before - frame.steps) * (passes - 1))


def ordered(frame: Frame, items: list[Any], key: KeyFunction | None, reverse: Any) -> list[Any]:
    """Return the items in order, equal ones as they came."""
    keys = items if key is None else [key(item) for item in items]
    weigh_order(frame, keys, "sorting", passes=1 + len(keys).bit_length() // 4)
    if key is None:
        return sorted(items, reverse=bool(reverse))
    return [items[index] for index in sorted(range(len(items)), key=keys.__getitem__, reverse=bool(reverse))]


@_function("sorted(x, key=None, reverse=False)", "a list of the items in order; equal ones stay as they came")
def _sorted(frame: Frame, x: Any, /, *, key: KeyFunction | None = None, reverse: Any = False) -> list[Any]:
    return ordered(frame, as_list(frame, x), key, reverse)
