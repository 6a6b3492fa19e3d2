"""Databases to measure on: each round works on a fresh copy, so that no side inherits what another round left."""

from __future__ import annotations

import shutil
import sqlite3
import statistics
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from engine import Connector, Engine

from .measure import seconds

PRAGMAS = ("journal_mode", "foreign_keys", "synchronous", "wal_autocheckpoint", "cache_size")
COMMITS = 50


class Place(Protocol):
    """Where a process "p" is deployed: each engine works on a copy of its own."""

    def copy(self) -> AbstractContextManager[Path | str]:
        """A fresh copy, removed afterwards: what an engine is to be opened on."""

    def engine(self, *, threads: bool = False) -> AbstractContextManager[Engine]:
        """A warm engine on a fresh copy; threads: with its writer and workers running."""


class Deployed:
    """A database file with one deployed process "p", made once; `engine` opens a fresh copy of it.

    warm_up: what is done on each copy before anything is measured, so that definitions are parsed and pages are there.
    """

    def __init__(
        self,
        directory: Path,
        xml: bytes,
        warm_up: Callable[[Engine], object],
        connectors: Callable[[], list[Connector]] = list,
    ) -> None:
        self._directory = directory
        self._base = directory / "deployed.db"
        self._warm_up = warm_up
        self._connectors = connectors
        self._base.unlink(missing_ok=True)
        with Engine(str(self._base), connectors=connectors()) as engine:
            engine.deploy({"p.bpmn": xml})
            self.pragmas = pragmas_of(engine)

    @contextmanager
    def copy(self) -> Iterator[Path]:
        """A fresh copy of the file, removed afterwards."""
        path = self._directory / "round.db"
        remove(path)
        shutil.copyfile(self._base, path)
        try:
            yield path
        finally:
            remove(path)

    @contextmanager
    def engine(self, *, threads: bool = False) -> Iterator[Engine]:
        """A warm engine on a fresh copy; threads: with its writer and workers running."""
        with self.copy() as path, Engine(str(path), connectors=self._connectors()) as engine:
            if threads:
                engine.start_workers()
            self._warm_up(engine)
            yield engine


def commit_seconds(directory: Path) -> float:
    """The median time of a bare commit of one row; the rows of the table can only be read beside it."""
    path = directory / "commit.db"
    connection = connect(path, {"journal_mode": "wal", "synchronous": 2})
    connection.execute("CREATE TABLE one (row INTEGER)")
    taken = statistics.median(seconds(lambda: connection.execute("INSERT INTO one VALUES (1)")) for _ in range(COMMITS))
    connection.close()
    remove(path)
    return taken


def remove(path: Path) -> None:
    """Delete a database with everything SQLite and the engine keep beside it."""
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


def pragmas_of(engine: Engine) -> dict[str, Any]:
    """The pragmas of the connection that the engine writes with."""
    raw = engine._house.store.database._raw
    return {name: raw.cursor().execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS}


def connect(path: Path, pragmas: dict[str, Any]) -> sqlite3.Connection:
    """A bare connection with these pragmas that leaves transactions to its user."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for name, value in pragmas.items():
        connection.execute(f"PRAGMA {name}={value}")
    return connection
