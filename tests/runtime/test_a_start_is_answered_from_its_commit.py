"""What `start` answers with is made from the commit's rows; it is what reading the instance back would give."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.diagrams import Diagram, process

from .parts import deploy, engine


def sub_process() -> Diagram:
    return process("p").start().subprocess("sub").start("in").user("u").end("out").close().end()


def half_joined() -> Diagram:
    diagram = process("p").start().parallel("fork").to("join").at("fork").user("u").to("join")
    return diagram.node("parallelGateway", "join", connect=False).end()


def loop(turns: int) -> Diagram:
    looping = process("p").start().script("init", "n = 0").exclusive("join").script("turn", "n = n + 1")
    return looping.exclusive("more").when(f"n < {turns}").to("join").at("more").otherwise().end()


DIAGRAMS = {
    "it ends": process("p").start().script("s", "n = 1").end("done"),
    "it ends twice": process("p").start().parallel("fork").end("one").at("fork").end("two"),
    "it is terminated": process("p").start().parallel("fork").user("u").end().at("fork").end_terminate("stop"),
    "it waits for a person": process("p").start().user("u").error_boundary("failed", on="u", code="X").end(),
    "it waits for a worker": process("p").start().service("s", "nobody").end(),
    "a local worker has it": process("p").start().service("s", "a").end(),
    "it waits in a sub-process": sub_process(),
    "a token waits at a join": half_joined(),
    "it is stuck": process("p").start().script("s", "n = unknown").end(),
    "it failed": process("p").start().end_error("e", code="NO"),
    "it yielded": loop(60),
}


@pytest.mark.parametrize("what", DIAGRAMS)
@pytest.mark.parametrize("place", ["memory", "file"])
def test_the_answer_to_a_start_is_what_is_stored(what: str, place: str, tmp_path: Path):
    database = ":memory:" if place == "memory" else str(tmp_path / "baton.db")
    with engine(database=database, steps_per_command=40) as baton:
        deploy(baton, DIAGRAMS[what])
        started = baton.start("p", business_key="b", variables={"x": 1}, actor="ada")
        assert started == baton.instance(started.id)


def test_a_repeat_with_the_same_key_is_answered_with_what_has_become_of_the_instance():
    with engine() as baton:
        deploy(baton, process("p").start().user("u").end())
        first = baton.start("p", idempotency_key="k")
        baton.complete_task(first.waits[0].id)
        again = baton.start("p", idempotency_key="k")
        assert (again.id, again.status) == (first.id, "completed")
