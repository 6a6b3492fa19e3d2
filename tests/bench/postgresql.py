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
from . import bare, diagrams
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


PARTS = [Part("postgresql: straight line", _line), Part("postgresql: order saga", _saga)]
