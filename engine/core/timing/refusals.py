"""What is refused in the text of a timer, and the limits that refuse it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

LONGEST_TEXT = 256
"""Characters of a timer's text at most."""

MOST_REPEATS = 1_000_000_000
"""Repetitions that a cycle may count; whoever needs more means an endless one."""

SHORTEST_CYCLE = 1_000_000
"""Microseconds between two repetitions of a cycle at least."""

QUOTED_LENGTH = 60

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST = (datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
"""The last moment a timer can be due, in microseconds; the first one is 0, the start of 1970 (UTC)."""


class ScheduleRefused(ValueError):
    """A timer's text that is no schedule, or one whose time is out of reach.

    `sentence` says what was expected and what came instead, `hint` (may be empty) what to write instead.
    """

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(f"{sentence}; {hint}" if hint else sentence)
        self.sentence = sentence
        self.hint = hint


def quoted(text: str) -> str:
    """Return the text in quotes, cut where it would make a sentence unreadable."""
    return f'"{text}"' if len(text) <= QUOTED_LENGTH else f'"{text[:QUOTED_LENGTH]}…"'


def within_reach(moment: int, text: str) -> int:
    """Return the moment, or refuse it when it lies outside the years 1970 to 9999; `text` is what asked for it."""
    if 0 <= moment <= LAST:
        return moment
    raise ScheduleRefused(
        f"Expected a timer that is due in the years 1970 to 9999 but {quoted(text)} is not",
        "correct the year or shorten the duration",
    )
