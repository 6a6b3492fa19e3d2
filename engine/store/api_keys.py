"""The keys that programs and people show at the front door: who they stand for, never the secret itself."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnClause,
    Connection,
    Index,
    Row,
    Table,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from .errors import DuplicateName
from .tables import TEXT, metadata

api_key = Table(
    "api_key",
    metadata,
    Column("id", TEXT, primary_key=True, nullable=False),
    Column("name", TEXT, nullable=False),
    Column("roles", TEXT, nullable=False),
    Column("hash", TEXT, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
    Column("processes", TEXT),
    Column("in_groups", TEXT),
)
KEY = api_key.c
_NOT_REVOKED: ColumnClause[Any] = literal_column("revoked_at IS NULL")
Index("api_key_name", KEY.name, unique=True, sqlite_where=_NOT_REVOKED, postgresql_where=_NOT_REVOKED)
_names = msgspec.json.Decoder(list[str])


class ApiKeyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A key. hash: SHA-256 of its secret in hexadecimal. Times in microseconds since the epoch (UTC).

    processes: patterns of those it is restricted to, None for all. groups: those that its holder is in.
    """

    id: str
    name: str
    roles: list[str]
    hash: str
    created_at: int
    expires_at: int | None = None
    revoked_at: int | None = None
    processes: list[str] | None = None
    groups: list[str] = []


class Connections(Protocol):
    """Where to read and write: a `Database`, or a `Beside`."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that reads."""

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that writes, committed at its end."""


class ApiKeyTable:
    """The stored keys; a revoked one stays, for the history names it."""

    def __init__(self, database: Connections) -> None:
        self._database = database

    def all(self) -> list[ApiKeyRecord]:
        """Every key, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(api_key).order_by(KEY.created_at, KEY.id)).all()
        return [_record(row) for row in rows]

    def add(self, record: ApiKeyRecord) -> None:
        """Store a new key; raises DuplicateName when one that is not revoked has its name."""
        row: dict[str, Any] = msgspec.structs.asdict(record)
        row["roles"] = msgspec.json.encode(record.roles).decode()
        row["processes"] = None if record.processes is None else msgspec.json.encode(record.processes).decode()
        row["in_groups"] = msgspec.json.encode(record.groups).decode() if record.groups else None
        del row["groups"]
        try:
            with self._database.writing() as connection:
                connection.execute(insert(api_key).values(row))
        except IntegrityError as error:
            raise DuplicateName(record.name) from error

    def revoke(self, id: str, at: int) -> bool:
        """Let the key open nothing from now on; False when there is none with this id that still could."""
        statement = update(api_key).where(KEY.id == id, KEY.revoked_at.is_(None)).values(revoked_at=at)
        with self._database.writing() as connection:
            return connection.execute(statement).rowcount == 1


def _record(row: Row[Any]) -> ApiKeyRecord:
    return ApiKeyRecord(
        id=row.id,
        name=row.name,
        roles=_names.decode(row.roles),
        hash=row.hash,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        processes=None if row.processes is None else _names.decode(row.processes),
        groups=[] if row.in_groups is None else _names.decode(row.in_groups),
    )
