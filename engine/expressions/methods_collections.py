"""The methods of lists, dictionaries, tuples and sets; whatever grows is measured first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .comparisons import contains, weigh_candidates
from .errors import EvaluationFailed
from .evaluator import Frame
from .functions_collections import KeyFunction, as_dict, as_list, as_set, ordered
from .operators import combine_sets, room_for_items
from .registry import method
from .values import UNSET, OrderedSet, check_key, too_many_items


def _grow(frame: Frame, held: Any, by: int = 1) -> None:
    if len(held) + by > frame.limits.collection_size:
        raise too_many_items(frame.limits)
    frame.charge(by >> 3)


@method(list, "append(x)", "add an item at the end")
def _append(frame: Frame, items: list[Any], x: Any, /) -> None:
    _grow(frame, items)
    items.append(x)


@method(list, "extend(x)", "add all items of a collection at the end")
def extend(frame: Frame, items: list[Any], x: Any, /) -> None:
    """Add all items of `x` to `items`."""
    more = as_list(frame, x)
    _grow(frame, items, len(more))
    items.extend(more)


@method(list, "insert(index, x)", "put an item before the one at `index`")
def _insert(frame: Frame, items: list[Any], index: int, x: Any, /) -> None:
    _grow(frame, items)
    frame.charge(len(items) >> 5)
    items.insert(index, x)


@method(list, "remove(x)", "take out the first item that equals `x`")
def _remove(frame: Frame, items: list[Any], x: Any, /) -> None:
    del items[_index(frame, items, x)]


@method(list, "pop(index=-1)", "take out and return an item")
def _pop(frame: Frame, items: list[Any], index: int = -1, /) -> Any:
    frame.charge(len(items) >> 5)
    return items.pop(index)


@method(list, "sort(key=None, reverse=False)", "put the items in order")
def _sort(frame: Frame, items: list[Any], *, key: KeyFunction | None = None, reverse: Any = False) -> None:
    items[:] = ordered(frame, list(items), key, reverse)


@method(list, "reverse()", "put the items in opposite order")
def _reverse(frame: Frame, items: list[Any], /) -> None:
    frame.charge(len(items) >> 5)
    items.reverse()


@method(list, "copy()", "a new list of the same items")
def _copy_list(frame: Frame, items: list[Any], /) -> list[Any]:
    return as_list(frame, items)


@method(tuple, "index(x)", "the position of the first item that equals `x`")
@method(list, "index(x)", "the position of the first item that equals `x`")
def _index(frame: Frame, items: Any, x: Any, /) -> int:
    if not contains(frame, x, items):
        raise EvaluationFailed(f"Expected an item equal to the given one but the {len(items)} items have none")
    return items.index(x)  # type: ignore[no-any-return]


@method(tuple, "count(x)", "how many items equal `x`")
@method(list, "count(x)", "how many items equal `x`")
def _count(frame: Frame, items: Any, x: Any, /) -> int:
    frame.charge(len(items) >> 3)
    weigh_candidates(frame, x, items)
    return items.count(x)  # type: ignore[no-any-return]


@method(OrderedSet, "clear()", "take out everything")
def _clear_set(_frame: Frame, items: OrderedSet, /) -> None:
    items.items.clear()


@method(dict, "clear()", "take out everything")
@method(list, "clear()", "take out everything")
def _clear(_frame: Frame, items: Any, /) -> None:
    items.clear()


@method(dict, "get(key, default=None)", "the value of a key, or `default` when there is none")
def _get(frame: Frame, items: dict[Any, Any], key: Any, default: Any = None, /) -> Any:
    if type(key) is not str:
        check_key(key, 0, frame.charge)
    return items.get(key, default)


@method(dict, "keys()", "a list of the keys")
def _keys(frame: Frame, items: dict[Any, Any], /) -> list[Any]:
    return as_list(frame, items)


@method(dict, "values()", "a list of the values")
def _values(frame: Frame, items: dict[Any, Any], /) -> list[Any]:
    room_for_items(frame, len(items))
    return list(items.values())


@method(dict, "items()", "a list of tuples: key and value")
def _items(frame: Frame, items: dict[Any, Any], /) -> list[Any]:
    room_for_items(frame, len(items))
    frame.charge(len(items) >> 1)
    return list(items.items())


@method(dict, "pop(key, default)", "take out a key and return its value, or `default` when there is none")
def _pop_key(frame: Frame, items: dict[Any, Any], key: Any, default: Any = UNSET, /) -> Any:
    check_key(key, 0, frame.charge)
    if key not in items and default is UNSET:
        raise EvaluationFailed(f"Expected the key {key!r:.100} but the dictionary has none", "give a default")
    return items.pop(key, default)


@method(dict, "popitem()", "take out the last key and return it with its value")
def _popitem(_frame: Frame, items: dict[Any, Any], /) -> tuple[Any, Any]:
    return items.popitem()


@method(dict, "setdefault(key, default=None)", "the value of a key, which is set to `default` when there is none")
def _setdefault(frame: Frame, items: dict[Any, Any], key: Any, default: Any = None, /) -> Any:
    check_key(key, len(items), frame.charge)
    _grow(frame, items)
    return items.setdefault(key, default)


@method(dict, "update(x, **keys)", "set the keys of another dictionary, of pairs, and of keywords")
def update(frame: Frame, items: dict[Any, Any], x: Any = (), /, **keys: Any) -> None:
    """Set in `items` the keys of `x` and the keywords."""
    more = {**as_dict(frame, x), **keys}
    _grow(frame, items, len(more))
    items.update(more)


@method(dict, "copy()", "a new dictionary of the same keys and values")
def _copy_dict(frame: Frame, items: dict[Any, Any], /) -> dict[Any, Any]:
    return as_dict(frame, items)


@method(OrderedSet, "add(x)", "put in a member")
def _add(frame: Frame, items: OrderedSet, x: Any, /) -> None:
    check_key(x, len(items), frame.charge)
    _grow(frame, items)
    items.items[x] = None


@method(OrderedSet, "discard(x)", "take out a member if it is there")
def _discard(frame: Frame, items: OrderedSet, x: Any, /) -> None:
    check_key(x, 0, frame.charge)
    items.items.pop(x, None)


@method(OrderedSet, "remove(x)", "take out a member that must be there")
def _remove_member(frame: Frame, items: OrderedSet, x: Any, /) -> None:
    if not contains(frame, x, items):
        raise EvaluationFailed("Expected a member of the set but it is not in the set", "use discard")
    del items.items[x]


@method(OrderedSet, "update(x)", "put in all members of a collection")
def _update_set(frame: Frame, items: OrderedSet, x: Any, /) -> None:
    more = as_set(frame, x)
    _grow(frame, items, len(more))
    items.items.update(more.items)


@method(OrderedSet, "copy()", "a new set of the same members")
def _copy_set(frame: Frame, items: OrderedSet, /) -> OrderedSet:
    return as_set(frame, items)


def _combining(name: str, symbol: str, purpose: str) -> None:
    def run(frame: Frame, items: OrderedSet, x: Any, /) -> OrderedSet:
        return combine_sets(symbol, frame, items, as_set(frame, x))

    method(OrderedSet, f"{name}(x)", purpose)(run)


_combining("union", "|", "the members of either")
_combining("intersection", "&", "the members of both")
_combining("difference", "-", "the members that `x` does not have")
_combining("symmetric_difference", "^", "the members of exactly one")


def _testing(name: str, test: Callable[[Any, Any], bool], purpose: str) -> None:
    def run(frame: Frame, items: OrderedSet, x: Any, /) -> bool:
        frame.charge(len(items) >> 3)
        return test(items.items.keys(), as_set(frame, x).items.keys())

    method(OrderedSet, f"{name}(x)", purpose)(run)


_testing("issubset", lambda one, other: one <= other, "True when `x` has all members")
_testing("issuperset", lambda one, other: one >= other, "True when all of `x` are members")
_testing("isdisjoint", lambda one, other: one.isdisjoint(other), "True when `x` has none of the members")
