"""FEEL's functions that make and take apart dates, times and durations (DMN 1.5, Tables 72, 79 and 82)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from . import calendars, numbers, temporal, temporal_texts
from .builtin import builtin
from .calendars import DAY, NANO
from .faults import FeelFrame, NoValue
from .temporal import UTC_MIDNIGHT, Date, DateTime, DaysTime, Time, YearsMonths, make_date, months_between

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def _integer(name: str, number: Decimal) -> int:
    if number.adjusted() > 18 or number != number.to_integral_value():
        raise NoValue(f"Expected an integer as the {name} but got {str(number)[:40]}")
    return numbers.whole(number)


def _date_of(value: Any) -> Date:
    return value.date if type(value) is DateTime else value


@builtin(
    "date(from: string | date | date and time)", "the date a text shows, or of a date and time; or from its numbers"
)
def _date(_frame: FeelFrame, from_: Any) -> Date:
    return temporal_texts.date_from(from_) if type(from_) is str else _date_of(from_)


@builtin("date(year: number, month: number, day: number)")
def _date_from_numbers(_frame: FeelFrame, year: Decimal, month: Decimal, day: Decimal) -> Date:
    return make_date(_integer("year", year), _integer("month", month), _integer("day", day))


@builtin(
    "date and time(from: string | date and time | date)",
    "the date and time a text shows; or from a date and a time; or the same moment in another zone",
)
def _date_and_time(_frame: FeelFrame, from_: Any) -> DateTime:
    if type(from_) is str:
        return temporal_texts.date_time_from(from_)
    return DateTime(from_, UTC_MIDNIGHT) if type(from_) is Date else from_


@builtin("date and time(date: date | date and time, time: time)")
def _date_with_time(_frame: FeelFrame, date: Any, time: Time) -> DateTime:
    return DateTime(_date_of(date), time)


@builtin("date and time(date: date and time, timezone: string)")
def _in_zone(_frame: FeelFrame, date: DateTime, timezone: str) -> DateTime:
    if temporal.offset_of(date) is None or calendars.zone(timezone) is None:
        raise NoValue("Expected a date and time with an offset and a zone of the IANA database")
    return temporal.at_nanos(temporal.nanos_of(date), Time(0, zone=timezone))


@builtin(
    "time(from: string | time | date and time | date)",
    "the time a text shows, or of a date and time; or from its numbers",
)
def _time(_frame: FeelFrame, from_: Any) -> Time:
    if type(from_) is str:
        return temporal_texts.time_from(from_)
    if type(from_) is DateTime:
        return from_.time
    return UTC_MIDNIGHT if type(from_) is Date else from_


@builtin("time(hour: number, minute: number, second: number, offset: days and time duration?=)")
def _time_from_numbers(
    _frame: FeelFrame, hour: Decimal, minute: Decimal, second: Decimal, offset: DaysTime | None = None
) -> Time:
    hours, minutes = _integer("hour", hour), _integer("minute", minute)
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= second < 60):
        raise NoValue("Expected an hour below 24, a minute below 60 and a second below 60")
    whole = numbers.whole(second)
    nano = numbers.whole((second - whole) * NANO)
    shift = None if offset is None else _offset(offset)
    return Time(hours * 3_600 + minutes * 60 + whole, nano, shift)


def _offset(duration: DaysTime) -> int:
    seconds = abs(duration.nanos) // NANO
    if seconds > temporal_texts.LARGEST_OFFSET:
        raise NoValue("Expected an offset of at most 14 hours")
    return -seconds if duration.nanos < 0 else seconds


@builtin(
    "duration(from: string | days and time duration | years and months duration)", "the duration a text shows: `P1DT2H`"
)
def _duration(_frame: FeelFrame, from_: Any) -> Any:
    return temporal_texts.duration_from(from_) if type(from_) is str else from_


@builtin(
    "years and months duration(from: date | date and time, to: date | date and time)",
    "the whole months between two dates, as a duration",
)
def _years_and_months_duration(_frame: FeelFrame, from_: Any, to: Any) -> YearsMonths:
    return YearsMonths(months_between(_date_of(from_), _date_of(to)))


@builtin("now()", "the date and time of the command that is carried out, in UTC")
def _now(frame: FeelFrame) -> DateTime:
    if not frame.has_time:
        raise NoValue("Expected the time of the evaluation but none was given")
    seconds, micros = divmod(frame.now, 1_000_000)
    number, second = divmod(seconds, DAY)
    return DateTime(temporal.date_of(number), Time(second, micros * 1_000, 0))


@builtin("today()", "the date of the command that is carried out, in UTC")
def _today(frame: FeelFrame) -> Date:
    moment: DateTime = _now(frame)
    return moment.date


@builtin("day of year(date: date | date and time)", "the number of the day in its year, from 1")
def _day_of_year(_frame: FeelFrame, date: Any) -> Decimal:
    day = _date_of(date)
    return Decimal(day.number - Date(day.year, 1, 1).number + 1)


@builtin("day of week(date: date | date and time)", "the name of the day: `Monday` to `Sunday`")
def _day_of_week(_frame: FeelFrame, date: Any) -> str:
    return _DAYS[calendars.weekday(_date_of(date).number) - 1]


@builtin("month of year(date: date | date and time)", "the name of the month: `January` to `December`")
def _month_of_year(_frame: FeelFrame, date: Any) -> str:
    return _MONTHS[_date_of(date).month - 1]


@builtin("week of year(date: date | date and time)", "the number of the week in its year, by ISO 8601")
def _week_of_year(_frame: FeelFrame, date: Any) -> Decimal:
    day = _date_of(date)
    return Decimal(calendars.iso_week(day.number))
