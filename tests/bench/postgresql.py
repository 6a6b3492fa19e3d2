"""Durable on PostgreSQL, one process: the straight line and the order saga against a bare psycopg loop.

The server is the one of the tests (from a wheel, with its waits for the disk switched off, for both sides alike) or the
one that BATON_TEST_POSTGRESQL names. The bare loop writes the very rows that the engine wrote, in as many commits.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from engine import Connector, Engine

from ..support import postgres
from . import bare, diagrams, durable, http, waiting
from .callers import CALLERS, Callers
from .measure import Part, Row, in_turn, seconds
from .saga import ORDER, connectors, until_done

COUNT = 128

Prepare = Callable[[Engine], Callable[[], object]]
"""Makes ready, outside the time that counts, what is done with an engine."""


@contextlib.contextmanager
def _engine(xml: bytes, made: Callable[[], list[Connector]], *, threads: bool) -> Iterator[Engine]:
    with postgres.database() as url, Engine(url, connectors=made()) as engine:
        engine.deploy({"p.bpmn": xml})
        if threads:
            engine.start_workers()
        engine.start("p", variables={"n": 0, **ORDER}, wait_seconds=10)
        yield engine


def _bare(xml: bytes, groups: list[bare.Group]) -> float:
    """The seconds that writing the groups takes, on a database with the same definition."""
    with postgres.database() as url:
        with Engine(url) as engine:
            engine.deploy({"p.bpmn": xml})
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            return seconds(lambda: _write(connection, groups))


def _write(connection: Any, groups: list[bare.Group]) -> None:
    cursor = connection.cursor()
    for group in groups:
        with connection.transaction():
            for sql, rows in group:
                cursor.executemany(sql, rows)


def _rows(work: str, xml: bytes, made: Callable[[], list[Connector]], prepare: Prepare, *, threads: bool) -> list[Row]:
    with _engine(xml, made, threads=threads) as engine, bare.recorded(engine) as groups:
        prepare(engine)()

    def ours() -> float:
        with _engine(xml, made, threads=threads) as engine:
            return seconds(prepare(engine)) / COUNT

    taken, least = in_turn([ours, lambda: _bare(xml, groups) / COUNT])
    return [Row(work, taken, least, 0.5, f"bare psycopg: the same rows in the same {len(groups)} commits")]


def _line(_: Path) -> list[Row]:
    def one(engine: Engine) -> Callable[[], object]:
        return lambda: [engine.start("p", variables={"n": 0}) for _ in range(COUNT)]

    def many(engine: Engine) -> Callable[[], object]:
        return Callers([lambda: engine.start("p", variables={"n": 0})] * COUNT).go

    work, xml = "straight line of 10, PostgreSQL", diagrams.straight_line()
    return [
        *_rows(f"{work}: one caller", xml, list, one, threads=False),
        *_rows(f"{work}: {CALLERS} callers", xml, list, many, threads=True),
    ]


def _saga(_: Path) -> list[Row]:
    def submit(engine: Engine) -> Callable[[], object]:
        return lambda: until_done(engine, lambda: [engine.start("p", variables=ORDER) for _ in range(COUNT)])

    work = "order saga, PostgreSQL: submitted by one caller"
    return _rows(work, diagrams.saga(), connectors, submit, threads=True)


class OnServer:
    """A process "p" that is deployed anew for each engine: emptied databases are at hand."""

    def __init__(
        self, xml: bytes, warm_up: Callable[[Engine], object], made: Callable[[], list[Connector]] = list
    ) -> None:
        self._xml, self._warm_up, self._made = xml, warm_up, made

    @contextlib.contextmanager
    def copy(self) -> Iterator[str]:
        """The URL of a database with the process."""
        with postgres.database() as url:
            with Engine(url, connectors=self._made()) as engine:
                engine.deploy({"p.bpmn": self._xml})
            yield url

    @contextlib.contextmanager
    def engine(self, *, threads: bool = False) -> Iterator[Engine]:
        """A warm engine on such a database."""
        with self.copy() as url, Engine(url, connectors=self._made()) as engine:
            if threads:
                engine.start_workers()
            self._warm_up(engine)
            yield engine


class SpiffOnServer:
    """SpiffWorkflow's workflows in a table of their own, a commit per save."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        self._connection.execute("CREATE TABLE workflow (id TEXT PRIMARY KEY, json TEXT NOT NULL)")

    def save(self, id: str, text: str) -> None:
        """Insert or replace the workflow's row."""
        replace = "INSERT INTO workflow VALUES (%s, %s) ON CONFLICT (id) DO UPDATE SET json = excluded.json"
        self._connection.execute(replace, (id, text))

    def load(self, id: str) -> str:
        """The saved text."""
        row = self._connection.execute("SELECT json FROM workflow WHERE id = %s", (id,)).fetchone()
        assert row is not None
        return str(row[0])

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _growth(_: Path) -> list[Row]:
    return durable.growth(OnServer(diagrams.loop(), durable.warm_loop), "PostgreSQL")


def _jobs(_: Path) -> list[Row]:
    wide, narrow = (
        OnServer(diagrams.multi_instance(count, "serviceTask"), durable.nothing, durable.charging)
        for count in (5000, 500)
    )
    return durable.jobs(wide, narrow, "PostgreSQL")


def _waiting(_: Path) -> list[Row]:
    with postgres.bare_database() as url:
        place = OnServer(diagrams.one_user_task(), waiting.warm_up)
        return waiting.speed(place, SpiffOnServer(url), "waiting instance, PostgreSQL")


def _stored(_: Path) -> list[Row]:
    with OnServer(diagrams.one_user_task(), waiting.warm_up).copy() as url:
        return waiting.stored(url, lambda: _bytes_beside_history(url), "waiting instance, PostgreSQL")


def _bytes_beside_history(url: str) -> int:
    """All tables but the history, indexes included, without the room that PostgreSQL keeps for later."""
    every = "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'history'"
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        tables = [row[0] for row in connection.execute(every.replace("%", "%%"), ()).fetchall()]
        for table in tables:
            connection.execute(f"VACUUM FULL {table}".encode())
        sizes = [connection.execute("SELECT pg_total_relation_size(%s)", (table,)).fetchone() for table in tables]
    return sum(size[0] for size in sizes if size is not None)


def _http(_: Path) -> list[Row]:
    with postgres.bare_database() as url:
        return http.starts(OnServer(diagrams.straight_line(http.TASKS), http.start), url, "PostgreSQL")


PARTS = [
    Part("postgresql: straight line", _line),
    Part("postgresql: order saga", _saga),
    Part("postgresql: growth", _growth),
    Part("postgresql: multi-instance", _jobs),
    Part("postgresql: waiting, speed", _waiting),
    Part("postgresql: waiting, bytes", _stored),
    Part("postgresql: http", _http),
]
