"""Durable on SQLite: the straight line against a bare loop and against SpiffWorkflow, and how a loop's cost grows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from engine import Engine

from . import bare, diagrams
from .databases import Deployed
from .measure import Part, Row, in_turn, seconds
from .spiff import Spiff, SpiffTable

LINE = "straight line of 10, durable"
SINGLE_STARTS = 100
CALLERS = 64
STARTS_PER_CALLER = 4


def _start(engine: Engine) -> None:
    engine.start("p", variables={"n": 0})


def _start_some(engine: Engine) -> None:
    for _ in range(SINGLE_STARTS):
        _start(engine)


class Callers:
    """Threads that each start some instances, one after the other, as the threads of a server do."""

    def __init__(self, engine: Engine) -> None:
        self._gate = threading.Barrier(CALLERS + 1)
        self._threads = [threading.Thread(target=self._call, args=(engine,)) for _ in range(CALLERS)]
        for thread in self._threads:
            thread.start()

    def _call(self, engine: Engine) -> None:
        self._gate.wait()
        for _ in range(STARTS_PER_CALLER):
            _start(engine)

    def go(self) -> None:
        """Let them start and wait until the last one has its answer."""
        self._gate.wait()
        for thread in self._threads:
            thread.join()


def _against_bare(
    work: str, engine: Callable[[], AbstractContextManager[Engine]], deployed: Deployed, prepare: Any, count: int
) -> Row:
    """prepare: engine -> what is timed."""
    with engine() as recording, bare.recorded(recording) as groups:
        _start(recording)
        prepare(recording)()

    def ours() -> float:
        with engine() as opened:
            return seconds(prepare(opened))

    def theirs() -> float:
        with deployed.copy() as path:
            return bare.write(path, deployed.pragmas, groups)

    taken, floor = in_turn([ours, theirs])
    against = f"the same rows in the same {len(groups) - 1} commits, bare sqlite3"
    return Row(work, taken / count, floor / count, 1 / 3, against)


def _single(directory: Path) -> list[Row]:
    deployed = Deployed(directory, diagrams.straight_line(), _start)
    work = f"{LINE}: one caller, a commit each"
    return [_against_bare(work, deployed.engine, deployed, lambda engine: lambda: _start_some(engine), SINGLE_STARTS)]


def _grouped(directory: Path) -> list[Row]:
    deployed = Deployed(directory, diagrams.straight_line(), _start)
    work = f"{LINE}: {CALLERS} callers, grouped commits"
    count = CALLERS * STARTS_PER_CALLER
    threaded = lambda: deployed.engine(threads=True)  # noqa: E731 - a partial of a context manager has no type
    return [_against_bare(work, threaded, deployed, lambda engine: Callers(engine).go, count)]


def _spiff_line(directory: Path) -> list[Row]:
    deployed = Deployed(directory, diagrams.straight_line(), _start)
    spiff, their_starts = Spiff(diagrams.straight_line()), SINGLE_STARTS // 5
    table = SpiffTable(directory / "spiff.db", deployed.pragmas)

    def ours() -> float:
        with deployed.engine() as engine:
            return seconds(lambda: _start_some(engine))

    def all_of_theirs() -> None:
        for number in range(their_starts):
            table.save(str(number), spiff.save(spiff.run(n=0)))

    taken, theirs = in_turn([ours, lambda: seconds(all_of_theirs)])
    table.close()
    work, against = f"{LINE}: one caller", "SpiffWorkflow, saved once at the end"
    return [Row(work, taken / SINGLE_STARTS, theirs / their_starts, 4.0, against)]


def _turn(engine: Engine, turns: int) -> None:
    instance = engine.start("p", variables={"n": 0, "turns": turns}, wait_seconds=60)
    assert instance.status == "completed", instance.status


def _growth(directory: Path) -> list[Row]:
    deployed = Deployed(directory, diagrams.loop(), lambda engine: _turn(engine, 10))

    def timed(turns: int) -> Callable[[], float]:
        def side() -> float:
            with deployed.engine() as engine:
                return seconds(lambda: _turn(engine, turns))

        return side

    def written(turns: int) -> float:
        with deployed.engine() as engine, bare.recorded(engine) as groups:
            _turn(engine, turns)
        return float(bare.size(groups))

    long, short = in_turn([timed(5000), timed(500)])
    work, against = "loop of 5,000 turns, durable", "loop of 500 turns"
    return [
        Row(f"{work}: time", long, short, 12.0, against, at_most=True),
        Row(f"{work}: written", written(5000), written(500), 12.0, against, at_most=True, unit="bytes"),
    ]


PARTS = [
    Part("durable: straight line, one caller", _single),
    Part("durable: straight line, grouped", _grouped),
    Part("durable: straight line, SpiffWorkflow", _spiff_line),
    Part("durable: growth", _growth),
]
