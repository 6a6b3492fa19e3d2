"""Instances as readers see them: lists, one instance with all its parts, its activities and variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import BindParameter, Row, Table, bindparam, select

from ..core.state import ROOT
from . import tables as t
from .called import CALLS, activities_of, called_parts, own_waits, reached_by, variables_of
from .database import Database
from .loading import load_from
from .open_rows import open_rows
from .paging import MAX_PAGE, Listing
from .places import called_id, split_called
from .prepared import Query, all_at_once
from .processes import of_called, of_instance
from .search import VariableFilter, having
from .views import ActivityView, InstanceView, Page, VariableView
from .whole import Parts, instance_view, waiting_tokens, whole

INSTANCE, ACTIVITY, VARIABLE = t.instance.c, t.activity.c, t.variable.c
_INSTANCES = select(t.instance, t.definition.c.version, t.definition.c.name).join(
    t.definition, INSTANCE.definition_id == t.definition.c.id
)
_OWNER = of_called(INSTANCE.id, INSTANCE.process, INSTANCE.root_id)
_LISTING = Listing("instances", [INSTANCE.id], [str], newest_first=True, owner=_OWNER)
_ACTIVITY_LISTING = Listing("activities", [ACTIVITY.key], [int], owner=of_instance(ACTIVITY.instance_id))
_OF_VARIABLE = of_instance(VARIABLE.instance_id)
_VARIABLE_LISTING = Listing("variables", [VARIABLE.scope, VARIABLE.name], [int, str], owner=_OF_VARIABLE)
_value = msgspec.json.Decoder()

_ID: BindParameter[str] = bindparam("id")
_INSTANCE = Query(_INSTANCES.where(INSTANCE.id == _ID))
_ROOT_VARIABLES = Query(
    select(VARIABLE.name, VARIABLE.value)
    .where(VARIABLE.instance_id == _ID, VARIABLE.scope == ROOT)
    .order_by(VARIABLE.name)
)
_REACHED = Query(
    select(ACTIVITY.element_id)
    .where(
        ACTIVITY.instance_id == _ID,
        ACTIVITY.element_type == t.END_EVENT,
        ACTIVITY.scope == ROOT,
        ACTIVITY.outcome == "completed",
    )
    .order_by(ACTIVITY.end_seq)
    .limit(MAX_PAGE)
)


def _open(table: Table, *conditions: Any) -> Query:
    return Query(open_rows(table, _ID).where(*conditions).limit(MAX_PAGE))


_OPEN_INCIDENTS, _ALIVE = _open(t.incident), _open(t.activity, ACTIVITY.called.is_(None))
_OPEN_WAITS = {table.name: _open(table) for table in (t.job, t.user_task, t.timer, t.subscription)}


def page(
    database: Database,
    equal: Mapping[str, str | None],
    variables: tuple[VariableFilter, ...],
    limit: int,
    cursor: str | None,
) -> Page[InstanceView]:
    """Instances, newest first: their ids sort by time; of their parts only the end events that were reached.

    equal: what their columns hold, None for anything.
    """
    query = _INSTANCES
    for column, wanted in equal.items():
        if wanted is not None:
            query = query.where(INSTANCE[column] == wanted)
    query = query.where(*having(variables))
    with database.reading() as connection:
        rows = connection.execute(_LISTING.limit(query, cursor, limit)).all()
        reached = reached_by(connection, [row.id for row in rows])

    def view(row: Row[Any]) -> InstanceView:
        return instance_view(row, row.version, row.name, reached=reached.get(row.id, []))

    return _LISTING.page(rows, limit, view, lambda row: (row.id,))


def one(database: Database, id: str, *, variables: bool) -> InstanceView | None:
    """One instance with what is active, open and stuck in it; each list holds at most MAX_PAGE entries."""
    root, key = split_called(id)
    if key != ROOT:
        return _called(database, id, root, key, variables=variables)
    always = (_INSTANCE, _REACHED, CALLS, _ROOT_VARIABLES) if variables else (_INSTANCE, _REACHED, CALLS)
    found = database.look(*always, id=id)
    if found[0] and found[0][0].ended_at is not None:
        (row,), reached, called, *values = found
        ended = Parts(reached, calls=called, variables=values[0] if values else None)
        return whole(row, row.version, row.name, ended)
    with database.reading() as connection:
        queries = (*always, _OPEN_INCIDENTS, _ALIVE, *_OPEN_WAITS.values())
        rows, *parts = all_at_once(connection, [(query, {"id": id}) for query in queries])
        if not rows:
            return None
        reached, called, *values = parts[: len(always) - 1]
        incidents, alive, *waits = parts[len(always) - 1 :]
        tokens = waiting_tokens(load_from(connection, id).state) if rows[0].ended_at is None else []
    open_waits: Mapping[str, Sequence[Any]] = dict(zip(_OPEN_WAITS, waits, strict=True))
    if called:
        open_waits = own_waits(alive, open_waits)
    own = Parts(reached, incidents, alive, open_waits, tokens, values[0] if values else None, called)
    return whole(rows[0], rows[0].version, rows[0].name, own)


def _called(database: Database, id: str, root: str, key: int, *, variables: bool) -> InstanceView | None:
    with database.reading() as connection:
        row = _INSTANCE.one(connection, id=id)
        if row is None:
            return None
        tokens = waiting_tokens(load_from(connection, root).state, key)
        found = Parts(
            **called_parts(connection, root, key, variables=variables),
            tokens=tokens,
            calls=CALLS.all(connection, id=id),
        )
    return whole(row, row.version, row.name, found)


def definition_of(database: Database, instance: str) -> str | None:
    """The id of the definition that an instance runs, None when there is no such instance."""
    query = select(INSTANCE.definition_id).where(INSTANCE.id == instance)
    with database.reading() as connection:
        return connection.execute(query).scalar_one_or_none()


def activities(database: Database, instance: str, limit: int, cursor: str | None) -> Page[ActivityView]:
    """The activity instances of an instance in order of their start."""
    query = select(t.activity).where(activities_of(instance))
    with database.reading() as connection:
        rows = connection.execute(_ACTIVITY_LISTING.limit(query, cursor, limit)).all()
    return _ACTIVITY_LISTING.page(rows, limit, _activity_view, lambda row: (row.key,))


def variables(database: Database, instance: str) -> list[VariableView]:
    """The current variables of all scopes, the process's own first."""
    query = variables_of(instance).order_by(VARIABLE.scope, VARIABLE.name)
    with database.reading() as connection:
        return [_variable_view(row) for row in connection.execute(query)]


def variables_page(database: Database, instance: str, limit: int, cursor: str | None) -> Page[VariableView]:
    """A part of the same list."""
    query = variables_of(instance)
    with database.reading() as connection:
        rows = connection.execute(_VARIABLE_LISTING.limit(query, cursor, limit)).all()
    return _VARIABLE_LISTING.page(rows, limit, _variable_view, lambda row: (row.scope, row.name))


def entered(database: Database, instance: str, element: str) -> bool:
    """Whether a token has entered the element in this instance."""
    query = select(ACTIVITY.key).where(activities_of(instance), ACTIVITY.element_id == element).limit(1)
    with database.reading() as connection:
        return connection.execute(query).first() is not None


def yielded(database: Database) -> list[str]:
    """The instances whose last run yielded and has to go on, oldest first."""
    with database.reading() as connection:
        return list(
            connection.execute(select(INSTANCE.id).where(INSTANCE.yielded == 1).order_by(INSTANCE.id)).scalars()
        )


def _variable_view(row: Row[Any]) -> VariableView:
    return VariableView(name=row.name, value=_value.decode(row.value), scope=row.scope, updated_at=row.updated_at)


def _activity_view(row: Row[Any]) -> ActivityView:
    return ActivityView(
        instance_id=called_id(row.instance_id, row.called or ROOT),
        key=row.key,
        element_id=row.element_id,
        element_name=row.element_name,
        element_type=row.element_type,
        scope=row.scope,
        started_at=row.started_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
        seq=row.seq,
    )
