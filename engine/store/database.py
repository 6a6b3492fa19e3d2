"""The connections of one opened database: those that write, and a pool that only reads."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, PoolProxiedConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from . import dialect
from .errors import StoreUnavailable, Unstorable
from .faults import fault
from .lock import LockFile
from .locks import lock_key
from .migrate import migrate
from .peers import Alone, Peers, Sharing
from .prepared import Query

T = TypeVar("T")

_image: bytes | None = None
"""A migrated empty in-memory database; the second and later ones of a process are copies of it."""

REPEATS = 50
"""How often a small transaction is tried again after it gave way to another one."""

PAUSE_SECONDS = 0.002
"""Before the first such repeat; each further one waits a little longer."""


class Writing:
    """What a commit group is written with; settle: after it, everything before is done and its errors are raised."""

    __slots__ = ("_driver", "settle")

    def __init__(self, driver: Any, settle: Callable[[], object]) -> None:
        self._driver, self.settle = driver, settle

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """One statement; its cursor."""
        cursor = self._driver.cursor()
        cursor.execute(sql, values)
        return cursor

    def executemany(self, sql: str, rows: list[tuple[Any, ...]]) -> Any:
        """One statement for many rows; a cursor that knows, when it is settled, how many rows it found."""
        cursor = self._driver.cursor()
        cursor.executemany(sql, rows)
        return cursor


class Database:
    """An opened and migrated database.

    url: SQLAlchemy URL ("sqlite://" is a database in memory). synchronous: the level of certainty that a commit
    survives a power cut (see dialect.sqlite.SYNCHRONOUS). readers: how many connections may read at once.

    Raises StoreLocked when another process has the database, StoreUnavailable when it cannot be reached, and ValueError
    for a wrong URL or level.
    """

    def __init__(self, url: str, *, synchronous: str = "FULL", readers: int = 4) -> None:
        parsed = dialect.parse(url)
        self._url = parsed
        self.dialect = dialect.of(parsed)
        path = self.dialect.file_of(parsed)
        in_memory = self.dialect.in_memory(parsed)
        self._busy = threading.RLock()
        self._lock_file = None if path is None else LockFile(path)
        self.peers: Peers = Sharing(self) if self.dialect.shared else Alone()
        try:
            self._writer = self.dialect.writing_engine(parsed, synchronous)
            self._readers = None if in_memory else self.dialect.reading_engine(parsed, readers)
            with self._translated():
                self._raw: PoolProxiedConnection | None = self._writer.raw_connection()
                self.dialect.by_hand(self._raw.driver_connection, wanted=True)
                self._prepare(in_memory=in_memory)
        except BaseException:
            self._release()
            raise

    def _prepare(self, *, in_memory: bool) -> None:
        global _image  # noqa: PLW0603 - one per process, made on first use
        raw: Any = self._raw and self._raw.driver_connection
        if in_memory and _image is not None:
            dialect.restore(raw, _image)
            return
        with self.writing() as connection:
            self.dialect.lock(connection.connection.cursor(), lock_key("migrations"))
            migrate(connection)
        if in_memory:
            _image = dialect.copy_of(raw)

    # -- transactions ------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes; committed at the end, rolled back by an exception."""
        with self._one_at_a_time(), self._translated(), self._writer.begin() as connection:
            yield connection

    def write(self, do: Callable[[Connection], T]) -> T:
        """Do it in a transaction that writes, again when it gave way to another one, and return what it returns."""
        for repeat in range(REPEATS):
            try:
                with self.writing() as connection:
                    return do(connection)
            except DBAPIError as error:
                if not self.dialect.is_contention(error):
                    raise
            time.sleep(PAUSE_SECONDS * (repeat + 1))
        raise StoreUnavailable("other transactions were always faster")

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view of what is committed; never waits for a writer unless the database is in memory."""
        if self._readers is None:
            with self._busy, self._writer.begin() as connection:
                yield connection
        else:
            with self._translated(), self._readers.begin() as connection:
                yield connection

    def ask(self, query: Query, **values: Any) -> list[Any]:
        """The rows of one query: the quickest way to look at something."""
        return self.look(query, **values)[0]

    def look(self, *queries: Query, **values: Any) -> list[list[Any]]:
        """The rows of each query, all of one moment. values: of the parameters of all of them."""
        if self._readers is None:
            with self._busy:
                driver: Any = self._connected().driver_connection
                return [query.rows(query.ask(driver, self.dialect.name, values)) for query in queries]
        with self._translated():
            raw = self._readers.raw_connection()
            try:
                self.dialect.by_hand(raw.driver_connection, wanted=True)
                found = self._look(raw.driver_connection, queries, values)
                self.dialect.by_hand(raw.driver_connection, wanted=False)
                return found
            except BaseException:
                raw.invalidate()
                raise
            finally:
                raw.close()

    def _look(self, driver: Any, queries: Sequence[Query], values: dict[str, Any]) -> list[list[Any]]:
        if len(queries) == 1:
            return [queries[0].rows(queries[0].ask(driver, self.dialect.name, values))]
        with self.dialect.at_once(driver):
            driver.execute(self.dialect.look)
            cursors = [query.ask(driver, self.dialect.name, values) for query in queries]
            driver.execute("COMMIT")
        return [query.rows(cursor) for query, cursor in zip(queries, cursors, strict=True)]

    @contextlib.contextmanager
    def group(self) -> Iterator[Writing]:
        """A transaction for a commit group, on the bare driver: SQLAlchemy's text without its cost per call."""
        with self._busy:
            fault("before:begin")
            raw = self._connected()
            driver: Any = raw.driver_connection
            try:
                with self.dialect.at_once(driver) as settle:
                    writing = Writing(driver, settle)
                    writing.execute(self.dialect.begin)
                    yield writing
                    fault("before:commit")
                    writing.execute("COMMIT")
            except BaseException as error:
                self._roll_back(raw, error)
                raise
            fault("after:commit")

    def _connected(self) -> PoolProxiedConnection:
        if self._raw is None:
            with self._translated():
                self._raw = self._writer.raw_connection()
                self.dialect.by_hand(self._raw.driver_connection, wanted=True)
        return self._raw

    def _roll_back(self, raw: PoolProxiedConnection, error: BaseException) -> None:
        if self.dialect.is_lost(error):
            raw.invalidate()
            self._raw = None
        else:
            raw.rollback()

    def _one_at_a_time(self) -> contextlib.AbstractContextManager[Any]:
        return contextlib.nullcontext() if self.dialect.shared else self._busy

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """A server that cannot be reached is not a fault of ours."""
        try:
            yield
        except PoolExhausted as error:
            raise StoreUnavailable("all its connections are busy") from error
        except Exception as error:
            if self.dialect.refuses_nul(error):
                raise Unstorable from error
            if self.dialect.is_lost(error) or self.dialect.is_full(error):
                raise StoreUnavailable(str(getattr(error, "orig", error)).strip()) from error
            raise

    # -- several processes -------------------------------------------------------------------------------------------

    @property
    def shared(self) -> bool:
        """Whether other processes may use the database at the same time."""
        return self.dialect.shared

    def session(self) -> Any:
        """A connection of the driver for its caller alone, each statement a transaction of its own."""
        with self._translated():
            return self.dialect.session(self._url)

    def now(self) -> int:
        """The database's time in microseconds since the epoch (UTC); only where `dialect.now` says how."""
        with self.writing() as connection:
            return int(connection.exec_driver_sql(self.dialect.now).scalar_one())

    # -- the end -----------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close all connections and let the next process in; a second call does nothing."""
        with self._busy:
            if self._raw is not None:
                self._raw.close()
            self._release()

    def _release(self) -> None:
        self.peers.close()
        for engine in (getattr(self, "_readers", None), getattr(self, "_writer", None)):
            if engine is not None:
                self.dialect.close(engine)
        if self._lock_file is not None:
            self._lock_file.release()
