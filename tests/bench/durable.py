"""Durable on SQLite: the straight line against a bare loop and against SpiffWorkflow, and how a loop's cost grows.

The straight line is measured twice: for one caller, who waits for each commit (an engine without threads), and for 64
callers, whose starts the writer's thread commits in groups. The bare loop makes as many commits as the engine made.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from engine import Connector, Engine
from engine.connectors import FunctionConnector, TaskRegistry

from . import bare, diagrams
from .callers import CALLERS, Callers
from .databases import Deployed, Place
from .measure import Part, Row, in_turn, seconds
from .spiff import Spiff, SpiffTable

LINE = "straight line of 10, durable"
STARTS = 256
THEIR_STARTS = 20
JOB_ROUNDS = 3

Prepare = Callable[[Engine], Callable[[], object]]
"""Makes ready, outside the time that counts, what is done with an engine."""


def _start(engine: Engine) -> None:
    engine.start("p", variables={"n": 0})


def _one_caller(engine: Engine) -> Callable[[], object]:
    return lambda: [engine.start("p", variables={"n": 0}) for _ in range(STARTS)]


def _many_callers(engine: Engine) -> Callable[[], object]:
    return Callers([lambda: engine.start("p", variables={"n": 0})] * STARTS).go


def _line(work: str, directory: Path, prepare: Prepare, *, threads: bool) -> list[Row]:
    deployed = Deployed(directory, diagrams.straight_line(), _start)
    with deployed.engine(threads=threads) as recording, bare.recorded(recording) as groups:
        _start(recording)
        prepare(recording)()
    spiff, table = Spiff(diagrams.straight_line()), SpiffTable(directory / "spiff.db", deployed.pragmas)

    def ours() -> float:
        with deployed.engine(threads=threads) as engine:
            return seconds(prepare(engine)) / STARTS

    def floor() -> float:
        with deployed.copy() as path:
            return bare.write(path, deployed.pragmas, groups) / STARTS

    def all_of_theirs() -> None:
        for number in range(THEIR_STARTS):
            table.save(str(number), spiff.save(spiff.run(n=0)))

    taken, least, theirs = in_turn([ours, floor, lambda: seconds(all_of_theirs) / THEIR_STARTS])
    table.close()
    return [
        Row(work, taken, least, 1 / 3, f"bare sqlite3: the same rows in the same {len(groups) - 1} commits"),
        Row(work, taken, theirs, 4.0, "SpiffWorkflow, saved once at the end"),
    ]


def _single(directory: Path) -> list[Row]:
    return _line(f"{LINE}: one caller", directory, _one_caller, threads=False)


def _grouped(directory: Path) -> list[Row]:
    return _line(f"{LINE}: {CALLERS} callers", directory, _many_callers, threads=True)


def _turn(engine: Engine, turns: int) -> None:
    instance = engine.start("p", variables={"n": 0, "turns": turns}, wait_seconds=60)
    assert instance.status == "completed", instance.status


def growth(deployed: Place, where: str) -> list[Row]:
    """A loop of 5,000 turns against one of 500, by time and by what is written."""

    def timed(turns: int) -> Callable[[], float]:
        def side() -> float:
            with deployed.engine() as engine:
                return seconds(lambda: _turn(engine, turns))

        return side

    long, short = in_turn([timed(5000), timed(500)])
    much, little = (float(_written(deployed.engine(), turns)) for turns in (5000, 500))
    work, against = f"loop of 5,000 turns, {where}", "loop of 500 turns"
    return [
        Row(f"{work}: time", long, short, 12.0, against, at_most=True),
        Row(f"{work}: written", much, little, 12.0, against, at_most=True, unit="bytes"),
    ]


def warm_loop(engine: Engine) -> None:
    """Ten turns."""
    _turn(engine, 10)


def jobs(wide: Place, narrow: Place, where: str) -> list[Row]:
    """Multi-instances of jobs: 5,000 against 500, each job leased, done and answered."""
    much, little = (float(done_once(place)[1]) for place in (wide, narrow))
    long, short = in_turn([lambda: done_once(wide)[0], lambda: done_once(narrow)[0]], rounds=JOB_ROUNDS)
    work, against = f"multi-instance of 5,000 jobs, {where}", "of 500 jobs"
    return [
        Row(f"{work}: time", long, short, 12.0, against, at_most=True),
        Row(f"{work}: written", much, little, 12.0, against, at_most=True, unit="bytes"),
    ]


def charging() -> list[Connector]:
    """A service that does nothing."""
    registry = TaskRegistry()

    @registry.task("charge")
    def charge() -> None:
        """Nothing."""

    return [FunctionConnector(registry)]


def done_once(deployed: Place) -> tuple[float, int]:
    """The seconds that all jobs of one instance take, and the bytes that are written."""
    with deployed.engine() as engine, bare.recorded(engine) as groups:
        instance = engine.start("p")
        taken = seconds(engine.drain)
        assert engine.instance(instance.id).status == "completed"
        return taken, bare.size(groups)


def nothing(_: Engine) -> None:
    """No warm-up."""


def _growth(directory: Path) -> list[Row]:
    return growth(Deployed(directory, diagrams.loop(), warm_loop), "durable")


def _jobs(directory: Path) -> list[Row]:
    places = []
    for count in (5000, 500):
        folder = directory / str(count)
        folder.mkdir()
        places.append(Deployed(folder, diagrams.multi_instance(count, "serviceTask"), nothing, charging))
    return jobs(*places, "durable")


def _written(opened: AbstractContextManager[Engine], turns: int) -> int:
    with opened as engine, bare.recorded(engine) as groups:
        _turn(engine, turns)
    return bare.size(groups)


PARTS = [
    Part("durable: straight line, one caller", _single),
    Part("durable: straight line, many callers", _grouped),
    Part("durable: growth", _growth),
    Part("durable: multi-instance", _jobs),
]
