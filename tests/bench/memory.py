"""In memory: the core against SpiffWorkflow, and the core against itself for linearity."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from engine.core import commands as c
from engine.core import events as e
from engine.core.interpreter import execute

from ..support.instances import DEFINITION, executable
from . import diagrams
from .measure import Part, Row, medians, times
from .spiff import Spiff


class Core:
    """One process run by the core alone; what it emits is kept in a list, as a history would be."""

    def __init__(self, xml: bytes) -> None:
        self.definitions = {DEFINITION: executable(xml)}

    def run(self, **variables: Any) -> list[e.Event]:
        """All events of an instance that needs nobody; fails when it does not complete."""
        state = e.blank_state()
        start = c.Start(at=0, instance="i", definition=DEFINITION, variables=variables)
        outcome = execute(self.definitions, state, start)
        events = outcome.events
        while outcome.yielded:
            outcome = execute(self.definitions, state, c.Continue(at=0))
            events += outcome.events
        assert state.status == "completed", state.incidents
        return events

    def run_hashed(self, **variables: Any) -> str:
        """The same with the history encoded and hashed."""
        return hashlib.sha256(e.encode_events(self.run(**variables))).hexdigest()


def _against_spiff(work: str, xml: bytes, bar: float, counts: tuple[int, int], **variables: Any) -> list[Row]:
    core, spiff = Core(xml), Spiff(xml)
    ours, theirs = medians(
        times(counts[0], lambda: core.run(**variables)), times(counts[1], lambda: spiff.run(**variables))
    )
    return [Row(work, ours / counts[0], theirs / counts[1], bar, "SpiffWorkflow in memory")]


def _straight_line(_: Path) -> list[Row]:
    return _against_spiff("straight line of 10 script tasks, in memory", diagrams.straight_line(), 25.0, (200, 10), n=0)


def _fork_join(_: Path) -> list[Row]:
    return _against_spiff("fork/join of 20 branches x 2 tasks, in memory", diagrams.fork_join(), 100.0, (50, 2))


def _loop(_: Path) -> list[Row]:
    return _against_spiff("loop of 300 turns, in memory", diagrams.loop(), 100.0, (20, 1), n=0, turns=300)


def _multi_instance(_: Path) -> list[Row]:
    work = "parallel multi-instance of 500, in memory"
    rows = _against_spiff(work, diagrams.multi_instance(500), 100.0, (20, 1))
    wide, narrow = Core(diagrams.multi_instance(5000)), Core(diagrams.multi_instance(500))
    long, short = medians(wide.run, times(10, narrow.run))
    work, against = "multi-instance of 5,000, in memory: time", "multi-instance of 500"
    return [*rows, Row(work, long, short / 10, 12.0, against, at_most=True)]


def _linear(_: Path) -> list[Row]:
    core = Core(diagrams.loop())
    long, short = medians(lambda: core.run(n=0, turns=5000), times(10, lambda: core.run(n=0, turns=500)))
    large, small = (float(len(e.encode_events(core.run(n=0, turns=turns)))) for turns in (5000, 500))
    work, against = "loop of 5,000 turns, in memory", "loop of 500 turns"
    return [
        Row(f"{work}: time", long, short / 10, 12.0, against, at_most=True),
        Row(f"{work}: history", large, small, 12.0, against, at_most=True, unit="bytes"),
    ]


PARTS = [
    Part("memory: straight line", _straight_line),
    Part("memory: fork and join", _fork_join),
    Part("memory: loop", _loop),
    Part("memory: multi-instance", _multi_instance),
    Part("memory: growth", _linear),
]
"""Every in-memory row of the design's table that this version can run."""
