"""An instance that waits for a person: what it takes to store, to start and to complete, against saving and loading."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path

from SpiffWorkflow.util.task import TaskState

from engine import Engine

from . import diagrams
from .callers import CALLERS, Callers
from .databases import Deployed, Place, connect
from .measure import Part, Row, in_turn, seconds
from .spiff import Saved, Spiff, SpiffTable

INSTANCES = 128
THEIR_INSTANCES = 20
STORED = 1_000
LOADED = "SpiffWorkflow: load, run, save"
SAVED = "SpiffWorkflow: run, save"


def _start(engine: Engine) -> str:
    """Start an instance; returns the id of its user task."""
    return next(wait.id for wait in engine.start("p", variables={"amount": 12}).waits)


def _complete(engine: Engine, task: str) -> None:
    assert engine.complete_task(task, {"approved": True}).status == "completed"


class Theirs:
    """SpiffWorkflow's side: a start is a run and a save; a completion is a load, a run and a save."""

    def __init__(self, table: Saved) -> None:
        self._spiff = Spiff(diagrams.one_user_task())
        self._table = table

    def start(self) -> None:
        """Start some workflows, each up to its user task."""
        for number in range(THEIR_INSTANCES):
            self._table.save(str(number), self._spiff.save(self._spiff.run(amount=12)))

    def complete(self) -> None:
        """Complete them."""
        for number in range(THEIR_INSTANCES):
            workflow = self._spiff.load(self._table.load(str(number)))
            task = workflow.get_next_task(state=TaskState.READY, manual=True)
            task.data["approved"] = True
            task.run()
            workflow.do_engine_steps()
            assert workflow.is_completed()
            self._table.save(str(number), self._spiff.save(workflow))


class Ours:
    """Our side, with the calls made one after the other or by many callers at once."""

    def __init__(self, deployed: Place, run: Callable[[list[Callable[[], object]]], Callable[[], object]]) -> None:
        self._deployed = deployed
        self._run = run

    def start(self) -> float:
        """Seconds of one start."""
        with self._deployed.engine(threads=self._run is _at_once) as engine:
            return seconds(self._run([partial(_start, engine)] * INSTANCES)) / INSTANCES

    def complete(self) -> float:
        """Seconds of one completion by an engine that was opened after the starts and so has to load each instance."""
        with self._deployed.copy() as path:
            with Engine(str(path)) as engine:
                tasks = [_start(engine) for _ in range(INSTANCES + 1)]
            with Engine(str(path)) as engine:
                if self._run is _at_once:
                    engine.start_workers()
                _complete(engine, tasks.pop())
                return seconds(self._run([partial(_complete, engine, task) for task in tasks])) / INSTANCES


def _one_after_the_other(calls: list[Callable[[], object]]) -> Callable[[], object]:
    return lambda: [call() for call in calls]


def _at_once(calls: list[Callable[[], object]]) -> Callable[[], object]:
    return Callers(calls).go


def _speed(directory: Path) -> list[Row]:
    deployed = Deployed(directory, diagrams.one_user_task(), warm_up)
    return speed(deployed, SpiffTable(directory / "spiff.db", deployed.pragmas), "waiting instance")


def warm_up(engine: Engine) -> None:
    """One instance, completed."""
    _complete(engine, _start(engine))


def speed(deployed: Place, table: Saved, work: str) -> list[Row]:
    """Start and completion, against SpiffWorkflow that saves in the same kind of database."""
    theirs, one, many = Theirs(table), Ours(deployed, _one_after_the_other), Ours(deployed, _at_once)
    medians = in_turn(
        [
            one.start,
            many.start,
            lambda: seconds(theirs.start) / THEIR_INSTANCES,
            one.complete,
            many.complete,
            lambda: seconds(theirs.complete) / THEIR_INSTANCES,
        ]
    )
    table.close()
    start_one, start_many, save, complete_one, complete_many, load = medians
    start, completion = f"{work}, start", f"{work}, completion, not in memory"
    return [
        Row(f"{start}: one caller", start_one, save, 3.0, SAVED),
        Row(f"{start}: {CALLERS} callers", start_many, save, 3.0, SAVED),
        Row(f"{completion}: one caller", complete_one, load, 3.0, LOADED),
        Row(f"{completion}: {CALLERS} callers", complete_many, load, 3.0, LOADED),
    ]


def _stored(directory: Path) -> list[Row]:
    """All pages with the instances less all pages without them, indexes included, once the history is gone."""
    deployed = Deployed(directory, diagrams.one_user_task(), _start)
    with deployed.copy() as path:
        return stored(path, lambda: _bytes_beside_history(path), "waiting instance")


def stored(database: Path | str, measure: Callable[[], int], work: str) -> list[Row]:
    """What so many waiting instances take in the database beside their history."""
    before = measure()
    with Engine(str(database)) as engine:
        for _ in range(STORED):
            _start(engine)
    taken = (measure() - before) / STORED
    return [Row(f"{work}: stored beside its history", taken, 1024.0, 1.0, "1 kB", at_most=True, unit="bytes")]


def _bytes_beside_history(path: Path) -> int:
    copy = sqlite3.connect(":memory:")
    original = connect(path, {})
    original.backup(copy)
    original.close()
    copy.executescript("PRAGMA foreign_keys=OFF; DROP TABLE history; VACUUM")
    pages, page = (copy.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    copy.close()
    return int(pages * page)


PARTS = [Part("waiting: speed", _speed), Part("waiting: bytes", _stored)]
