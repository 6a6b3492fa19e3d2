"""The arithmetic of numbers, texts, dates, durations (DMN 1.5, Tables 57 to 61); raises NoValue where it has none."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ..operators import room_for_text
from ..secrets import is_secret, joined_secret
from . import numbers
from .calendars import DAY, NANO
from .faults import FeelFrame, NoValue
from .kinds import kind_of
from .numbers import CONTEXT
from .temporal import (
    Date,
    DateTime,
    DaysTime,
    Time,
    YearsMonths,
    days_time,
    midnight,
    nanos_of,
    offset_of,
    plus_months,
    plus_nanos,
    seconds_of,
    years_months,
)

LARGEST_EXPONENT = 999_999_999
Operation = Callable[[FeelFrame, Any, Any], Any]

_MOMENTS = frozenset({Date, Time, DateTime})


def mismatch(symbol: str, left: Any, right: Any) -> NoValue:
    """Return the reason for null where an operator cannot take its operands."""
    return NoValue(f"Expected operands that fit '{symbol}' but got {kind_of(left)} and {kind_of(right)}")


def add(frame: FeelFrame, left: Any, right: Any) -> Any:
    """Add numbers or durations, join texts, or move a date or time by a duration."""
    kind, other = type(left), type(right)
    if kind is Decimal and other is Decimal:
        return CONTEXT.add(left, right)
    if kind is str and other is str:
        room_for_text(frame, len(left) + len(right))
        return left + right
    if kind is DaysTime and other is DaysTime:
        return days_time(left.nanos + right.nanos)
    if kind is YearsMonths and other is YearsMonths:
        return years_months(left.months + right.months)
    if kind in _MOMENTS:
        return _moved("+", left, right, 1)
    if other in _MOMENTS:
        return _moved("+", right, left, 1)
    if is_secret(left, right):
        return joined_secret([left, right], frame.limits)
    raise mismatch("+", left, right)


def subtract(_frame: FeelFrame, left: Any, right: Any) -> Any:
    """Subtract numbers or durations, a duration from a date or time, or find the time between two of these."""
    kind, other = type(left), type(right)
    if kind is Decimal and other is Decimal:
        return CONTEXT.subtract(left, right)
    if kind is DaysTime and other is DaysTime:
        return days_time(left.nanos - right.nanos)
    if kind is YearsMonths and other is YearsMonths:
        return years_months(left.months - right.months)
    if kind in _MOMENTS and other in _MOMENTS:
        return days_time(_nanos_between(left, right))
    if kind in _MOMENTS:
        return _moved("-", left, right, -1)
    raise mismatch("-", left, right)


def _moved(symbol: str, moment: Any, duration: Any, sign: int) -> Any:
    if type(duration) is DaysTime:
        return plus_nanos(moment, sign * duration.nanos)
    if type(duration) is YearsMonths and type(moment) is Date:
        return plus_months(moment, sign * duration.months)
    if type(duration) is YearsMonths and type(moment) is DateTime:
        return DateTime(plus_months(moment.date, sign * duration.months), moment.time)
    raise mismatch(symbol, moment, duration)


def _nanos_between(left: Any, right: Any) -> int:
    if type(left) is Time and type(right) is Time:
        return (seconds_of(left, right) - seconds_of(right, left)) * NANO + left.nano - right.nano
    if type(left) is Time or type(right) is Time:
        raise mismatch("-", left, right)
    if type(left) is Date and type(right) is Date:
        return (left.number - right.number) * DAY * NANO
    left = midnight(left) if type(left) is Date else left
    right = midnight(right) if type(right) is Date else right
    if (offset_of(left) is None) is not (offset_of(right) is None):
        raise NoValue("Expected two dates and times with offsets or two without but only one has an offset")
    return nanos_of(left) - nanos_of(right)


def multiply(_frame: FeelFrame, left: Any, right: Any) -> Any:
    """Multiply numbers, or a duration by a number."""
    kind, other = type(left), type(right)
    if kind is Decimal and other is Decimal:
        return CONTEXT.multiply(left, right)
    if kind is Decimal:
        left, right, kind, other = right, left, other, kind
    if other is Decimal and kind is DaysTime:
        return days_time(_times(left.nanos, right))
    if other is Decimal and kind is YearsMonths:
        return years_months(_times(left.months, right))
    raise mismatch("*", left, right)


def _times(count: int, factor: Decimal) -> int:
    return _length(CONTEXT.multiply(Decimal(count), factor))


def _length(number: Decimal) -> int:
    if number.adjusted() > numbers.DIGITS:
        raise NoValue("Expected a duration of a length that dates can have but it is longer")
    return numbers.whole(number)


def divide(_frame: FeelFrame, left: Any, right: Any) -> Any:
    """Divide numbers, a duration by a number, or a duration by one of its kind."""
    kind, other = type(left), type(right)
    if other is Decimal and not right and kind in (Decimal, DaysTime, YearsMonths):
        raise NoValue("Expected a divisor other than zero but it is zero")
    if kind is Decimal and other is Decimal:
        return CONTEXT.divide(left, right)
    if kind is DaysTime and other is Decimal:
        return days_time(_part(left.nanos, right))
    if kind is YearsMonths and other is Decimal:
        return years_months(_part(left.months, right))
    if kind is other and kind in (DaysTime, YearsMonths):
        above, below = (left.nanos, right.nanos) if kind is DaysTime else (left.months, right.months)
        if not below:
            raise NoValue("Expected a divisor other than zero but it is zero")
        return CONTEXT.divide(Decimal(above), Decimal(below))
    raise mismatch("/", left, right)


def _part(count: int, divisor: Decimal) -> int:
    return _length(CONTEXT.divide(Decimal(count), divisor))


def power(_frame: FeelFrame, left: Any, right: Any) -> Any:
    """Raise a number to the power of another."""
    if type(left) is Decimal and type(right) is Decimal:
        if abs(right) > LARGEST_EXPONENT:
            raise NoValue("Expected an exponent of at most nine digits but it has more")
        # What 0 ** 0 is, IEEE 754 says: 1.
        return CONTEXT.power(left, right) if right else Decimal(1)
    raise mismatch("**", left, right)


def negate(value: Any) -> Any:
    """Return a number or duration with the other sign."""
    if type(value) is Decimal:
        return CONTEXT.minus(value) if value else value
    if type(value) is DaysTime:
        return DaysTime(-value.nanos)
    if type(value) is YearsMonths:
        return YearsMonths(-value.months)
    raise NoValue(f"Expected a number or a duration after '-' but got {kind_of(value)}")


ARITHMETIC: dict[str, Operation] = {"+": add, "-": subtract, "*": multiply, "/": divide, "**": power}
