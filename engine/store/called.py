"""Called processes as readers see them: instances whose rows are those of their root that belong to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    literal,
    or_,
    select,
)

from ..core.state import ROOT
from . import tables as t
from .paging import MAX_PAGE
from .places import MARK, called_id, split_called
from .prepared import Query
from .views import CalledView

INSTANCE, ACTIVITY, VARIABLE, INCIDENT = t.instance.c, t.activity.c, t.variable.c, t.incident.c
_ROOT: BindParameter[str] = bindparam("root")
_KEY: BindParameter[int] = bindparam("key")

CALLS = Query(
    select(
        INSTANCE.id,
        INSTANCE.called_by,
        INSTANCE.definition_id,
        INSTANCE.process,
        INSTANCE.status,
        INSTANCE.incidents,
        INSTANCE.started_at,
        INSTANCE.ended_at,
    )
    .where(INSTANCE.parent_id == bindparam("id"))
    .order_by(INSTANCE.started_at.desc(), INSTANCE.id.desc())
    .limit(MAX_PAGE)
)
"""What an instance called, latest first."""

_REACHED = Query(
    select(ACTIVITY.element_id)
    .where(
        ACTIVITY.instance_id == _ROOT,
        ACTIVITY.element_type == t.END_EVENT,
        ACTIVITY.scope == _KEY,
        ACTIVITY.outcome == "completed",
    )
    .order_by(ACTIVITY.end_seq)
    .limit(MAX_PAGE)
)
_VARIABLES = Query(
    select(VARIABLE.name, VARIABLE.value)
    .where(VARIABLE.instance_id == _ROOT, VARIABLE.scope == _KEY)
    .order_by(VARIABLE.name)
)


def calls(rows: Any) -> list[CalledView]:
    """The rows of CALLS for readers."""
    return [
        CalledView(
            id=row.id,
            called_by=row.called_by or "",
            definition_id=row.definition_id,
            process=row.process,
            status=row.status,
            incident_count=row.incidents,
            started_at=row.started_at,
            ended_at=row.ended_at,
        )
        for row in rows
    ]


def activities_of(instance: str) -> ColumnElement[bool]:
    """The activity instances of an instance, without those of the processes that it called."""
    root, key = split_called(instance)
    return and_(ACTIVITY.instance_id == root, ACTIVITY.called.is_(None) if key == ROOT else ACTIVITY.called == key)


def mine(table: Table, root: Any, key: Any) -> ColumnElement[bool]:
    """Rows of a table that names activity instances: those of the called process, the root's own for ROOT."""
    named, owner = table.c.activity, t.activity.alias("owner").c
    inside = exists(
        select(owner.key).where(
            owner.instance_id == root,
            owner.key == named,
            owner.called.is_(None) if key == ROOT else owner.called == key,
        )
    )
    return and_(table.c.instance_id == root, or_(inside, named == key))


def in_scope(root: str, key: int) -> ColumnElement[bool]:
    """Variables of the called process's scopes, or of those that belong to none if it is ROOT."""
    owner = t.activity.alias("owner").c
    of_calls = select(owner.key).where(owner.instance_id == root, owner.called.is_not(None))
    if key != ROOT:
        return or_(VARIABLE.scope == key, VARIABLE.scope.in_(of_calls.where(owner.called == key)))
    own_id = literal(f"{root}{MARK}") + cast(VARIABLE.scope, Text)
    return and_(VARIABLE.scope.not_in(of_calls), ~exists(select(INSTANCE.id).where(INSTANCE.id == own_id)))


def called_parts(connection: Connection, root: str, key: int, *, variables: bool) -> dict[str, Any]:
    """The rows of a called process beside its own, by the names that `instances.Parts` gives them."""

    def alive(table: Table, condition: Any) -> list[Any]:
        query = select(table).where(table.c.instance_id == root, condition)
        if "ended_at" in table.c:
            query = query.where(table.c.ended_at.is_(None))
        return list(connection.execute(query.order_by(table.c.key).limit(MAX_PAGE)))

    waits = (t.job, t.user_task, t.timer, t.subscription)
    return {
        "reached": _REACHED.all(connection, root=root, key=key),
        "incidents": alive(t.incident, INCIDENT.called == key),
        "alive": alive(t.activity, ACTIVITY.called == key),
        "waits": {table.name: alive(table, mine(table, root, key)) for table in waits},
        "variables": _VARIABLES.all(connection, root=root, key=key) if variables else None,
    }


def reached_by(connection: Connection, ids: list[str]) -> dict[str, list[str]]:
    """The end events that each of some instances reached, of a page in one query."""
    split = [split_called(id) for id in ids]
    own = [root for root, key in split if key == ROOT]
    of_calls = [and_(ACTIVITY.instance_id == root, ACTIVITY.scope == key) for root, key in split if key != ROOT]
    query = select(ACTIVITY.instance_id, ACTIVITY.scope, ACTIVITY.element_id).where(
        ACTIVITY.element_type == t.END_EVENT,
        ACTIVITY.outcome == "completed",
        or_(and_(ACTIVITY.instance_id.in_(own), ACTIVITY.scope == ROOT), *of_calls),
    )
    found: dict[str, list[str]] = {}
    for row in connection.execute(query.order_by(ACTIVITY.instance_id, ACTIVITY.end_seq)) if ids else ():
        found.setdefault(called_id(row.instance_id, row.scope), []).append(row.element_id)
    return found


def variables_of(instance: str) -> Select[Any]:
    """The current variables of all scopes of an instance."""
    root, key = split_called(instance)
    return select(t.variable).where(VARIABLE.instance_id == root, in_scope(root, key))


def own_waits(alive: Sequence[Any], waits: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """The waits of the root's own activity instances, without those of the processes that it called."""
    keys = {ROOT, *(row.key for row in alive)}
    return {table: [row for row in rows if row.activity in keys] for table, rows in waits.items()}
