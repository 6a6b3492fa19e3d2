"""What the text of a timer means: when it fires first, and when again."""

from __future__ import annotations

from typing import Literal
from zoneinfo import ZoneInfo

from .cron import Cron, parse_cron
from .dates import parse_date, without_zone
from .durations import Duration, parse_duration
from .firings import ENDLESS, Firing, Schedule
from .refusals import LAST, LONGEST_TEXT, ScheduleRefused, quoted, within_reach
from .repetitions import parse_repetition
from .series import Series
from .zones import zone_named


class _Once(Schedule, frozen=True):
    due: int

    def first(self, now: int) -> Firing | None:
        return Firing(self.due)


class _After(Schedule, frozen=True):
    duration: Duration
    zone: ZoneInfo

    def first(self, now: int) -> Firing | None:
        due = Series(now, self.duration, self.zone).at(1)
        return None if due > LAST else Firing(due)


class _Cron(Schedule, frozen=True):
    text: str
    cron: Cron

    def first(self, now: int) -> Firing | None:
        due = self.cron.next_after(now)
        return None if due is None else Firing(due, f"{self.text}@{self.cron.zone.key}", ENDLESS)


def parse_schedule(kind: Literal["date", "duration", "cycle"], value: str, zone: str = "UTC") -> Schedule:
    """Return what the evaluated text of a timeDate, timeDuration or timeCycle means (BPMN 2.0.2, table 10.101).

    Args:
        kind: which of the three it stands in.
        value: ISO 8601; a cycle may be a cron schedule too. `@Area/City` or `[Area/City]` behind a date, a duration or
            a cron schedule replaces the zone.
        zone: IANA name of the zone of local dates and of the calendar.

    Raises:
        ScheduleRefused: it is no such schedule, or beyond a limit; it says what is wrong and what to write.
    """
    text, place = value.strip(), zone_named(zone)
    if len(text) > LONGEST_TEXT:
        raise ScheduleRefused(f"Expected a timer's text of at most {LONGEST_TEXT} characters but got {len(text)}")
    if kind == "date":
        return _Once(parse_date(text, place).moment)
    if kind == "duration":
        plain, place = without_zone(text, place)
        duration = parse_duration(plain)
        within_reach(Series(0, duration, place).at(1), text)
        return _After(duration, place)
    if text.startswith("R"):
        return parse_repetition(text, place)
    if text.startswith("P"):
        raise ScheduleRefused(
            f"Expected a cycle but got the duration {quoted(text)}", "write R/ before it to repeat it"
        )
    plain, place = without_zone(text, place)
    return _Cron(plain, parse_cron(plain, place))


def next_firing(
    cycle: str, repeats: int, start: int, previous_due: int, now: int, catch_up: Literal["one", "all"] = "one"
) -> Firing | None:
    """Return the firing after the one that was due at `previous_due`, None when that was the last.

    Args:
        cycle: of the previous `Firing`, as are the next two.
        repeats: how many follow it, -1 for an endless cycle.
        start: the moment that its repetitions are counted from.
        previous_due: when it was due; the schedule goes on from there, however late it fired and whatever clocks do.
        now: when it fired.
        catch_up: "one": the firing stood for all that were due until now, their number is taken off the repeats;
            "all": each of them fires.
    """
    if repeats == 0:
        return None
    done = max(previous_due, min(now, LAST)) if catch_up == "one" else previous_due
    plain, zone = without_zone(cycle, zone_named("UTC"))
    if not plain.startswith("P"):
        due = parse_cron(plain, zone).next_after(done)
        return None if due is None else Firing(due, cycle, ENDLESS, start)
    series = Series(start, parse_duration(plain), zone)
    k = series.last_until(done) + 1
    left = repeats - (k - series.first_from(previous_due))
    if series.at(k) > LAST or (repeats != ENDLESS and left < 0):
        return None
    return Firing(series.at(k), cycle, ENDLESS if repeats == ENDLESS else left, start)
