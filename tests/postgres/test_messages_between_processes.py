"""Messages, signals and timers with several processes: nobody misses anybody, nothing fires or arrives twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import Engine
from engine.runtime.between import TURN
from tests.runtime.parts import deploy
from tests.support.event_drawings import process

from .conftest import Make, until
from .test_processes_work_as_one import die


def keyed(id: str = "p"):
    return process(id).start().catch("c", "message:m", message__correlation="key").end()


def counted(baton: Engine, id: str, event: str) -> int:
    return [entry.event for entry in baton.history(id).items].count(event)


def test_publishing_and_subscribing_at_once_never_miss_each_other(make: Make):
    one, two = make(), make()
    deploy(one, keyed())

    def subscribe(number: int) -> str:
        return one.start("p", variables={"key": f"k{number}"}).id

    def publish(number: int) -> str:
        return two.send_message("m", correlation=f"k{number}", message_id=f"m{number}").result

    with ThreadPoolExecutor(8) as pool:
        pairs = [(pool.submit(subscribe, number), pool.submit(publish, number)) for number in range(60)]
        ids = [started.result() for started, sent in pairs]
        assert {sent.result() for started, sent in pairs} <= {"continued", "buffered"}
    # Nobody polls here: whatever was kept is found by whoever came second
    until(lambda: all(one.instance(id).status == "completed" for id in ids))
    assert {message.state for message in one.messages(limit=100).items} == {"continued"}


def test_one_message_sent_to_both_arrives_once(make: Make):
    engines = [make(), make()]
    loop = process().start().exclusive("again").catch("c", "message:m").to("again")
    deploy(engines[0], loop)
    id = engines[0].start("p").id
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda n: engines[n % 2].send_message("m", message_id=f"m{n // 4}"), range(40)))
    assert {(one.result, one.instance) for one in results} == {("continued", id)}
    assert counted(engines[1], id, "message-received") == 10
    assert engines[1].verify(id).ok


def test_one_signal_sent_to_both_arrives_once(make: Make):
    engines = [make(), make()]
    loop = process().start().exclusive("again").catch("c", "signal:s").to("again")
    deploy(engines[0], loop, process("q").start_on("s", "signal:s").end())
    ids = [engines[0].start("p").id for _ in range(15)]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda n: engines[n % 2].send_signal("s", signal_id="once"), range(4)))
    assert engines[0].send_signal("s", signal_id="once").continued == 15
    assert len(engines[1].instances(process="q").items) == 1
    assert {tuple(one.started) for one in results if one.started} == {(engines[1].instances(process="q").items[0].id,)}
    assert [counted(engines[1], id, "signal-received") for id in ids] == [1] * 15


def test_timers_of_all_fire_once(make: Make):
    one, two = make(), make()
    deploy(one, process().start().catch("t", "timer:PT1M").end(), process("q").start_on("s", "cycle:R3/PT1M").end())
    ids = [(one, two)[number % 2].start("p").id for number in range(20)]
    one.advance_clock(60)
    until(lambda: all(two.instance(id).status == "completed" for id in ids))
    until(lambda: len(one.instances(process="q").items) == 1)
    assert [counted(one, id, "timer-fired") for id in ids] == [1] * 20
    one.advance_clock(60)
    until(lambda: len(one.instances(process="q").items) == 2)
    until(lambda: one._house.idle and two._house.idle)
    assert len(one.instances(process="q").items) == 2


def test_one_process_at_a_time_does_what_is_between_instances(make: Make):
    one, two = make(threads=False), make(threads=False)
    deploy(one, process("sender").start().throw("t", "message:m").end(), process("r").start_on("s", "message:m").end())
    one.start("sender")
    # Given another process that is at it
    assert one._house.store.peers.take_turn(TURN)
    assert two.drain() == 0
    assert two.instances(process="r").items == []
    # When that one is done, or dead
    one._house.store.peers.end_turn(TURN)
    two.drain()
    assert len(two.instances(process="r").items) == 1


@pytest.mark.parametrize("left", ["a thrown message", "a kept message", "a due timer", "a due start", "a signal"])
def test_what_a_dead_process_left_is_done_by_another(make: Make, left: str):
    dead, alive = make(threads=False), make()
    sender = process("sender").start().throw("t", "message:m").throw("u", "signal:s").end()
    timer = process("timer").start().catch("t", "timer:PT1M").end()
    receivers = [process("r").start_on("s", "message:m").end(), process("q").start_on("s", "signal:s").end()]
    deploy(dead, sender, keyed(), timer, *receivers, process("daily").start_on("s", "cycle:R/PT1M").end())
    done = {
        "a thrown message": lambda: len(alive.instances(process="r").items) == 1,
        "a signal": lambda: len(alive.instances(process="q").items) == 1,
        "a kept message": lambda: len(alive.instances(process="p", status="completed").items) == 1,
        "a due timer": lambda: len(alive.instances(process="timer", status="completed").items) == 1,
        "a due start": lambda: len(alive.instances(process="daily").items) == 1,
    }
    # Given a process that dies between a commit and what it leads to
    if left in ("a thrown message", "a signal"):
        dead.start("sender")
    elif left == "a kept message":
        dead.send_message("other", correlation="k", ttl_seconds=600)
        deploy(dead, process("p").start().catch("c", "message:other", message__correlation="key").end())
        dead.start("p", variables={"key": "k"})
    elif left == "a due timer":
        dead.start("timer")
    die(dead)
    if left.startswith("a due"):
        alive.advance_clock(60)
    assert not done[left]()
    # When another one looks around
    alive._house._look()
    # Then it is done, once
    until(done[left])
