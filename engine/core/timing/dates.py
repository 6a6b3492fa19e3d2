"""Dates of ISO 8601 such as 2026-01-01T10:00:00+01:00, local ones and ones that name their time zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .refusals import EPOCH, ScheduleRefused, quoted, within_reach
from .zones import MICROSECOND, WALL_EPOCH, moment_of, zone_named

_PATTERN = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:(Z)|([+-])(\d\d)(?::?([0-5]\d))?)?)?",
    re.ASCII,
)
_ZONE = re.compile(r"(.+?)(?:@([^@\[\]]*)|\[([^@\[\]]*)\])", re.DOTALL)


class Date(NamedTuple):
    """A moment, and the zone in which the calendar goes on from it."""

    moment: int
    zone: ZoneInfo


def without_zone(text: str, zone: ZoneInfo) -> tuple[str, ZoneInfo]:
    """Return the text without its ending `@Area/City` or `[Area/City]`, and that zone; without one, `zone`."""
    match = _ZONE.fullmatch(text)
    if match is None:
        return text, zone
    return match[1], zone_named(match[2] if match[2] is not None else match[3])


def parse_date(text: str, zone: ZoneInfo) -> Date:
    """Return the moment that the text writes; without offset it is meant in the zone it names, else in `zone`.

    A date alone is its midnight. A fraction of a second is cut at microseconds. An offset beside a named zone decides
    the moment, the zone how the calendar goes on.

    Raises:
        ScheduleRefused: it is no date, names an unknown zone, or lies outside the years 1970 to 9999.
    """
    plain, zone = without_zone(text, zone)
    match = _PATTERN.fullmatch(plain)
    if match is None:
        raise ScheduleRefused(
            f"Expected a date but got {quoted(text)}", "write it in ISO 8601, as in 2026-01-31 or 2026-01-31T10:00:00Z"
        )
    try:
        moment = _moment(_wall(match), match, zone)
    except ValueError as error:
        raise ScheduleRefused(f"Expected a date that exists but got {quoted(text)}: {error}") from None
    except OverflowError:
        moment = -1
    return Date(within_reach(moment, text), zone)


def _wall(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(match[group] or 0) for group in range(1, 7))
    fraction = int((match[7] or "")[:6].ljust(6, "0"))
    return WALL_EPOCH.replace(year, month, day, hour, minute, second, fraction)


def _moment(wall: datetime, match: re.Match[str], zone: ZoneInfo) -> int:
    if match[8] is None and match[9] is None:
        return moment_of(wall, zone)
    offset = timedelta(hours=int(match[10] or 0), minutes=int(match[11] or 0)) * (-1 if match[9] == "-" else 1)
    if abs(offset) > timedelta(hours=18):
        raise ValueError("an offset is at most 18 hours")
    return (wall.replace(tzinfo=UTC) - offset - EPOCH) // MICROSECOND
