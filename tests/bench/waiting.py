"""An instance that waits for a person: what it takes to store, to start and to complete, against saving and loading."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from SpiffWorkflow.util.task import TaskState

from engine import Engine

from . import diagrams
from .databases import Deployed, connect
from .measure import Part, Row, in_turn, seconds
from .spiff import Spiff, SpiffTable

INSTANCES = 100
THEIR_INSTANCES = 20
STORED = 1_000


def _start(engine: Engine) -> str:
    return engine.start("p", variables={"amount": 12}).id


def _complete(engine: Engine, id: str) -> None:
    engine.complete_task(f"{id}.{next(iter(engine.state(id).waits))}", {"approved": True})


class Theirs:
    """SpiffWorkflow's side: a start is a run and a save; a completion is a load, a run and a save."""

    def __init__(self, table: SpiffTable) -> None:
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


def _speed(directory: Path) -> list[Row]:
    deployed = Deployed(directory, diagrams.one_user_task(), lambda engine: _complete(engine, _start(engine)))
    table = SpiffTable(directory / "spiff.db", deployed.pragmas)
    theirs = Theirs(table)

    def start() -> float:
        with deployed.engine() as engine:
            return seconds(lambda: [_start(engine) for _ in range(INSTANCES)]) / INSTANCES

    def complete() -> float:
        """In an engine that was opened after the start, so that every instance is loaded from the database."""
        with deployed.copy() as path:
            with Engine(str(path)) as engine:
                ids = [_start(engine) for _ in range(INSTANCES + 1)]
                keys = [f"{id}.{next(iter(engine.state(id).waits))}" for id in ids]
            with Engine(str(path)) as engine:
                engine.complete_task(keys.pop(), {"approved": True})
                return seconds(lambda: [engine.complete_task(key, {"approved": True}) for key in keys]) / INSTANCES

    sides = [
        start,
        complete,
        lambda: seconds(theirs.start) / THEIR_INSTANCES,
        lambda: seconds(theirs.complete) / THEIR_INSTANCES,
    ]
    started, completed, their_start, their_completion = in_turn(sides)
    table.close()
    return [
        Row("waiting instance: start", started, their_start, 3.0, "SpiffWorkflow, run and save"),
        Row("waiting instance: completion, not in memory", completed, their_completion, 3.0, "SpiffWorkflow, load and save"),
    ]


def _stored(directory: Path) -> list[Row]:
    """All pages with the instances less all pages without them, indexes included, once the history is gone."""
    deployed = Deployed(directory, diagrams.one_user_task(), _start)
    with deployed.copy() as path:
        before = _bytes_beside_history(path)
        with Engine(str(path)) as engine:
            for _ in range(STORED):
                _start(engine)
        stored = _bytes_beside_history(path) - before
    work, against = "waiting instance: stored beside its history", "1 kB"
    return [Row(work, stored / STORED, 1024.0, 1.0, against, at_most=True, unit="bytes")]


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
