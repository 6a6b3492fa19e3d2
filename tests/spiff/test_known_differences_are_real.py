"""Each known difference is seen on a diagram of its own and recognised; what is not different is the same."""

from __future__ import annotations

import re

import pytest

from engine.spiff import KNOWN_DIFFERENCES
from tests.support.diagrams import process

from .known_differences import SAME, SHOWN
from .runs import checked


@pytest.mark.parametrize("name", SHOWN)
def test_a_known_difference_shows(name: str) -> None:
    shown = SHOWN[name]
    # When its diagram runs in both engines
    result = checked(shown.diagram, **shown.given)
    # Then they part where they should, and the reason is named
    said = result.difference.sentence if result.difference is not None else result.reason
    assert (result.verdict, result.known) == (shown.verdict, name), said
    assert shown.sentence in said


def test_a_sub_process_without_an_end_event_is_known_too() -> None:
    result = checked(process().start().subprocess("inner").start("s").task("a").close().end())
    assert (result.verdict, result.known) == ("not comparable", "implicit-start-or-end"), result.reason


def test_every_known_difference_has_a_diagram_and_the_other_way_round() -> None:
    assert [known.name for known in KNOWN_DIFFERENCES] == list(SHOWN)


@pytest.mark.parametrize("known", KNOWN_DIFFERENCES, ids=lambda known: known.name)
def test_a_known_difference_says_where_the_standard_settles_it(known) -> None:
    assert re.fullmatch(r"|1[0-3](\.\d+)+", known.clause)
    assert known.baton
    assert known.spiffworkflow


@pytest.mark.parametrize("name", SAME)
def test_where_nothing_is_known_to_differ_both_do_the_same(name: str) -> None:
    result = checked(SAME[name])
    assert result.difference is None
    assert (result.verdict, result.known) == ("same", "")
