"""The statements of a commit, compiled once from SQLAlchemy Core to the driver's own text, in the order they run."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)

from . import tables as t
from .dialect import SQLITE, Dialect

COMMIT_PLACES = ("before:begin", "before:commit", "after:commit")
"""Fault points of a commit beside those before and after each statement."""


class Statement:
    """One statement of the hot path.

    name: of its fault points "before:NAME" and "after:NAME". clause: the statement, or what makes it for a dialect.
    order: the names of the values in each row that it is given, checked against the compiled text.
    """

    __slots__ = ("_clause", "_texts", "after", "before", "name", "order")

    def __init__(self, name: str, clause: Any, order: tuple[str, ...]) -> None:
        self.name, self._clause, self.order = name, clause, order
        self.before, self.after = f"before:{name}", f"after:{name}"
        self._texts: dict[str, str] = {}
        self.text(SQLITE)

    def text(self, dialect: Dialect) -> str:
        """The statement in the words of the dialect's driver."""
        return self._texts.get(dialect.name) or self._compile(dialect)

    def _compile(self, dialect: Dialect) -> str:
        clause = self._clause(dialect) if isinstance(self._clause, partial) else self._clause
        compiled = clause.compile(dialect=dialect.compiler)
        if tuple(compiled.positiontup) != self.order:
            raise ValueError(f"Expected {self.name} to take {self.order} but it takes {tuple(compiled.positiontup)}")
        text = self._texts[dialect.name] = str(compiled)
        return text


def _insert(table: Table, name: str = "") -> Statement:
    return Statement(name or table.name, insert(table), tuple(table.c.keys()))


def _upsert(table: Table, *keys: str) -> Statement:
    return Statement(table.name, partial(_upsert_in, table, keys), tuple(table.c.keys()))


def _upsert_in(table: Table, keys: tuple[str, ...], dialect: Dialect) -> Any:
    return dialect.upsert(table, keys)


def _mine(table: Table, *columns: str) -> Any:
    return and_(*(table.c[name] == bindparam(f"the_{name}") for name in columns))


_KEY = ("the_instance_id", "the_key")


def _close(table: Table, name: str, *columns: str) -> Statement:
    values: dict[str, Any] = {column: bindparam(column) for column in columns}
    clause = update(table).where(_mine(table, "instance_id", "key")).values(values)
    return Statement(name, clause, columns + _KEY)


def _remove(table: Table) -> Statement:
    return Statement(f"{table.name}.remove", delete(table).where(_mine(table, "instance_id", "key")), _KEY)


def _keep(table: Table, column: str) -> Any:
    """The new value, or the stored one when the row has None for it."""
    return func.coalesce(bindparam(column), table.c[column])


INSTANCE_MOVE = Statement(
    "instance.move",
    update(t.instance)
    .where(t.instance.c.id == bindparam("the_id"), t.instance.c.revision == bindparam("expected"))
    .values(
        status=_keep(t.instance, "status"),
        outcome=bindparam("outcome"),
        error_code=bindparam("error_code"),
        error_message=_keep(t.instance, "error_message"),
        ended_at=_keep(t.instance, "ended_at"),
        revision=bindparam("revision"),
        incidents=bindparam("incidents"),
        yielded=bindparam("yielded"),
    ),
    (
        "status",
        "outcome",
        "error_code",
        "error_message",
        "ended_at",
        "revision",
        "incidents",
        "yielded",
        "the_id",
        "expected",
    ),
)
"""The compare-and-set of a root's revision, with what else its row has to say."""

_UNTIL: BindParameter[int] = bindparam("until", type_=BigInteger)
JOB_HELD = Statement(
    "job.held",
    select(t.job.c.key)
    .where(
        _mine(t.job, "instance_id", "key"),
        t.job.c.state.in_((literal_column("'available'"), literal_column("'leased'"))),
        t.job.c.lease_owner.is_not_distinct_from(bindparam("owner")),
        t.job.c.lease_until.is_not_distinct_from(func.coalesce(_UNTIL, t.job.c.lease_until)),
    )
    .with_for_update(),
    (*_KEY, "owner", "until"),
)
"""Whether an answer to a job comes from who holds it (None: from somebody else, while nobody does), and keeps it so.

Only where other processes lease jobs too; nobody leases the job until the answer is stored.
"""

INSTANCE_NEW = _insert(t.instance, "instance.new")
CALLED_NEW = _insert(t.instance, "called.new")
CALLED_MOVE = Statement(
    "called.move",
    update(t.instance)
    .where(t.instance.c.id == bindparam("the_id"))
    .values(
        status=_keep(t.instance, "status"),
        error_code=_keep(t.instance, "error_code"),
        ended_at=_keep(t.instance, "ended_at"),
        revision=bindparam("revision"),
        incidents=t.instance.c.incidents + bindparam("more"),
    ),
    ("status", "error_code", "ended_at", "revision", "more", "the_id"),
)
CALLED_STATUS = Statement(
    "called.status",
    update(t.instance)
    .where(
        t.instance.c.root_id == bindparam("the_root_id"),
        t.instance.c.status == bindparam("before"),
        t.instance.c.ended_at.is_(None),
    )
    .values(status=bindparam("status")),
    ("status", "the_root_id", "before"),
)
"""While it lives a called process has its root's status; the rows that have it already are not touched."""
IDEMPOTENCY = _insert(t.idempotency_key, "idempotency")
HISTORY = _insert(t.history)
SNAPSHOT = _upsert(t.snapshot, "instance_id")

ACTIVITY_NEW = _insert(t.activity)
ACTIVITY_END = _close(t.activity, "activity.end", "ended_at", "end_seq", "outcome")

VARIABLE_SET = _upsert(t.variable, "instance_id", "scope", "name")
VARIABLE_REMOVE = Statement(
    "variable.remove",
    delete(t.variable).where(_mine(t.variable, "instance_id", "scope", "name")),
    ("the_instance_id", "the_scope", "the_name"),
)
SCOPE_END = Statement(
    "variable.scope",
    delete(t.variable).where(_mine(t.variable, "instance_id", "scope")),
    ("the_instance_id", "the_scope"),
)

JOB_NEW = _insert(t.job)
JOB_CHANGE = Statement(
    "job.change",
    update(t.job)
    .where(_mine(t.job, "instance_id", "key"))
    .values(
        state=bindparam("state"),
        retries=_keep(t.job, "retries"),
        attempt=t.job.c.attempt + bindparam("more"),
        available_at=_keep(t.job, "available_at"),
        ended_at=bindparam("ended_at"),
        lease_owner=None,
        lease_until=None,
        last_error=_keep(t.job, "last_error"),
    ),
    ("state", "retries", "more", "available_at", "ended_at", "lease_owner", "lease_until", "last_error", *_KEY),
)
"""Whatever happened to a job: it is not leased afterwards."""

JOB_ADJUST = Statement(
    "job.adjust",
    update(t.job)
    .where(_mine(t.job, "instance_id", "key"))
    .values(retries=_keep(t.job, "retries"), priority=_keep(t.job, "priority")),
    ("retries", "priority", *_KEY),
)
"""What leaves a job's state and its lease as they are."""

TASK_NEW = _insert(t.user_task)
TASK_CLAIM = _close(t.user_task, "user_task.claim", "state", "assignee")
TASK_END = _close(t.user_task, "user_task.end", "state", "ended_at")
TIMER_NEW, TIMER_REMOVE = _insert(t.timer), _remove(t.timer)
SUBSCRIPTION_NEW, SUBSCRIPTION_REMOVE = _insert(t.subscription), _remove(t.subscription)
OUTBOX_NEW = _insert(t.outbox)
PUBLICATION_NEW = _insert(t.publication)
MESSAGE_NEW = _insert(t.message, "message.new")
MESSAGE_END = Statement(
    "message.end",
    update(t.message)
    .where(t.message.c.id == bindparam("the_id"), t.message.c.ended_at.is_(None))
    .values(state=bindparam("state"), instance_id=bindparam("instance_id"), ended_at=bindparam("ended_at")),
    ("state", "instance_id", "ended_at", "the_id"),
)
"""A buffered message reaches its receiver; a compare-and-set like INSTANCE_MOVE, since it is delivered once."""
INBOX = _insert(t.inbox)
RESPONSE = _insert(t.response)
INCIDENT_NEW = _insert(t.incident)
INCIDENT_END = _close(t.incident, "incident.end", "state", "ended_at", "resolved_by")

IN_ORDER = (
    INSTANCE_MOVE,
    INSTANCE_NEW,
    CALLED_STATUS,
    CALLED_MOVE,
    CALLED_NEW,
    IDEMPOTENCY,
    MESSAGE_NEW,
    MESSAGE_END,
    INBOX,
    HISTORY,
    SNAPSHOT,
    ACTIVITY_NEW,
    ACTIVITY_END,
    SCOPE_END,
    VARIABLE_REMOVE,
    VARIABLE_SET,
    JOB_NEW,
    JOB_ADJUST,
    JOB_CHANGE,
    TASK_NEW,
    TASK_CLAIM,
    TASK_END,
    TIMER_NEW,
    TIMER_REMOVE,
    SUBSCRIPTION_NEW,
    SUBSCRIPTION_REMOVE,
    OUTBOX_NEW,
    PUBLICATION_NEW,
    RESPONSE,
    INCIDENT_NEW,
    INCIDENT_END,
)
"""Every statement of a commit. The compare-and-set is first: who loses it has written nothing."""


def fault_points() -> list[str]:
    """The names of all fault points of a commit, in the order they are passed."""
    around = [point for statement in IN_ORDER for point in (statement.before, statement.after)]
    return [COMMIT_PLACES[0], *around, *COMMIT_PLACES[1:]]
