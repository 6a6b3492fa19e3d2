"""The history of an instance as people read it: one entry per event, each with the element it belongs to."""

from __future__ import annotations

from typing import Any

import msgspec

from ..core import events as e
from ..core.events import Event, decode_events
from ..core.state import ROOT
from ..store import HistoryRow, Store
from ..store.records import Describe
from ..store.views import HistoryEntry, Page

Place = tuple[str, str]
"""An element and the definition that it belongs to."""

MAX_ENTRIES = 1000
"""The most entries of one page, whatever is asked for."""

SUBJECTS = ("element", "flow", "key", "activity", "host", "scope")
"""Fields that say where an event happened, the most exact one first; keys are looked up among those given out."""

EXCEPTIONS: dict[type[Event], str] = {e.CompensationTriggered: "key"}
"""Events whose first such field means something else: here the element to be undone, not the one that throws."""


def timeline(store: Store, root: str, describe: Describe, after: int = 0, limit: int = 500) -> Page[HistoryEntry]:
    """The entries with sequence numbers above `after`, in order; `next_cursor` is the next page's `after` as text.

    describe: (definition id, element id) -> (name, type). The steps before are read too, because events name activity
    instances and jobs by the keys that earlier events gave out; nothing of them is kept but these keys.
    """
    size = max(1, min(limit, MAX_ENTRIES))
    reader = TimelineReader(describe)
    entries: list[HistoryEntry] = []
    for row in store.history(root):
        for seq, event in enumerate(decode_events(row.data), row.first_seq):
            if len(entries) == size:
                return Page(entries, str(entries[-1].seq))
            place = reader.place(event)
            if seq > after:
                entries.append(reader.entry(row, seq, event, place))
    return Page(entries)


class TimelineReader:
    """Remembers which key belongs to which element while the events go by."""

    def __init__(self, describe: Describe) -> None:
        self._describe = describe
        self._definition = ""
        self._places: dict[int, Place] = {}
        self._scopes: dict[int, str] = {}

    def place(self, event: Event) -> Place | None:
        """Where the event happened; learns the key that the event gives out."""
        if type(event) is e.ProcessStarted:
            self._definition = event.definition
            self._places[ROOT] = (event.process, event.definition)
            self._scopes[ROOT] = event.definition
        subject = _subject(type(event))
        if subject is None:
            return self._places.get(ROOT) if type(event) in _WHOLE_PROCESS else None
        value = getattr(event, subject)
        place = (value.removeprefix("@"), self._definition_at(event)) if isinstance(value, str) else None
        if place is None or not place[0]:
            place = self._by_key(event)
        if subject == "element" and place is not None and hasattr(event, "key"):
            self._places[event.key] = place
        if type(event) is e.ScopeOpened and place is not None:
            self._scopes[event.key] = event.definition or place[1]
        elif type(event) is e.HandlerStarted or type(event) is e.SubProcessReopened:
            self._scopes[event.key] = self._definition_at(event)
        return place

    def _by_key(self, event: Event) -> Place | None:
        for name in ("key", "activity", "host", "scope"):
            found = self._places.get(getattr(event, name, 0))
            if found is not None:
                return found
        return None

    def _definition_at(self, event: Event) -> str:
        scope = getattr(event, "scope", 0)
        if scope:
            return self._scopes.get(scope, self._definition)
        host = self._places.get(getattr(event, "activity", 0) or getattr(event, "host", 0))
        return host[1] if host is not None else self._definition

    def entry(self, row: HistoryRow, seq: int, event: Event, place: Place | None) -> HistoryEntry:
        """The event as readers see it."""
        data: dict[str, Any] = msgspec.to_builtins(event)
        tag = data.pop("event")
        if place is not None and data.get("element") == place[0]:
            del data["element"]
        return HistoryEntry(
            seq=seq,
            step=row.revision,
            at=row.at,
            event=tag,
            element_id=place[0] if place is not None else None,
            element_name=self._describe(place[1], place[0])[0] if place is not None else None,
            actor=row.actor,
            cause=row.cause,
            data=data,
        )


_WHOLE_PROCESS = frozenset((e.ProcessStarted, e.ProcessCompleted, e.ProcessFailed, e.ProcessCancelled))


def _subject(event: type[Event]) -> str | None:
    return _SUBJECT_OF[event]


_SUBJECT_OF: dict[type[Event], str | None] = {
    event: EXCEPTIONS.get(event, next((name for name in SUBJECTS if name in event.__struct_fields__), None))
    for event in e.EVENT_TYPES
}
