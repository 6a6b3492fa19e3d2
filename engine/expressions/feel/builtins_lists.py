"""FEEL's functions that compute something from a list (DMN 1.5, Tables 75 and 80)."""

from __future__ import annotations

import functools
from decimal import Decimal
from typing import Any

from .arithmetic import add
from .builtin import builtin
from .comparing import less, same
from .faults import FeelFrame, NoValue
from .kinds import kind_of
from .numbers import CONTEXT
from .temporal import DaysTime, YearsMonths

_SUMMED = (DaysTime, YearsMonths)


def numbers_of(values: list[Any]) -> list[Decimal]:
    """Return the list if it holds numbers only; raises NoValue."""
    for one in values:
        if type(one) is not Decimal:
            raise NoValue(f"Expected a list of numbers but it holds a {kind_of(one)}")
    return values


def _some(values: list[Any]) -> list[Any]:
    if not values:
        raise NoValue("Expected a list with items but it is empty")
    return values


@builtin("list contains(list: list, element: Any?)", "true when the list has the element")
def _list_contains(frame: FeelFrame, values: list[Any], element: Any) -> bool:
    return any(same(frame, one, element) for one in values)


@builtin("count(list: list)", "the number of items")
def _count(_frame: FeelFrame, values: list[Any]) -> Decimal:
    return Decimal(len(values))


@builtin("min(list: list...)", "the least of numbers, texts, dates, times or durations")
def _min(frame: FeelFrame, values: list[Any]) -> Any:
    return _extreme(frame, values, smallest=True)


@builtin("max(list: list...)", "the greatest of numbers, texts, dates, times or durations")
def _max(frame: FeelFrame, values: list[Any]) -> Any:
    return _extreme(frame, values, smallest=False)


def _extreme(frame: FeelFrame, values: list[Any], *, smallest: bool) -> Any:
    best = _some(values)[0]
    if less(frame, best, best) is None:
        raise NoValue(f"Expected values that have an order but got {kind_of(best)}")
    for one in values[1:]:
        before = less(frame, one, best) if smallest else less(frame, best, one)
        if before is None:
            raise NoValue(f"Expected values of one type but got {kind_of(best)} and {kind_of(one)}")
        best = one if before else best
    return best


@builtin("sum(list: list...)", "the sum of numbers or of durations; null for an empty list")
def _sum(frame: FeelFrame, values: list[Any]) -> Any:
    if type(_some(values)[0]) not in _SUMMED:
        return _total(values)
    total = values[0]
    for one in values[1:]:
        total = add(frame, total, one)
    return total


def _total(values: list[Any]) -> Decimal:
    total = Decimal(0)
    for one in numbers_of(values):
        total = CONTEXT.add(total, one)
    return total


@builtin("mean(list: list...)", "the arithmetic mean of numbers")
def _mean(_frame: FeelFrame, values: list[Any]) -> Decimal:
    return CONTEXT.divide(_total(_some(values)), Decimal(len(values)))


@builtin("product(list: list...)", "the product of numbers")
def _product(_frame: FeelFrame, values: list[Any]) -> Decimal:
    product = Decimal(1)
    for one in numbers_of(_some(values)):
        product = CONTEXT.multiply(product, one)
    return product


@builtin("median(list: list...)", "the number in the middle, or the mean of the two; null for an empty list")
def _median(_frame: FeelFrame, values: list[Any]) -> Decimal | None:
    ordered = sorted(numbers_of(values))
    if not ordered:
        return None
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return CONTEXT.divide(CONTEXT.add(ordered[middle - 1], ordered[middle]), Decimal(2))


@builtin("stddev(list: list...)", "the standard deviation of a sample of at least two numbers")
def _stddev(_frame: FeelFrame, values: list[Any]) -> Decimal:
    if len(numbers_of(values)) < 2:
        raise NoValue("Expected at least two numbers")
    mean = CONTEXT.divide(_total(values), Decimal(len(values)))
    squares = [CONTEXT.power(CONTEXT.subtract(one, mean), Decimal(2)) for one in values]
    return CONTEXT.sqrt(CONTEXT.divide(_total(squares), Decimal(len(values) - 1)))


@builtin("mode(list: list...)", "the numbers that are there most often, in ascending order")
def _mode(_frame: FeelFrame, values: list[Any]) -> list[Decimal]:
    counts: dict[Decimal, int] = {}
    for one in numbers_of(values):
        counts[one] = counts.get(one, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(one for one, count in counts.items() if count == most)


@builtin("all(list: list...)", "true when all are true, false when one is false, else null")
def _all(_frame: FeelFrame, values: list[Any]) -> bool | None:
    return _kleene(values, decides=False)


@builtin("any(list: list...)", "true when one is true, false when all are false, else null")
def _any(_frame: FeelFrame, values: list[Any]) -> bool | None:
    return _kleene(values, decides=True)


def _kleene(values: list[Any], *, decides: bool) -> bool | None:
    if any(one is decides for one in values):
        return decides
    for one in values:
        if type(one) is not bool and one is not None:
            raise NoValue(f"Expected a list of true and false but it holds a {kind_of(one)}")
    return None if None in values else not decides


@builtin(
    "sort(list: list, precedes: function=)",
    "the list in the order in which `precedes(x, y)` says that x comes first; without it, ascending",
)
def _sort(frame: FeelFrame, values: list[Any], precedes: Any = None) -> list[Any]:
    def order(one: Any, other: Any) -> int:
        frame.charge(2)
        if _precedes(frame, precedes, one, other):
            return -1
        return int(_precedes(frame, precedes, other, one))

    return sorted(values, key=functools.cmp_to_key(order))


def _precedes(frame: FeelFrame, precedes: Any, one: Any, other: Any) -> bool:
    before = less(frame, one, other) if precedes is None else precedes.call(frame, [one, other])
    if type(before) is not bool:
        raise NoValue(f"Expected true or false from comparing {kind_of(one)} and {kind_of(other)}")
    return before
