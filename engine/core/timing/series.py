"""Repetitions counted from one anchor, so that they never drift, and which of them lies where in time."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec

from .durations import DAY, Duration, later
from .refusals import LAST

OFFSETS = 3 * DAY
"""No zone's changes of offset add up to more than this."""


class Series(msgspec.Struct, frozen=True):
    """The moments anchor + k * duration by the calendar of a zone, for every whole k; they grow with k."""

    anchor: int
    duration: Duration
    zone: ZoneInfo

    def at(self, k: int) -> int:
        """Return the k-th moment, or one outside the years 1970 to 9999 where the calendar ends."""
        try:
            return later(self.anchor, self.duration, self.zone, k)
        except OverflowError:
            return LAST + 1 if k > 0 else -1

    def last_until(self, moment: int) -> int:
        """Return the greatest k whose moment is not after the given one, found in few steps however far it is."""
        low, high = self._around(moment)
        while high - low > 1:
            middle = (low + high) // 2
            if self.at(middle) <= moment:
                low = middle
            else:
                high = middle
        return low

    def first_from(self, moment: int) -> int:
        """Return the smallest k whose moment is not before the given one."""
        return self.last_until(moment - 1) + 1

    def _around(self, moment: int) -> tuple[int, int]:
        """Bounds for k: the moment of the first is not after, that of the second is after the given one."""
        distance = abs(moment - self.anchor)
        far = (distance + OFFSETS) // self.duration.at_least + 1
        near = max(0, distance - OFFSETS) // self.duration.at_most
        return (near, far) if self.anchor <= moment else (-far, -near)
