"""Jobs: who may do which until when, and what is due next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Update, bindparam, func, literal_column, select, update

from . import tables as t
from .database import Database
from .paging import Listing
from .prepared import Query
from .records import DueTimer, lease_end
from .views import JobView, Page

JOB = t.job.c
_AVAILABLE: ColumnElement[bool] = JOB.state == literal_column("'available'")
_LEASED: ColumnElement[bool] = JOB.state == literal_column("'leased'")
_LISTING = Listing("jobs", [JOB.instance_id, JOB.key], [str, int])
ENDED_STATES = frozenset(("completed", "error", "withdrawn"))

_value = msgspec.json.Decoder()


class Jobs:
    """The jobs of all instances. A job is named by its instance and its key; outside as "INSTANCE.KEY"."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lease(
        self, types: Iterable[str], owner: str, *, now: int, until: int | None = None, limit: int = 1
    ) -> list[JobView]:
        """Give at most `limit` available jobs of these types to the owner, those due longest first.

        until: when the leases end; None means each job's own timeout after now. Answers with the leased jobs.
        """
        wanted = sorted(set(types))
        return self._database.write(lambda connection: _take(connection, wanted, owner, now, until, limit))

    def extend(self, instance: str, key: int, owner: str, until: int) -> bool:
        """Let the owner hold the job until then; False when it does not hold it any more."""
        return self._change(_held(instance, key, owner).values(lease_until=until))

    def release(self, instance: str, key: int, owner: str) -> bool:
        """Give the job back without an attempt being counted; False when the owner does not hold it."""
        return self._free(_held(instance, key, owner).values(_FREE)) == 1

    def release_all(self, owner_prefix: str) -> int:
        """Give back all jobs of owners whose name starts with this, and say how many."""
        mine = JOB.lease_owner.startswith(owner_prefix, autoescape=True)
        return self._free(update(t.job).where(_LEASED, mine).values(_FREE))

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
        query = select(JOB.lease_owner).where(_LEASED, mine).distinct().order_by(JOB.lease_owner)
        with self._database.reading() as connection:
            return [owner for owner in connection.execute(query).scalars() if owner is not None]

    def holder(self, instance: str, key: int) -> tuple[str, int] | None:
        """Who holds the job and until when, None when nobody does."""
        with self._database.reading() as connection:
            row = _HOLDER.one(connection, instance=instance, key=key)
        return None if row is None else (row.lease_owner, row.lease_until)

    def note(self, instance: str, key: int, message: str) -> None:
        """Leave a message on the job for people: why a late answer was refused, for example."""
        self._change(update(t.job).where(*_is(instance, key)).values(last_error=message))

    def expired(self, now: int, limit: int = 100) -> list[JobView]:
        """Jobs whose lease is over, longest first. They stay leased until a failed attempt is recorded for them."""
        query = _JOBS.where(_LEASED, JOB.lease_until <= now).order_by(JOB.lease_until).limit(limit)
        with self._database.reading() as connection:
            return [_view(row) for row in connection.execute(query)]

    def due_timers(self, now: int, limit: int = 100) -> list[DueTimer]:
        """Timers whose time has come, longest ago first."""
        timer = t.timer.c
        query = select(timer.instance_id, timer.key, timer.element_id, timer.due).where(timer.due <= now)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(timer.due, timer.instance_id, timer.key).limit(limit))
            return [DueTimer(*row) for row in rows]

    def next_due(self, now: int) -> int | None:
        """When something has to be looked at next: a pause before a retry, a lease or a timer ends; None if nothing.

        Jobs that are available already do not count: they wait for a worker, not for time.
        """
        moments = (
            select(func.min(JOB.available_at)).where(_AVAILABLE, JOB.available_at > now),
            select(func.min(JOB.lease_until)).where(_LEASED),
            select(func.min(t.timer.c.due)),
        )
        with self._database.reading() as connection:
            found = [connection.execute(moment).scalar_one() for moment in moments]
        return min((moment for moment in found if moment is not None), default=None)

    def get(self, id: str) -> JobView | None:
        """The job "INSTANCE.KEY", None when there is none."""
        place = split_id(id)
        if place is None:
            return None
        with self._database.reading() as connection:
            row = connection.execute(_JOB, {"instance": place[0], "key": place[1]}).one_or_none()
        return None if row is None else _view(row)

    def page(
        self,
        instance: str | None = None,
        state: str | None = None,
        type: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[JobView]:
        """Jobs in order of instance and key."""
        query = _JOBS
        if instance is not None:
            query = query.where(JOB.instance_id == instance)
        if state is not None:
            query = query.where(JOB.state == state)
            if state not in ENDED_STATES:
                query = query.where(JOB.ended_at.is_(None))
        if type is not None:
            query = query.where(JOB.type == type)
        with self._database.reading() as connection:
            rows = connection.execute(_LISTING.limit(query, cursor, limit)).all()
        return _LISTING.page(rows, limit, _view, lambda row: (row.instance_id, row.key))

    def _change(self, statement: Update) -> bool:
        return self._database.write(lambda connection: connection.execute(statement).rowcount == 1)


_FREE = {"state": "available", "lease_owner": None, "lease_until": None}
_JOBS = select(t.job, t.instance.c.process, t.instance.c.business_key).join(
    t.instance, JOB.instance_id == t.instance.c.id
)
_JOB = _JOBS.where(JOB.instance_id == bindparam("instance"), JOB.key == bindparam("key"))
_DUE = (
    _JOBS.where(_AVAILABLE, JOB.type == bindparam("type"), JOB.available_at <= bindparam("now"))
    .order_by(JOB.available_at, JOB.instance_id, JOB.key)
    .limit(bindparam("limit"))
    .with_for_update(of=t.job, skip_locked=True)
)
"""The available jobs of one type in due order: read from the index, however many wait."""
_TAKE = (
    update(t.job)
    .where(JOB.instance_id == bindparam("i"), JOB.key == bindparam("k"), _AVAILABLE)
    .values(state="leased", lease_owner=bindparam("lease_owner"), lease_until=bindparam("lease_until"))
)


_HOLDER = Query(
    select(JOB.lease_owner, JOB.lease_until).where(
        JOB.instance_id == bindparam("instance"), JOB.key == bindparam("key"), _LEASED
    )
)


def _take(
    connection: Connection, types: list[str], owner: str, now: int, until: int | None, limit: int
) -> list[JobView]:
    """Lease what is due longest; what another transaction is busy with is skipped, not waited for."""
    due: list[Row[Any]] = []
    for type_ in types:
        due += connection.execute(_DUE, {"type": type_, "now": now, "limit": limit}).all()
    due.sort(key=lambda row: (row.available_at, row.instance_id, row.key))
    views = [_view(row) for row in due[:limit]]
    leased = [_leased(view, owner, lease_end(until, now, view.timeout)) for view in views]
    if leased:
        values = [
            {"i": job.instance_id, "k": job.key, "lease_owner": owner, "lease_until": job.lease_until} for job in leased
        ]
        connection.execute(_TAKE, values)
    return leased


def split_id(id: str) -> tuple[str, int] | None:
    """The instance and the key of "INSTANCE.KEY", None when it is nothing of the kind."""
    instance, dot, key = id.rpartition(".")
    return (instance, int(key)) if dot and key.isascii() and key.isdigit() and len(key) <= 18 else None


def _is(instance: str, key: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return JOB.instance_id == instance, JOB.key == key


def _held(instance: str, key: int, owner: str) -> Update:
    return update(t.job).where(*_is(instance, key), _LEASED, JOB.lease_owner == owner)


def _leased(view: JobView, owner: str, until: int) -> JobView:
    return msgspec.structs.replace(view, state="leased", lease_owner=owner, lease_until=until)


def _view(row: Row[Any]) -> JobView:
    return JobView(
        id=f"{row.instance_id}.{row.key}",
        instance_id=row.instance_id,
        key=row.key,
        process=row.process,
        business_key=row.business_key,
        element_id=row.element_id,
        type=row.type,
        state=row.state,
        retries=row.retries,
        attempt=row.attempt,
        timeout=row.timeout,
        idempotency_key=f"{row.instance_id}/{row.element_id}/{row.key}",
        inputs=_value.decode(row.inputs),
        properties=_value.decode(row.properties),
        available_at=row.available_at,
        created_at=row.created_at,
        lease_owner=row.lease_owner,
        lease_until=row.lease_until,
        last_error=row.last_error,
    )
