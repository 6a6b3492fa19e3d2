"""FEEL's functions on ranges: how two, or a point and one, lie to each other (DMN 1.5, Table 78); `range(...)`."""

from __future__ import annotations

from typing import Any

from .builtin import builtin
from .comparing import equal, less
from .faults import FeelFrame, NoValue
from .kinds import kind_of
from .ranges import Range


def _less(frame: FeelFrame, one: Any, other: Any) -> bool:
    before = less(frame, one, other)
    if before is None:
        raise NoValue(f"Expected points of one type but got {kind_of(one)} and {kind_of(other)}")
    return before


def _same(frame: FeelFrame, one: Any, other: Any) -> bool:
    return not _less(frame, one, other) and equal(frame, one, other) is True


def _ends_first(frame: FeelFrame, one: Range, other: Range) -> bool:
    """Whether one range ends before the other, or with it but not beyond it."""
    if _less(frame, one.end, other.end):
        return True
    return _same(frame, one.end, other.end) and (not one.end_included or other.end_included)


def _starts_first(frame: FeelFrame, one: Range, other: Range) -> bool:
    """Whether one range starts before the other, or with it but not after it."""
    if _less(frame, one.start, other.start):
        return True
    return _same(frame, one.start, other.start) and (one.start_included or not other.start_included)


def _reaches(frame: FeelFrame, one: Range, other: Range) -> bool:
    """Whether one range ends after the other starts, or they share that point."""
    if _less(frame, other.start, one.end):
        return True
    return _same(frame, one.end, other.start) and one.end_included and other.start_included


@builtin("before(range1: range, range2: range)", "true when the first is over before the second begins")
def _before(frame: FeelFrame, one: Range, other: Range) -> bool:
    if _less(frame, one.end, other.start):
        return True
    return _same(frame, one.end, other.start) and not (one.end_included and other.start_included)


@builtin("before(range: range, point: point)")
def _range_before_point(frame: FeelFrame, one: Range, point: Any) -> bool:
    return _less(frame, one.end, point) or (not one.end_included and _same(frame, one.end, point))


@builtin("before(point: point, range: range)")
def _point_before_range(frame: FeelFrame, point: Any, other: Range) -> bool:
    return _less(frame, point, other.start) or (not other.start_included and _same(frame, point, other.start))


@builtin("before(point1: point, point2: point)")
def _point_before(frame: FeelFrame, one: Any, other: Any) -> bool:
    return _less(frame, one, other)


@builtin("after(range1: range, range2: range)", "true when the first begins after the second is over")
def _after(frame: FeelFrame, one: Range, other: Range) -> bool:
    return bool(_before(frame, other, one))


@builtin("after(range: range, point: point)")
def _range_after_point(frame: FeelFrame, one: Range, point: Any) -> bool:
    return bool(_point_before_range(frame, point, one))


@builtin("after(point: point, range: range)")
def _point_after_range(frame: FeelFrame, point: Any, other: Range) -> bool:
    return bool(_range_before_point(frame, other, point))


@builtin("after(point1: point, point2: point)")
def _point_after(frame: FeelFrame, one: Any, other: Any) -> bool:
    return _less(frame, other, one)


@builtin(
    "meets(range1: range, range2: range)", "true when the first ends with the very point that the second begins with"
)
def _meets(frame: FeelFrame, one: Range, other: Range) -> bool:
    return one.end_included and other.start_included and _same(frame, one.end, other.start)


@builtin("met by(range1: range, range2: range)", "true when the second meets the first")
def _met_by(frame: FeelFrame, one: Range, other: Range) -> bool:
    return bool(_meets(frame, other, one))


@builtin("overlaps(range1: range, range2: range)", "true when both have a point in common")
def _overlaps(frame: FeelFrame, one: Range, other: Range) -> bool:
    return _reaches(frame, one, other) and _reaches(frame, other, one)


@builtin("overlaps before(range1: range, range2: range)", "true when both overlap and the first begins and ends first")
def _overlaps_before(frame: FeelFrame, one: Range, other: Range) -> bool:
    earlier = _less(frame, one.start, other.start) or (
        _same(frame, one.start, other.start) and one.start_included and not other.start_included
    )
    return earlier and _reaches(frame, one, other) and _ends_first(frame, one, other)


@builtin("overlaps after(range1: range, range2: range)", "true when the second overlaps before the first")
def _overlaps_after(frame: FeelFrame, one: Range, other: Range) -> bool:
    return bool(_overlaps_before(frame, other, one))


@builtin("finishes(range1: range, range2: range)", "true when both end with the same point and the first is not longer")
def _finishes(frame: FeelFrame, one: Range, other: Range) -> bool:
    together = one.end_included is other.end_included and _same(frame, one.end, other.end)
    return together and _starts_first(frame, other, one)


@builtin("finishes(point: point, range: range)")
def _point_finishes(frame: FeelFrame, point: Any, other: Range) -> bool:
    return other.end_included and _same(frame, point, other.end)


@builtin("finished by(range1: range, range2: range)", "true when the second finishes the first")
def _finished_by(frame: FeelFrame, one: Range, other: Range) -> bool:
    return bool(_finishes(frame, other, one))


@builtin("finished by(range: range, point: point)")
def _finished_by_point(frame: FeelFrame, one: Range, point: Any) -> bool:
    return bool(_point_finishes(frame, point, one))


@builtin("includes(range1: range, range2: range)", "true when the first has every point of the second")
def _includes(frame: FeelFrame, one: Range, other: Range) -> bool:
    return _starts_first(frame, one, other) and _ends_first(frame, other, one)


@builtin("includes(range: range, point: point)")
def _includes_point(frame: FeelFrame, one: Range, point: Any) -> bool:
    if _less(frame, one.start, point) and _less(frame, point, one.end):
        return True
    at_start = one.start_included and _same(frame, one.start, point)
    return at_start or (one.end_included and _same(frame, one.end, point))


@builtin("during(range1: range, range2: range)", "true when the second includes the first")
def _during(frame: FeelFrame, one: Range, other: Range) -> bool:
    return bool(_includes(frame, other, one))


@builtin("during(point: point, range: range)")
def _point_during(frame: FeelFrame, point: Any, other: Range) -> bool:
    return bool(_includes_point(frame, other, point))


@builtin("starts(range1: range, range2: range)", "true when both begin with the same point and the first is not longer")
def _starts(frame: FeelFrame, one: Range, other: Range) -> bool:
    together = one.start_included is other.start_included and _same(frame, one.start, other.start)
    return together and _ends_first(frame, one, other)


@builtin("starts(point: point, range: range)")
def _point_starts(frame: FeelFrame, point: Any, other: Range) -> bool:
    return other.start_included and _same(frame, point, other.start)


@builtin("started by(range1: range, range2: range)", "true when the second starts the first")
def _started_by(frame: FeelFrame, one: Range, other: Range) -> bool:
    return bool(_starts(frame, other, one))


@builtin("started by(range: range, point: point)")
def _started_by_point(frame: FeelFrame, one: Range, point: Any) -> bool:
    return bool(_point_starts(frame, point, one))


@builtin("coincides(range1: range, range2: range)", "true when both begin and end with the same points")
def _coincides(frame: FeelFrame, one: Range, other: Range) -> bool:
    included = (one.start_included, one.end_included) == (other.start_included, other.end_included)
    return included and _same(frame, one.start, other.start) and _same(frame, one.end, other.end)


@builtin("coincides(point1: point, point2: point)")
def _points_coincide(frame: FeelFrame, one: Any, other: Any) -> bool:
    return _same(frame, one, other)


@builtin("range(from: string)", "the range that a text shows, between two literals: `[1..10]`")
def _range(frame: FeelFrame, from_: str) -> Range:
    from .range_texts import range_from

    return range_from(frame, from_)
