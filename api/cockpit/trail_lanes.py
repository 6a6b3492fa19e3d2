"""The lanes of a trail's picture: one for the world outside, each instance, each topic and each service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import msgspec

from engine import TrailEntry, TrailInstance, TrailView

OUTSIDE = "outside"
"""What the lane of the world outside is called among the others."""


class Lane(msgspec.Struct, kw_only=True):
    """One row. kind: "outside", "instance", "called", "service" or "topic"; title and note: what stands at its left."""

    kind: str
    title: str
    note: str = ""
    instance: str | None = None
    status: str = ""
    y: float = 0.0


def lanes_of(trail: TrailView) -> dict[str, Lane]:
    """By what stands in them: outside first, then instances (each followed by what it called), topics, services."""
    lanes: dict[str, Lane] = {}
    if any(_is_from_outside(entry) for entry in trail.entries):
        lanes[OUTSIDE] = Lane(kind="outside", title="Outside")
    shown = {entry.instance_id for entry in trail.entries} | {entry.to for entry in trail.entries}
    for one in _callers_first(trail.instances):
        if one.id in shown:
            kind = "instance" if one.parent_id is None else "called"
            note = one.business_key or ("called" if one.parent_id is not None else "")
            title = one.name or one.process
            lanes[one.id] = Lane(kind=kind, title=title, note=note, instance=one.id, status=one.status)
    for entry in trail.entries:
        if entry.kind in ("event", "refused"):
            lanes.setdefault(f"topic {entry.service}", Lane(kind="topic", title=entry.service, note="topic"))
    for entry in trail.entries:
        if host := host_of(entry):
            lanes.setdefault(host, Lane(kind="service", title=host, note="service"))
    return lanes


def _is_from_outside(entry: TrailEntry) -> bool:
    return entry.kind in ("request", "response", "refused") or (
        entry.kind in ("message", "signal") and entry.instance_id is None
    )


def _callers_first(instances: Sequence[TrailInstance]) -> Iterable[TrailInstance]:
    """In order of their start, what an instance called right below it."""
    below: dict[str | None, list[TrailInstance]] = {}
    known = {one.id for one in instances}
    for one in instances:
        below.setdefault(one.parent_id if one.parent_id in known else None, []).append(one)
    waiting = below.get(None, [])[::-1]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += below.get(one.id, [])[::-1]


def host_of(entry: TrailEntry) -> str:
    """Name and port of the service that a job called, "" for none."""
    if entry.kind != "job" or not entry.service:
        return ""
    return urlsplit(entry.service.partition(" ")[2]).netloc


def look_of(entry: TrailEntry) -> str:
    """How an entry looks: undone, failed, stuck, done or open."""
    if entry.undoes:
        return "undo"
    words = {"error": "failed", "failed": "failed", "incident": "stuck", "open": "stuck", "stuck": "stuck"}
    words |= {"refused": "failed", "expired": "failed", "buffered": "waiting", "waiting": "waiting"}
    words |= {"available": "open", "leased": "open", "created": "waiting", "claimed": "waiting"}
    return words.get(entry.state, "done")
