"""The connections: one that writes, used by one thread at a time, and a pool that only reads."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from . import dialect
from .faults import fault
from .lock import LockFile
from .migrate import migrate

_image: bytes | None = None
"""A migrated empty in-memory database; the second and later ones of a process are copies of it."""


class Database:
    """An opened and migrated database.

    url: SQLAlchemy URL ("sqlite://" is a database in memory). synchronous: SQLite's level (see dialect.SYNCHRONOUS).
    readers: how many connections may read at once. Raises StoreLocked when another process has the database, and
    ValueError for a wrong URL or level.
    """

    def __init__(self, url: str, *, synchronous: str = "FULL", readers: int = 4) -> None:
        parsed = dialect.parse(url)
        path = dialect.file_of(parsed)
        self._busy = threading.RLock()
        self._lock_file = None if path is None else LockFile(path)
        try:
            self._writer = dialect.writing_engine(parsed, synchronous)
            self._readers = None if path is None else dialect.reading_engine(parsed, readers)
            self._raw = self._writer.raw_connection()
            self._prepare(in_memory=path is None)
        except BaseException:
            self._release()
            raise

    def _prepare(self, *, in_memory: bool) -> None:
        global _image  # noqa: PLW0603 - one per process, made on first use
        raw: Any = self._raw.driver_connection
        if in_memory and _image is not None:
            dialect.restore(raw, _image)
            return
        with self.writing() as connection:
            migrate(connection)
        if in_memory:
            _image = dialect.copy_of(raw)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction on the writing connection; committed at the end, rolled back by an exception."""
        with self._busy, self._writer.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view of what is committed; never waits for a writer unless the database is in memory."""
        if self._readers is None:
            with self._busy, self._writer.connect() as connection:
                yield connection
        else:
            with self._readers.connect() as connection:
                yield connection

    @contextlib.contextmanager
    def group(self) -> Iterator[Any]:
        """A transaction for a commit group as a bare driver cursor: SQLAlchemy's text without its cost per call."""
        with self._busy:
            fault("before:begin")
            cursor = self._raw.cursor()
            try:
                cursor.execute(dialect.BEGIN_WRITING)
                yield cursor
                fault("before:commit")
                self._raw.commit()
            except BaseException:
                self._raw.rollback()
                raise
            finally:
                cursor.close()
            fault("after:commit")

    def close(self) -> None:
        """Close all connections and let the next process in; a second call does nothing."""
        with self._busy:
            self._raw.close()
            self._release()

    def _release(self) -> None:
        for engine in (getattr(self, "_readers", None), getattr(self, "_writer", None)):
            if engine is not None:
                engine.dispose()
        if self._lock_file is not None:
            self._lock_file.release()
