"""Signals reach whoever waited, once; conditions start what they hold for."""

from __future__ import annotations

import pytest

from engine import CommandRejected, InvalidRequest, TimeOrderedIds
from tests.support.event_drawings import process

from .parts import deploy, engine


def waits(id: str = "p"):
    return process(id).start().catch("rung", "signal:bell").user("u").end()


@pytest.fixture
def baton():
    with engine() as baton:
        yield baton


def kinds(baton, id: str) -> list[str]:
    return [wait.kind for wait in baton.instance(id).waits]


def test_a_signal_reaches_everybody_and_starts_each_process_once(baton):
    deploy(baton, waits(), process("q").start_on("s", "signal:bell").start_on("s2", "signal:bell").user("u").end())
    ids = [baton.start("p").id for _ in range(3)]
    result = baton.send_signal("bell", variables={"loud": True}, actor="ada")
    assert (result.continued, len(result.started)) == (3, 1)
    assert [kinds(baton, id) for id in ids] == [["user task"]] * 3
    assert baton.instance(ids[0], variables=True).variables == {"loud": True}
    started = baton.instance(result.started[0], variables=True)
    assert (started.process, started.variables, started.started_by) == ("q", {"loud": True}, "ada")


def test_more_receivers_than_one_batch_are_reached(baton, monkeypatch):
    monkeypatch.setattr("engine.runtime.signals.BATCH", 4)
    deploy(baton, waits())
    ids = [baton.start("p").id for _ in range(11)]
    assert baton.send_signal("bell").continued == 11
    assert {kinds(baton, id)[0] for id in ids} == {"user task"}


def test_nobody_waits_for_a_signal(baton):
    result = baton.send_signal("bell", signal_id="s-1")
    assert (result.continued, result.started) == (0, [])
    # When somebody waits later, Then the signal is over
    deploy(baton, waits())
    id = baton.start("p").id
    baton.drain()
    assert baton.send_signal("bell", signal_id="s-1") == result
    assert kinds(baton, id) == ["signal"]


def test_a_repeat_reaches_nobody_twice(baton):
    again = process("again").start().exclusive("turn").catch("rung", "signal:bell").to("turn")
    deploy(baton, again, process("q").start_on("s", "signal:bell").end())
    id = baton.start("again").id
    first = baton.send_signal("bell", signal_id="s-1")
    assert [baton.send_signal("bell", signal_id="s-1") for _ in range(3)] == [first] * 3
    assert [entry.event for entry in baton.history(id).items].count("signal-received") == 1
    assert len(baton.instances(process="q").items) == 1
    with pytest.raises(CommandRejected) as refused:
        baton.send_signal("other", signal_id="s-1")
    assert refused.value.reason == "signal-id-used"


def test_a_broadcast_that_broke_off_is_finished(database, monkeypatch):
    with engine(database=database, ids=TimeOrderedIds()) as baton:
        deploy(baton, waits(), process("q").start_on("s", "signal:bell").end())
        ids = [baton.start("p").id for _ in range(5)]
        # Given a broadcast that reached two instances before everything stopped
        monkeypatch.setattr("engine.runtime.signals.BATCH", 2)
        receivers, asked = baton._house.store.signals.receivers, []

        def broken(*place):
            asked.append(place)
            if len(asked) > 1:
                raise RuntimeError
            return receivers(*place)

        monkeypatch.setattr(baton._house.store.signals, "receivers", broken)
        with pytest.raises(RuntimeError):
            baton.send_signal("bell", variables={"n": 1}, signal_id="s-1")
        assert sum(kinds(baton, id) == ["user task"] for id in ids) == 2
    # When the next process starts
    with engine(database=database, ids=TimeOrderedIds()) as baton:
        baton.drain()
        # Then the others are reached too, and nobody twice
        assert all(kinds(baton, id) == ["user task"] for id in ids)
        assert baton.send_signal("bell", signal_id="s-1").continued == 5
        assert len(baton.instances(process="q").items) == 1


def test_a_thrown_signal_reaches_the_others_too(baton):
    drawn = process("thrower").start().parallel("fork").throw("ring", "signal:bell").end()
    drawn.at("fork").catch("own", "signal:bell").user("heard").end("e2")
    deploy(baton, drawn, waits(), process("q").start_on("s", "signal:bell").end())
    other = baton.start("p").id
    thrower = baton.start("thrower").id
    baton.drain()
    assert kinds(baton, other) == ["user task"]
    assert [entry.event for entry in baton.history(thrower).items].count("signal-received") <= 1
    assert len(baton.instances(process="q").items) == 1


def test_what_waits_after_the_throw_is_not_reached(baton):
    deploy(baton, process("thrower").start().throw("ring", "signal:bell").end(), waits())
    baton.start("thrower")
    baton.advance_clock(1)
    late = baton.start("p").id
    baton.drain()
    assert kinds(baton, late) == ["signal"]


def test_conditions_start_what_they_hold_for(baton):
    hot = process("hot").start_on("s", "condition:temperature > 70").user("u").end()
    cold = process("cold").start_on("s", "condition:temperature < 0").user("u").end()
    other = process("other").start_on("s", "condition:pressure > 1").user("u").end()
    deploy(baton, hot, cold, other)
    (id,) = baton.start_by_conditions({"temperature": 71.5}, business_key="b", idempotency_key="k")
    view = baton.instance(id, variables=True)
    assert (view.process, view.business_key, view.variables) == ("hot", "b", {"temperature": 71.5})
    # When it is repeated, Then nothing starts twice
    assert baton.start_by_conditions({"temperature": 71.5}, business_key="b", idempotency_key="k") == [id]
    assert baton.start_by_conditions({"temperature": 20}) == []
    assert baton.start_by_conditions({"temperature": -1}) != [id]
    with pytest.raises(InvalidRequest):
        baton.start_by_conditions({"temperature": "warm"})


def test_a_waiting_instance_looks_at_its_conditions_by_itself(baton):
    deploy(baton, process().start().catch("full", "condition:level > 3").user("u").end())
    id = baton.start("p", variables={"level": 1}).id
    baton.set_variables(id, {"level": 2})
    assert kinds(baton, id) == ["condition"]
    baton.set_variables(id, {"level": 4})
    assert kinds(baton, id) == ["user task"]
