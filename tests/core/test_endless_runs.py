"""An instance that never waits is halted by an incident; resolving it lets it do as much again (DESIGN, rule 7)."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core import commands as c
from engine.core import events as e
from engine.core.interpreter import Limits, execute
from engine.core.state import UserTask

from ..support.diagrams import process
from ..support.instances import DEFINITION, Instance, executable
from .test_long_and_deep import run

FEW = Limits(max_steps=10, max_run=60)


def endless() -> Any:
    """A loop that ends when `stop` is set, beside a task for a person."""
    return (
        process("p").start().parallel("fork").exclusive("head").script("turn", "n = n + 1")
        .exclusive("again").when("stop").end("out").at("again").otherwise().to("head")
        .at("fork").user("ask").end("done")
    )  # fmt: skip


def halted(instance: Instance) -> Any:
    return next(one for one in instance.state.incidents.values() if one.kind == "limit")


def test_it_stops_where_it_is_and_says_so() -> None:
    # Given a loop without a way out
    # When it has done what an instance may do without waiting
    instance = Instance(endless().xml(), FEW, n=0, stop=False)
    # Then it goes on no more, and the incident says where it is
    assert instance.state.is_halted
    assert not instance.state.agenda
    assert "did 60 steps without waiting for anything; it is at " in halted(instance).message
    assert sum(isinstance(event, e.RunYielded) for event in instance.history) == 5


def test_a_halted_instance_still_does_what_comes_from_outside() -> None:
    instance = Instance(endless().xml(), FEW, n=0, stop=False)
    turns = instance.variables["n"]
    # When somebody answers the task beside the loop
    instance.complete("ask", note="hi")
    # Then that is done, the loop stands still, and nothing else is declared stuck
    assert instance.variables["n"] == turns
    assert instance.variables["note"] == "hi"
    assert [one.kind for one in instance.state.incidents.values()] == ["limit"]


def test_resolving_grants_the_same_again() -> None:
    instance = Instance(endless().xml(), FEW, n=0, stop=False)
    turns = instance.variables["n"]
    instance.resolve("p")
    assert instance.state.is_halted
    assert instance.variables["n"] == pytest.approx(2 * turns, abs=2)


def test_resolving_with_the_variable_that_was_wrong_ends_it() -> None:
    instance = Instance(endless().xml(), FEW, n=0, stop=False)
    instance.resolve("p", variables={"stop": True})
    instance.complete("ask")
    assert instance.state.status == "completed"
    assert not instance.state.halted


def test_two_halts_are_one_incident() -> None:
    # Given a halted loop, and a second one that a person lets in
    twice = (
        process("p").start().parallel("fork").exclusive("a").script("x", "n = n + 1").to("a")
        .at("fork").user("ask").exclusive("b").script("y", "m = m + 1").to("b").xml()
    )  # fmt: skip
    instance = Instance(twice, FEW, n=0, m=0)
    instance.complete("ask")
    # Then both stand still behind one incident, and go on with it
    assert len(instance.state.incidents) == 1
    before = dict(instance.variables)
    instance.resolve("p")
    assert instance.variables["n"] > before["n"]
    assert instance.variables["m"] > before["m"]


def test_it_can_be_cancelled() -> None:
    instance = Instance(endless().xml(), FEW, n=0, stop=False)
    instance.send(c.Cancel(at=0, reason="enough"))
    assert instance.state.status == "cancelled"
    assert not instance.state.incidents


def test_what_moves_from_outside_counts_anew() -> None:
    # Given more work than is allowed in a row, with a task in its middle
    diagram = process("p").start()
    for number in range(18):
        diagram.task(f"a{number}")
    diagram.user("ask")
    for number in range(18):
        diagram.task(f"b{number}")
    instance = Instance(diagram.end().xml(), Limits(max_steps=5, max_run=30))
    assert not instance.state.incidents
    instance.complete("ask")
    assert instance.state.status == "completed"


def test_what_comes_in_between_does_not_let_it_go_on_for_ever() -> None:
    # Given a loop that is never done when something comes from outside, as beside a timer that fires every second
    definitions = {DEFINITION: executable(endless().xml())}
    state = e.blank_state()
    start = c.Start(at=0, instance="i", definition=DEFINITION, variables={"n": 0, "stop": False})
    outcome = execute(definitions, state, start, FEW)
    task = next(key for key, wait in state.waits.items() if isinstance(wait, UserTask))
    for number in range(10):
        if outcome.yielded:
            # When somebody moves the instance each time that it pauses
            outcome = execute(definitions, state, c.ClaimTask(at=0, task=task, assignee=str(number), force=True), FEW)
    # Then what it did without a rest is counted all the same
    assert state.is_halted


def test_ten_thousand_turns_are_no_trouble_by_default() -> None:
    loop = (
        process("p").start().exclusive("head").script("turn", "n = n + 1")
        .exclusive("again").when("n < 10000").to("head").at("again").otherwise().end().xml()
    )  # fmt: skip
    events, _ = run(loop, Limits(), n=0)
    assert not any(isinstance(event, e.RunHalted) for event in events)


def test_a_halt_is_part_of_the_history() -> None:
    instance = Instance(endless().xml(), FEW, n=0, stop=False)
    instance.resolve("p")
    told = [type(event) for event in instance.history if isinstance(event, e.RunHalted | e.RunReleased)]
    assert told == [e.RunHalted, e.RunReleased, e.RunHalted]
