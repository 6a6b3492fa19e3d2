"""Write a commit group: one transaction, one batch per statement, the compare-and-set of all revisions first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from . import dialect
from . import statements as s
from . import tables as t
from .changes import Batch
from .database import Database
from .errors import Conflict, DuplicateKey
from .faults import fault
from .projection import project
from .records import Describe, IdempotencyRecord, Step

LOOKED_UP_AT_ONCE = 500
"""How many ids one query names; SQLite allows 32,766 values."""


class _Lost(Exception):
    """A compare-and-set found another revision, or a new instance is already there."""


class _Taken(Exception):
    """An idempotency key is already there."""


ONCE = {s.INSTANCE_NEW: _Lost, s.IDEMPOTENCY: _Taken}
"""Inserts whose rows may be there already, and what that means."""


def commit(database: Database, steps: Sequence[Step], describe: Describe) -> None:
    """Store the steps of one group, all or nothing.

    Steps of one root have consecutive revisions. describe: (definition id, element id) -> (name, type). Raises
    Conflict when a stored revision is not the expected one and DuplicateKey when an idempotency key is taken.
    """
    if not steps:
        return
    batch = project(steps, describe)
    try:
        with database.group() as cursor:
            _write(cursor, batch)
    except _Lost:
        raise Conflict(_losers(database, steps)) from None
    except _Taken:
        raise _duplicate(database, steps) from None


def _write(cursor: Any, batch: Batch) -> None:
    for statement in s.IN_ORDER:
        rows = batch.get(statement)
        if not rows:
            continue
        fault(statement.before)
        try:
            cursor.executemany(statement.sql, rows)
        except dialect.IntegrityError as error:
            if statement in ONCE and dialect.is_duplicate(error):
                raise ONCE[statement] from error
            raise
        if statement is s.INSTANCE_MOVE and cursor.rowcount != len(rows):
            raise _Lost
        fault(statement.after)


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
    return sorted(root for root, revision in expected.items() if stored.get(root, 0) != revision)


def idempotency(database: Database, key: str) -> IdempotencyRecord | None:
    """Who used the idempotency key, None when nobody did."""
    table = t.idempotency_key
    with database.reading() as connection:
        row = connection.execute(select(table).where(table.c.key == key)).one_or_none()
    if row is None:
        return None
    return IdempotencyRecord(key=row.key, fingerprint=row.fingerprint, instance=row.instance_id, at=row.at)


def _duplicate(database: Database, steps: Sequence[Step]) -> DuplicateKey:
    """The first key of the group that is stored already or stands twice in the group."""
    seen: dict[str, IdempotencyRecord] = {}
    for record in (step.idempotency for step in steps if step.idempotency is not None):
        first = seen.get(record.key) or idempotency(database, record.key)
        if first is not None:
            return DuplicateKey(first.key, first.instance, first.fingerprint)
        seen[record.key] = record
    raise AssertionError("an idempotency key was refused that is neither stored nor given twice")
