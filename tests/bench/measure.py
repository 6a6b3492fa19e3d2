"""How ratios are taken: the two sides in turn, the median of seven, so that the machine's drift hits both."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 7


@dataclass(frozen=True)
class Row:
    """One line of the table: what was done, both medians in seconds, the bar and whether it is met.

    at_most: the bar is an upper limit (time or bytes must not grow more), else the ratio must reach it. unit: "s" or
    "bytes". bar: None for a row that is only there to be compared with others.
    """

    work: str
    ours: float
    theirs: float
    bar: float | None
    against: str
    at_most: bool = False
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """How many times faster ours is; for upper limits how many times more ours takes."""
        return self.ours / self.theirs if self.at_most else self.theirs / self.ours

    @property
    def verdict(self) -> str:
        """Met; within 15 % (reported, not tuned away); or missed."""
        if self.bar is None:
            return ""
        score = self.bar / self.ratio if self.at_most else self.ratio / self.bar
        return "met" if score >= 1 else ("within 15 %" if score >= 0.85 else "missed")


@dataclass(frozen=True)
class Part:
    """Rows that are measured together. rows: measures them, with files in the given directory."""

    name: str
    rows: Callable[[Path], list[Row]]


def seconds(work: Callable[[], object]) -> float:
    """The time of one call."""
    gc.collect()
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def medians(ours: Callable[[], object], theirs: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """Both sides in turn after one warm-up each; the medians of the rounds."""
    ours_timed, theirs_timed = in_turn([lambda: seconds(ours), lambda: seconds(theirs)], rounds)
    return ours_timed, theirs_timed


def in_turn(sides: list[Callable[[], float]], rounds: int = ROUNDS) -> list[float]:
    """The same for any number of sides that prepare a round and return the time of what counts of it."""
    for side in sides:
        side()
    taken = [[side() for side in sides] for _ in range(rounds)]
    return [statistics.median(times) for times in zip(*taken, strict=True)]


def times(count: int, work: Callable[[], object]) -> Callable[[], None]:
    """The work done `count` times in a row."""

    def repeated() -> None:
        for _ in range(count):
            work()

    return repeated
