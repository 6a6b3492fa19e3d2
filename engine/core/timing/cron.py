"""Cron schedules: five fields as in a crontab, six with seconds first as BPMN engines on Java write them.

The package cronsim reads the fields and walks the calendar on plain wall clocks; what a wall clock means where a zone
skips or doubles it is decided here. Weekdays: 0 and 7 are Sunday, 1 is Monday. When both days are restricted, a
crontab's five fields want either of them, six fields both.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from cronsim import CronSim, CronSimError

from .refusals import LAST, ScheduleRefused, quoted
from .zones import moment_of, shift_at, wall_clock

MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
FIELDS = ("second", "minute", "hour", "day-of-month", "month", "day-of-week")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")

_TICK = timedelta(seconds=1)
_TO_SUNDAY = re.compile(r"\b(?!SUN|0)(\w+)-(?:SUN|0)\b")
_DAY_NAME = re.compile("|".join(DAYS))


class Cron(msgspec.Struct, frozen=True):
    """A cron schedule in a time zone.

    fields: the six fields. both: whether day of month and day of week must both fit. every_hour: it names no hours, so
    it goes on through skipped and doubled hours; otherwise its times are wall clocks, of which each fires once: a
    skipped one at the end of the gap, a doubled one the first time.
    """

    fields: str
    zone: ZoneInfo
    both: bool
    every_hour: bool

    def next_after(self, moment: int) -> int | None:
        """Return the first firing after the moment, None when there is none within 50 years."""
        try:
            due = self._while_clocks_run(moment) if self.every_hour else self._by_wall_clock(moment)
        except OverflowError:
            return None
        return due if due is not None and due <= LAST else None

    def _by_wall_clock(self, moment: int) -> int | None:
        wall = wall_clock(moment, self.zone)
        shift = shift_at(wall, self.zone)
        if shift and wall.fold:
            wall = shift.end - _TICK
        found = self._next(wall)
        return None if found is None else moment_of(found, self.zone)

    def _while_clocks_run(self, moment: int) -> int | None:
        wall = wall_clock(moment, self.zone)
        shift = shift_at(wall, self.zone)
        found = self._next(wall)
        if found is None:
            return None
        if shift and found < shift.end:
            offset = shift.after if wall.fold else shift.before
            return moment_of(found, self.zone) + shift.before - offset
        if shift and not wall.fold:
            again = self._next(shift.start - _TICK)
            if again is not None and again < shift.end:
                return moment_of(again, self.zone) + shift.before - shift.after
        ahead = shift_at(found, self.zone)
        if ahead and ahead.skips:
            found = self._next(ahead.end - _TICK)
        return None if found is None else moment_of(found, self.zone)

    def _next(self, wall: datetime) -> datetime | None:
        search = CronSim(self.fields, wall.replace(fold=0))
        search.day_and = self.both
        return next(search, None)


def parse_cron(text: str, zone: ZoneInfo) -> Cron:
    """Return the schedule that the text writes in five or six fields, or as @daily and its like.

    Raises:
        ScheduleRefused: it has another number of fields, one of them is wrong, or its time never comes.
    """
    parts = MACROS.get(text.lower(), text).upper().split()
    if len(parts) not in {5, 6}:
        raise _of_another_length(text, len(parts))
    seconds = ["0"] if len(parts) == 5 else []
    both = len(parts) == 6 or parts[2].startswith(("*", "?")) or parts[4].startswith(("*", "?"))
    fields = [*seconds, *parts]
    fields[3] = "*" if fields[3] == "?" else fields[3]
    fields[5] = "*" if fields[5] == "?" else _weekdays_as_numbers(fields[5])
    try:
        hours = CronSim(" ".join(fields), datetime(2000, 1, 1)).hours  # noqa: DTZ001
    except (CronSimError, AssertionError) as error:
        raise _wrong_field(text, fields, str(error)) from None
    cron = Cron(" ".join(fields), zone, both, every_hour=hours == set(range(24)))
    if cron.next_after(0) is None:
        raise ScheduleRefused(
            f"Expected a cron schedule that fires but the date of {quoted(text)} never comes", "check day and month"
        )
    return cron


def _weekdays_as_numbers(field: str) -> str:
    """A week that ends on Sunday ends on day 7."""
    return _DAY_NAME.sub(lambda match: str(DAYS.index(match[0])), _TO_SUNDAY.sub(r"\1-7", field))


def _of_another_length(text: str, count: int) -> ScheduleRefused:
    if text.startswith("@"):
        return ScheduleRefused(
            f"Expected one of {', '.join(MACROS)} but got {quoted(text)}", "write other schedules in five fields"
        )
    if count == 7:
        return ScheduleRefused(
            f"Expected a cron schedule without a year but {quoted(text)} has seven fields", "leave the last field out"
        )
    return ScheduleRefused(
        f"Expected a cycle but got {quoted(text)}",
        "write R3/PT10M for a repeated duration, 0 9 * * MON-FRI for a cron schedule",
    )


def _wrong_field(text: str, fields: list[str], told: str) -> ScheduleRefused:
    names = [name for name in FIELDS if told == f"Bad {name}"]
    which = f"its {names[0]} is {quoted(fields[FIELDS.index(names[0])])}" if names else "it has a wrong field"
    return ScheduleRefused(
        f"Expected a cron schedule but got {quoted(text)}: {which}",
        "numbers, names, * , - / and in the days ? L LW 5L 5#2 are known; W beside a day and L- are not",
    )
