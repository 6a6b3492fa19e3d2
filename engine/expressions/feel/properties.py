"""What a dot gives: entries of contexts, and the properties of dates, times, durations, ranges (Tables 65 to 67)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ..secrets import SecretNames
from . import calendars
from .calendars import NANO
from .faults import FeelFrame, NoValue
from .kinds import kind_of
from .ranges import Range
from .temporal import Date, DateTime, DaysTime, Time, YearsMonths, offset_of

Property = Callable[[Any], Any]


def _offset(value: Any) -> Any:
    offset = offset_of(value)
    return None if offset is None else DaysTime(offset * NANO)


def _signed(count: int, unit: int, cycle: int) -> Decimal:
    part = Decimal(abs(count) // unit % cycle if cycle else abs(count) // unit)
    return -part if count < 0 and part else part


def _fraction(nano: int) -> Decimal:
    return Decimal(nano).scaleb(-9) if nano else Decimal(0)


def _seconds(nanos: int) -> Decimal:
    part = _fraction(abs(nanos) % (60 * NANO))
    return -part if nanos < 0 and part else part


_DATE: dict[str, Property] = {
    "year": lambda date: Decimal(date.year),
    "month": lambda date: Decimal(date.month),
    "day": lambda date: Decimal(date.day),
    "weekday": lambda date: Decimal(calendars.weekday(date.number)),
}
_CLOCK: dict[str, Property] = {
    "hour": lambda time: Decimal(time.second_of_day // 3_600),
    "minute": lambda time: Decimal(time.second_of_day // 60 % 60),
    "second": lambda time: Decimal(time.second_of_day % 60) + _fraction(time.nano),
    "timezone": lambda time: time.zone or None,
}


def _of_date(read: Property) -> Property:
    return lambda value: read(value.date)


def _of_time(read: Property) -> Property:
    return lambda value: read(value.time)


PROPERTIES: dict[type, dict[str, Property]] = {
    Date: _DATE,
    Time: {**_CLOCK, "time offset": _offset},
    DateTime: {
        **{name: _of_date(read) for name, read in _DATE.items()},
        **{name: _of_time(read) for name, read in _CLOCK.items()},
        "time offset": _offset,
    },
    DaysTime: {
        "days": lambda one: _signed(one.nanos, 86_400 * NANO, 0),
        "hours": lambda one: _signed(one.nanos, 3_600 * NANO, 24),
        "minutes": lambda one: _signed(one.nanos, 60 * NANO, 60),
        "seconds": lambda one: _seconds(one.nanos),
    },
    YearsMonths: {
        "years": lambda one: _signed(one.months, 12, 0),
        "months": lambda one: _signed(one.months, 1, 12),
    },
    Range: {
        "start": lambda one: one.start,
        "end": lambda one: one.end,
        "start included": lambda one: one.start_included,
        "end included": lambda one: one.end_included,
    },
}

NAMES = ("time offset", "start included", "end included")
"""The properties whose names have a space."""


def property_of(frame: FeelFrame, value: Any, name: str) -> Any:
    """Return an entry of a context or a property; of a list, that of each item. Raises NoValue when there is none."""
    kind = type(value)
    if kind is dict:
        if name in value:
            return value[name]
        raise NoValue(f"Expected an entry '{name[:80]}' but the context has none")
    if kind is list:
        frame.charge(len(value))
        return [_property_or_null(frame, one, name) for one in value]
    if kind is SecretNames:
        return value.pick(name)
    read = PROPERTIES.get(kind, {}).get(name)
    if read is None:
        raise NoValue(f"Expected a value with '{name[:80]}' but got {kind_of(value)}")
    return read(value)


def _property_or_null(frame: FeelFrame, value: Any, name: str) -> Any:
    try:
        return property_of(frame, value, name)
    except NoValue:
        return None
