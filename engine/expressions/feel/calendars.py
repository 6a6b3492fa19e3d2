"""The proleptic Gregorian calendar for years of up to nine digits, and the offsets of zones of the IANA database."""

from __future__ import annotations

import datetime
import re
import zoneinfo
from functools import lru_cache

DAY = 86_400
"""Seconds."""
NANO = 1_000_000_000
LARGEST_YEAR = 999_999_999
_ERA_DAYS = 146_097
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]*(/[A-Za-z0-9_+\-]+)*", re.ASCII)
_ZONES_KEPT = 256
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_leap(year: int) -> bool:
    """Return whether the year has a 29th of February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    """Return the number of days of a month (1 to 12)."""
    return 29 if month == 2 and is_leap(year) else _MONTH_DAYS[month - 1]


def day_number(year: int, month: int, day: int) -> int:
    """Return the days since 1970-01-01; the year is counted from March, so that a leap day ends it."""
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * _ERA_DAYS + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def date_of(number: int) -> tuple[int, int, int]:
    """Return year, month and day of a number of days since 1970-01-01."""
    era, day = divmod(number + 719_468, _ERA_DAYS)
    of_era = (day - day // 1_460 + day // 36_524 - day // 146_096) // 365
    of_year = day - (365 * of_era + of_era // 4 - of_era // 100)
    from_march = (5 * of_year + 2) // 153
    month = from_march + 3 if from_march < 10 else from_march - 9
    return era * 400 + of_era + (month <= 2), month, of_year - (153 * from_march + 2) // 5 + 1


def weekday(number: int) -> int:
    """Return the day of the week, 1 for Monday, of a number of days since 1970-01-01."""
    return (number + 3) % 7 + 1


def iso_week(number: int) -> int:
    """Return the week of the year by ISO 8601: week 1 is the one with the year's first Thursday."""
    thursday = number + 4 - weekday(number)
    own_year = date_of(thursday)[0]
    return (thursday - day_number(own_year, 1, 1)) // 7 + 1


@lru_cache(maxsize=_ZONES_KEPT)
def zone(name: str) -> zoneinfo.ZoneInfo | None:
    """Return the zone with that name in the IANA database, None when there is none."""
    if _ZONE.fullmatch(name) is None:
        return None
    try:
        return zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _local(number: int, second: int) -> datetime.datetime:
    year, month, day = date_of(number)
    if not 1 < year < 9_999:
        # The calendar repeats every 400 years and zones know no rules for such years.
        year = 2_000 + year % 400
    return datetime.datetime(year, month, day) + datetime.timedelta(seconds=second)  # noqa: DTZ001 - the zone's wall


def offset_at(name: str, number: int, second: int) -> int:
    """Return the zone's offset in seconds when its clocks show that day and second (of two, the first)."""
    found = zone(name)
    offset = found.utcoffset(_local(number, second)) if found is not None else None
    return 0 if offset is None else int(offset.total_seconds())


def offset_after(name: str, epoch: int) -> int:
    """Return the zone's offset in seconds at an instant, in seconds since the epoch."""
    found = zone(name)
    if found is None:
        return 0
    number, second = divmod(epoch, DAY)
    moment = _local(number, second).replace(tzinfo=datetime.UTC).astimezone(found)
    offset = moment.utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def standard_offset(name: str) -> int:
    """Return the zone's offset in seconds without daylight saving time: what a time without a date can know."""
    found = zone(name)
    if found is None:
        return 0
    winter = datetime.datetime(2_000, 1, 1)  # noqa: DTZ001 - the zone's wall
    offset, saving = found.utcoffset(winter), found.dst(winter)
    if offset is None:
        return 0
    return int((offset - (saving or datetime.timedelta())).total_seconds())
