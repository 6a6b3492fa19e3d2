"""Where the instances of a trail are now: what they wait for, and what they are stuck on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, and_, select

from ..core.state import ROOT
from . import tables as t
from .places import called_id
from .processes import Processes, matches
from .trail_links import Links
from .trail_views import TrailInstance, TrailPlace

MOST_PLACES = 200
"""Places that are told of one trail; it says how many instances have not ended all the same."""

_OPEN = {"job": t.job, "user task": t.user_task, "timer": t.timer, "subscription": t.subscription}
_RUN = t.activity.c
_HOST = (
    _RUN.element_id.label("host"),
    _RUN.element_name.label("host_name"),
    _RUN.element_type.label("host_type"),
    _RUN.started_at.label("since"),
    _RUN.called,
)


class _Draft(msgspec.Struct):
    """A place while its waits are collected."""

    instance: str
    element: str
    name: str
    since: int
    kinds: dict[str, None] = {}
    details: dict[str, None] = {}
    due_at: int | None = None
    incident: str = ""


def places(
    connection: Connection, links: Links, instances: Mapping[str, TrailInstance], processes: Processes | None
) -> list[TrailPlace]:
    """Where the instances and their events are now, what is stuck first, then what has been there longest."""
    roots = list(links.roots)
    drafts: dict[tuple[str, int], _Draft] = {}
    for kind, table in _OPEN.items():
        for row in connection.execute(_open(table, roots)):
            _add(drafts, kind, row)
    for row in connection.execute(_stuck(roots)):
        _add_incident(drafts, row)
    found = [_place(one, instances.get(one.instance)) for one in drafts.values()]
    found += _unpublished(connection, roots, instances)
    found += _refused(connection, links, processes)
    return sorted(found, key=lambda one: (not one.incident, one.since, one.instance_id, one.element_id))[:MOST_PLACES]


def _unpublished(
    connection: Connection, roots: Sequence[str], instances: Mapping[str, TrailInstance]
) -> Iterator[TrailPlace]:
    """Events that the bus does not have yet: who threw them may be over, and what they are for has not begun."""
    sent = t.publication.c
    query = select(t.publication).where(sent.instance_id.in_(list(roots)), sent.ended_at.is_(None))
    for row in connection.execute(query.order_by(sent.instance_id, sent.key).limit(MOST_PLACES)):
        draft = _Draft(row.instance_id, "", row.message, row.created_at, {"message bus": None}, {row.topic: None})
        draft.incident = row.last_error or "the broker does not take the event" if row.state == "stuck" else ""
        yield _place(draft, instances.get(row.instance_id))


def _refused(connection: Connection, links: Links, processes: Processes | None) -> Iterator[TrailPlace]:
    """Events that were refused and that nobody has decided about: in no instance, so only their process is known."""
    refused = t.refused_event.c
    shown = (refused.process, refused.message, refused.topic, refused.received_at, refused.sentence)
    query = select(*shown).where(refused.trace.in_(links.traces), refused.ended_at.is_(None))
    if processes is not None:
        query = query.where(matches(refused.process, processes))
    for row in connection.execute(query.order_by(refused.received_at, refused.id).limit(MOST_PLACES)):
        draft = _Draft("", "", row.message, row.received_at, {"message bus": None}, {row.topic: None})
        draft.incident = row.sentence
        yield msgspec.structs.replace(_place(draft, None), process=row.process)


def _open(table: Any, roots: Sequence[str]) -> Select[Any]:
    """What has not ended, with the activity instance that waits for it."""
    query = select(table, *_HOST).join(
        t.activity, and_(_RUN.instance_id == table.c.instance_id, _RUN.key == table.c.activity)
    )
    query = query.where(table.c.instance_id.in_(list(roots)))
    if "ended_at" in table.c:
        query = query.where(table.c.ended_at.is_(None)).with_hint(table, f"INDEXED BY {table.name}_open", "sqlite")
    return query.order_by(table.c.instance_id, table.c.key).limit(MOST_PLACES)


def _stuck(roots: Sequence[str]) -> Select[Any]:
    incident = t.incident
    query = select(incident).where(incident.c.instance_id.in_(list(roots)), incident.c.ended_at.is_(None))
    query = query.with_hint(incident, "INDEXED BY incident_open", "sqlite")
    return query.order_by(incident.c.instance_id, incident.c.key).limit(MOST_PLACES)


def _add(drafts: dict[tuple[str, int], _Draft], kind: str, row: Row[Any]) -> None:
    """What would interrupt the activity instance, or start beside it, is not what it waits for itself."""
    if row.host != row.element_id and row.host_type != "eventBasedGateway" and kind not in ("job", "user task"):
        return
    draft = drafts.get((row.instance_id, row.activity))
    if draft is None:
        instance = called_id(row.instance_id, row.called or ROOT)
        draft = _Draft(instance, row.host, row.host_name, row.since)
        drafts[row.instance_id, row.activity] = draft
    draft.kinds[row.kind if kind == "subscription" else kind] = None
    detail = {"job": "type", "user task": "assignee", "subscription": "name"}.get(kind)
    if detail is not None and getattr(row, detail):
        draft.details[getattr(row, detail)] = None
    due = row.due if kind == "timer" else row.available_at if kind == "job" and row.state == "available" else None
    if due is not None:
        draft.due_at = due if draft.due_at is None else min(due, draft.due_at)


def _add_incident(drafts: dict[tuple[str, int], _Draft], row: Row[Any]) -> None:
    draft = drafts.get((row.instance_id, row.activity))
    if draft is None:
        draft = _Draft(called_id(row.instance_id, row.called or ROOT), row.element_id, row.element_name, row.raised_at)
        drafts[row.instance_id, row.activity or -row.key] = draft
    draft.incident = row.message


def _place(draft: _Draft, instance: TrailInstance | None) -> TrailPlace:
    return TrailPlace(
        instance_id=draft.instance,
        process="" if instance is None else instance.process,
        process_name="" if instance is None else instance.name,
        element_id=draft.element,
        element_name=draft.name,
        since=draft.since,
        waits_for=" or ".join(draft.kinds),
        detail=", ".join(draft.details),
        due_at=draft.due_at,
        incident=draft.incident,
    )
