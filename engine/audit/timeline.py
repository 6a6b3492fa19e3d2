"""The history of an instance as people read it: one entry per event, each with the element it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ..core import events as e
from ..core.events import Event, decode_events
from ..core.state import ROOT
from ..store import HistoryRow, Store
from ..store.places import called_id, split_called
from ..store.records import Describe
from ..store.views import HistoryEntry, Page

Process = tuple[str, int]
"""A process that runs: its definition, and its key if it is called, ROOT if it is not."""

Place = tuple[str, Process]
"""An element and the process that it belongs to."""

Lane = Callable[[str, str], list[str]]
"""(definition id, element id) -> the names of the lanes that the element is drawn in, outer ones first."""

MAX_ENTRIES = 1000
"""The most entries of one page, whatever is asked for."""

SUBJECTS = ("element", "flow", "key", "activity", "host", "scope")
"""Fields that say where an event happened, the most exact one first; keys are looked up among those given out."""

EXCEPTIONS: dict[type[Event], str] = {e.CompensationTriggered: "key"}
"""Events whose first such field means something else: the element to be undone, not the one that throws."""


def no_lane(definition: str, element: str) -> list[str]:
    """The lane of an element when nobody asks for lanes."""
    return []


def timeline(
    store: Store, root: str, describe: Describe, after: int = 0, limit: int = 500, lane: Lane = no_lane
) -> Page[HistoryEntry]:
    """The entries with sequence numbers above `after`, in order; `next_cursor` is the next page's `after` as text.

    root: also the id of a called process's instance, of whose events alone the page tells then. describe: (definition
    id, element id) -> (name, type). lane: the same -> the names of its lanes. The steps before are read too, because
    events name activity instances and jobs by the keys that earlier events gave out; only these keys are kept of them.
    """
    size = max(1, min(limit, MAX_ENTRIES))
    root, only = split_called(root)
    reader = TimelineReader(describe, lane)
    entries: list[HistoryEntry] = []
    for row in store.history(root):
        for seq, event in enumerate(decode_events(row.data), row.first_seq):
            if len(entries) == size:
                return Page(entries, str(entries[-1].seq))
            place = reader.place(event)
            if seq > after and (only == ROOT or concerns(only, event, place)):
                entries.append(reader.entry(row, seq, event, place))
    return Page(entries)


def concerns(called: int, event: Event, place: Place | None) -> bool:
    """Whether the event happened in the called process with this key, or began it."""
    return (place is not None and place[1][1] == called) or (type(event) is e.ProcessCalled and event.key == called)


class TimelineReader:
    """Remembers which key belongs to which element while the events go by."""

    def __init__(self, describe: Describe, lane: Lane = no_lane) -> None:
        self._describe = describe
        self._lane = lane
        self._root: Process = ("", ROOT)
        self._places: dict[int, Place] = {}
        self._scopes: dict[int, Process] = {}

    def place(self, event: Event) -> Place | None:
        """Where the event happened; learns the key that the event gives out."""
        if type(event) is e.ProcessStarted:
            self._root = (event.definition, ROOT)
            self._places[ROOT] = (event.process, self._root)
            self._scopes[ROOT] = self._root
        subject = _subject(type(event))
        if type(event) in _WHOLE_PROCESS:
            return self._places.get(ROOT)
        if subject is None:
            return None
        value = getattr(event, subject)
        place = (value.removeprefix("@"), self._process_at(event)) if isinstance(value, str) else None
        if place is None or not place[0]:
            place = self._by_key(event)
        if subject == "element" and place is not None and hasattr(event, "key"):
            self._places[event.key] = place
        self._learn_scope(event, place)
        return place

    def _learn_scope(self, event: Event, place: Place | None) -> None:
        if type(event) is e.ScopeOpened and place is not None:
            self._scopes[event.key] = place[1] if not event.definition else (event.definition, place[1][1])
        elif type(event) in (e.HandlerStarted, e.SubProcessReopened, e.SubProcessRestored):
            self._scopes[event.key] = self._process_at(event)  # type: ignore[attr-defined]
        elif type(event) is e.ProcessCalled:
            self._called(event.key, event.process, (event.definition, event.key))
        elif type(event) is e.CalledProcessReopened:
            self._called(event.key, event.process, (event.definition, event.called))

    def _called(self, key: int, element: str, process: Process) -> None:
        self._places[key] = (element, process)
        self._scopes[key] = process

    def _by_key(self, event: Event) -> Place | None:
        for name in ("key", "activity", "host", "scope"):
            found = self._places.get(getattr(event, name, 0))
            if found is not None:
                return found
        return None

    def _process_at(self, event: Event) -> Process:
        scope = getattr(event, "scope", 0)
        if scope:
            return self._scopes.get(scope, self._root)
        host = self._places.get(getattr(event, "activity", 0) or getattr(event, "host", 0))
        return host[1] if host is not None else self._root

    def entry(self, row: HistoryRow, seq: int, event: Event, place: Place | None) -> HistoryEntry:
        """The event as readers see it."""
        data: dict[str, Any] = msgspec.to_builtins(event)
        tag = data.pop("event")
        if place is not None and data.get("element") == place[0]:
            del data["element"]
        return HistoryEntry(
            instance_id=called_id(row.root, place[1][1] if place is not None else ROOT),
            seq=seq,
            step=row.revision,
            at=row.at,
            event=tag,
            element_id=place[0] if place is not None else None,
            element_name=self._describe(place[1][0], place[0])[0] if place is not None else None,
            actor=row.actor,
            cause=row.cause,
            data=data,
            lane=self._lane(place[1][0], place[0]) if place is not None else [],
        )


_WHOLE_PROCESS = frozenset((e.ProcessStarted, e.ProcessCompleted, e.ProcessFailed, e.ProcessCancelled))


def _subject(event: type[Event]) -> str | None:
    return _SUBJECT_OF[event]


_SUBJECT_OF: dict[type[Event], str | None] = {
    event: EXCEPTIONS.get(event, next((name for name in SUBJECTS if name in event.__struct_fields__), None))
    for event in e.EVENT_TYPES
}
