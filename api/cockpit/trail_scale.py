"""Where moments are in a trail's picture. Time runs to the right, but not by the clock.

A pause of days is as wide as a person needs to see it, and not more.
"""

from __future__ import annotations

import math

import msgspec

from engine import TrailEntry, TrailView

from .filters import clock_time, day, duration
from .trail_lanes import OUTSIDE, host_of

LEFT, RIGHT = 44, 96
"""Room before the first moment and behind the last one."""
STEP, WIDEST = 34.0, 120.0
"""Width between two moments, at least and at most."""
TICK = 96.0
"""Width between two times on the scale, at least."""
LONG_PAUSE = 60_000_000
"""Microseconds without anything that the scale tells of."""
LEAST_WIDTH = 1_180.0
"""A picture of little is stretched to this width, but not much further than it needs."""


class Tick(msgspec.Struct):
    """A time on the scale; gap: how long nothing happened before it, "" for not worth a word."""

    x: float
    text: str
    gap: str = ""


class Scale:
    """Where moments are. Entries of one lane that share a moment stand beside each other."""

    def __init__(self, trail: TrailView, now: int) -> None:
        self._slots: list[tuple[int, float]] = []
        self._entries: dict[int, float] = {}
        moments = [(entry.at, 0, number) for number, entry in enumerate(trail.entries, 1)]
        moments += [(entry.ended_at, 1, 0) for entry in trail.entries if entry.ended_at is not None]
        moments += [(one.ended_at, 1, 0) for one in trail.instances if one.ended_at is not None]
        if any(one.ended_at is None for one in trail.instances):
            moments.append((max(now, max((at for at, _, _ in moments), default=now)), 1, 0))
        self._lay(sorted(moments), trail)
        self._stretch()

    def _stretch(self) -> None:
        """Give a picture of little more room."""
        room = LEAST_WIDTH - LEFT - RIGHT
        taken = self.width - LEFT - RIGHT
        factor = min(room / taken, 2.5) if 0 < taken < room else 1.0
        self._slots = [(at, LEFT + (x - LEFT) * factor) for at, x in self._slots]
        self._entries = {number: LEFT + (x - LEFT) * factor for number, x in self._entries.items()}

    def _lay(self, moments: list[tuple[int, int, int]], trail: TrailView) -> None:
        x, last, taken = float(LEFT), None, set[str]()
        for at, _, number in moments:
            places = _places(trail.entries[number - 1]) if number else set()
            if last is None or at != last or places & taken:
                x += 0.0 if last is None else _width(at - last)
                self._slots.append((at, x))
                last, taken = at, set()
            taken |= places
            if number:
                self._entries[number] = x

    def of(self, number: int) -> float:
        """Where the entry stands."""
        return self._entries[number]

    def x(self, at: int) -> float:
        """Where the moment is: the first slot of it, or the last one before."""
        found = float(LEFT)
        for moment, x in self._slots:
            if moment > at:
                break
            found = x
            if moment == at:
                break
        return found

    @property
    def width(self) -> float:
        """Of everything."""
        return (self._slots[-1][1] if self._slots else LEFT) + RIGHT

    def ticks(self) -> list[Tick]:
        """Times where there is room for them, and long pauses."""
        ticks: list[Tick] = []
        is_short = bool(self._slots) and self._slots[-1][0] - self._slots[0][0] < LONG_PAUSE
        letters = len("14:17:16.123") if is_short else len("14:17:16")
        before: int | None = None
        for at, x in self._slots:
            said = _pause(before, at)
            if not ticks or x - ticks[-1].x >= (TICK if not said else TICK / 2):
                ticks.append(Tick(x, clock_time(at)[:letters], said))
            before = at
        return ticks


def _pause(before: int | None, at: int) -> str:
    """What the scale says above a time: the day where it begins, or how long nothing happened."""
    if before is None or day(before) != day(at):
        return day(at)
    return f"{duration(at - before)} later" if at - before >= LONG_PAUSE else ""


def _places(entry: TrailEntry) -> set[str]:
    """The lanes that an entry takes room in."""
    return {place for place in (entry.instance_id or OUTSIDE, entry.to or "", host_of(entry)) if place}


def _width(pause: int) -> float:
    """How wide a pause is, in microseconds: by its order of magnitude."""
    return min(STEP + 7.0 * math.log10(1 + pause / 1_000), WIDEST)
