"""What the projections say about one root, as plain data that can be compared with the fold of its history."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import DatabaseError

from ..core.state import InstanceState, Job, Subscription, Timer, UserTask, Value
from . import tables as t
from .changes import visible_status
from .errors import HistoryDamaged
from .open_rows import open_rows
from .places import called_id

_value = msgspec.json.Decoder()


class Snapshot(msgspec.Struct, frozen=True):
    """A stored snapshot: the revision it was taken at, its format, its bytes."""

    revision: int
    format: int
    data: bytes


class Facts(msgspec.Struct, kw_only=True):
    """What both the rows and a state know: how the instance stands and what is alive, by key."""

    status: str
    outcome: str
    error_code: str | None
    incident_count: int
    yielded: bool
    variables: dict[tuple[int, str], Value]
    activities: set[int]
    jobs: set[int]
    user_tasks: set[int]
    timers: set[int]
    subscriptions: set[int]
    incidents: set[int]
    called: set[str]


class Projected(msgspec.Struct, kw_only=True):
    """Everything stored about a root besides its history."""

    revision: int
    facts: Facts
    snapshot: Snapshot | None


def facts_of(state: InstanceState) -> Facts:
    """What the rows of an instance in this state have to say."""

    def open_(kind: type) -> set[int]:
        return {key for key, wait in state.waits.items() if type(wait) is kind}

    return Facts(
        status=visible_status(state),
        outcome=state.outcome,
        error_code=state.error_code,
        incident_count=len(state.incidents),
        yielded=bool(state.agenda),
        variables={
            (scope.key, name): value for scope in state.scopes.values() for name, value in scope.variables.items()
        },
        activities={one.key for one in state.activities.values() if one.scope and not one.called},
        jobs=open_(Job),
        user_tasks=open_(UserTask),
        timers=open_(Timer),
        subscriptions=open_(Subscription),
        incidents=set(state.incidents),
        called={called_id(state.id, key) for key in state.called if state.scopes[key].called == key},
    )


def projected(connection: Connection, root: str) -> Projected | None:
    """What is stored about the root, None when there is no such instance. Raises HistoryDamaged."""
    try:
        return _projected(connection, root)
    except DatabaseError as error:
        raise HistoryDamaged(root, f"the database says: {error.orig}") from error


def _projected(connection: Connection, root: str) -> Projected | None:
    row = connection.execute(select(t.instance).where(t.instance.c.id == root)).one_or_none()
    if row is None:
        return None
    snapshot = connection.execute(select(t.snapshot).where(t.snapshot.c.instance_id == root)).one_or_none()
    facts = Facts(
        status=row.status,
        outcome=row.outcome,
        error_code=row.error_code,
        incident_count=row.incidents,
        yielded=bool(row.yielded),
        variables=_variables(connection, root),
        activities=_open(connection, t.activity, root),
        jobs=_open(connection, t.job, root),
        user_tasks=_open(connection, t.user_task, root),
        timers=_open(connection, t.timer, root),
        subscriptions=_open(connection, t.subscription, root),
        incidents=_open(connection, t.incident, root),
        called=_open_called(connection, root),
    )
    kept = None if snapshot is None else Snapshot(snapshot.revision, snapshot.format, snapshot.data)
    return Projected(revision=row.revision, facts=facts, snapshot=kept)


def _open(connection: Connection, table: Table, root: str) -> set[int]:
    return {row.key for row in connection.execute(open_rows(table, root))}


def _open_called(connection: Connection, root: str) -> set[str]:
    query = select(t.instance.c.id).where(t.instance.c.root_id == root, t.instance.c.ended_at.is_(None))
    return set(connection.execute(query).scalars())


def _variables(connection: Connection, root: str) -> dict[tuple[int, str], Value]:
    rows = connection.execute(select(t.variable).where(t.variable.c.instance_id == root))
    return {(row.scope, row.name): _decode(row.value) for row in rows}


def _decode(text: str) -> Value:
    try:
        return _value.decode(text)
    except msgspec.DecodeError:
        return UNREADABLE


UNREADABLE = object()
"""Stands for a stored variable that is no JSON; equals nothing that a state can hold."""
