"""In memory: the core against SpiffWorkflow, and the core against itself for linearity."""

from __future__ import annotations

import hashlib
import statistics
from typing import Any

from engine.core import commands as c
from engine.core import events as e
from engine.core.interpreter import execute

from ..support.instances import DEFINITION, executable
from . import diagrams
from .measure import ROUNDS, Row, medians, seconds, times
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


def rows() -> list[Row]:
    """Every in-memory row of the design's table that this version can run."""
    return [*_against_spiff(), *_linear()]


def _against_spiff() -> list[Row]:
    line, fork, loop = diagrams.straight_line(), diagrams.fork_join(), diagrams.loop()
    compared = [
        ("straight line of 10 script tasks", line, {"n": 0}, 25.0, 200, 10),
        ("fork/join of 20 branches x 2 tasks", fork, {}, 100.0, 50, 2),
        ("loop of 300 turns", loop, {"n": 0, "turns": 300}, 100.0, 20, 1),
    ]
    result = []
    for work, xml, variables, bar, ours_count, theirs_count in compared:
        core, spiff = Core(xml), Spiff(xml)
        ours, theirs = medians(
            times(ours_count, lambda core=core, v=variables: core.run(**v)),  # type: ignore[misc]
            times(theirs_count, lambda spiff=spiff, v=variables: spiff.run(**v)),  # type: ignore[misc]
        )
        result.append(Row(work, ours / ours_count, theirs / theirs_count, bar, "SpiffWorkflow in memory"))
    return result


def _linear() -> list[Row]:
    core = Core(diagrams.loop())
    short = statistics.median(seconds(lambda: core.run(n=0, turns=500)) for _ in range(ROUNDS))
    long = statistics.median(seconds(lambda: core.run(n=0, turns=5000)) for _ in range(ROUNDS))
    sizes = [float(len(e.encode_events(core.run(n=0, turns=turns)))) for turns in (500, 5000)]
    return [
        Row("loop of 5,000 turns, time", long, short, 12.0, "loop of 500 turns", at_most=True),
        Row("loop of 5,000 turns, history bytes", sizes[1], sizes[0], 12.0, "loop of 500 turns", at_most=True, note="bytes"),
    ]
