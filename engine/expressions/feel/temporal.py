"""Dates, times, dates with times and the kinds of durations as FEEL has them (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.8)."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from . import calendars
from .calendars import DAY, LARGEST_YEAR, NANO
from .faults import NoValue

_LARGEST_DURATION = 1 << 100
"""Nanoseconds, or months: far beyond what two dates can differ by."""


class Date(msgspec.Struct, frozen=True):
    """A day of the calendar."""

    kind: ClassVar[str] = "date"
    year: int
    month: int
    day: int

    @property
    def number(self) -> int:
        """Days since 1970-01-01."""
        return calendars.day_number(self.year, self.month, self.day)


class Time(msgspec.Struct, frozen=True):
    """A time of day: `offset` in seconds or the name of a `zone` or neither."""

    kind: ClassVar[str] = "time"
    second_of_day: int
    nano: int = 0
    offset: int | None = None
    zone: str = ""


class DateTime(msgspec.Struct, frozen=True):
    """A day and a time of it; an offset or a zone is kept in the time."""

    kind: ClassVar[str] = "date and time"
    date: Date
    time: Time


class DaysTime(msgspec.Struct, frozen=True):
    """A days and time duration, in nanoseconds."""

    kind: ClassVar[str] = "days and time duration"
    nanos: int


class YearsMonths(msgspec.Struct, frozen=True):
    """A years and months duration, in months."""

    kind: ClassVar[str] = "years and months duration"
    months: int


MIDNIGHT = Time(0)
UTC_MIDNIGHT = Time(0, 0, 0)


def make_date(year: int, month: int, day: int) -> Date:
    """Return the date; raises NoValue when the calendar has no such day."""
    if not -LARGEST_YEAR <= year <= LARGEST_YEAR:
        raise NoValue(f"Expected a year of at most nine digits but got {str(year)[:20]}")
    if not 1 <= month <= 12 or not 1 <= day <= calendars.days_in_month(year, month):
        raise NoValue(f"Expected a day of the calendar but there is no {year:04d}-{month:02d}-{day:02d}")
    return Date(year, month, day)


def date_of(number: int) -> Date:
    """Return the date of a number of days since 1970-01-01."""
    return make_date(*calendars.date_of(number))


def days_time(nanos: int) -> DaysTime:
    """Return the duration; raises NoValue when it is absurdly long."""
    if abs(nanos) > _LARGEST_DURATION:
        raise NoValue("Expected a duration of a length that dates can have but it is longer")
    return DaysTime(nanos)


def years_months(months: int) -> YearsMonths:
    """Return the duration; raises NoValue when it is absurdly long."""
    if abs(months) > _LARGEST_DURATION:
        raise NoValue("Expected a duration of a length that dates can have but it is longer")
    return YearsMonths(months)


def offset_of(value: Time | DateTime) -> int | None:
    """Return the offset from UTC in seconds, None for a local time; of a time in a zone, without summer time."""
    time = value.time if isinstance(value, DateTime) else value
    if not time.zone:
        return time.offset
    if isinstance(value, DateTime):
        return calendars.offset_at(time.zone, value.date.number, time.second_of_day)
    return calendars.standard_offset(time.zone)


def nanos_of(value: DateTime) -> int:
    """Return the nanoseconds since the epoch, of a local date and time as if it were UTC."""
    seconds = value.date.number * DAY + value.time.second_of_day - (offset_of(value) or 0)
    return seconds * NANO + value.time.nano


def seconds_of(value: Time | DateTime, other: Time | DateTime) -> int:
    """Return whole seconds since midnight or the epoch, by which a value is compared with another one.

    A local value has the offset of the other one (Table 54).
    """
    offset = offset_of(value)
    offset = offset_of(other) if offset is None else offset
    time = value.time if isinstance(value, DateTime) else value
    days = value.date.number if isinstance(value, DateTime) else 0
    return days * DAY + time.second_of_day - (offset or 0)


def at_nanos(nanos: int, like: Time) -> DateTime:
    """Return the date and time at nanoseconds since the epoch, in the offset or zone of `like`."""
    seconds, nano = divmod(nanos, NANO)
    shift = calendars.offset_after(like.zone, seconds) if like.zone else like.offset or 0
    number, second = divmod(seconds + shift, DAY)
    return DateTime(date_of(number), Time(second, nano, like.offset, like.zone))


def midnight(date: Date) -> DateTime:
    """Return the date as a date and time: UTC midnight (10.3.2.3.5)."""
    return DateTime(date, UTC_MIDNIGHT)


def plus_months(date: Date, months: int) -> Date:
    """Return the date some months later, on the month's last day where it has no such day."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    if abs(year) > LARGEST_YEAR:
        raise NoValue("Expected a year of at most nine digits but the result has more")
    return make_date(year, month + 1, min(date.day, calendars.days_in_month(year, month + 1)))


def plus_nanos(value: Date | Time | DateTime, nanos: int) -> Date | Time | DateTime:
    """Return the value that much later: a time goes round the clock, a date keeps the day it comes to."""
    if isinstance(value, Date):
        return date_of(value.number + nanos // (DAY * NANO))
    if isinstance(value, DateTime):
        return at_nanos(nanos_of(value) + nanos, value.time)
    second, nano = divmod((value.second_of_day * NANO + value.nano + nanos) % (DAY * NANO), NANO)
    return Time(second, nano, value.offset, value.zone)


def months_between(first: Date, last: Date) -> int:
    """Return the whole months from one date to another, negative when the other comes first."""
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        return months - 1
    if months < 0 and last.day > first.day:
        return months + 1
    return months
