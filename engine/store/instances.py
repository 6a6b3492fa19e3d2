"""Instances as readers see them: lists, one instance with all its parts, its activities and variables."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import BindParameter, Connection, Row, Table, bindparam, select

from ..core.state import ROOT, InstanceState
from . import tables as t
from .database import Database
from .loading import load_from
from .open_rows import open_rows
from .paging import MAX_PAGE, Listing
from .people import incident_view
from .prepared import Query
from .search import VariableFilter, having
from .views import ActiveElement, ActivityView, IncidentView, InstanceView, OpenWait, Page, VariableView

INSTANCE, ACTIVITY, VARIABLE = t.instance.c, t.activity.c, t.variable.c
_INSTANCES = select(t.instance, t.definition.c.version, t.definition.c.name).join(
    t.definition, INSTANCE.definition_id == t.definition.c.id
)
_LISTING = Listing("instances", [INSTANCE.id], [str], newest_first=True)
_ACTIVITY_LISTING = Listing("activities", [ACTIVITY.key], [int])
_VARIABLE_LISTING = Listing("variables", [VARIABLE.scope, VARIABLE.name], [int, str])
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


def _open(table: Table) -> Query:
    return Query(open_rows(table, _ID).limit(MAX_PAGE))


_OPEN_INCIDENTS, _ALIVE = _open(t.incident), _open(t.activity)
_OPEN_WAITS = [(table.name, _open(table)) for table in (t.job, t.user_task, t.timer, t.subscription)]


def page(
    database: Database,
    status: str | None,
    process: str | None,
    business_key: str | None,
    variables: tuple[VariableFilter, ...],
    limit: int,
    cursor: str | None,
) -> Page[InstanceView]:
    """Instances, newest first: their ids sort by time; of their parts only the end events that were reached."""
    query = _INSTANCES
    for column, wanted in (
        (INSTANCE.status, status),
        (INSTANCE.process, process),
        (INSTANCE.business_key, business_key),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    query = query.where(*having(variables))
    with database.reading() as connection:
        rows = connection.execute(_LISTING.limit(query, cursor, limit)).all()
        reached = _reached_by(connection, [row.id for row in rows])
    return _LISTING.page(rows, limit, lambda row: _view(row, reached=reached.get(row.id, [])), lambda row: (row.id,))


def one(database: Database, id: str, *, variables: bool) -> InstanceView | None:
    """One instance with what is active, open and stuck in it; each list holds at most MAX_PAGE entries."""
    with database.reading() as connection:
        row = _INSTANCE.one(connection, id=id)
        if row is None:
            return None
        incidents = _open_incidents(connection, id) if row.incidents else []
        waits = _open_waits(connection, id) if row.ended_at is None else []
        active = _alive(connection, id, waits, incidents) if row.ended_at is None else []
        return _view(
            row,
            reached=_reached(connection, id),
            active=active,
            waits=[wait for _, wait in waits],
            incidents=[incident for _, incident in incidents],
            variables=_root_variables(connection, id) if variables else None,
        )


def activities(database: Database, instance: str, limit: int, cursor: str | None) -> Page[ActivityView]:
    """The activity instances of an instance in order of their start."""
    query = select(t.activity).where(ACTIVITY.instance_id == instance)
    with database.reading() as connection:
        rows = connection.execute(_ACTIVITY_LISTING.limit(query, cursor, limit)).all()
    return _ACTIVITY_LISTING.page(rows, limit, _activity_view, lambda row: (row.key,))


def variables(database: Database, instance: str) -> list[VariableView]:
    """The current variables of all scopes, the process's own first."""
    query = select(t.variable).where(VARIABLE.instance_id == instance).order_by(VARIABLE.scope, VARIABLE.name)
    with database.reading() as connection:
        return [_variable_view(row) for row in connection.execute(query)]


def variables_page(database: Database, instance: str, limit: int, cursor: str | None) -> Page[VariableView]:
    """A part of the same list."""
    query = select(t.variable).where(VARIABLE.instance_id == instance)
    with database.reading() as connection:
        rows = connection.execute(_VARIABLE_LISTING.limit(query, cursor, limit)).all()
    return _VARIABLE_LISTING.page(rows, limit, _variable_view, lambda row: (row.scope, row.name))


def entered(database: Database, instance: str, element: str) -> bool:
    """Whether a token has entered the element in this instance."""
    query = select(ACTIVITY.key).where(ACTIVITY.instance_id == instance, ACTIVITY.element_id == element).limit(1)
    with database.reading() as connection:
        return connection.execute(query).first() is not None


def yielded(database: Database) -> list[str]:
    """The instances whose last run yielded and has to go on, oldest first."""
    with database.reading() as connection:
        return list(
            connection.execute(select(INSTANCE.id).where(INSTANCE.yielded == 1).order_by(INSTANCE.id)).scalars()
        )


# -- the parts of one instance ----------------------------------------------------------------------------------------


def _root_variables(connection: Connection, id: str) -> dict[str, Any]:
    return {row.name: _value.decode(row.value) for row in _ROOT_VARIABLES.all(connection, id=id)}


def _reached(connection: Connection, id: str) -> list[str]:
    return [row.element_id for row in _REACHED.all(connection, id=id)]


def _reached_by(connection: Connection, ids: list[str]) -> dict[str, list[str]]:
    """The end events that each of some instances reached, of a page in one query."""
    query = select(ACTIVITY.instance_id, ACTIVITY.element_id).where(
        ACTIVITY.instance_id.in_(ids),
        ACTIVITY.element_type == t.END_EVENT,
        ACTIVITY.scope == ROOT,
        ACTIVITY.outcome == "completed",
    )
    found: dict[str, list[str]] = {}
    for row in connection.execute(query.order_by(ACTIVITY.instance_id, ACTIVITY.end_seq)) if ids else ():
        found.setdefault(row.instance_id, []).append(row.element_id)
    return found


def _open_incidents(connection: Connection, id: str) -> list[tuple[int, IncidentView]]:
    return [(row.activity, incident_view(row)) for row in _OPEN_INCIDENTS.all(connection, id=id)]


def _open_waits(connection: Connection, id: str) -> list[tuple[int, OpenWait]]:
    """Open jobs, user tasks, timers and subscriptions with the key of the activity instance that waits."""
    found: list[tuple[int, OpenWait]] = []
    for kind, query in _OPEN_WAITS:
        found += [(row.activity, _open_wait(kind, row)) for row in query.all(connection, id=id)]
    return found


def _open_wait(table: str, row: Row[Any]) -> OpenWait:
    detail, due = "", None
    if table == "job":
        detail, due = row.type, row.available_at if row.state == "available" else None
    elif table == "user_task":
        detail, due = row.assignee or "", row.due_at
    elif table == "timer":
        due = row.due
    else:
        detail = row.name
    kind = row.kind if table == "subscription" else table.replace("_", " ")
    return OpenWait(id=f"{row.instance_id}.{row.key}", kind=kind, element_id=row.element_id, detail=detail, due_at=due)


def _alive(
    connection: Connection, id: str, waits: list[tuple[int, OpenWait]], incidents: list[tuple[int, IncidentView]]
) -> list[ActiveElement]:
    kinds = {activity: wait.kind for activity, wait in waits}
    stuck = {activity: incident.id for activity, incident in incidents}
    active = [
        ActiveElement(
            element_id=row.element_id,
            element_name=row.element_name,
            element_type=row.element_type,
            key=row.key,
            since=row.started_at,
            waits_for=kinds.get(row.key, ""),
            incident_id=stuck.get(row.key),
        )
        for row in _ALIVE.all(connection, id=id)
    ]
    return active + _waiting_tokens(load_from(connection, id).state)


def _waiting_tokens(state: InstanceState) -> list[ActiveElement]:
    """Tokens that wait on a flow or directly at a node: rows tell only of activity instances."""
    places = dict.fromkeys(place for scope in state.scopes.values() for place in scope.tokens)
    return [
        ActiveElement(element_id=place.removeprefix("@"), element_name="", element_type=kind)
        for place in places
        for kind in ("" if place.startswith("@") else "sequenceFlow",)
    ]


def _view(row: Row[Any], **parts: Any) -> InstanceView:
    return InstanceView(
        id=row.id,
        definition_id=row.definition_id,
        process=row.process,
        version=row.version,
        name=row.name,
        business_key=row.business_key,
        status=row.status,
        outcome=row.outcome,
        error_code=row.error_code,
        error_message=row.error_message,
        started_at=row.started_at,
        ended_at=row.ended_at,
        started_by=row.started_by,
        revision=row.revision,
        incident_count=row.incidents,
        **parts,
    )


def _variable_view(row: Row[Any]) -> VariableView:
    return VariableView(name=row.name, value=_value.decode(row.value), scope=row.scope, updated_at=row.updated_at)


def _activity_view(row: Row[Any]) -> ActivityView:
    return ActivityView(
        instance_id=row.instance_id,
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
