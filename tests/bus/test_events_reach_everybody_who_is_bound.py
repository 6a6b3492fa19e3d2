"""On the bus inside: everybody who is bound gets each event once, mapped as the diagram says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine import Engine, StoreUnavailable
from engine.store import StoreUnavailable as DatabaseUnavailable
from tests.support.event_drawings import process

from .diagrams import files, seller, shop, variables, waiter


def event(data: Any = None, **attributes: Any) -> bytes:
    """A CloudEvent of somebody else."""
    core = {"specversion": "1.0", "id": "e-1", "source": "https://shop.example", "type": "sold"}
    return json.dumps({**core, **attributes, **({} if data is None else {"data": data})}).encode()


def refused(engine: Engine) -> list[tuple[str, str, str]]:
    return [(one.process, one.message, one.reason) for one in engine.bus.refused(state="open").items]


def test_every_process_that_is_bound_reacts(engine):
    # Given a seller and two who listen
    engine.deploy(files(seller(), shop("shipping"), shop("analytics")))
    # When something is sold
    sold = engine.start("seller", business_key="order-1", variables={"n": 7})
    engine.drain()
    # Then both got it, with the business key, the trace and the sender of the sale
    for name in ("shipping", "analytics"):
        (view,) = engine.instances(process=name).items
        assert (view.business_key, view.trace) == ("order-1", sold.trace)
        assert variables(engine, name) == [{"n": 7}]
    senders = {(one.name, one.sent_by, one.thrown_by) for one in engine.messages().items}
    assert senders == {("For-shipping", sold.id, sold.id), ("For-analytics", sold.id, sold.id)}
    (published,) = engine.bus.publications().items
    assert (published.state, published.key, published.attempts) == ("published", "order-1", 0)


def test_a_message_with_a_topic_does_not_stay_inside(engine):
    # Given somebody who waits for the very name, but is not bound
    engine.deploy(files(seller(), process("inside").start_on("s", "message:OrderCreated").end()))
    engine.start("seller", variables={"n": 1})
    engine.drain()
    assert engine.instances(process="inside").items == []
    assert engine.bus.state().ignored == 1


def test_a_running_instance_is_found_by_its_key(engine):
    # Given two orders that wait for their shipments
    engine.deploy(files(waiter(bus__correlation="event.data.order")))
    first, second = (engine.start("waiter", variables={"order": f"o-{n}"}) for n in (1, 2))
    # When one of them is shipped
    engine.bus.receive("shipments", event({"order": "o-2", "by": "bike"}))
    # Then it goes on, and the other waits
    assert engine.instance(first.id).status == "waiting"
    done = engine.instance(second.id, variables=True)
    assert (done.status, done.variables["by"]) == ("completed", "bike")


def test_the_key_that_the_thrower_gave_is_enough(engine):
    # Given a throw and a wait with a correlation key each, and nothing said of the event's
    sent = {"bus__topic": "shipments", "message__correlation": "order", "bus__key": "'k'"}
    shipper = process("shipper").start().throw("t", "message:Shipped", **sent).end()
    engine.deploy(files(shipper, waiter()))
    waiting = engine.start("waiter", variables={"order": "o-1"})
    engine.start("shipper", variables={"order": "o-1"})
    engine.drain()
    assert engine.instance(waiting.id).status == "completed"


def test_an_event_that_comes_too_early_is_kept(engine):
    engine.deploy(files(waiter(bus__correlation="event.data.order")))
    engine.bus.receive("shipments", event({"order": "o-1"}))
    late = engine.start("waiter", variables={"order": "o-1"})
    engine.drain()
    assert engine.instance(late.id).status == "completed"


MAPPINGS = {
    "the members of an object": ({}, {"a": 1, "b": [2]}, {"a": 1, "b": [2]}),
    "another value as one variable": ({}, [1, 2], {"data": [1, 2]}),
    "nothing": ({}, None, {}),
    "an expression": ({"bus__data": "{'who': event.subject, 'n': event.data.n + 1}"}, {"n": 1}, {"who": "s", "n": 2}),
    "its attributes": (
        {"bus__data": "{'all': [event.id, event.source, event.type, event.key, event.topic, event.region]}"},
        {},
        {"all": ["e-1", "https://shop.example", "sold", "p-1", "orders", "eu"]},
    ),
}


@pytest.mark.parametrize("said, data, expected", MAPPINGS.values(), ids=MAPPINGS.keys())
def test_data_becomes_variables(engine, said, data, expected):
    engine.deploy(files(shop("shipping", **said)))
    engine.bus.receive("orders", event(data, subject="s", partitionkey="p-1", region="eu"))
    assert variables(engine, "shipping") == [expected]


def test_a_binding_with_a_type_takes_only_such_events(engine):
    engine.deploy(files(shop("shipping", bus__type="sold")))
    engine.bus.receive("orders", event({}, type="cancelled"))
    engine.bus.receive("orders", event({}, type="sold"))
    assert len(engine.instances(process="shipping").items) == 1
    state = engine.bus.state()
    assert (state.taken, state.ignored, state.refused) == (2, 1, 0)


def test_the_same_event_has_its_effect_once(engine):
    engine.deploy(files(shop("shipping"), shop("analytics")))
    for _ in range(3):
        engine.bus.receive("orders", event({}))
    # Another source's event with that id is another event
    engine.bus.receive("orders", event({}, source="https://other.example"))
    assert [len(engine.instances(process=name).items) for name in ("shipping", "analytics")] == [2, 2]


def test_an_instance_that_starts_gets_a_business_key_of_the_event(engine):
    engine.deploy(files(shop("shipping", bus__business_key="'order-' + str(event.data.n)")))
    engine.bus.receive("orders", event({"n": 5}))
    assert [one.business_key for one in engine.instances(process="shipping").items] == ["order-5"]


def test_a_new_version_moves_its_bindings_and_old_instances_still_get_theirs(engine):
    # Given an instance that waits, and a new version bound to another topic
    engine.deploy({"waiter.bpmn": waiter(bus__correlation="event.data.order").xml()})
    waiting = engine.start("waiter", variables={"order": "o-1"})
    changed = waiter(bus__correlation="event.data.order", bus__topic="deliveries")
    engine.deploy({"waiter.bpmn": changed.xml()})
    assert {(one.topic, one.latest) for one in engine.bus.state().bindings} == {
        ("shipments", False),
        ("deliveries", True),
    }
    # When its event comes from the old topic, and another one that nobody waits for
    engine.bus.receive("shipments", event({"order": "o-1"}))
    engine.bus.receive("shipments", event({"order": "o-9"}, id="e-2"))
    # Then it goes on, and nothing is kept of the other
    assert engine.instance(waiting.id).status == "completed"
    assert [one.correlation for one in engine.messages().items] == ["o-1"]


def test_a_version_that_drops_its_topic_is_not_started_by_it_any_more(engine):
    engine.deploy({"s.bpmn": shop("shipping").xml()})
    engine.deploy({"s.bpmn": process("shipping").start_on("got", "message:For-shipping").end().xml()})
    engine.bus.receive("orders", event({}))
    assert engine.instances(process="shipping").items == []


REFUSED = {
    "no JSON": (b"{", "malformed-event"),
    "no object": (b"[1]", "malformed-event"),
    "no bytes": (b"", "malformed-event"),
    "no UTF-8": (b"\xff\xfe", "malformed-event"),
    "no version": (b'{"id": "1", "source": "s", "type": "t"}', "malformed-event"),
    "another version": (event({}, specversion="0.3"), "malformed-event"),
    "no id": (event({}, id=""), "malformed-event"),
    "an id that is a number": (event({}, id=1), "malformed-event"),
    "a key twice": (b'{"specversion": "1.0", "id": "1", "id": "2", "source": "s", "type": "t"}', "malformed-event"),
    "NUL": (event({"a": "\0"}), "malformed-event"),
    "half a character": (event({"a": "\ud800"}), "malformed-event"),
    "NaN": (b'{"specversion": "1.0", "id": "1", "source": "s", "type": "t", "data": NaN}', "malformed-event"),
    "far too deep": (event({}).replace(b"{}", b"[" * 5_000 + b"]" * 5_000), "malformed-event"),
    "an attribute in capitals": (event({}, Upper="x"), "malformed-event"),
    "an attribute that is an object": (event({}, extra={"a": 1}), "malformed-event"),
    "a line end in an attribute": (event({}, subject="a\nb"), "malformed-event"),
    "a long attribute": (event({}, subject="x" * 501), "malformed-event"),
    "many attributes": (event({}, **{f"a{n}": 1 for n in range(60)}), "malformed-event"),
    "both kinds of data": (event({}, data_base64="AAAA"), "malformed-event"),
    "data that is no base64": (event(None, data_base64="?"), "malformed-event"),
    "too large": (event({"a": "x" * 70_000}), "event-too-large"),
    "a mapping that fails": (event({"fails": True}), "mapping-failed"),
    "a mapping to no object": (event({"fails": False}), "mapping-failed"),
    "a variable without a name": (event({"variables": {"": 1}}), "mapping-failed"),
}


@pytest.mark.parametrize("body, reason", REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_become_a_message_is_kept_with_the_reason_and_the_next_one_is_taken(make, body, reason):
    # Given somebody who is bound, with a mapping
    engine = make(bus_event_bytes=65_536)
    data = "event.data.variables if 'variables' in event.data else (event.data.lacks if event.data.fails else 1)"
    engine.deploy(files(shop("shipping", bus__data=data)))
    # When something comes that is no good, and comes again, and then something good
    for _ in range(2):
        engine.bus.receive("orders", body)
    engine.bus.receive("orders", event({"variables": {"n": 1}}, id="good"))
    # Then it is kept once, and has started nothing
    whom = ("shipping", "For-shipping") if reason == "mapping-failed" else ("", "")
    assert refused(engine) == [(*whom, reason)]
    (kept,) = engine.bus.refused().items
    assert kept.sentence
    assert kept.size == len(body)
    assert variables(engine, "shipping") == [{"n": 1}]


def test_one_who_refuses_keeps_nobody_else_from_it_and_may_be_mended(engine):
    # Given two who are bound, one with a mapping that does not fit
    broken = shop("shipping", bus__data="event.data.address")
    engine.deploy({"shipping.bpmn": broken.xml(), "analytics.bpmn": shop("analytics").xml()})
    engine.bus.receive("orders", event({"n": 1}))
    assert refused(engine) == [("shipping", "For-shipping", "mapping-failed")]
    assert variables(engine, "analytics") == [{"n": 1}]
    # When it is tried again as it is, Then it stays
    (kept,) = engine.bus.refused().items
    again = engine.bus.resolve_refused(kept.id, "retry", actor="lea")
    assert (again.state, again.attempts) == ("open", 2)
    # When the diagram is mended, Then it has its effect, once
    engine.deploy({"shipping.bpmn": shop("shipping").xml()})
    applied = engine.bus.resolve_refused(kept.id, "retry", actor="lea")
    assert (applied.state, applied.ended_by) == ("applied", "lea")
    assert variables(engine, "shipping") == variables(engine, "analytics") == [{"n": 1}]


def test_a_refused_event_may_be_given_up(engine):
    engine.bus.receive("orders", b"no event")
    (kept,) = engine.bus.refused().items
    assert engine.bus.resolve_refused(kept.id, "drop", actor="lea").state == "dropped"
    assert engine.bus.state().refused == 0


def test_a_database_that_is_away_says_nothing_against_an_event(engine, monkeypatch):
    # Given a database that cannot be reached for a moment
    engine.deploy(files(shop("shipping")))
    messages = type(engine._house.store.messages)
    with monkeypatch.context() as broken:
        broken.setattr(messages, "known", lambda *_: (_ for _ in ()).throw(DatabaseUnavailable("away")))
        with pytest.raises(StoreUnavailable):
            engine.bus.receive("orders", event({"n": 1}))
    # Then nothing was refused, and the event is taken when it comes again
    assert refused(engine) == []
    engine.bus.receive("orders", event({"n": 1}))
    assert variables(engine, "shipping") == [{"n": 1}]


def test_a_called_process_throws_for_its_root(engine):
    caller = process("caller").start().call("c", "seller").end()
    engine.deploy(files(caller, seller(), shop("shipping")))
    root = engine.start("caller", business_key="b-1", variables={"n": 1})
    engine.drain()
    (published,) = engine.bus.publications(instance=root.id).items
    assert published.business_key == "b-1"
    assert [one.business_key for one in engine.instances(process="shipping").items] == ["b-1"]


def test_what_cannot_be_evaluated_is_an_incident_and_throws_nothing(engine):
    # Given an event that throws two messages, the second with a key that fails
    two = process("two").start().throw("both", "message:a", "message:b", bus__topic="t", bus__key="missing").end()
    engine.deploy(files(two))
    stuck = engine.start("two", variables={})
    engine.drain()
    assert engine.bus.publications().items == []
    (incident,) = engine.incidents(instance=stuck.id).items
    # When the cause is mended, Then each is thrown once
    engine.resolve_incident(incident.id, variables={"missing": "k"})
    engine.drain()
    assert sorted((one.message, one.key) for one in engine.bus.publications().items) == [("a", "k"), ("b", "k")]
