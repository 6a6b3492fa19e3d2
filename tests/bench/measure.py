"""How ratios are taken: the two sides in turn, the median of seven, so that the machine's drift hits both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 7


@dataclass(frozen=True)
class Row:
    """One line of the table: what was done, both medians in seconds, the ratio, the bar and whether it is met.

    at_most: the bar is an upper limit (time or bytes must not grow more), else the ratio must reach it.
    """

    work: str
    ours: float
    theirs: float
    bar: float
    against: str
    at_most: bool = False
    note: str = ""
    per_round: int = 1

    @property
    def ratio(self) -> float:
        """How many times faster ours is; for upper limits how many times more ours takes."""
        return self.ours / self.theirs if self.at_most else self.theirs / self.ours

    @property
    def verdict(self) -> str:
        """Met; within 15 % (reported, not tuned away); or missed."""
        score = self.bar / self.ratio if self.at_most else self.ratio / self.bar
        return "met" if score >= 1 else ("within 15 %" if score >= 0.85 else "missed")


def seconds(work: Callable[[], object]) -> float:
    """The time of one call."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def medians(ours: Callable[[], object], theirs: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """Both sides in turn after one warm-up each; the medians of the rounds."""
    ours()
    theirs()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def times(count: int, work: Callable[[], object]) -> Callable[[], None]:
    """The work done `count` times in a row."""

    def repeated() -> None:
        for _ in range(count):
            work()

    return repeated
