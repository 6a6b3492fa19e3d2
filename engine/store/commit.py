"""Write a commit group: one transaction, one batch per statement, the compare-and-set of all revisions first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from . import statements as s
from . import tables as t
from .changes import Batch, Changes
from .database import Database, Writing
from .errors import AlreadyApplied, Conflict, DuplicateKey, StoreUnavailable
from .faults import fault
from .idempotency import used
from .locks import message_lock_key
from .prepared import Query
from .projection import project
from .records import Describe, IdempotencyRecord, Step

LOOKED_UP_AT_ONCE = 500
"""How many ids one query names; SQLite allows 32,766 values."""


AVAILABLE = "available"
"""The state of a job that waits for a worker."""


class _Lost(Exception):
    """A compare-and-set found another revision, or a new instance is already there."""


class _NotHeld(Exception):
    """Somebody else has, or nobody has, a lease that an answer of the group relies on."""


class _Taken(Exception):
    """An idempotency key is already there."""


ONCE: dict[str, type[Exception]] = {
    t.instance.name: _Lost,
    t.idempotency_key.name: _Taken,
    t.message.name: AlreadyApplied,
    t.inbox.name: AlreadyApplied,
}
"""Tables in which a new row may be there already, and what that means."""

COMPARED: dict[s.Statement, type[Exception]] = {
    s.INSTANCE_MOVE: _Lost,
    s.MESSAGE_END: AlreadyApplied,
}
"""Updates that have to find every row as it was, and what it means when they do not."""


def commit(database: Database, steps: Sequence[Step], describe: Describe) -> dict[str, Changes]:
    """Store the steps of one group, all or nothing; returns what was written, by root.

    Steps of one root have consecutive revisions. describe: (definition id, element id) -> (name, type). Raises
    Conflict when a stored revision is not the expected one or the group gave way to another process, DuplicateKey when
    an idempotency key is taken, AlreadyApplied when a message or signal is, and StoreUnavailable when the database
    cannot be reached.
    """
    if not steps:
        return {}
    batch, changes = project(steps, describe)
    if database.shared:
        batch[s.JOB_HELD] = [(step.root, *step.held) for step in steps if step.held is not None]
    try:
        _store(database, batch)
    except _Lost:
        raise Conflict(_losers(database, steps)) from None
    except _NotHeld:
        raise Conflict(_not_held(database, batch)) from None
    except _Taken:
        raise _duplicate(database, steps) from None
    except AlreadyApplied:
        raise
    except Exception as error:
        if database.dialect.is_contention(error):
            raise Conflict(sorted({step.root for step in steps})) from error
        if database.dialect.is_lost(error) or database.dialect.is_full(error):
            if _is_stored(database, steps[0]):
                return changes
            raise StoreUnavailable(str(error)) from error
        if not database.dialect.refuses_nul(error):
            raise
        _store(database, without_nul(batch))
    return changes


def _store(database: Database, batch: Batch) -> None:
    try:
        with database.group() as writing:
            _write(database, writing, batch)
            if database.shared:
                _keep_publishers_out(database, writing, batch)
                _tell(database, writing, batch)
    except Exception as error:
        meaning = ONCE.get(database.dialect.duplicate_in(error) or "")
        if meaning is not None:
            raise meaning from error
        raise


def _write(database: Database, writing: Writing, batch: Batch) -> None:
    dialect = database.dialect
    for statement in s.IN_ORDER:
        rows = batch.get(statement)
        if not rows:
            continue
        fault(statement.before)
        cursor = writing.executemany(statement.text(dialect), rows)
        if statement in COMPARED:
            compared = [(cursor, len(rows), COMPARED[statement])]
            if statement is s.INSTANCE_MOVE and batch.get(s.JOB_HELD):
                held = batch[s.JOB_HELD]
                compared.append((writing.executemany(s.JOB_HELD.text(dialect), held), len(held), _NotHeld))
            _check(writing, compared)
        fault(statement.after)


def _check(writing: Writing, compared: list[tuple[Any, int, type[Exception]]]) -> None:
    """Whoever lost a compare-and-set goes no further."""
    writing.settle()
    for cursor, rows, meaning in compared:
        if cursor.rowcount != rows:
            raise meaning


def _keep_publishers_out(database: Database, writing: Writing, batch: Batch) -> None:
    """Whoever publishes a message that the group subscribes to sees it all or nothing of it."""
    messages = {row[_WANTED] for row in batch.get(s.SUBSCRIPTION_NEW, ()) if row[_WANTED][0] == "message"}
    for _, name, correlation in sorted(messages):
        database.dialect.lock(writing, message_lock_key(name, correlation))


_WANTED = slice(s.SUBSCRIPTION_NEW.order.index("kind"), s.SUBSCRIPTION_NEW.order.index("correlation") + 1)
"""Kind, name and correlation of a subscription."""
_MOVED = s.INSTANCE_MOVE.order.index("the_id")
_BEGUN = s.INSTANCE_NEW.order.index("id")
_JOB_STATE = s.JOB_NEW.order.index("state")


def _tell(database: Database, writing: Writing, batch: Batch) -> None:
    """Say which instances moved, once per group, and whether there may be work for others."""
    roots = [row[_MOVED] for row in batch.get(s.INSTANCE_MOVE, ())] + [
        row[_BEGUN] for row in batch.get(s.INSTANCE_NEW, ())
    ]
    changed = any(row[0] == AVAILABLE for row in batch.get(s.JOB_CHANGE, ()))
    jobs = changed or any(row[_JOB_STATE] == AVAILABLE for row in batch.get(s.JOB_NEW, ()))
    database.peers.tell(writing, roots, jobs=jobs)


def without_nul(batch: Batch) -> Batch:
    """The rows with U+FFFD for each U+0000 in their texts, which not every database can store; history is bytes."""
    clean: Batch = defaultdict(list)
    for statement, rows in batch.items():
        clean[statement] = [
            tuple(value.replace("\0", "\ufffd") if isinstance(value, str) else value for value in row) for row in rows
        ]
    return clean


def _is_stored(database: Database, step: Step) -> bool:
    """Whether the step is there although the connection broke at its commit; all of its group is then."""
    query = select(t.history.c.hash).where(t.history.c.root == step.root, t.history.c.revision == step.revision)
    with database.reading() as connection:
        return connection.execute(query).scalar_one_or_none() == step.hash


_REVISION = Query(select(t.instance.c.revision).where(t.instance.c.id == bindparam("id")))


def revision(database: Database, root: str) -> int | None:
    """The stored revision of the root, None when there is none."""
    for row in database.ask(_REVISION, id=root):
        return int(row.revision)
    return None


def revisions(database: Database, roots: Sequence[str]) -> dict[str, int]:
    """The stored revision of each of the roots that exist."""
    found: dict[str, int] = {}
    with database.reading() as connection:
        for start in range(0, len(roots), LOOKED_UP_AT_ONCE):
            some = roots[start : start + LOOKED_UP_AT_ONCE]
            rows = connection.execute(select(t.instance.c.id, t.instance.c.revision).where(t.instance.c.id.in_(some)))
            found.update((row.id, row.revision) for row in rows)
    return found


def _losers(database: Database, steps: Sequence[Step]) -> list[str]:
    """The roots whose stored revision is not the one before their first step."""
    expected: dict[str, int] = {}
    for step in steps:
        expected.setdefault(step.root, step.revision - 1)
    stored = revisions(database, list(expected))
    lost = sorted(root for root, revision in expected.items() if stored.get(root, 0) != revision)
    return lost or sorted(expected)


def _not_held(database: Database, batch: Batch) -> list[str]:
    """The roots with a job whose lease is not the one that the group relies on."""
    with database.writing() as connection:
        driver: Any = connection.connection.driver_connection
        text = s.JOB_HELD.text(database.dialect)
        rows = batch[s.JOB_HELD]
        lost = sorted({row[0] for row in rows if not driver.execute(text, row).fetchall()})
    return lost or sorted({row[0] for row in rows})


def _duplicate(database: Database, steps: Sequence[Step]) -> DuplicateKey:
    """The first key of the group that is stored already or stands twice in the group."""
    seen: dict[str, IdempotencyRecord] = {}
    for record in (step.idempotency for step in steps if step.idempotency is not None):
        first = seen.get(record.key) or used(database, record.key)
        if first is not None:
            return DuplicateKey(first.key, first.instance, first.fingerprint)
        seen[record.key] = record
    raise AssertionError("an idempotency key was refused that is neither stored nor given twice")
