"""Which due jobs a worker gets that asks for more than their type, and instances found by a part of their id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, or_, select

from . import tables as t
from .database import Database
from .job_rows import AVAILABLE, JOB, JOBS, job_view, leased_to, take
from .processes import Processes, matches
from .search import VariableFilter, having
from .views import JobView

INSTANCE = t.instance.c
_PLAIN: ColumnElement[bool] = or_(JOB.priority.is_(None), JOB.priority == 0)
_DUE_ORDER = (JOB.available_at, JOB.instance_id, JOB.key)
_URGENT_ORDER = (JOB.priority.desc(), *_DUE_ORDER)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Jobs that a worker would do. type: of the job. until: when the lease on one would end. job: this one only.

    Of their root instances: processes, definitions: one of these, when any are named. business_key: None for any.
    variables: filters on the process's own variables that must all hold. within: the only processes that the worker may
    know of, None for all.
    """

    type: str
    until: int
    processes: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    business_key: str | None = None
    variables: tuple[VariableFilter, ...] = ()
    within: Processes | None = None
    job: tuple[str, int] | None = None


class Picking:
    """Leases for workers with wishes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lease(
        self, wishes: Sequence[Wish], owner: str, *, now: int, limit: int, urgent_first: bool = False
    ) -> list[JobView]:
        """Give at most `limit` due jobs that fulfil one of the wishes to the owner, those due longest first.

        urgent_first: those of the highest priority first, among equals those due longest.
        """

        def lease(connection: Connection) -> list[JobView]:
            found: dict[tuple[str, int], JobView] = {}
            for wish in wishes:
                for row in _due(connection, wish, now, limit, urgent_first=urgent_first):
                    found.setdefault((row.instance_id, row.key), leased_to(job_view(row), owner, wish.until))
            picked = sorted(found.values(), key=_urgency if urgent_first else _age)[:limit]
            take(connection, picked)
            return picked

        return self._database.write(lease)

    def incident_of(self, instance: str, job: int) -> int | None:
        """The key of the open incident that the job is stuck on, None when there is none."""
        incident = t.incident.c
        stuck = (incident.instance_id == instance, incident.job == job, incident.ended_at.is_(None))
        with self._database.reading() as connection:
            return connection.execute(select(incident.key).where(*stuck).limit(1)).scalar_one_or_none()

    def instance_like(self, start: str, end: str) -> str | None:
        """The only root instance whose id begins and ends so, None when there is none or more than one."""
        like = (INSTANCE.id >= start, INSTANCE.id < start + "~", INSTANCE.id.endswith(end, autoescape=True))
        query = select(INSTANCE.id).where(*like, INSTANCE.root_id.is_(None)).limit(2)
        with self._database.reading() as connection:
            found = connection.execute(query).scalars().all()
        return str(found[0]) if len(found) == 1 else None


def _due(connection: Connection, wish: Wish, now: int, limit: int, *, urgent_first: bool) -> list[Row[Any]]:
    """The first `limit` of the wish. By urgency in three parts, since an index holds only jobs with a priority."""
    query = JOBS.where(AVAILABLE, JOB.type == wish.type, JOB.available_at <= now, *_conditions(wish))
    if not urgent_first:
        return _first(connection, query.order_by(*_DUE_ORDER), limit)
    rows: list[Row[Any]] = []
    for part, order in ((JOB.priority > 0, _URGENT_ORDER), (_PLAIN, _DUE_ORDER), (JOB.priority < 0, _URGENT_ORDER)):
        if len(rows) < limit:
            rows += _first(connection, query.where(part).order_by(*order), limit - len(rows))
    return rows


def _first(connection: Connection, query: Select[Any], limit: int) -> list[Row[Any]]:
    return list(connection.execute(query.limit(limit).with_for_update(of=t.job, skip_locked=True)))


def _conditions(wish: Wish) -> list[ColumnElement[bool]]:
    conditions = having(wish.variables)
    if wish.processes:
        conditions.append(INSTANCE.process.in_(wish.processes))
    if wish.definitions:
        conditions.append(INSTANCE.definition_id.in_(wish.definitions))
    if wish.business_key is not None:
        conditions.append(INSTANCE.business_key == wish.business_key)
    if wish.job is not None:
        conditions += [JOB.instance_id == wish.job[0], JOB.key == wish.job[1]]
    if wish.within is not None:
        conditions.append(matches(INSTANCE.process, wish.within))
    return conditions


def _age(job: JobView) -> tuple[int, str, int]:
    return job.available_at, job.instance_id, job.key


def _urgency(job: JobView) -> tuple[int, int, str, int]:
    return -job.priority, *_age(job)
