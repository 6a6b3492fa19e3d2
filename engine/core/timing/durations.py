"""Durations of ISO 8601 such as P1Y2M10DT2H30M, and how they are added: by the calendar or by the clock.

Years, months, weeks and days keep the wall clock of the zone; hours, minutes and seconds are exact. A day that a month
does not have becomes its last day. The calendar part is added first.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from .refusals import ScheduleRefused, quoted
from .zones import SECOND, moment_of, wall_clock

DAY = 86_400 * SECOND

_PATTERN = re.compile(
    r"P(?=[\dT])(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?"
    r"(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,](\d+))?S)?)?",
    re.ASCII,
)


class Duration(msgspec.Struct, frozen=True):
    """A length of time: whole months and days by the calendar, the rest in exact microseconds."""

    months: int = 0
    days: int = 0
    exact: int = 0

    @property
    def at_least(self) -> int:
        """A number of microseconds that it is never shorter than, on the wall clock of any zone."""
        return (self.months * 28 + self.days) * DAY + self.exact

    @property
    def at_most(self) -> int:
        """A number of microseconds that it is never longer than, on the wall clock of any zone."""
        return (self.months * 31 + self.days) * DAY + self.exact

    @property
    def text(self) -> str:
        """The duration in ISO 8601, shortest form."""
        hours, rest = divmod(self.exact, 3600 * SECOND)
        minutes, rest = divmod(rest, 60 * SECOND)
        seconds = f"{rest // SECOND}.{rest % SECOND:06}".rstrip("0").rstrip(".")
        date = "".join(f"{number}{unit}" for number, unit in ((self.months, "M"), (self.days, "D")) if number)
        time = "".join(f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M")) if number)
        time += f"{seconds}S" if rest else ""
        return f"P{date}" + (f"T{time}" if time else "") if date or time else "PT0S"


def parse_duration(text: str) -> Duration:
    """Return the duration that the text writes in ISO 8601; a fraction only in the seconds, cut at microseconds.

    Raises:
        ScheduleRefused: it is none, or it is negative.
    """
    match = _PATTERN.fullmatch(text)
    if match is None:
        raise _refused(text)
    years, months, weeks, days, hours, minutes, seconds = (int(match[group] or 0) for group in range(1, 8))
    fraction = int((match[8] or "")[:6].ljust(6, "0"))
    return Duration(
        months=years * 12 + months,
        days=weeks * 7 + days,
        exact=(hours * 3600 + minutes * 60 + seconds) * SECOND + fraction,
    )


def _refused(text: str) -> ScheduleRefused:
    sentence = f"Expected a duration but got {quoted(text)}"
    if re.match(r"[-+]|P.*-", text):
        return ScheduleRefused(f"Expected a duration that is not negative but got {quoted(text)}", "remove the minus")
    if re.search(r"\d[.,]\d*[YMWDH]", text):
        return ScheduleRefused(sentence, "only seconds may have a fraction: write PT30M for half an hour")
    if text.startswith("P") and "T" not in text and re.search(r"\d[HS]", text):
        return ScheduleRefused(sentence, "a T stands before hours, minutes and seconds: write PT2H")
    return ScheduleRefused(sentence, "write it in ISO 8601, as in PT15M, P1D or P1Y2M10DT2H30M")


def later(moment: int, duration: Duration, zone: ZoneInfo, times: int = 1) -> int:
    """Return the moment `times` durations after (negative: before) the given one, counted in one go from it.

    Raises:
        OverflowError: the calendar ends before that.
    """
    months, days = duration.months * times, duration.days * times
    if months or days:
        wall = _in_months(wall_clock(moment, zone), months) + timedelta(days=days)
        moment = moment_of(wall, zone)
    return moment + duration.exact * times


def _in_months(wall: datetime, months: int) -> datetime:
    year, month = divmod(wall.year * 12 + wall.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError(f"Expected a year from 1 to 9999 but got {year}")
    return wall.replace(year=year, month=month + 1, day=min(wall.day, monthrange(year, month + 1)[1]))
