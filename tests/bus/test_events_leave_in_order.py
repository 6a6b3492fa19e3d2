"""Publishing: in order per key, again with the same id until the broker has it, and never at others' expense."""

from __future__ import annotations

import itertools
import json

import pytest

from engine import CommandRejected, NotFound, PublicationView
from tests.support.event_drawings import process

from .diagrams import files, seller, shop


def sell(engine, *orders: tuple[str, int]) -> list[str]:
    """Sell these, each a key and a number; returns the instances."""
    return [engine.start("seller", variables={"key": key, "n": n}).id for key, n in orders]


def keyed(**said: str):
    return files(seller(bus__key="key", input__key="key", **said))


def told(broker) -> list[tuple[str, int]]:
    """What the broker got: keys and numbers in order."""
    return [(record.key, json.loads(record.body)["data"]["n"]) for record in broker.published]


def waiting(engine) -> list[PublicationView]:
    return list(reversed([one for one in engine.bus.publications().items if one.ended_at is None]))


def test_an_event_is_a_cloud_event_of_this_baton(broker, make):
    engine = make(bus_source="https://shop.example/baton")
    engine.deploy(keyed(bus__subject="'orders/' + key", bus__type="order.created"))
    sold = engine.start("seller", business_key="b-1", variables={"key": "a", "n": 1})
    engine.drain()
    (record,) = broker.published
    event = json.loads(record.body)
    parent = event.pop("traceparent")
    assert parent.split("-")[1] == sold.trace
    assert (record.topic, record.key, record.id) == ("orders", "a", event["id"])
    assert event == {
        "specversion": "1.0",
        "id": event["id"],
        "source": "https://shop.example/baton",
        "type": "order.created",
        "subject": "orders/a",
        "time": "2026-01-01T00:00:00.000000Z",
        "partitionkey": "a",
        "businesskey": "b-1",
        "instanceid": sold.id,
        "datacontenttype": "application/json",
        "data": {"key": "a", "n": 1},
    }
    assert event["id"].startswith(sold.id + ".")


def test_events_of_one_key_go_one_after_the_other_and_others_pass(broker, make):
    # Given a broker that refuses one event
    engine = make()
    engine.deploy(keyed())
    broker.refuses = lambda record: "too salty" if told_number(record) == 1 else ""
    # When events of two keys are thrown
    sell(engine, ("a", 1), ("b", 2), ("a", 3), ("b", 4))
    engine.drain()
    # Then only what has its key waits behind it
    assert told(broker) == [("b", 2), ("b", 4)]
    assert [(one.key, one.attempts, one.last_error) for one in waiting(engine)] == [("a", 1, "too salty"), ("a", 0, "")]
    # When it is taken at the next attempt, Then they follow in order
    broker.refuses = lambda record: ""
    engine.advance_clock(2)
    engine.drain()
    assert told(broker)[2:] == [("a", 1), ("a", 3)]
    assert waiting(engine) == []


def told_number(record) -> int:
    return json.loads(record.body)["data"]["n"]


def test_attempts_have_growing_pauses_and_then_a_person_decides(broker, make):
    # Given a broker that never takes it, and three attempts
    engine = make(bus_attempts=3)
    engine.deploy(keyed())
    broker.refuses = lambda record: "not allowed"
    sell(engine, ("a", 1), ("a", 2))
    pauses = []
    for _ in range(3):
        engine.drain()
        (first, second) = waiting(engine)
        pauses.append((first.attempts, first.state, (first.available_at - engine.now()) // 1_000_000))
        engine.advance_clock(10)
    # Then it is stuck, tells why, and what has its key waits
    assert pauses[:2] == [(1, "waiting", 2), (2, "waiting", 4)]
    assert (first.state, first.attempts, first.last_error) == ("stuck", 3, "not allowed")
    assert (second.state, second.attempts) == ("waiting", 0)
    state = engine.bus.state()
    assert (state.waiting, state.stuck, state.oldest_at) == (1, 1, first.created_at)
    # When days go by, Then nothing has changed
    engine.advance_clock(86_400 * 3)
    engine.drain()
    assert [one.state for one in waiting(engine)] == ["stuck", "waiting"]
    # When a person has mended it and says so
    broker.refuses = lambda record: ""
    assert engine.bus.resolve(first.id, "retry", actor="lea").state == "waiting"
    engine.drain()
    assert told(broker) == [("a", 1), ("a", 2)]
    assert engine.bus.publication(first.id).state == "published"


def test_a_stuck_event_may_be_given_up(broker, make):
    engine = make(bus_attempts=1)
    engine.deploy(keyed())
    broker.refuses = lambda record: "no" if told_number(record) == 1 else ""
    sell(engine, ("a", 1), ("a", 2))
    engine.drain()
    stuck = waiting(engine)[0]
    dropped = engine.bus.resolve(stuck.id, "drop", actor="lea")
    assert (dropped.state, dropped.ended_by) == ("dropped", "lea")
    engine.drain()
    assert told(broker) == [("a", 2)]
    with pytest.raises(CommandRejected) as refusal:
        engine.bus.resolve(stuck.id, "retry")
    assert refusal.value.reason == "event-ended"


@pytest.mark.parametrize("id", ["", "x", "x.y", "x.1", "." * 300, "x.99999999999999999999", "é.1", "\0.1"])
def test_an_unknown_event_is_not_found(engine, id):
    with pytest.raises(NotFound):
        engine.bus.resolve(id, "retry")
    with pytest.raises(NotFound):
        engine.bus.refused_event(id)


def test_a_broker_that_is_away_costs_no_attempts_and_holds_up_nothing_else(broker, make):
    # Given a broker that is away
    engine = make(bus_attempts=2)
    inside = process("inside").start().catch("late", "timer:PT1M").throw("ask", "message:question").end()
    asked = process("asked").start_on("s", "message:question").end()
    engine.deploy({**keyed(), "inside.bpmn": inside.xml(), "asked.bpmn": asked.xml()})
    broker.away = True
    # When events are thrown, and an hour goes by
    sell(engine, ("a", 1), ("b", 2))
    engine.start("inside")
    for _ in range(60):
        engine.drain()
        engine.advance_clock(60)
    # Then timers have fired and messages inside have arrived, and every event waits, none stuck
    assert [one.status for one in engine.instances(process="asked").items] == ["completed"]
    state = engine.bus.state()
    assert (state.waiting, state.stuck) == (2, 0)
    assert "away" in state.error
    # When it is back, Then everything is published
    broker.away = False
    engine.advance_clock(60)
    engine.drain()
    assert sorted(told(broker)) == [("a", 1), ("b", 2)]
    assert engine.bus.state().error == ""


def test_nobody_hammers_a_broker_that_is_away(broker, make):
    engine = make()
    engine.deploy(keyed())
    attempts = []
    broker.away = True
    broker.publisher = lambda: attempts.append(engine.now()) or Away.raised()
    sell(engine, ("a", 1))
    for _ in range(200):
        engine.drain()
        engine.advance_clock(1)
    pauses = [(later - earlier) // 1_000_000 for earlier, later in itertools.pairwise(attempts)]
    assert pauses[:5] == [1, 2, 4, 8, 16]
    assert max(pauses) == 30


class Away:
    @staticmethod
    def raised():
        from engine.bus import BusUnavailable

        raise BusUnavailable("Expected the broker to be there but it is away")


def test_an_outage_between_confirmation_and_commit_repeats_the_event_with_its_id(broker, make, monkeypatch):
    # Given a process that dies after the broker has the event, before it has noted that
    engine = make()
    engine.deploy(keyed())
    sell(engine, ("a", 1))
    store = engine._house.store.publications
    with monkeypatch.context() as broken:
        broken.setattr(type(store), "done", lambda *_: (_ for _ in ()).throw(RuntimeError("died")))
        with pytest.raises(RuntimeError):
            engine.drain()
    # When it goes on, Then the broker gets the very same again
    engine.drain()
    first, second = broker.published
    assert first == second
    assert waiting(engine) == []


def test_an_event_that_is_too_large_is_stuck_and_not_sent(broker, make):
    engine = make(bus_event_bytes=1_000, bus_attempts=1)
    engine.deploy(keyed(bus__data="'x' * n"))
    sell(engine, ("a", 2_000), ("b", 10))
    engine.drain()
    (stuck,) = waiting(engine)
    assert (stuck.key, stuck.state) == ("a", "stuck")
    assert "1000 bytes" in stuck.last_error
    assert [record.key for record in broker.published] == ["b"]


def test_a_key_that_no_event_may_have_is_told(broker, make):
    engine = make(bus_attempts=1)
    engine.deploy(keyed())
    sell(engine, ("a\nb", 1))
    engine.drain()
    assert [(one.state, "printable" in one.last_error) for one in waiting(engine)] == [("stuck", True)]


def test_queues_of_those_who_are_bound_are_there_before_anything_is_published(broker, make):
    engine = make()
    engine.deploy({**keyed(), "shop.bpmn": shop("shipping").xml()})
    sell(engine, ("a", 1))
    engine.drain()
    assert broker.expected == {"orders"}


def test_without_a_key_events_of_an_instance_stay_in_order(broker, make):
    engine = make()
    twice = process("twice").start().throw("one", "message:a", bus__topic="t").throw("two", "message:b", bus__topic="t")
    engine.deploy(files(twice.end()))
    broker.refuses = lambda record: "no" if json.loads(record.body)["type"] == "a" else ""
    engine.start("twice")
    engine.drain()
    assert broker.published == []
    broker.refuses = lambda record: ""
    engine.advance_clock(2)
    engine.drain()
    assert [json.loads(record.body)["type"] for record in broker.published] == ["a", "b"]
