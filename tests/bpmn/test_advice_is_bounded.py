"""Advice costs little however large or odd the diagram is, and says so when it stops looking."""

from __future__ import annotations

import pytest

from engine.bpmn import read
from engine.bpmn.advice import advise
from engine.bpmn.advice.variables import is_misspelt
from tests.support.event_drawings import process


def forks(number: int):
    """A chain of forks, from each of which everything after it can be reached in two ways."""
    diagram = process().start()
    for at in range(number):
        diagram.parallel(f"f{at}").task(f"a{at}").parallel(f"j{at}").at(f"f{at}").task(f"b{at}").to(f"j{at}").at(
            f"j{at}"
        )
    return read(diagram.end().xml()).processes[0].executable


def test_advice_stops_and_says_so():
    # Given a chain of forks, when few steps may be spent, then that is said
    assert [one.rule for one in advise(forks(20), steps=500)] == ["advice-cut"]
    # And when all that it needs may be spent, there is nothing to say
    assert list(advise(forks(20))) == []


@pytest.mark.parametrize(
    "name, other, expected",
    [
        ("aproved", "approved", True), ("approved", "aproved", True), ("approvde", "approved", True),
        ("approwed", "approved", True), ("approved", "approved", False), ("orders", "order", False),
        ("orders_", "orders", False), ("address1", "address2", False), ("short", "shart", False),
        ("customerA", "customerB", False), ("payments", "shipments", False), ("approved", "disapproved", False),
    ],
)  # fmt: skip
def test_a_slip_is_one_letter(name, other, expected):
    assert is_misspelt(name, other) is expected
