"""Deployments and process definitions as rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError

from ..problems import Problem
from . import bus_bindings
from . import tables as t
from .database import Database
from .edge import NO_ROUTES, NewRoutes
from .errors import VersionTaken
from .idempotency import note
from .paging import Listing
from .prepared import Query
from .processes import of_definitions, of_process
from .records import DefinitionRecord, DeploymentRecord, IdempotencyRecord
from .rows import json_text
from .start_events import StartEvent, replace
from .views import DefinitionView, DeploymentView, Page

_DEFINITION = t.definition.c
_SHOWN = [column for column in _DEFINITION if column.name != "xml"]
_OF_ALL = of_definitions(t.deployment.c.definition_ids)
_DEPLOYMENT_LISTING = Listing("deployments", [t.deployment.c.id], [str], newest_first=True, owner=_OF_ALL)
_KEY_AND_VERSION = [_DEFINITION.key, -_DEFINITION.version]
_LISTING = Listing("definitions", _KEY_AND_VERSION, [str, int], owner=of_process(_DEFINITION.key))
_NEWEST = Query(
    select(_DEFINITION.id, _DEFINITION.executable)
    .where(_DEFINITION.key == bindparam("key"))
    .order_by(_DEFINITION.version.desc())
    .limit(1)
)
_problems = msgspec.json.Decoder(list[Problem])
_ids = msgspec.json.Decoder(list[str])


class Deployments:
    """Stores deployments and finds definitions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        deployment: DeploymentRecord,
        definitions: Iterable[DefinitionRecord],
        starts: Sequence[StartEvent] = (),
        once: IdempotencyRecord | None = None,
        bound: Sequence[bus_bindings.BoundTopic] = (),
        edge: NewRoutes = NO_ROUTES,
    ) -> None:
        """Store the deployment with its new definitions, all or nothing; VersionTaken when one of them is there.

        starts: what starts the new definitions from outside; nothing starts their older versions any more. once: the
        request's idempotency key, DuplicateKey when it is there. bound: which events from the bus are their messages.
        edge: what its routes bring along; VersionTaken when others were published meanwhile.
        """
        rows = [_plain(definition) for definition in definitions]
        processes = [row["key"] for row in rows]
        try:
            with self._database.writing() as connection:
                if once is not None:
                    note(connection, once)
                edge.check(self._database, connection)
                connection.execute(insert(t.deployment).values(_plain(deployment)))
                edge.keep_files(connection, deployment.id)
                if rows:
                    connection.execute(insert(t.definition), rows)
                    replace(connection, processes, starts)
                    bus_bindings.replace(connection, processes, bound)
        except IntegrityError as error:
            raise VersionTaken([row["id"] for row in rows]) from error

    def latest(self, keys: Iterable[str]) -> dict[str, DefinitionRecord]:
        """The latest version of each process id that has one, whole."""
        newest = _newest().where(_DEFINITION.key.in_(list(keys))).subquery()
        query = select(t.definition).join(
            newest, (_DEFINITION.key == newest.c.key) & (_DEFINITION.version == newest.c.version)
        )
        with self._database.reading() as connection:
            return {row.key: _record(row) for row in connection.execute(query)}

    def newest(self, key: str) -> tuple[str, bool] | None:
        """The id of the latest version and whether it can be started, None when there is none."""
        for row in self._database.ask(_NEWEST, key=key):
            return row.id, bool(row.executable)
        return None

    def with_checksum(self, checksum: str) -> list[DefinitionView]:
        """The definitions that a document with this checksum has made, in order of their ids."""
        query = select(*_SHOWN).where(_DEFINITION.checksum == checksum).order_by(_DEFINITION.id)
        with self._database.reading() as connection:
            return [_view(row) for row in connection.execute(query)]

    def view(self, deployment_id: str) -> DeploymentView | None:
        """The deployment with its definitions, None when there is none."""
        with self._database.reading() as connection:
            found = connection.execute(select(t.deployment).where(t.deployment.c.id == deployment_id)).all()
            views = _deployment_views(connection, found)
        return views[0] if views else None

    def deployments_page(self, limit: int = 50, cursor: str | None = None) -> Page[DeploymentView]:
        """Deployments with their definitions, newest first: their ids sort by time."""
        with self._database.reading() as connection:
            rows = connection.execute(_DEPLOYMENT_LISTING.limit(select(t.deployment), cursor, limit)).all()
            views = {view.id: view for view in _deployment_views(connection, rows)}
        return _DEPLOYMENT_LISTING.page(rows, limit, lambda row: views[row.id], lambda row: (row.id,))

    def definition(self, id: str) -> DefinitionView | None:
        """The definition "key:version", None when there is none."""
        with self._database.reading() as connection:
            row = connection.execute(select(*_SHOWN).where(_DEFINITION.id == id)).one_or_none()
        return None if row is None else _view(row)

    def xml(self, id: str) -> bytes | None:
        """The document that the definition was deployed from, byte by byte."""
        with self._database.reading() as connection:
            return connection.execute(select(_DEFINITION.xml).where(_DEFINITION.id == id)).scalar_one_or_none()

    def keys(self) -> list[str]:
        """All process ids that were ever deployed, sorted."""
        with self._database.reading() as connection:
            return list(connection.execute(select(_DEFINITION.key).distinct().order_by(_DEFINITION.key)).scalars())

    def page(
        self, key: str | None = None, latest: bool = False, limit: int = 50, cursor: str | None = None
    ) -> Page[DefinitionView]:
        """Definitions by process id, the newest version of each first; latest: only that one."""
        query = select(*_SHOWN)
        if key is not None:
            query = query.where(_DEFINITION.key == key)
        if latest:
            newest = _newest().subquery()
            query = query.join(newest, (_DEFINITION.key == newest.c.key) & (_DEFINITION.version == newest.c.version))
        with self._database.reading() as connection:
            rows = connection.execute(_LISTING.limit(query, cursor, limit)).all()
        return _LISTING.page(rows, limit, _view, lambda row: (row.key, -row.version))


def _deployment_views(connection: Connection, rows: Sequence[Row[Any]]) -> list[DeploymentView]:
    """Each deployment with its definitions, those of all in one query."""
    wanted = {row.id: _ids.decode(row.definition_ids) for row in rows}
    every = sorted({id for ids in wanted.values() for id in ids})
    found = connection.execute(select(*_SHOWN).where(_DEFINITION.id.in_(every)))
    views = {row.id: _view(row) for row in found}
    return [
        DeploymentView(
            id=row.id,
            name=row.name,
            deployed_at=row.deployed_at,
            deployed_by=row.deployed_by,
            definitions=[views[id] for id in wanted[row.id] if id in views],
            problems=_problems.decode(row.problems),
        )
        for row in rows
    ]


def _newest() -> Select[Any]:
    return select(_DEFINITION.key, func.max(_DEFINITION.version).label("version")).group_by(_DEFINITION.key)


def _plain(record: DefinitionRecord | DeploymentRecord) -> dict[str, Any]:
    """The record as column values: lists become JSON text, truth becomes a number."""
    values = msgspec.structs.asdict(record)
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = json_text(value)
        elif isinstance(value, bool):
            values[name] = int(value)
    return values


def _fields(row: Row[Any]) -> dict[str, Any]:
    return {**row._mapping, "executable": bool(row.executable), "problems": _problems.decode(row.problems)}  # noqa: SLF001


def _record(row: Row[Any]) -> DefinitionRecord:
    return DefinitionRecord(**_fields(row))


def _view(row: Row[Any]) -> DefinitionView:
    fields = _fields(row)
    del fields["checksum"]
    return DefinitionView(**fields)
