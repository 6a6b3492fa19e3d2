"""Instances in memory: the state of a root with its place in the history, and the cache of the hot ones."""

from __future__ import annotations

from collections import OrderedDict

import msgspec

from ..store import Loaded, Step, encode_snapshot

OBJECTS_PER_BYTE = 4
"""How much more room a state takes as objects than as encoded bytes, roughly."""

EMPTY_INSTANCE = 2_048
"""Bytes that the smallest instance takes."""


class Hot(msgspec.Struct):
    """A root instance in memory; size: bytes of its last snapshot, or of its state when it was read back."""

    loaded: Loaded
    size: int = 0

    @classmethod
    def reloaded(cls, loaded: Loaded) -> Hot:
        """Return an instance that was read back; encoding it once costs no more than reading it did."""
        return cls(loaded, len(encode_snapshot(loaded.state)))

    @property
    def weight(self) -> int:
        """An upper estimate of the memory it takes; needs no encoding, since every change went through the history."""
        return OBJECTS_PER_BYTE * (self.size + self.loaded.bytes_since_snapshot) + EMPTY_INSTANCE

    def snapshot_when_due(self, step: Step, least: int) -> None:
        """Store the state with the step once the history since the last time outgrows it, and `least` bytes.

        The cost of all snapshots together stays in proportion to the history, however large the state is.
        """
        loaded = self.loaded
        if loaded.bytes_since_snapshot >= max(least, self.size) and loaded.state.status == "active":
            step.snapshot = encode_snapshot(loaded.state)
            self.size, loaded.bytes_since_snapshot = len(step.snapshot), 0


class HotCache:
    """The most recently used instances, as many as fit in `limit` bytes; used by the writer alone.

    An instance that a group works on is taken out, so a group that is rolled back leaves nothing changed behind.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._used = 0
        self._items: OrderedDict[str, tuple[Hot, int]] = OrderedDict()

    def take(self, root: str) -> Hot | None:
        """Remove and return the instance, None when it is not here."""
        found = self._items.pop(root, None)
        if found is None:
            return None
        self._used -= found[1]
        return found[0]

    def put(self, hot: Hot) -> None:
        """Keep a committed instance; the longest unused ones make room. An ended instance is not kept."""
        state = hot.loaded.state
        self.take(state.id)
        if state.status != "active":
            return
        weight = hot.weight
        self._items[state.id] = hot, weight
        self._used += weight
        while self._used > self._limit:
            _, (_, freed) = self._items.popitem(last=False)
            self._used -= freed

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, root: object) -> bool:
        return root in self._items
