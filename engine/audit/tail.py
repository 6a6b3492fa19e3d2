"""Reads on in a history that grows, at the cost of what is new."""

from __future__ import annotations

from ..core.events import decode_events
from ..core.state import ROOT
from ..store import Store
from ..store.places import split_called
from ..store.records import Describe
from ..store.views import HistoryEntry
from .timeline import MAX_ENTRIES, Lane, TimelineReader, concerns, no_lane


class Tail:
    """The entries of a root with sequence numbers above `after`, a portion with each `read`; for one thread.

    describe: (definition id, element id) -> (name, type). lane: the same -> the names of its lanes.
    """

    def __init__(self, store: Store, root: str, describe: Describe, after: int = 0, lane: Lane = no_lane) -> None:
        self._root, self._only = split_called(root)
        self._store, self._after = store, after
        self._reader = TimelineReader(describe, lane)
        self._revision = 0

    def read(self) -> list[HistoryEntry]:
        """What was committed since the last time, whole steps, cut soon after MAX_ENTRIES; empty when nothing was."""
        found: list[HistoryEntry] = []
        for row in self._store.history(self._root, self._revision):
            for seq, event in enumerate(decode_events(row.data), row.first_seq):
                place = self._reader.place(event)
                if seq > self._after and (self._only == ROOT or concerns(self._only, event, place)):
                    found.append(self._reader.entry(row, seq, event, place))
            self._revision = row.revision
            if len(found) >= MAX_ENTRIES:
                break
        return found
