"""A trail as the interface answers with it: the engine's entries with a sentence and a link each."""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from engine import TrailEntry, TrailInstance, TrailPlace, TrailView

from .trail_sentences import entry_sentence, summary

_RESOURCES = {
    "job": "jobs",
    "task": "tasks",
    "incident": "incidents",
    "message": "messages",
    "signal": "signals",
    "event": "bus/publications",
    "refused": "bus/refused",
}


class TrailLine(TrailEntry, frozen=True, kw_only=True):
    """An entry with its sentence, and where there is more about it ("" for nowhere)."""

    sentence: str
    link: str


class Trail(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs to the key. sentence: where it is now. instances, now: all of them, on every page.

    items: what happened, in the order of time. next_cursor: asks for what follows, null when this is the end.
    cut: whether there are more instances than are followed. restricted: whether the key that asks may only see some
    processes, so that there may be more.
    """

    key: str
    sentence: str
    instances: list[TrailInstance]
    now: list[TrailPlace]
    items: list[TrailLine]
    next_cursor: str | None
    cut: bool
    restricted: bool


def trail_of(found: TrailView) -> Trail:
    """The engine's answer with sentences and links."""
    return Trail(
        key=found.key,
        sentence=summary(found),
        instances=found.instances,
        now=found.now,
        items=[_line(entry) for entry in found.entries],
        next_cursor=found.next_cursor,
        cut=found.cut,
        restricted=found.restricted,
    )


def _line(entry: TrailEntry) -> TrailLine:
    return TrailLine(**msgspec.structs.asdict(entry), sentence=entry_sentence(entry), link=_link(entry))


def _link(entry: TrailEntry) -> str:
    resource = _RESOURCES.get(entry.kind)
    if resource is not None:
        return f"/api/{resource}/{quote(entry.id, safe='')}"
    instance = entry.instance_id or entry.to
    return f"/api/instances/{quote(instance, safe='')}" if instance else ""
