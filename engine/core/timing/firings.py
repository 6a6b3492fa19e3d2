"""What a timer is armed with, and what every kind of schedule can answer."""

from __future__ import annotations

import msgspec

ENDLESS = -1


class Firing(msgspec.Struct, frozen=True):
    """One firing of a timer and all that is needed to find the one after it.

    due: microseconds since the epoch, UTC. cycle: what repeats, "P1D@Europe/Berlin" or "0 9 * * 1@UTC"; "" when nothing
    does. repeats: how many follow after this one, -1 for an endless cycle. start: the moment that a repeated duration
    is counted from (its first or last one), 0 for cron.
    """

    due: int
    cycle: str = ""
    repeats: int = 0
    start: int = 0


class Schedule(msgspec.Struct, frozen=True):
    """When a timer fires; made by `parse_schedule`."""

    def first(self, now: int) -> Firing | None:
        """Return the first firing of a timer armed at `now`, None when its repetitions are over or after the year 9999.

        A date that is over is due at once. Of a cycle with a start, repetitions before `now` count as done.
        """
        raise NotImplementedError
