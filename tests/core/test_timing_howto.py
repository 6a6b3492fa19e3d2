"""Every text that the page about timers shows is understood, in the element that it shows it for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.core.timing import parse_schedule

from ..support.moments import moment

PAGE = (Path(__file__).parents[2] / "docs/howto/timers.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `time(Date|Duration|Cycle)` \| `([^`]+)` \|", PAGE, re.MULTILINE)


def test_the_page_has_all_three():
    assert {kind for kind, _ in ROWS} == {"Date", "Duration", "Cycle"}


@pytest.mark.parametrize("kind, text", ROWS)
def test_an_example_of_the_page(kind, text):
    # Given a timer that is armed at the beginning of 2026, then it comes
    now = moment("2026-01-01T00:00:01Z")
    assert parse_schedule(kind.lower(), text, "Europe/Berlin").first(now).due > now
