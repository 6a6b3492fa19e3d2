"""Time zones: from moments (microseconds since the epoch) to wall clocks (datetimes without zone) and back.

A wall clock that a zone skips stands for the first moment after the gap, one that it shows twice for the first time.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .refusals import EPOCH, ScheduleRefused, quoted

MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
WALL_EPOCH = EPOCH.replace(tzinfo=None)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9][A-Za-z0-9_+-]*)*")
_NOT_THE_SAME_EVERYWHERE = ("posix/", "right/", "localtime", "posixrules", "Factory")


class Shift(NamedTuple):
    """A change of a zone's offset that skips or doubles wall clocks.

    at: the moment of the change. before, after: the offsets to UTC, in microseconds as well.
    """

    at: int
    before: int
    after: int

    @property
    def skips(self) -> bool:
        """Whether wall clocks are missing; otherwise they come twice."""
        return self.after > self.before

    @property
    def start(self) -> datetime:
        """The first wall clock that is missing or comes twice."""
        return _wall(self.at + min(self.before, self.after))

    @property
    def end(self) -> datetime:
        """The first wall clock behind those that are missing or come twice."""
        return _wall(self.at + max(self.before, self.after))


def zone_named(name: str) -> ZoneInfo:
    """Return the zone of an IANA name such as Europe/Berlin, else raise ScheduleRefused."""
    if _NAME.fullmatch(name) and not name.startswith(_NOT_THE_SAME_EVERYWHERE):
        try:
            return ZoneInfo(name)
        except (OSError, ValueError, KeyError):
            pass
    raise ScheduleRefused(
        f"Expected the name of a time zone but got {quoted(name)}",
        "write area and city as in Europe/Berlin",
    )


def wall_clock(moment: int, zone: ZoneInfo) -> datetime:
    """Return what the clocks of the zone show at the moment; fold is 1 the second time they show it."""
    return (EPOCH + timedelta(microseconds=moment)).astimezone(zone).replace(tzinfo=None)


def moment_of(wall: datetime, zone: ZoneInfo) -> int:
    """Return the first moment at which clocks show `wall`, or the first after the gap that `wall` falls into."""
    shift = shift_at(wall, zone)
    if shift and shift.skips:
        return shift.at
    return _plain(wall) - _offset(wall, zone, fold=0)


def shift_at(wall: datetime, zone: ZoneInfo) -> Shift | None:
    """Return the change of offset that skips or doubles `wall`, None when the zone shows it exactly once."""
    before, after = _offset(wall, zone, fold=0), _offset(wall, zone, fold=1)
    if before == after:
        return None
    low, high = sorted((_plain(wall) - before, _plain(wall) - after))
    return Shift(_change(low, high, zone), before, after)


def _change(low: int, high: int, zone: ZoneInfo) -> int:
    """Return the first whole second after `low` at which the offset is the one of `high`."""
    first, last = low // SECOND, -(-high // SECOND)
    new = _utc_offset(last, zone)
    while last - first > 1:
        middle = (first + last) // 2
        if _utc_offset(middle, zone) == new:
            last = middle
        else:
            first = middle
    return last * SECOND


def _offset(wall: datetime, zone: ZoneInfo, fold: int) -> int:
    offset = wall.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta()
    return offset // MICROSECOND


def _utc_offset(second: int, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(second, UTC).astimezone(zone).utcoffset()


def _plain(wall: datetime) -> int:
    """The microseconds from 1970 to the wall clock as if it were UTC."""
    return (wall - WALL_EPOCH) // MICROSECOND


def _wall(plain: int) -> datetime:
    return WALL_EPOCH + timedelta(microseconds=plain)
