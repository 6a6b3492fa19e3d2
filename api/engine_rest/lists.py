"""Lists as Camunda 7 pages them (firstResult, maxResults, sortBy), and how it writes times; everything bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, TypeVar

import msgspec
from flask import Response

from engine import Page

from ..problems import Refusal
from ..wire import EPOCH, answer

T = TypeVar("T")

MOST_RESULTS = 1_000
"""Items of one answer."""
MOST_LOOKED_AT = 10_000
"""Items that one query looks at: filters that the engine has no index for are asked of each."""
MILLISECOND = 1_000


class Sorting(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """One order, as bodies say it."""

    sort_by: str | None = None
    sort_order: Literal["asc", "desc"] | None = None


class Slice(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Which part of a list, in which order; the base of all queries of lists. sorting: the order, in bodies."""

    first_result: int | None = None
    max_results: int | None = None
    sort_by: str | None = None
    sort_order: Literal["asc", "desc"] | None = None
    sorting: list[Sorting] | Sorting | None = None


Wire = dict[str, Any]
Sorts = Mapping[str, str]
"""What `sortBy` may say -> the member of the answer that it means."""


def every(page: Callable[[str | None], Page[T]]) -> Iterator[T]:
    """Every item of a list, page by page; raises Refusal 400 when there are too many to look at."""
    cursor: str | None = None
    seen = 0
    while True:
        found = page(cursor)
        seen += len(found.items)
        yield from found.items
        cursor = found.next_cursor
        if cursor is None:
            return
        if seen >= MOST_LOOKED_AT:
            raise Refusal(
                400,
                f"Expected a query that looks at no more than {MOST_LOOKED_AT} items but there are more.",
                hint="Ask for one instance, one process or one business key.",
            )


def listed(items: Iterable[Wire], part: Slice, sorts: Sorts, *, body: Slice | None = None) -> Response:
    """The asked part of the items; `body` is what a POST says beside its parameters, which go first.

    Raises Refusal 400 for an unknown order, and for more than MOST_RESULTS items without a word about how many.
    """
    first = _either(part, body, "first_result") or 0
    most = _either(part, body, "max_results")
    if first < 0 or (most is not None and most < 0):
        raise Refusal(400, "Expected firstResult and maxResults of 0 or more but got a negative number.")
    ordered = sorted_by(items, *_order(part, body), sorts)
    found: list[Wire] = []
    wanted = MOST_RESULTS if most is None else min(most, MOST_RESULTS)
    for number, item in enumerate(ordered):
        if number >= first + wanted:
            if most is None or most > MOST_RESULTS:
                raise Refusal(400, f"Expected maxResults of at most {MOST_RESULTS} but there are more items than that.")
            break
        if number >= first:
            found.append(item)
    return answer(found)


def sorted_by(items: Iterable[Wire], by: str | None, order: str | None, sorts: Sorts) -> Iterable[Wire]:
    """The items in the order that is asked for, nulls last; raises Refusal 400 for one that there is not."""
    if by is None:
        return items
    if by not in sorts:
        raise Refusal(400, f"Expected sortBy to be one of {', '.join(sorts)} but got {by[:80]!r}.")
    member, downwards = sorts[by], order == "desc"
    some: list[Wire] = []
    none: list[Wire] = []
    for item in items:
        (none if item[member] is None else some).append(item)
    return [*sorted(some, key=lambda item: item[member], reverse=downwards), *none]


def counted(items: Iterable[Wire]) -> Response:
    """How many there are."""
    return answer({"count": sum(1 for _ in items)})


def _order(part: Slice, body: Slice | None) -> tuple[str | None, str | None]:
    """What to sort by, and in which direction; raises Refusal 400 for more than one order."""
    said = None if body is None else body.sorting
    orders = said if isinstance(said, list) else [said] if said is not None else []
    if len(orders) > 1:
        raise Refusal(400, f"Expected one order but got {len(orders)}.")
    if part.sort_by is None and orders:
        return orders[0].sort_by, orders[0].sort_order
    return _either(part, body, "sort_by"), _either(part, body, "sort_order")


def _either(part: Slice, body: Slice | None, name: str) -> Any:
    found = getattr(part, name)
    return getattr(body, name) if found is None and body is not None else found


def moment(microseconds: int | None) -> str | None:
    """A time as "2026-01-01T00:00:00.000+0000"."""
    if microseconds is None:
        return None
    seconds, rest = divmod(microseconds, 1_000_000)
    text = EPOCH.fromtimestamp(seconds, EPOCH.tzinfo).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{rest // MILLISECOND:03d}+0000"


def among(value: str | None, wanted: list[str] | None) -> bool:
    """Whether the value is one of those wanted; None wants any."""
    return wanted is None or value in wanted


def same(value: str | None, wanted: str | None) -> bool:
    """Whether the value is the wanted one; None wants any."""
    return wanted is None or value == wanted
