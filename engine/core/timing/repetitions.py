"""Repeating intervals of ISO 8601 such as R3/PT10M or R/2026-01-01T10:00:00/P1D."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from .dates import Date, parse_date, without_zone
from .durations import Duration, later, parse_duration
from .firings import ENDLESS, Firing, Schedule
from .refusals import LAST, MOST_REPEATS, SHORTEST_CYCLE, ScheduleRefused, quoted, within_reach
from .series import Series
from .zones import wall_clock

FOR_EVER = 1 << 62

_COUNT = re.compile(r"R(-1|[0-9]{0,20})")
_NEXT_PART = re.compile(r"/(?=[-+]?P[-+\dT]|\d)")


class Repeating(Schedule, frozen=True):
    """Repetitions number `low` to `high` of a series; without anchor it is counted from when the timer is armed."""

    duration: Duration
    zone: ZoneInfo
    anchor: int | None
    low: int
    high: int

    def first(self, now: int) -> Firing | None:
        series = Series(now if self.anchor is None else self.anchor, self.duration, self.zone)
        k = max(self.low, series.first_from(now))
        due = series.at(k)
        if k > self.high or due > LAST:
            return None
        repeats = ENDLESS if self.high == FOR_EVER else self.high - k
        return Firing(due, f"{self.duration.text}@{self.zone.key}", repeats, series.anchor)


def parse_repetition(text: str, zone: ZoneInfo) -> Repeating:
    """Return the repetitions that a text beginning with R means.

    R[n]/duration counts from when the timer is armed, R[n]/start/duration from the start, which is the first of the n
    firings. R[n]/start/end repeats the time between both. R[n]/duration/end counts back from the end, which is the last
    of the n firings. R without number, or R-1, has no last one, and before an end no first one.

    Raises:
        ScheduleRefused: it has another shape, no repetition, too many, or they follow each other too fast.
    """
    head, *parts = _NEXT_PART.split(text)
    count = _parse_count(head, text)
    shape = "/".join("duration" if "P" in part[:2] else "date" for part in parts)
    if shape == "duration":
        duration, zone = _parse_length(parts[0], zone)
        found = Repeating(duration, zone, None, 1, count)
    elif shape == "date/duration":
        date = _parse_anchor(parts[0], zone)
        duration, zone = _parse_length(parts[1], date.zone)
        found = Repeating(duration, zone, date.moment, 0, _less_one(count))
    elif shape == "date/date":
        date = _parse_anchor(parts[0], zone)
        duration = _between(date, _parse_anchor(parts[1], date.zone), text)
        found = Repeating(duration, date.zone, date.moment, 0, _less_one(count))
    elif shape == "duration/date":
        duration, zone = _parse_length(parts[0], zone)
        date = _parse_anchor(parts[1], zone)
        found = Repeating(duration, date.zone, date.moment, -_less_one(count), 0)
    else:
        raise _no_repetition(text)
    return _long_enough(found, text)


def _parse_count(head: str, text: str) -> int:
    match = _COUNT.fullmatch(head)
    if match is None:
        raise _no_repetition(text)
    if match[1] in {"", "-1"}:
        return FOR_EVER
    if not 1 <= int(match[1]) <= MOST_REPEATS:
        raise ScheduleRefused(
            f"Expected 1 to {MOST_REPEATS} repetitions but got {match[1]} in {quoted(text)}",
            "R alone repeats without end",
        )
    return int(match[1])


def _less_one(count: int) -> int:
    return count if count == FOR_EVER else count - 1


def _parse_anchor(text: str, zone: ZoneInfo) -> Date:
    """A date from which its zone can count: one that the zone's wall clock shows in the year 10000 is refused."""
    date = parse_date(text, zone)
    try:
        wall_clock(date.moment, date.zone)
    except OverflowError:
        within_reach(LAST + 1, text)
    return date


def _parse_length(text: str, zone: ZoneInfo) -> tuple[Duration, ZoneInfo]:
    plain, zone = without_zone(text, zone)
    return parse_duration(plain), zone


def _between(start: Date, end: Date, text: str) -> Duration:
    """The whole days on the zone's wall clock, and the exact rest."""
    if end.moment <= start.moment:
        raise ScheduleRefused(f"Expected an end after the start but got {quoted(text)}", "write the earlier date first")
    days = max(0, (wall_clock(end.moment, start.zone) - wall_clock(start.moment, start.zone)).days)
    return Duration(days=days, exact=end.moment - later(start.moment, Duration(days=days), start.zone))


def _long_enough(found: Repeating, text: str) -> Repeating:
    if found.duration.at_least >= SHORTEST_CYCLE:
        return found
    raise ScheduleRefused(
        f"Expected a cycle of at least {SHORTEST_CYCLE // 1_000_000} second but got {quoted(text)}",
        "write PT1S or longer",
    )


def _no_repetition(text: str) -> ScheduleRefused:
    return ScheduleRefused(
        f"Expected a cycle but got {quoted(text)}",
        "write R/PT1H, R3/PT1H, R/2026-01-01T10:00:00/P1D or R/P1D/2026-12-31, with a number for a limited one",
    )
