"""What people have to do: user tasks and incidents as readers see them."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    values,
)
from sqlalchemy import column as sql_column

from ..core.state import ROOT
from . import tables as t
from .called import mine
from .database import Database
from .jobs import split_id
from .paging import Listing
from .places import MARK, called_id, split_called
from .prepared import Query
from .processes import of_instance
from .rows import json_text
from .views import IncidentView, Page, UserTaskView

TASK, INCIDENT = t.user_task.c, t.incident.c
_TASK_LISTING = Listing("tasks", [TASK.instance_id, TASK.key], [str, int], owner=of_instance(TASK.instance_id))
_OF_INCIDENT = of_instance(INCIDENT.instance_id)
_INCIDENT_LISTING = Listing("incidents", [INCIDENT.instance_id, INCIDENT.key], [str, int], owner=_OF_INCIDENT)
_RUN, _CALLED = t.activity.c, t.instance.alias("called_process")
_DEFINITION = func.coalesce(_CALLED.c.definition_id, t.instance.c.definition_id).label("definition_id")
_PROCESS = func.coalesce(_CALLED.c.process, t.instance.c.process).label("process")
_TASKS = (
    select(t.user_task, _PROCESS, t.instance.c.business_key, _DEFINITION, _RUN.called)
    .join(t.instance, TASK.instance_id == t.instance.c.id)
    .outerjoin(t.activity, and_(_RUN.instance_id == TASK.instance_id, _RUN.key == TASK.activity))
    .outerjoin(_CALLED, _CALLED.c.id == TASK.instance_id + MARK + cast(_RUN.called, Text))
)
_TASK = Query(_TASKS.where(TASK.instance_id == bindparam("instance"), TASK.key == bindparam("key")))
EMPTY = "[]"
OPEN_TASK_STATES = frozenset(("created", "claimed", "open"))

_value = msgspec.json.Decoder()


class Person(msgspec.Struct, frozen=True):
    """Somebody as user tasks name people. groups: those that the person is in."""

    name: str
    groups: frozenset[str] = frozenset()

    def is_candidate(self, task: UserTaskView) -> bool:
        """Tell whether the person may take the task while it is nobody's."""
        return self.name in task.candidate_users or not self.groups.isdisjoint(task.candidate_groups)

    def may_do(self, task: UserTaskView) -> bool:
        """Tell whether the task is the person's, or nobody's and they may take it."""
        return task.assignee == self.name or (task.assignee is None and self.is_candidate(task))


def task(database: Database, id: str) -> UserTaskView | None:
    """The user task "INSTANCE.KEY", None when there is none."""
    place = split_id(id)
    if place is None:
        return None
    for row in database.ask(_TASK, instance=place[0], key=place[1]):
        return _task_view(row)
    return None


def tasks(
    database: Database,
    instance: str | None,
    assignee: str | None,
    state: str | None,
    limit: int,
    cursor: str | None,
    person: Person | None = None,
) -> Page[UserTaskView]:
    """User tasks in order of instance and key. assignee: only this person's open ones, unless a state is asked for.

    person: only those that are the person's, or nobody's while the person is a candidate; open ones as above.
    """
    query = _TASKS
    if instance is not None:
        root, key = split_called(instance)
        query = query.where(TASK.instance_id == root if key == ROOT else mine(t.user_task, root, key))
    if assignee is not None:
        query = query.where(TASK.assignee == assignee)
    if state is not None and state != "open":
        query = query.where(TASK.state == state)
    if person is not None:
        query = query.where(_of_person(person))
    if state in OPEN_TASK_STATES or (state is None and (assignee is not None or person is not None)):
        query = query.where(TASK.ended_at.is_(None))
    with database.reading() as connection:
        rows = connection.execute(_TASK_LISTING.limit(query, cursor, limit)).all()
    return _TASK_LISTING.page(rows, limit, _task_view, lambda row: (row.instance_id, row.key))


def _of_person(person: Person) -> ColumnElement[bool]:
    """A name stands in a JSON list as itself in quotes, which a name inside of another is never."""
    candidate = _names(TASK.candidate_users, [person.name])
    if person.groups:
        candidate = or_(candidate, _names(TASK.candidate_groups, sorted(person.groups)))
    return or_(TASK.assignee == person.name, and_(TASK.assignee.is_(None), candidate))


def _names(column: ColumnElement[str], names: list[str]) -> ColumnElement[bool]:
    """The names are rows: as a chain of conditions hundreds of them would be deeper than SQLite allows."""
    rows = [(json_text(name),) for name in names]
    quoted = values(sql_column("quoted", Text)).data(rows).cte(f"of_{column.name}")
    found = (func.replace(column, literal(before) + quoted.c.quoted, "") != column for before in "[,")
    return and_(column != EMPTY, exists(select(literal(1)).select_from(quoted).where(or_(*found))))


def incident(database: Database, id: str) -> IncidentView | None:
    """The incident "INSTANCE.KEY", None when there is none."""
    place = split_id(id)
    if place is None:
        return None
    query = select(t.incident).where(INCIDENT.instance_id == place[0], INCIDENT.key == place[1])
    with database.reading() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else incident_view(row)


def incidents(
    database: Database, instance: str | None, status: str | None, limit: int, cursor: str | None
) -> Page[IncidentView]:
    """Incidents in order of instance and key. status: "open", "resolved", "withdrawn", or None for all."""
    query: Select[Any] = select(t.incident)
    if instance is not None:
        root, key = split_called(instance)
        query = query.where(INCIDENT.instance_id == root)
        query = query if key == ROOT else query.where(INCIDENT.called == key)
    if status is not None:
        query = query.where(INCIDENT.ended_at.is_(None) if status == "open" else INCIDENT.state == status)
    with database.reading() as connection:
        rows = connection.execute(_INCIDENT_LISTING.limit(query, cursor, limit)).all()
    return _INCIDENT_LISTING.page(rows, limit, incident_view, lambda row: (row.instance_id, row.key))


def incident_view(row: Row[Any]) -> IncidentView:
    """A row of the incident table for readers."""
    return IncidentView(
        id=f"{row.instance_id}.{row.key}",
        instance_id=called_id(row.instance_id, row.called or ROOT),
        kind=row.kind,
        message=row.message,
        element_id=row.element_id,
        element_name=row.element_name,
        raised_at=row.raised_at,
        status=row.state,
        detail=_value.decode(row.detail),
        job_id=f"{row.instance_id}.{row.job}" if row.job else None,
        resolved_at=row.ended_at,
        resolved_by=row.resolved_by,
    )


def _task_view(row: Row[Any]) -> UserTaskView:
    return UserTaskView(
        id=f"{row.instance_id}.{row.key}",
        instance_id=called_id(row.instance_id, row.called or ROOT),
        process=row.process,
        definition_id=row.definition_id,
        business_key=row.business_key,
        element_id=row.element_id,
        name=row.name,
        state=row.state,
        assignee=row.assignee,
        candidate_users=_value.decode(row.candidate_users),
        candidate_groups=_value.decode(row.candidate_groups),
        form_key=row.form_key,
        created_at=row.created_at,
        due_at=row.due_at,
        completed_at=row.ended_at,
    )
