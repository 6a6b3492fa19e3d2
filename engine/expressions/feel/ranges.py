"""Ranges: an interval between two values, or all values on one side of an endpoint (DMN 1.5, 10.3.2.7)."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from .comparing import equal, less
from .faults import FeelFrame


class Range(msgspec.Struct, frozen=True):
    """A range; the end that a comparison with one operand has not is null.

    `operator` is the one it was written with (`(< 10)`), empty for an interval: both are ranges of the same values, but
    an undefined endpoint is not the same as one that is null.
    """

    kind: ClassVar[str] = "range"
    start: Any
    end: Any
    start_included: bool
    end_included: bool
    operator: str = ""


def one_sided(operator: str, endpoint: Any) -> Range:
    """Return the range of a unary test: `< x`, `<= x`, `> x`, `>= x`, `= x` or `!= x`."""
    if operator in ("=", "!="):
        return Range(endpoint, endpoint, operator == "=", operator == "=", operator)
    included = operator.endswith("=")
    if operator[0] == "<":
        return Range(None, endpoint, start_included=False, end_included=included, operator=operator)
    return Range(endpoint, None, included, end_included=False, operator=operator)


def includes(frame: FeelFrame, of: Range, value: Any) -> bool | None:
    """Return whether the value is in the range, null when it cannot be compared with the endpoints (Table 55)."""
    if of.operator == "=":
        return equal(frame, value, of.start)
    if of.operator == "!=":
        same = equal(frame, value, of.start)
        return None if same is None else not same
    after = True if of.start is None else _after(frame, of.start, value, included=of.start_included)
    before = True if of.end is None else _after(frame, value, of.end, included=of.end_included)
    if value is None or after is None or before is None:
        return None
    return after and before


def _after(frame: FeelFrame, first: Any, second: Any, *, included: bool) -> bool | None:
    below = less(frame, first, second)
    if below or below is None or not included:
        return below
    return equal(frame, first, second)
