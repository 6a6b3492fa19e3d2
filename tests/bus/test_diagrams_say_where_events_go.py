"""What a diagram says of the bus: on a throw it becomes part of the event, on a wait a binding; the rest is refused."""

from __future__ import annotations

import pytest

from engine import Engine
from engine.bpmn import read
from engine.core import events as e
from tests.support.event_drawings import process
from tests.support.instances import Instance

from .diagrams import files, seller, shop

PROBLEMS = {
    "a topic with blanks": (lambda: seller(bus__topic="my orders"), "bus-topic"),
    "a topic that is empty": (lambda: shop("q", bus__topic=" "), "bus-topic"),
    "a topic that is too long": (lambda: shop("q", bus__topic="t" * 201), "bus-topic"),
    "a type that is too long": (lambda: shop("q", bus__type="t" * 201), "bus-topic"),
    "a key that is no expression": (lambda: seller(bus__key="1 +"), "expression"),
    "a mapping over variables": (lambda: shop("q", bus__correlation="order_id"), "bus-binding"),
    "a correlation on a throw": (lambda: seller(bus__correlation="n"), "bus-unused"),
    "a key on a wait": (lambda: shop("q", bus__key="n"), "bus-unused"),
    "a topic on a task": (lambda: process("q").start().worker("w", bus__topic="orders").end(), "bus-unused"),
    "a worker that sends": (
        lambda: process("q").start().send_task("t", "told", job__type="mail", bus__topic="orders").end(),
        "bus-unused",
    ),
    "a property nobody knows": (lambda: seller(bus__topics="orders"), "unknown-extension"),
    "two mappings of one message": (
        lambda: (
            process("q")
            .start_on("a", "message:m", bus__topic="t")
            .receive("b", "m", bus__topic="t", bus__data="{}")
            .end()
        ),
        "bus-binding",
    ),
}


@pytest.mark.parametrize("draw, rule", PROBLEMS.values(), ids=PROBLEMS.keys())
def test_what_cannot_be_is_found_at_deployment(draw, rule):
    document = read(draw().xml(), "q.bpmn")
    found = [problem for problem in document.problems if problem.rule == rule]
    assert found
    assert found[0].element_id
    assert found[0].line


def test_an_event_is_evaluated_when_it_is_thrown():
    # Given a throw that says everything
    said = {"bus__key": "'o-' + str(n)", "bus__subject": "'s'", "bus__data": "{'twice': 2 * n}", "bus__type": "sold"}
    # When the instance reaches it
    instance = Instance(seller(**said).xml(), n=4)
    # Then the history holds what becomes the event
    thrown = next(event for event in instance.history if isinstance(event, e.MessageThrown))
    assert thrown.bus == e.ToBus(topic="orders", type="sold", key="o-4", subject="s", data={"twice": 8})


WAYS = {
    "as a throw event": seller,
    "as an end event": lambda: process("seller").start().end_with("t", "message:OrderCreated", bus__topic="orders"),
    "as a send task": lambda: process("seller").start().send_task("t", "OrderCreated", bus__topic="orders").end(),
}


@pytest.mark.parametrize("draw", WAYS.values(), ids=WAYS.keys())
def test_everything_that_sends_a_message_can_send_an_event(draw):
    with Engine(":memory:") as engine:
        engine.deploy(files(draw()))
        thrower = engine.start("seller", variables={"n": 1})
        found = engine.bus.publications().items
        assert [(one.instance_id, one.topic, one.type) for one in found] == [(thrower.id, "orders", "OrderCreated")]
        assert engine.messages().items == []


RECEIVERS = {
    "start event": lambda: process("q").start_on("a", "message:m", bus__topic="t").end(),
    "catch event": lambda: process("q").start().catch("a", "message:m", bus__topic="t").end(),
    "receive task": lambda: process("q").start().receive("a", "m", bus__topic="t").end(),
    "boundary event": lambda: (
        process("q").start().user("u").end().boundary("a", "message:m", on="u", bus__topic="t").end("e")
    ),
}


@pytest.mark.parametrize("draw", RECEIVERS.values(), ids=RECEIVERS.keys())
def test_everything_that_waits_for_a_message_can_be_bound(draw):
    with Engine(":memory:") as engine:
        engine.deploy(files(draw()))
        assert [(one.topic, one.message, one.process) for one in engine.bus.state().bindings] == [("t", "m", "q")]


def test_what_stands_at_the_message_holds_for_both_sides():
    # Given a topic at the message instead of at its events
    plain = process("p").start().throw("tell", "message:Sold").catch("heard", "message:Sold").end().xml().decode()
    said = '<baton:properties><baton:property name="bus.topic" value="orders"/></baton:properties>'
    named = '<bpmn:message id="message_Sold" name="Sold"'
    xml = plain.replace(f"{named}/>", f"{named}><bpmn:extensionElements>{said}</bpmn:extensionElements></bpmn:message>")
    # Then the throw goes there and the wait is bound to it
    instance = Instance(xml.encode())
    thrown = next(event for event in instance.history if isinstance(event, e.MessageThrown))
    assert thrown.bus == e.ToBus(topic="orders")
    assert list(instance.definitions["p:1"].bindings) == [("Sold", "orders")]
