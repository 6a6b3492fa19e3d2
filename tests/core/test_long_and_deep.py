"""Length and depth cost no stack and no state: chains, loops and nesting; a run that yields leaves the same trace."""

from __future__ import annotations

import msgspec

from engine.core import commands as c
from engine.core import events as e
from engine.core.interpreter import Limits, execute

from ..support.diagrams import process
from ..support.instances import DEFINITION, Instance, executable


def run(xml: bytes, limits: Limits, **variables: object) -> tuple[list[e.Event], int]:
    """All events of an instance that needs nobody, and the size of its largest state between commands in bytes."""
    definitions = {DEFINITION: executable(xml)}
    state = e.blank_state()
    start = c.Start(at=0, instance="i", definition=DEFINITION, variables=variables)
    outcome = execute(definitions, state, start, limits)
    events, size = list(outcome.events), 0
    while outcome.yielded:
        size = max(size, len(msgspec.json.encode(state)))
        outcome = execute(definitions, state, c.Continue(at=0), limits)
        events += outcome.events
    assert state.status == "completed", state.incidents
    return events, size


def loop() -> bytes:
    return (
        process("p").start().exclusive("head").script("turn", "n = n + 1")
        .exclusive("again").when("n < turns").to("head").at("again").otherwise().end().xml()
    )  # fmt: skip


def test_a_chain_of_2000_tasks() -> None:
    diagram = process("p").start()
    for number in range(2000):
        diagram.task(f"t{number}")
    events, _ = run(diagram.end().xml(), Limits())
    assert sum(isinstance(event, e.ActivityCompleted) for event in events) == 2002


def test_a_loop_of_10000_turns_keeps_its_state_constant() -> None:
    _, small = run(loop(), Limits(), n=0, turns=1000)
    events, large = run(loop(), Limits(), n=0, turns=10_000)
    assert large - small < 64  # only the digits of counters and keys grow
    assert sum(isinstance(event, e.VariablesSet) for event in events) == 10_000


def test_200_nested_sub_processes() -> None:
    diagram = process("p").start()
    for level in range(200):
        diagram.subprocess(f"sub{level}").start(f"s{level}")
    diagram.script("deep", "x = x + 1")
    for level in reversed(range(200)):
        diagram.end(f"e{level}").close()
    assert Instance(diagram.end().xml(), x=1).variables == {"x": 2}


def test_a_run_that_yields_at_every_step_leaves_the_same_trace() -> None:
    diagram = (
        process("p").start().inclusive("split").when("n > 0").script("a", "n = n + 1").inclusive("join")
        .exclusive("again").when("n < 6").to("split").at("again").otherwise().end()
        .at("split").when("n > 1").subprocess("sub").start("s2").parallel("f").task("x").parallel("j").end("e2")
        .at("f").task("y").to("j").at("e2").close().to("join")
    )  # fmt: skip
    in_one_go, _ = run(diagram.xml(), Limits(), n=1)
    step_by_step, _ = run(diagram.xml(), Limits(max_steps=1), n=1)
    own = (e.RunYielded, e.RunContinued)
    assert [event for event in step_by_step if not isinstance(event, own)] == in_one_go
