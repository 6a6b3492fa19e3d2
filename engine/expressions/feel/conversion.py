"""FEEL values from the values at rest (JSON) and back, and from what Python programs hand over (DESIGN, 4)."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from ..errors import EvaluationFailed, LimitExceeded
from ..limits import Limits
from ..operators import room_for_items
from ..secrets import SecretText
from ..values import value_too_deep
from .calendars import NANO
from .faults import FeelFrame
from .kinds import kind_of
from .numbers import from_binary
from .temporal import Date, DateTime, DaysTime, Time, YearsMonths
from .temporal_texts import date_text, date_time_text, days_time_text, time_text, years_months_text

_TEXTS: dict[type, Any] = {
    Date: date_text,
    Time: time_text,
    DateTime: date_time_text,
    DaysTime: days_time_text,
    YearsMonths: years_months_text,
}
_BITS_PER_DIGIT = 3.33


def lifted(frame: FeelFrame, value: Any) -> Any:
    """Return a value of a variable as a FEEL value: its numbers become decimals, everything else is itself."""
    kind = type(value)
    if kind is int or kind is float:
        return from_binary(value)
    if kind is list or kind is dict:
        return _lifted_inside(frame, value, 0)
    return value


def _lifted_inside(frame: FeelFrame, value: Any, depth: int) -> Any:
    kind = type(value)
    if kind is int or kind is float:
        return from_binary(value)
    if kind is not list and kind is not dict:
        return value
    if depth > frame.limits.nesting:
        raise value_too_deep(frame.limits)
    frame.charge(1 + (len(value) >> 3))
    if kind is list:
        return [_lifted_inside(frame, one, depth + 1) for one in value]
    return {key: _lifted_inside(frame, one, depth + 1) for key, one in value.items()}


def lowered(frame: FeelFrame, value: Any) -> Any:
    """Return a FEEL value as a value at rest.

    Numbers become exact integers when they are integral and within the integer width, else the nearest double; dates,
    times and durations become their ISO texts. Raises EvaluationFailed for ranges, functions and numbers that are too
    large for both.
    """
    return _lowered(frame, value, 0)


def _lowered(frame: FeelFrame, value: Any, depth: int) -> Any:
    kind = type(value)
    if kind is Decimal:
        return _binary(value, frame.limits)
    if kind is str or kind is bool or value is None:
        return value
    if kind is list or kind is dict:
        if depth > frame.limits.nesting:
            raise value_too_deep(frame.limits)
        room_for_items(frame, len(value))
        frame.charge(1)
        if kind is list:
            return [_lowered(frame, one, depth + 1) for one in value]
        return {key: _lowered(frame, one, depth + 1) for key, one in value.items()}
    write = _TEXTS.get(kind)
    if write is not None:
        return write(value)
    if kind is int or kind is float or kind is SecretText:
        return value
    raise EvaluationFailed(
        f"Expected a value that a variable can hold but got a {kind_of(value)}",
        "variables are JSON: keep the value that the range or function gives",
    )


def _binary(number: Decimal, limits: Limits) -> int | float:
    if number == number.to_integral_value():
        if number.adjusted() * _BITS_PER_DIGIT <= limits.integer_bits + 4:
            exact = int(number)
            if exact.bit_length() <= max(limits.integer_bits, 63):
                return exact
        double = float(number)
        if double - double != 0:
            raise LimitExceeded("integer_bits", "Expected a number that a variable can hold but it is too large")
        return double
    return float(number)


def given(value: Any) -> Any:
    """Return what a Python program hands over as a FEEL value: dates, times and time differences of `datetime` too.

    NaN and infinities are null, as FEEL has none (10.3.2.3.1). Raises TypeError for objects that are no values.
    """
    kind = type(value)
    if kind is list or kind is tuple:
        return [given(one) for one in value]
    if kind is dict:
        return {str(key): given(one) for key, one in value.items()}
    if kind is int or kind is float:
        return from_binary(value) if value - value == 0 else None
    if kind is Decimal:
        return value if value.is_finite() else None
    if isinstance(value, datetime.datetime):
        return DateTime(Date(value.year, value.month, value.day), _time(value))
    if isinstance(value, datetime.date):
        return Date(value.year, value.month, value.day)
    if isinstance(value, datetime.time):
        return _time(value)
    if isinstance(value, datetime.timedelta):
        return DaysTime((value.days * 86_400 + value.seconds) * NANO + value.microseconds * 1_000)
    if kind_of(value) == kind.__name__:
        raise TypeError(f"Expected a FEEL value but got {kind.__name__}")
    return value


def _time(value: datetime.datetime | datetime.time) -> Time:
    offset = value.utcoffset()
    zone = getattr(value.tzinfo, "key", "") or ""
    seconds = value.hour * 3_600 + value.minute * 60 + value.second
    fixed = None if offset is None or zone else int(offset.total_seconds())
    return Time(seconds, value.microsecond * 1_000, fixed, zone)
