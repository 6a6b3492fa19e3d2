"""What callers' idempotency keys have led to; commits write those of their commands, others note their own here."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from . import tables as t
from .database import Database
from .errors import DuplicateKey
from .faults import fault
from .prepared import Query
from .records import IdempotencyRecord
from .rows import json_text

KEY = t.idempotency_key.c
_USED = Query(select(t.idempotency_key).where(KEY.key == bindparam("key")))
_ids = msgspec.json.Decoder(list[str])


def used(database: Database, key: str) -> IdempotencyRecord | None:
    """What the idempotency key was used for, None when nobody used it."""
    for row in database.ask(_USED, key=key):
        result = [] if row.result is None else _ids.decode(row.result)
        return IdempotencyRecord(
            key=row.key, fingerprint=row.fingerprint, instance=row.instance_id, at=row.at, result=result
        )
    return None


def note(connection: Connection, record: IdempotencyRecord) -> None:
    """Store the key within the transaction of what it led to; raises DuplicateKey when it is there."""
    values = {
        "key": record.key,
        "fingerprint": record.fingerprint,
        "instance_id": record.instance,
        "at": record.at,
        "result": json_text(record.result),
    }
    try:
        connection.execute(insert(t.idempotency_key).values(values))
    except IntegrityError as error:
        raise DuplicateKey(record.key, record.instance, record.fingerprint) from error
    fault("idempotency.note")


def forget(database: Database, before: int) -> int:
    """Delete keys used before this time (microseconds) and say how many; their requests would run again."""
    old = delete(t.idempotency_key).where(KEY.at < before)
    return database.write(lambda connection: connection.execute(old).rowcount)
