"""What has to go one after the other: rows with the same ordering, each in a round of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Ordered(Protocol):
    """Something that waits for what has the same ordering and came before it."""

    @property
    def ordering(self) -> str:
        """Those with the same text go one after the other."""


T = TypeVar("T", bound=Ordered)


def rounds(rows: Iterable[T]) -> list[list[T]]:
    """Return the first of each ordering, then the second of each, and so on."""
    found: list[list[T]] = []
    count: dict[str, int] = {}
    for row in rows:
        place = count.get(row.ordering, 0)
        count[row.ordering] = place + 1
        if place == len(found):
            found.append([])
        found[place].append(row)
    return found
