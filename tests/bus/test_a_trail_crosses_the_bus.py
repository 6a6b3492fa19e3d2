"""Where is order 1: events that were published, whom they reached, and those that were refused are on its trail."""

from __future__ import annotations

from engine import Caller, Processes
from tests.support.event_drawings import process

from .diagrams import files, seller, shop
from .test_events_reach_everybody_who_is_bound import event

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def told(trail):
    return [(one.kind, one.state, one.process or one.to_process, one.subject, one.service) for one in trail.entries]


def test_everybody_who_reacts_to_an_event_is_on_the_trail_of_whoever_published_it(engine):
    # Given two who listen, one of them under a business key of its own
    own = shop("analytics", bus__business_key="'fact-' + str(event.data.n)")
    engine.deploy(files(seller(), shop("shipping"), own))
    engine.start("seller", business_key="order-1", variables={"n": 7}, trace=TRACE)
    engine.start("seller", business_key="order-2", variables={"n": 8})
    engine.drain()
    trail = engine.trail("order-1")
    # Then each of them is found by the key of the others
    assert sorted((one.process, one.business_key) for one in trail.instances) == [
        ("analytics", "fact-7"),
        ("seller", "order-1"),
        ("shipping", "order-1"),
    ]
    assert engine.trail("fact-7").entries == engine.trail(TRACE).entries == trail.entries
    assert ("event", "published", "seller", "OrderCreated", "orders") in told(trail)
    assert sorted(one[:4] for one in told(trail) if one[0] == "message") == [
        ("message", "started", "seller", "For-analytics"),
        ("message", "started", "seller", "For-shipping"),
    ]


def test_an_event_that_cannot_be_published_is_on_it_with_the_reason(engine, broker, make):
    broker.away = True
    baton = make()
    baton.deploy(files(seller()))
    baton.start("seller", business_key="order-1", variables={"n": 7})
    baton.drain()
    (kept,) = [one for one in baton.trail("order-1").entries if one.kind == "event"]
    assert (kept.state, kept.subject, kept.ended_at) == ("waiting", "OrderCreated", None)
    # Then it is where the order is now, although whoever threw it is over
    assert [(one.process, one.element_name, one.detail, one.incident) for one in baton.trail("order-1").now] == [
        ("seller", "OrderCreated", "orders", "")
    ]
    # When the broker is there and refuses it for good, Then it is stuck, until somebody gives it up
    broker.away, broker.refuses = False, lambda record: "too salty"
    while kept.state == "waiting":
        baton.advance_clock(3_600)
        baton.drain()
        kept = baton.bus.publication(kept.id)
    assert [one.incident for one in baton.trail("order-1").now] == ["too salty"]
    baton.bus.resolve(kept.id, "drop")
    assert baton.trail("order-1").now == []


def test_an_event_that_was_refused_is_on_the_trail_of_its_trace(engine):
    engine.deploy(files(shop("shipping", bus__data="{'n': event.data.n}"), process("other").start().user("u").end()))
    engine.start("other", business_key="order-1", trace=TRACE)
    engine.bus.receive("orders", event({"x": 1}, traceparent=f"00-{TRACE}-00f067aa0ba902b7-01"))
    (refused,) = [one for one in engine.trail("order-1").entries if one.kind == "refused"]
    assert (refused.state, refused.subject, refused.service) == ("open", "For-shipping", "orders")
    assert refused.detail
    # Then that is one of the places where it is stuck
    stuck = engine.trail("order-1").now[0]
    assert (stuck.instance_id, stuck.process, stuck.element_name) == ("", "shipping", "For-shipping")
    assert stuck.incident == refused.detail
    # Then whoever may not see shipping does not hear of it
    lea = engine.guarded(Caller(name="lea", processes=Processes(("other",))))
    assert [one.kind for one in lea.trail("order-1").entries] == ["started", "task"]
    assert [one.process for one in lea.trail("order-1").now] == ["other"]
    # When somebody gives it up, Then only the task is left
    engine.bus.resolve_refused(refused.id, "drop")
    assert [one.process for one in engine.trail("order-1").now] == ["other"]
