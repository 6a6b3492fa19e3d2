"""Equality and order in three-valued logic: true, false, or null where values cannot be compared (Tables 53, 54)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..comparisons import weigh_less
from ..secrets import refuse_secrets
from .faults import FeelFrame
from .kinds import kind_of
from .temporal import Date, DateTime, DaysTime, Time, YearsMonths, seconds_of

_PLAIN = frozenset({bool, Decimal, str, YearsMonths, DaysTime, Date})


def equal(frame: FeelFrame, left: Any, right: Any) -> bool | None:
    """Return whether two values are equal; null for values of different types unless one is null.

    Lists are equal item by item, contexts entry by entry. Times are compared by whole seconds.
    """
    kind = type(left)
    if left is None or right is None:
        return left is right
    if kind is not type(right):
        refuse_secrets(left, right)
        return None
    if kind in _PLAIN:
        if kind is str:
            frame.charge(min(len(left), len(right)) >> 5)
        return bool(left == right)
    if kind is Time or kind is DateTime:
        return seconds_of(left, right) == seconds_of(right, left)
    if kind is list:
        return _same_items(frame, left, right)
    if kind is dict:
        return _same_entries(frame, left, right)
    if kind_of(left) == "range":
        return _same_ends(frame, left, right)
    return left is right


def _same_items(frame: FeelFrame, left: list[Any], right: list[Any]) -> bool | None:
    if len(left) != len(right):
        return False
    frame.charge(1 + (len(left) >> 1))
    result: bool | None = True
    for one, other in zip(left, right, strict=True):
        same = equal(frame, one, other)
        if same is False:
            return False
        result = None if same is None else result
    return result


def _same_entries(frame: FeelFrame, left: dict[str, Any], right: dict[str, Any]) -> bool | None:
    if left.keys() != right.keys():
        return False
    return _same_items(frame, list(left.values()), [right[key] for key in left])


def _same_ends(frame: FeelFrame, left: Any, right: Any) -> bool | None:
    if (left.operator, left.start_included, left.end_included) != (
        right.operator,
        right.start_included,
        right.end_included,
    ):
        return False
    return _same_items(frame, [left.start, left.end], [right.start, right.end])


def same(frame: FeelFrame, left: Any, right: Any) -> bool:
    """Return whether two values are equal, false where they cannot be compared: what the functions on lists ask."""
    return equal(frame, left, right) is True


def less(frame: FeelFrame, left: Any, right: Any) -> bool | None:
    """Return whether one value comes before another; null when they are not of one type that has an order."""
    kind = type(left)
    if kind is not type(right):
        refuse_secrets(left, right)
        return None
    if kind is Decimal:
        return bool(left < right)
    if kind is str:
        weigh_less(frame, left, right)
        return bool(left < right)
    if kind is Date:
        return (left.year, left.month, left.day) < (right.year, right.month, right.day)
    if kind is Time or kind is DateTime:
        return seconds_of(left, right) < seconds_of(right, left)
    if kind is DaysTime:
        return bool(left.nanos < right.nanos)
    if kind is YearsMonths:
        return bool(left.months < right.months)
    return None


def compare(frame: FeelFrame, symbol: str, left: Any, right: Any) -> bool | None:
    """Apply one of < <= > >= to two values."""
    if symbol[0] == ">":
        left, right = right, left
    below = less(frame, left, right)
    if below or below is None or symbol in ("<", ">"):
        return below
    return equal(frame, left, right)
