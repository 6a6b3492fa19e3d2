"""Moments as people write them, for tests of timers; independent of the code under test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo

from engine.core.timing import Firing, Schedule, next_firing

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def moment(text: str) -> int:
    """Microseconds since the epoch of an ISO date with offset."""
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


def shown(when: int, zone: str = "UTC") -> str:
    """The wall clock and offset of a zone at the moment."""
    text = (EPOCH + timedelta(microseconds=when)).astimezone(ZoneInfo(zone)).isoformat()
    return text.replace("+00:00", "Z") if zone == "UTC" else text


def firings(schedule: Schedule, now: int, most: int, catch_up: Literal["one", "all"] = "one") -> list[Firing]:
    """The first `most` firings of a timer that is armed at `now` and always fires in time."""
    return list(islice(_firings(schedule, now, catch_up), most))


def _firings(schedule: Schedule, now: int, catch_up: Literal["one", "all"]) -> Iterator[Firing]:
    firing = schedule.first(now)
    while firing is not None:
        yield firing
        firing = next_firing(firing.cycle, firing.repeats, firing.start, firing.due, firing.due, catch_up)


def first_showing(wall: datetime, zone: str) -> datetime:
    """The first quarter of an hour at which the clocks of a zone show at least `wall`, found by trying them all."""
    moment = wall.replace(tzinfo=UTC) - timedelta(hours=27)
    while moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) < wall:
        moment += QUARTER
    return moment
