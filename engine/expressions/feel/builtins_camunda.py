"""Functions that Camunda adds to the standard's and that its diagrams use."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..operators import room_for_items
from . import calendars, regexes
from .builtin import builtin
from .comparing import same
from .faults import FeelFrame, NoValue
from .numbers import whole
from .temporal import Date, DateTime


@builtin("is defined(value: Any?)", "true for anything but null")
def _is_defined(_frame: FeelFrame, value: Any) -> bool:
    return value is not None


@builtin("get or else(value: Any?, default: Any?)", "the value, or the default when it is null")
def _get_or_else(_frame: FeelFrame, value: Any, default: Any) -> Any:
    return default if value is None else value


@builtin("trim(string: string)", "the text without blank space at both ends")
def _trim(_frame: FeelFrame, string: str) -> str:
    return string.strip()


@builtin("is blank(string: string)", "true for a text of nothing but blank space")
def _is_blank(_frame: FeelFrame, string: str) -> bool:
    return not string.strip()


@builtin("extract(string: string, pattern: string)", "every part of the text that matches a regular expression")
def _extract(frame: FeelFrame, string: str, pattern: str) -> list[str]:
    found: list[str] = []
    for spans in regexes.compiled(frame, pattern, "").found(frame, string):
        room_for_items(frame, len(found) + 1)
        found.append(string[slice(*spans[0])])
    return found


@builtin("last day of month(date: date | date and time)", "the last day of the date's month")
def _last_day_of_month(_frame: FeelFrame, date: Any) -> Date:
    day = date.date if type(date) is DateTime else date
    return Date(day.year, day.month, calendars.days_in_month(day.year, day.month))


@builtin("is empty(list: list)", "true when the list has no items")
def _is_empty(_frame: FeelFrame, values: list[Any]) -> bool:
    return not values


@builtin("partition(list: list, size: number)", "the list cut into lists of at most `size` items")
def _partition(frame: FeelFrame, values: list[Any], size: Decimal) -> list[Any]:
    width = whole(size) if size.adjusted() < 18 else len(values) + 1
    if width < 1:
        raise NoValue("Expected a size of at least 1")
    room_for_items(frame, len(values))
    return [values[at : at + width] for at in range(0, len(values), width)]


@builtin("duplicate values(list: list)", "the values that are there more than once")
def _duplicate_values(frame: FeelFrame, values: list[Any]) -> list[Any]:
    twice: list[Any] = []
    for at, one in enumerate(values):
        frame.charge(1 + (at >> 2))
        again = any(same(frame, one, other) for other in values[:at])
        if again and not any(same(frame, one, other) for other in twice):
            twice.append(one)
    return twice
