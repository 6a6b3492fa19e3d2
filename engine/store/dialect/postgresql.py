"""PostgreSQL, talked to with psycopg: the database for several processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.pool import QueuePool

if TYPE_CHECKING:
    import psycopg

CONNECT_SECONDS = 10
"""How long the server may take to let a connection in."""

FIXED: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, "application_name": "baton"}
"""What every connection is made with unless the URL says otherwise."""

WRITERS = 4
"""Connections that may write at once: the writer's own, and those for pieces of other writing."""

IMMUTABLE_HISTORY = (
    """CREATE FUNCTION baton_history_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'history rows are never changed'; END $$""",
    """CREATE TRIGGER history_no_change BEFORE UPDATE OR DELETE ON history
       FOR EACH ROW EXECUTE FUNCTION baton_history_is_kept()""",
    """CREATE TRIGGER history_no_truncate BEFORE TRUNCATE ON history
       FOR EACH STATEMENT EXECUTE FUNCTION baton_history_is_kept()""",
)
"""Triggers that refuse to rewrite the past."""

UNIQUE_VIOLATION = "23505"

CONTENTION = frozenset({"40001", "40P01", "55P03"})
"""SQLSTATE of what a repeat may mend: serialisation failure, deadlock, a lock that was not to be had."""

CONNECTION_LOST = frozenset({"57P01", "57P02", "57P03"})
"""SQLSTATE of a server that shuts down, crashed, or is not ready yet."""
DISK_FULL = "53100"


class PostgreSql:
    """See `Dialect`."""

    name = "postgresql"
    shared = True
    begin = "BEGIN ISOLATION LEVEL READ COMMITTED"
    look = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    now = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

    def __init__(self) -> None:
        self.compiler: Any = PGDialect_psycopg(paramstyle="format")  # type: ignore[no-untyped-call]

    def file_of(self, url: URL) -> Path | None:
        """None: the files are the server's."""
        return None

    def in_memory(self, url: URL) -> bool:
        """Never."""
        return False

    def writing_engine(self, url: URL, synchronous: str) -> Engine:
        """An engine whose transactions see each other's commits at once, so that a compare-and-set is one.

        What a commit survives is for the server's settings to say; only OFF, for tests, does not wait for the disk.
        """
        options = "-c synchronous_commit=off" if synchronous == "OFF" else ""
        return _engine(url, WRITERS, "READ COMMITTED", options, read_only=False)

    def close(self, engine: Engine) -> None:
        """Close the pool, and what is still in use: its user came too late."""
        engine.dispose()
        for connection in list(_opened.pop(engine, ())):
            connection.close()

    def reading_engine(self, url: URL, readers: int) -> Engine:
        """An engine around a pool of connections that cannot write; each transaction sees one moment."""
        return _engine(url, readers, "REPEATABLE READ", "", read_only=True)

    def upsert(self, table: Table, keys: tuple[str, ...]) -> Any:
        """INSERT that overwrites all other columns of a row whose keys are already there."""
        new = insert(table)
        others = {column.name: new.excluded[column.name] for column in table.columns if column.name not in keys}
        return new.on_conflict_do_update(index_elements=list(keys), set_=others)

    def protect_history(self, connection: Connection) -> None:
        """Create the triggers."""
        for trigger in IMMUTABLE_HISTORY:
            connection.exec_driver_sql(trigger)

    def lock(self, cursor: Any, key: int) -> None:
        """Take the advisory lock of the transaction."""
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])

    def session(self, url: URL) -> psycopg.Connection[Any]:
        """A connection of the driver that is in no pool, each statement a transaction of its own."""
        import psycopg

        _, arguments = self.compiler.create_connect_args(url)
        return psycopg.connect(autocommit=True, **(FIXED | arguments))

    def by_hand(self, driver: psycopg.Connection[Any], *, wanted: bool) -> None:
        """Costs no way to the server."""
        driver.autocommit = wanted

    @contextmanager
    def at_once(self, driver: psycopg.Connection[Any]) -> Iterator[Callable[[], object]]:
        """One way to the server and back for all of them; after an error the rest of them is not done."""
        with driver.pipeline() as pipeline:
            yield pipeline.sync

    def duplicate_in(self, error: BaseException) -> str | None:
        """The table that the server names."""
        if _sqlstate(error) != UNIQUE_VIOLATION:
            return None
        driver: Any = getattr(error, "orig", error)
        return str(driver.diag.table_name)

    def is_contention(self, error: BaseException) -> bool:
        """Whether the transaction gave way to another one, so that it may succeed when it is repeated."""
        return _sqlstate(error) in CONTENTION

    def is_lost(self, error: BaseException) -> bool:
        """Whether the connection is gone or cannot be made."""
        import psycopg

        driver = getattr(error, "orig", error)
        if not isinstance(driver, psycopg.OperationalError | psycopg.InterfaceError):
            return False
        state = driver.sqlstate
        return state is None or state in CONNECTION_LOST or state.startswith("08")

    def is_full(self, error: BaseException) -> bool:
        """Whether the server's disk is full."""
        return _sqlstate(error) == DISK_FULL

    def refuses_nul(self, error: BaseException) -> bool:
        """Whether a text holds U+0000, which PostgreSQL has no place for."""
        import psycopg

        driver = getattr(error, "orig", error)
        return isinstance(driver, psycopg.DataError) and "NUL" in str(driver)


_opened: WeakKeyDictionary[Engine, WeakSet[psycopg.Connection[Any]]] = WeakKeyDictionary()
"""The connections of each pool that is not closed."""


def _engine(url: URL, size: int, isolation: str, options: str, *, read_only: bool) -> Engine:
    arguments = {name: value for name, value in FIXED.items() if name not in url.query}
    if options:
        given = url.query.get("options", "")
        arguments["options"] = f"{given if isinstance(given, str) else ' '.join(given)} {options}".strip()
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=60.0,
        isolation_level=isolation,
        connect_args=arguments,
        hide_parameters=True,
    )

    opened = _opened[engine] = WeakSet()

    def connected(connection: psycopg.Connection[Any], _record: object) -> None:
        from psycopg.types.numeric import Int8Dumper

        # One type for all whole numbers, whatever their size: otherwise each mixture is a statement to prepare anew.
        connection.adapters.register_dumper(int, Int8Dumper)
        connection.read_only = read_only
        opened.add(connection)

    event.listen(engine, "connect", connected)
    return engine


def _sqlstate(error: BaseException) -> str | None:
    state: str | None = getattr(getattr(error, "orig", error), "sqlstate", None)
    return state
