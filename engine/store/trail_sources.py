"""Where the entries of a trail come from: one query per kind of thing, each in the order of time, and its entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import Column, ColumnElement, Row, Select, and_, or_, select, tuple_

from ..core.state import ROOT
from . import tables as t
from .places import called_id
from .processes import Processes, matches
from .trail_links import Links
from .trail_views import TrailEntry, TrailInstance, TrailKind

Place = tuple[int, int, str, int]
"""Where an entry stands: its moment, the rank of its source, and what it is there."""

Undoes = Callable[[str, str], bool]
"""(definition id, element id) -> whether the element undoes something."""

LONGEST_SERVICE = 120
"""Characters of a service's address that are shown."""

_inputs = msgspec.json.Decoder(dict[str, Any])


class Source(NamedTuple):
    """Entries of one kind. at, ids: the columns that order them; the values of ids are a text and maybe a number."""

    query: Select[Any]
    at: Column[Any]
    ids: tuple[Column[Any], ...]
    entry: Callable[[Row[Any]], TrailEntry]

    def behind(self, place: Place, rank: int) -> Select[Any]:
        """What comes behind the place; rank: that of this source."""
        at, of, *ids = place
        if rank != of:
            return self.query.where(self.at >= at if rank > of else self.at > at)
        later = tuple_(*self.ids) > tuple_(*ids[: len(self.ids)])
        return self.query.where(or_(self.at > at, and_(self.at == at, later)))

    def place(self, row: Row[Any], rank: int) -> Place:
        """The place of a row."""
        text, number = (*(getattr(row, column.key) for column in self.ids), 0)[:2]
        return getattr(row, self.at.key), rank, text, number


class Sources:
    """The sources of one trail. instances: all that belong to it, by id. processes: the only ones seen, or None."""

    def __init__(
        self, links: Links, instances: Mapping[str, TrailInstance], processes: Processes | None, undoes: Undoes
    ) -> None:
        self._links, self._instances, self._processes, self._undoes = links, instances, processes, undoes
        self._roots = list(links.roots)

    def all(self) -> Iterator[Source]:
        """Every source, in the order in which entries of the same moment stand."""
        yield self._messages()
        yield self._signals_thrown()
        yield self._signals_received()
        yield self._publications()
        yield self._refused()
        yield self._jobs()
        yield self._tasks()
        yield self._incidents()
        yield self._responses()

    def _entry(self, kind: TrailKind, instance: str | None, **fields: Any) -> TrailEntry:
        """An entry that says where it happened, as far as that is on the trail."""
        there = self._instances.get(instance or "")
        to = self._instances.get(fields.pop("to", None) or "")
        where = {"instance_id": None if there is None else there.id, "process": "", "process_name": ""}
        if there is not None:
            where |= {"process": there.process, "process_name": there.name}
        if to is not None:
            fields |= {"to": to.id, "to_process": to.name or to.process}
        given: dict[str, Any] = {"id": "", "element_id": "", "element_name": "", **where, **fields}
        return TrailEntry(kind=kind, **given)

    def _in_roots(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        return column.in_(self._roots)

    # -- between instances -------------------------------------------------------------------------------------------

    def _messages(self) -> Source:
        message = t.message.c
        belongs = self._links.messages(restricted=self._processes is not None)

        def entry(row: Row[Any]) -> TrailEntry:
            return self._entry(
                "message",
                row.thrower,
                at=row.received_at,
                ended_at=row.ended_at,
                id=row.id,
                subject=row.name,
                state=row.state,
                detail=row.sent_by if row.thrower is None else "",
                to=row.instance_id,
            )

        return Source(select(t.message).where(belongs), message.received_at, (message.id,), entry)

    def _signals_thrown(self) -> Source:
        signal = t.signal.c
        query = select(t.signal).where(signal.trace.in_(self._links.traces))
        if self._processes is not None:
            query = query.where(self._in_roots(signal.thrower))

        def entry(row: Row[Any]) -> TrailEntry:
            by = row.sent_by if row.thrower is None else ""
            said = {"at": row.received_at, "ended_at": None, "id": row.id, "subject": row.name, "detail": by}
            return self._entry("signal", row.thrower, state="sent", **said)

        return Source(query, signal.received_at, (signal.id,), entry)

    def _signals_received(self) -> Source:
        inbox, signal = t.inbox.c, t.signal.c
        query = select(t.inbox, signal.name).join(t.signal, signal.id == inbox.source)
        query = query.where(self._in_roots(inbox.instance_id))

        def entry(row: Row[Any]) -> TrailEntry:
            said = {"at": row.applied_at, "ended_at": None, "id": row.source, "subject": row.name}
            return self._entry("signal", row.instance_id, state="received", **said)

        return Source(query, inbox.applied_at, (inbox.instance_id, inbox.revision), entry)

    # -- the message bus ---------------------------------------------------------------------------------------------

    def _publications(self) -> Source:
        sent = t.publication.c
        query = select(t.publication).where(self._in_roots(sent.instance_id))

        def entry(row: Row[Any]) -> TrailEntry:
            return self._entry(
                "event",
                row.instance_id,
                at=row.created_at,
                ended_at=row.ended_at,
                id=f"{row.instance_id}.{row.key}",
                subject=row.message,
                service=row.topic,
                state=row.state,
                detail=row.last_error,
                attempts=row.attempts,
            )

        return Source(query, sent.created_at, (sent.instance_id, sent.key), entry)

    def _refused(self) -> Source:
        refused = t.refused_event.c
        shown = (refused.id, refused.received_at, refused.ended_at, refused.topic, refused.message, refused.state)
        query = select(*shown, refused.sentence, refused.attempts).where(refused.trace.in_(self._links.traces))
        if self._processes is not None:
            query = query.where(matches(refused.process, self._processes))

        def entry(row: Row[Any]) -> TrailEntry:
            said = {"id": row.id, "subject": row.message, "service": row.topic, "detail": row.sentence}
            moments = {"at": row.received_at, "ended_at": row.ended_at, "attempts": row.attempts}
            return self._entry("refused", None, state=row.state, **said, **moments)

        return Source(query, refused.received_at, (refused.id,), entry)

    # -- what instances do -------------------------------------------------------------------------------------------

    def _with_activity(self, table: Any) -> Select[Any]:
        """The rows of a table that names activity instances, with the name of the element and the called process."""
        run = t.activity.c
        on = and_(run.instance_id == table.c.instance_id, run.key == table.c.activity)
        query = select(table, run.element_name, run.called).outerjoin(t.activity, on)
        return query.where(self._in_roots(table.c.instance_id))

    def _of_activity(self, kind: TrailKind, row: Row[Any], **fields: Any) -> TrailEntry:
        id = called_id(row.instance_id, row.called or ROOT)
        where = {"element_id": row.element_id, "element_name": row.element_name or ""}
        return self._entry(kind, id, id=f"{row.instance_id}.{row.key}", state=row.state, **where, **fields)

    def _jobs(self) -> Source:
        job = t.job.c

        def entry(row: Row[Any]) -> TrailEntry:
            instance = self._instances.get(called_id(row.instance_id, row.called or ROOT))
            return self._of_activity(
                "job",
                row,
                at=row.created_at,
                ended_at=row.ended_at,
                subject=row.type,
                service=_service(row.inputs),
                detail="" if row.state == "completed" else row.last_error,
                attempts=row.attempt,
                undoes=instance is not None and self._undoes(instance.definition_id, row.element_id),
            )

        return Source(self._with_activity(t.job), job.created_at, (job.instance_id, job.key), entry)

    def _tasks(self) -> Source:
        task = t.user_task.c

        def entry(row: Row[Any]) -> TrailEntry:
            moments = {"at": row.created_at, "ended_at": row.ended_at}
            return self._of_activity("task", row, subject=row.name, detail=row.assignee or "", **moments)

        return Source(self._with_activity(t.user_task), task.created_at, (task.instance_id, task.key), entry)

    def _incidents(self) -> Source:
        incident = t.incident.c
        query = select(t.incident).where(self._in_roots(incident.instance_id))

        def entry(row: Row[Any]) -> TrailEntry:
            moments = {"at": row.raised_at, "ended_at": row.ended_at}
            return self._of_activity("incident", row, subject=row.kind, detail=row.message, **moments)

        return Source(query, incident.raised_at, (incident.instance_id, incident.key), entry)

    def _responses(self) -> Source:
        response = t.response.c
        query = select(response.instance_id, response.key, response.status, response.given_at)
        query = query.where(self._in_roots(response.instance_id))

        def entry(row: Row[Any]) -> TrailEntry:
            said = {"at": row.given_at, "ended_at": None, "subject": str(row.status)}
            return self._entry("response", row.instance_id, state="given", **said)

        return Source(query, response.given_at, (response.instance_id, response.key), entry)


def _service(inputs: str) -> str:
    """What a job calls outside: the method and the address without its query, which may hold secrets."""
    given = _inputs.decode(inputs)
    url, method = given.get("url"), given.get("method")
    if not isinstance(url, str):
        return ""
    try:
        parts = urlsplit(url)
        shown = f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
    except ValueError:
        return ""
    verb = method.upper() if isinstance(method, str) and method.isalpha() else "GET" if "body" not in given else "POST"
    return f"{verb} {shown}"[:LONGEST_SERVICE]
