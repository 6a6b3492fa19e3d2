"""What a name means where it stands: an entry, iterator or parameter, a key of a filtered item, a variable."""

from __future__ import annotations

from collections.abc import Mapping

from .names import Names
from .types import Type


class Level:
    """One level of names: those declared there with their slots; a filter adds the keys of its item."""

    __slots__ = ("item", "names", "slots")

    def __init__(self, item: int | None = None) -> None:
        self.slots: dict[str, int] = {}
        self.names = Names()
        self.item = item

    def declare(self, name: str, slot: int) -> None:
        """Let the name mean what is in the slot, from here on."""
        self.slots[name] = slot
        self.names.add(name)


class Scope:
    """The levels around a place in the text, the slots given out so far, and the variables that were read."""

    def __init__(self, types: Mapping[str, Type] | None = None) -> None:
        self.levels: list[Level] = []
        self.size = 0
        self.reads: set[str] = set()
        self.types = types or {}
        self.type_names = Names(self.types)

    def slot(self) -> int:
        """Return the number of a new slot."""
        self.size += 1
        return self.size - 1

    def open(self, item: int | None = None) -> Level:
        """Enter a level; `item` is the slot of the item that a filter looks at."""
        level = Level(item)
        self.levels.append(level)
        return level

    def close(self) -> None:
        """Leave the innermost level."""
        self.levels.pop()

    def find(self, name: str) -> tuple[int | None, list[int]]:
        """Return the slot of the innermost declaration, None without one, and the items that may have such a key."""
        items: list[int] = []
        for level in reversed(self.levels):
            if level.item is not None:
                items.append(level.item)
            if name in level.slots:
                return level.slots[name], items
        return None, items
