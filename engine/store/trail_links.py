"""Which instances belong to a key: those that bear it, and those that messages, traces and calls join to them.

Signals join only whoever they start (by its trace): they go to everybody, and not everybody belongs together.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, or_, select

from ..traces import is_trace
from . import tables as t
from .places import split_called
from .processes import Processes, matches

INSTANCE, MESSAGE, SUBSCRIPTION = t.instance.c, t.message.c, t.subscription.c
_ROOT = func.coalesce(INSTANCE.root_id, INSTANCE.id)
_ENDS = (MESSAGE.thrower, MESSAGE.instance_id, MESSAGE.trace)
_NOTHING: ColumnElement[str] = literal_column("''")
"""Written out, so that the queries find the partial indexes."""


class Limits(NamedTuple):
    """instances: how many root instances are followed. partners: whoever exchanged messages with more others than so
    many is where different things meet: it is shown, and nobody is followed through it.
    """

    instances: int
    partners: int


class Links(msgspec.Struct):
    """What belongs together. roots: ids of root instances, the nearest first. cut: whether some were left out.

    meeting: those of the roots through which nobody is followed.
    """

    key: str
    roots: dict[str, None] = {}
    meeting: set[str] = set()
    traces: set[str] = set()
    cut: bool = False

    def messages(self, *, restricted: bool) -> ColumnElement[bool]:
        """The condition on messages that belong to it. restricted: only on those from or to one of the instances."""
        roots = [id for id in self.roots if id not in self.meeting]
        joined = or_(MESSAGE.thrower.in_(roots), MESSAGE.instance_id.in_(roots))
        return joined if restricted else or_(joined, MESSAGE.trace.in_(self.traces), _bears(self.key))


def gather(connection: Connection, key: str, limits: Limits, processes: Processes | None) -> Links:
    """Everything that belongs to the key; processes: the only ones looked at, or None.

    Each round looks at what the round before found, so what is nearest is there when the limit is reached.
    """
    links = Links(key)
    asked_for, traces = _bearers(connection, key, limits.instances)
    told, more = _told(connection, key, limits.instances)
    heads, traces = asked_for | told, traces | more
    while (heads or traces) and not links.cut:
        heads |= _of_traces(connection, traces, limits.instances)
        links.traces |= traces
        found = _roots(connection, [id for id in heads if id not in links.roots], processes)
        room = limits.instances - len(links.roots)
        links.cut = len(found) > room
        new = dict(found[:room])
        links.roots |= dict.fromkeys(new)
        heads, traces = _follow(connection, links, new, asked_for, limits)
    links.cut = links.cut or bool(links.meeting)
    return links


def _follow(
    connection: Connection, links: Links, new: dict[str, str | None], asked_for: Container[str], limits: Limits
) -> tuple[dict[str, None], set[str]]:
    """Where the new ones lead to: whom they exchanged messages with, and traces."""
    heads: dict[str, None] = {}
    traces: set[str] = set()
    partners = _partners(connection, links, list(new), 4 * limits.instances)
    for root, own in new.items():
        others = {
            id: None
            for row in partners.get(root, ())
            for id in (row.thrower, row.instance_id)
            if id not in (None, root)
        }
        if len(others) > limits.partners and root not in asked_for:
            links.meeting.add(root)
            continue
        heads |= others
        traces |= {trace for trace in (own, *(row.trace for row in partners.get(root, ()))) if trace is not None}
    return {id: None for id in heads if id not in links.roots}, traces - links.traces


def _bears(key: str) -> ColumnElement[bool]:
    return or_(and_(MESSAGE.correlation == key, MESSAGE.correlation != _NOTHING), MESSAGE.business_key == key)


def _bearers(connection: Connection, key: str, most: int) -> tuple[dict[str, None], set[str]]:
    """Roots that may exist and bear the key, the youngest first where many do, and the trace that it is."""
    heads = {split_called(key)[0]: None}
    asked = select(_ROOT).where(INSTANCE.business_key == key).order_by(INSTANCE.id.desc()).limit(most + 1)
    heads |= dict.fromkeys(connection.execute(asked).scalars())
    waiting = (SUBSCRIPTION.correlation == key, SUBSCRIPTION.correlation != _NOTHING)
    asked = select(SUBSCRIPTION.instance_id).where(*waiting).distinct().limit(most + 1)
    heads |= dict.fromkeys(connection.execute(asked).scalars())
    return heads, {key} if is_trace(key) else set()


def _told(connection: Connection, key: str, most: int) -> tuple[dict[str, None], set[str]]:
    """Who sent and got the messages that bear the key, and their traces."""
    return _ends(connection.execute(select(*_ENDS).where(_bears(key)).distinct().limit(most + 1)).all())


def _of_traces(connection: Connection, traces: set[str], most: int) -> dict[str, None]:
    if not traces:
        return {}
    asked = select(INSTANCE.id).where(INSTANCE.trace.in_(traces), INSTANCE.parent_id.is_(None))
    heads = dict.fromkeys(connection.execute(asked.order_by(INSTANCE.id).limit(most + 1)).scalars())
    told = select(*_ENDS).where(MESSAGE.trace.in_(traces)).distinct().limit(2 * most)
    rows = connection.execute(told).all()
    return heads | _ends(rows)[0]


def _partners(connection: Connection, links: Links, roots: list[str], most: int) -> dict[str, list[Any]]:
    """The ends and traces of the messages that each of these sent and got."""
    if not roots:
        return {}
    joined = or_(MESSAGE.thrower.in_(roots), MESSAGE.instance_id.in_(roots))
    rows = connection.execute(select(*_ENDS).where(joined).distinct().limit(most + 1)).all()
    links.cut = links.cut or len(rows) > most
    found: dict[str, list[Any]] = {root: [] for root in roots}
    for row in rows:
        for id in {row.thrower, row.instance_id} & found.keys():
            found[id].append(row)
    return found


def _ends(rows: Iterable[Any]) -> tuple[dict[str, None], set[str]]:
    heads = {id: None for row in rows for id in (row.thrower, row.instance_id) if id is not None}
    return heads, {row.trace for row in rows if row.trace is not None}


def _roots(connection: Connection, ids: list[str], processes: Processes | None) -> list[tuple[str, str | None]]:
    """The root instances among the ids, with their traces, in the order of the ids."""
    if not ids:
        return []
    asked = select(INSTANCE.id, INSTANCE.trace).where(INSTANCE.id.in_(ids), INSTANCE.parent_id.is_(None))
    if processes is not None:
        asked = asked.where(matches(INSTANCE.process, processes))
    found = {row.id: row.trace for row in connection.execute(asked)}
    return [(id, found[id]) for id in ids if id in found]
