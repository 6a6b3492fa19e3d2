"""Jobs: who may do which until when, and what is due next."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Update, bindparam, func, select, tuple_, update

from ..core.state import ROOT
from . import tables as t
from .called import mine
from .database import Database
from .idempotency import note
from .job_rows import AVAILABLE, JOB, JOBS, LEASED, job_view, leased_to, take
from .locks import lock_key
from .paging import Listing
from .places import split_called
from .prepared import Query, all_at_once
from .processes import Processes, current, matches, of_instance
from .records import DueTimer, IdempotencyRecord, lease_end
from .views import JobView, Page

_LISTING = Listing("jobs", [JOB.instance_id, JOB.key], [str, int], owner=of_instance(JOB.instance_id))
ENDED_STATES = frozenset(("completed", "error", "withdrawn"))


class Jobs:
    """The jobs of all instances. A job is named by its instance and its key; outside as "INSTANCE.KEY"."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lease(
        self,
        types: Iterable[str],
        owner: str,
        *,
        now: int,
        until: int | None = None,
        limit: int = 1,
        suspects: int | None = None,
        once: IdempotencyRecord | None = None,
    ) -> list[JobView]:
        """Give at most `limit` available jobs of these types to the owner, those due longest first.

        until: when the leases end; None means each job's own timeout after now. suspects: at most so many jobs that
        processes have died with (0 or 1), None for any number. once: stored with the ids of the jobs, when there are
        any. Answers with the leased jobs; raises DuplicateKey.
        """
        wanted = sorted(set(types))

        def lease(connection: Connection) -> list[JobView]:
            if once is not None:  # jobs that a repeat elsewhere is busy with would be skipped
                lock = lock_key("idempotency", once.key)
                self._database.dialect.lock(connection.connection.cursor(), lock)
            leased = _take(connection, wanted, owner, now, until, limit, suspects)
            if leased and once is not None:
                note(connection, msgspec.structs.replace(once, result=[job.id for job in leased]))
            return leased

        return self._database.write(lease)

    def extend(self, instance: str, key: int, owner: str, until: int, once: IdempotencyRecord | None = None) -> bool:
        """Let the owner hold the job until then; False when it does not hold it any more. Raises DuplicateKey."""

        def extend(connection: Connection) -> bool:
            held = connection.execute(_held(instance, key, owner).values(lease_until=until)).rowcount == 1
            if held and once is not None:
                note(connection, once)
            return held

        return self._database.write(extend)

    def release(self, instance: str, key: int, owner: str) -> bool:
        """Give the job back without an attempt being counted; False when the owner does not hold it."""
        return self._free(_held(instance, key, owner).values(_FREE)) == 1

    def suspects_of(self, owner: str) -> list[JobView]:
        """The jobs that the owner holds and that a process died with before, in order."""
        query = JOBS.where(LEASED, JOB.lease_owner == owner, JOB.crashes.is_not(None))
        with self._database.reading() as connection:
            return sorted(
                (job_view(row) for row in connection.execute(query)), key=lambda job: (job.instance_id, job.key)
            )

    def spare(self, owner: str) -> int:
        """Give back the other jobs of an owner that died, without an attempt being counted, and say how many.

        They are suspects from now on.
        """
        sound = (LEASED, JOB.lease_owner == owner, JOB.crashes.is_(None))
        return self._free(update(t.job).where(*sound).values(_FREE | {"crashes": 1}))

    def _free(self, statement: Update) -> int:
        def free(connection: Connection) -> int:
            freed = connection.execute(statement).rowcount
            if freed and self._database.shared:
                self._database.peers.tell(connection.connection.cursor(), [], jobs=True)
            return freed

        return self._database.write(free)

    def owners(self, prefix: str) -> list[str]:
        """Who holds jobs, of those whose name starts with this, sorted."""
        mine = JOB.lease_owner.startswith(prefix, autoescape=True)
        query = select(JOB.lease_owner).where(LEASED, mine).distinct().order_by(JOB.lease_owner)
        with self._database.reading() as connection:
            return [owner for owner in connection.execute(query).scalars() if owner is not None]

    def holder(self, instance: str, key: int) -> tuple[str, int] | None:
        """Who holds the job and until when, None when nobody does."""
        for row in self._database.ask(_HOLDER, instance=instance, key=key):
            return row.lease_owner, row.lease_until
        return None

    def note(self, instance: str, key: int, message: str) -> None:
        """Leave a message on the job for people: why a late answer was refused, for example."""
        self._change(update(t.job).where(*_is(instance, key)).values(last_error=message))

    def expired(self, now: int, limit: int = 100) -> list[JobView]:
        """Jobs whose lease is over, longest first. They stay leased until a failed attempt is recorded for them."""
        query = JOBS.where(LEASED, JOB.lease_until <= now).order_by(JOB.lease_until).limit(limit)
        with self._database.reading() as connection:
            return [job_view(row) for row in connection.execute(query)]

    def due_timers(self, now: int, limit: int = 100, after: DueTimer | None = None) -> list[DueTimer]:
        """Timers whose time has come, longest ago first, behind that one."""
        timer = t.timer.c
        query = select(timer.instance_id, timer.key, timer.element_id, timer.due).where(timer.due <= now)
        order = (timer.due, timer.instance_id, timer.key)
        if after is not None:
            query = query.where(tuple_(*order) > tuple_(after.due, after.instance, after.key))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(*order).limit(limit))
            return [DueTimer(*row) for row in rows]

    def next_due(self, now: int) -> int | None:
        """When something has to be looked at next: a pause before a retry, a lease or a timer ends; None if nothing.

        Jobs that are available already do not count: they wait for a worker, not for time.
        """
        found = self._database.look(*_MOMENTS, now=now)
        return min((row.at for rows in found for row in rows if row.at is not None), default=None)

    def get(self, id: str) -> JobView | None:
        """The job "INSTANCE.KEY", None when there is none."""
        place = split_id(id)
        if place is None:
            return None
        for row in self._database.ask(_JOB, instance=place[0], key=place[1]):
            return job_view(row)
        return None

    def page(
        self,
        instance: str | None = None,
        state: str | None = None,
        type: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[JobView]:
        """Jobs in order of instance and key."""
        query = JOBS
        if instance is not None:
            root, key = split_called(instance)
            query = query.where(JOB.instance_id == root if key == ROOT else mine(t.job, root, key))
        if state is not None:
            query = query.where(JOB.state == state)
            if state not in ENDED_STATES:
                query = query.where(JOB.ended_at.is_(None))
        if type is not None:
            query = query.where(JOB.type == type)
        with self._database.reading() as connection:
            rows = connection.execute(_LISTING.limit(query, cursor, limit)).all()
        return _LISTING.page(rows, limit, job_view, lambda row: (row.instance_id, row.key))

    def _change(self, statement: Update) -> bool:
        return self._database.write(lambda connection: connection.execute(statement).rowcount == 1)


_FREE = {"state": "available", "lease_owner": None, "lease_until": None}
_JOB = Query(JOBS.where(JOB.instance_id == bindparam("instance"), JOB.key == bindparam("key")))
_MOMENTS = (
    Query(select(func.min(JOB.available_at).label("at")).where(AVAILABLE, JOB.available_at > bindparam("now"))),
    Query(select(func.min(JOB.lease_until).label("at")).where(LEASED)),
    Query(select(func.min(t.timer.c.due).label("at"))),
)


def _due(*conditions: ColumnElement[bool]) -> Query:
    """The available jobs of one type in due order: read from an index, however many wait."""
    due = JOBS.where(AVAILABLE, JOB.type == bindparam("type"), JOB.available_at <= bindparam("now"), *conditions)
    ordered = due.order_by(JOB.available_at, JOB.instance_id, JOB.key).limit(bindparam("limit"))
    return Query(ordered.with_for_update(of=t.job, skip_locked=True))


_DUE, _DUE_SOUND, _DUE_SUSPECT = _due(), _due(JOB.crashes.is_(None)), _due(JOB.crashes.is_not(None))


@functools.lru_cache(maxsize=64)
def _due_of(processes: Processes) -> Query:
    """Those of some processes."""
    return _due(matches(t.instance.c.process, processes))


_HOLDER = Query(
    select(JOB.lease_owner, JOB.lease_until).where(
        JOB.instance_id == bindparam("instance"), JOB.key == bindparam("key"), LEASED
    )
)


def _take(
    connection: Connection, types: list[str], owner: str, now: int, until: int | None, limit: int, suspects: int | None
) -> list[JobView]:
    """Lease what is due longest; what another transaction is busy with is skipped, not waited for."""
    views = [job_view(row) for row in _longest_due(connection, types, now, limit, suspects)]
    leased = [leased_to(view, owner, lease_end(until, now, view.timeout)) for view in views]
    take(connection, leased)
    return leased


def _longest_due(
    connection: Connection, types: list[str], now: int, limit: int, suspects: int | None
) -> list[Row[Any]]:
    processes = current()
    due_jobs = _due_of(processes) if processes is not None else _DUE if suspects is None else _DUE_SOUND
    asks = [(due_jobs, {"type": one, "now": now, "limit": limit}) for one in types]
    if suspects:
        asks += [(_DUE_SUSPECT, {"type": one, "now": now, "limit": suspects}) for one in types]
    found = all_at_once(connection, asks)
    due = [row for rows in found[: len(types)] for row in rows]
    due += sorted((row for rows in found[len(types) :] for row in rows), key=_in_due_order)[:suspects]
    return sorted(due, key=_in_due_order)[:limit]


def _in_due_order(row: Row[Any]) -> tuple[int, str, int]:
    return row.available_at, row.instance_id, row.key


def split_id(id: str) -> tuple[str, int] | None:
    """The instance and the key of "INSTANCE.KEY", None when it is nothing of the kind."""
    instance, dot, key = id.rpartition(".")
    return (instance, int(key)) if dot and key.isascii() and key.isdigit() and len(key) <= 18 else None


def _is(instance: str, key: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return JOB.instance_id == instance, JOB.key == key


def _held(instance: str, key: int, owner: str) -> Update:
    return update(t.job).where(*_is(instance, key), LEASED, JOB.lease_owner == owner)
