"""Dates, times, durations as texts: ISO 8601 with the names of zones after an @ (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.8)."""

from __future__ import annotations

import re
from typing import Any

from . import calendars
from .calendars import DAY, NANO
from .faults import NoValue
from .temporal import (
    MIDNIGHT,
    Date,
    DateTime,
    DaysTime,
    Time,
    YearsMonths,
    date_of,
    days_time,
    make_date,
    years_months,
)

LONGEST = 200
"""Characters of such a text."""
LARGEST_OFFSET = 14 * 3_600
"""Seconds; what XML Schema allows."""

_DATE = r"(?P<year>-?(?:[1-9]\d{4,8}|\d{4}))-(?P<month>\d\d)-(?P<day>\d\d)"
_TIME = (
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d+))?"
    r"(?:(?P<utc>[Zz])|(?P<sign>[+-])(?P<hours>\d\d):(?P<minutes>\d\d)(?::(?P<seconds>\d\d))?|@(?P<zone>[\w/+\-]+))?"
)
_DATES = re.compile(_DATE, re.ASCII)
_TIMES = re.compile(_TIME, re.ASCII)
_DATE_TIMES = re.compile(f"{_DATE}T{_TIME}", re.ASCII)
_DAYS = re.compile(
    r"(?P<minus>-)?P(?:(?P<days>\d+)D)?"
    r"(?P<T>T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:\.(?P<fraction>\d+))?S)?)?",
    re.ASCII,
)
_YEARS = re.compile(r"(?P<minus>-)?P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?", re.ASCII)


def _refusal(what: str, text: str) -> NoValue:
    return NoValue(f"Expected the text of {what} but got '{text[:60]}'")


def _matched(pattern: re.Pattern[str], what: str, text: str) -> re.Match[str]:
    found = pattern.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        raise _refusal(what, text)
    return found


def _nanos(fraction: str | None) -> int:
    return int((fraction or "")[:9].ljust(9, "0"))


def date_from(text: str) -> Date:
    """Return the date that a text such as 2026-01-31 shows; raises NoValue."""
    found = _matched(_DATES, "a date", text)
    return make_date(int(found["year"]), int(found["month"]), int(found["day"]))


def time_from(text: str) -> Time:
    """Return the time that a text such as 08:30:00+01:00 shows; raises NoValue."""
    return _time(_matched(_TIMES, "a time", text), text)[0]


def date_time_from(text: str) -> DateTime:
    """Return the date and time that a text shows, midnight for a date alone; raises NoValue."""
    if "T" not in text:
        return DateTime(date_from(text), MIDNIGHT)
    found = _matched(_DATE_TIMES, "a date and time", text)
    date = make_date(int(found["year"]), int(found["month"]), int(found["day"]))
    time, days = _time(found, text)
    return DateTime(date_of(date.number + days) if days else date, time)


def _time(found: re.Match[str], text: str) -> tuple[Time, int]:
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"])
    nano = _nanos(found["fraction"])
    end_of_day = hour == 24 and not (minute or second or nano)
    if (hour > 23 and not end_of_day) or minute > 59 or second > 59:
        raise _refusal("a time", text)
    offset = None
    if found["utc"]:
        offset = 0
    elif found["sign"]:
        offset = int(found["hours"]) * 3_600 + int(found["minutes"]) * 60 + int(found["seconds"] or 0)
        if int(found["minutes"]) > 59 or int(found["seconds"] or 0) > 59 or offset > LARGEST_OFFSET:
            raise _refusal("an offset", text)
        offset = -offset if found["sign"] == "-" else offset
    name = found["zone"] or ""
    if name and calendars.zone(name) is None:
        raise NoValue(f"Expected a zone of the IANA database but got '{name[:60]}'")
    return Time((hour * 3_600 + minute * 60 + second) % DAY, nano, offset, name), int(end_of_day)


def duration_from(text: str) -> DaysTime | YearsMonths:
    """Return the duration that a text such as P1DT2H or -P1Y6M shows; raises NoValue."""
    found = _DAYS.fullmatch(text) if len(text) <= LONGEST else None
    if found is not None and text[-1] not in "PT":
        seconds = int(found["days"] or 0) * DAY + int(found["hours"] or 0) * 3_600
        seconds += int(found["minutes"] or 0) * 60 + int(found["seconds"] or 0)
        nanos = seconds * NANO + _nanos(found["fraction"])
        return days_time(-nanos if found["minus"] else nanos)
    years = _matched(_YEARS, "a duration", text)
    if text[-1] == "P":
        raise _refusal("a duration", text)
    months = int(years["years"] or 0) * 12 + int(years["months"] or 0)
    return years_months(-months if years["minus"] else months)


def any_from(text: str) -> Any:
    """Return the value of an at-literal: a date, time, date and time or duration; raises NoValue."""
    if "P" in text[:2]:
        return duration_from(text)
    if _TIMES.match(text):
        return time_from(text)
    return date_time_from(text) if "T" in text else date_from(text)


def date_text(date: Date) -> str:
    """Return the text of a date."""
    return f"{'-' if date.year < 0 else ''}{abs(date.year):04d}-{date.month:02d}-{date.day:02d}"


def time_text(time: Time) -> str:
    """Return the text of a time, with as many decimals as it has."""
    minutes, second = divmod(time.second_of_day, 60)
    text = f"{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}"
    if time.nano:
        text += f".{time.nano:09d}".rstrip("0")
    if time.zone:
        return f"{text}@{time.zone}"
    return text if time.offset is None else text + offset_text(time.offset)


def offset_text(offset: int) -> str:
    """Return the text of an offset in seconds."""
    if not offset:
        return "Z"
    minutes, seconds = divmod(abs(offset), 60)
    text = f"{'-' if offset < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{seconds:02d}" if seconds else text


def date_time_text(value: DateTime) -> str:
    """Return the text of a date and time."""
    return f"{date_text(value.date)}T{time_text(value.time)}"


def days_time_text(duration: DaysTime) -> str:
    """Return the text of a days and time duration, with the parts that are not zero."""
    seconds, nano = divmod(abs(duration.nanos), NANO)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    fraction = f".{nano:09d}".rstrip("0") if nano else ""
    shown = [f"{hour}H" if hour else "", f"{minute}M" if minute else "", f"{second}{fraction}S"]
    clock = "".join(shown[:2] + (shown[2:] if second or nano else []))
    day = f"{days}D" if days else ""
    if not clock and not day:
        return "PT0S"
    return f"{'-' if duration.nanos < 0 else ''}P{day}{'T' if clock else ''}{clock}"


def years_months_text(duration: YearsMonths) -> str:
    """Return the text of a years and months duration, with the parts that are not zero."""
    years, months = divmod(abs(duration.months), 12)
    shown = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return f"{'-' if duration.months < 0 else ''}P{shown or '0M'}"
