"""Which instance a message is for: keys of the dialects, and correlation keys, properties and subscriptions (8.4.2)."""

from __future__ import annotations

import pytest

from engine.bpmn import read
from engine.core import commands as c
from engine.core import events as e
from engine.core.elements.correlation import correlation_of
from engine.core.state import Subscription

from ..support.drawings import Drawing, process
from ..support.instances import Instance, executable

ORDER = '<bpmn:message id="order_message" name="order"/>'
ANSWER = '<bpmn:message id="answer_message" name="answer"/>'
WAIT = '<bpmn:messageEventDefinition messageRef="answer_message"/>'


def key(*properties: str) -> str:
    """A collaboration with a key of these properties."""
    refs = "".join(f"<bpmn:correlationPropertyRef>{one}</bpmn:correlationPropertyRef>" for one in properties)
    drawn = f'<bpmn:correlationKey id="k" name="K">{refs}</bpmn:correlationKey>'
    return f'<bpmn:collaboration id="c">{drawn}</bpmn:collaboration>'


def prop(id: str, **paths: str) -> str:
    """A correlation property; paths: message -> the expression over its variables."""
    ways = "".join(
        f'<bpmn:correlationPropertyRetrievalExpression messageRef="{message}_message">'
        f"<bpmn:messagePath>{path}</bpmn:messagePath></bpmn:correlationPropertyRetrievalExpression>"
        for message, path in paths.items()
    )
    return f'<bpmn:correlationProperty id="{id}" name="{id}">{ways}</bpmn:correlationProperty>'


def subscription(**bindings: str) -> str:
    """A correlation subscription of the process; bindings: property -> the path over its variables."""
    ways = "".join(
        f'<bpmn:correlationPropertyBinding correlationPropertyRef="{id}"><bpmn:dataPath>{path}</bpmn:dataPath>'
        "</bpmn:correlationPropertyBinding>"
        for id, path in bindings.items()
    )
    return f'<bpmn:correlationSubscription correlationKeyRef="k">{ways}</bpmn:correlationSubscription>'


def with_roots(diagram: Drawing, *roots: str) -> Drawing:
    for number, root in enumerate((ORDER, ANSWER, *roots)):
        diagram = diagram.root_xml(f"r{number}", root)
    return diagram


def waiting(*roots: str, subscribed: str = "") -> Drawing:
    """Start, wait for the answer, end."""
    diagram = with_roots(process("p"), *roots).start().node("intermediateCatchEvent", "wait", {}, WAIT).end()
    return diagram.raw("</bpmn:process>", subscribed + "</bpmn:process>")


def waits_for(instance: Instance) -> str:
    """The correlation key of the only open subscription."""
    [found] = [one for one in instance.state.waits.values() if isinstance(one, Subscription)]
    return found.correlation


KEYS: dict[str, tuple[tuple[str, ...], str, dict[str, object], str]] = {
    "no key": ((), "", {}, ""),
    "one property": ((key("id"), prop("id", answer="order.id")), subscription(id="number"), {"number": 7}, "7"),
    "a path": ((key("id"), prop("id", answer="id")), subscription(id="order.id"), {"order": {"id": "x"}}, "x"),
    "two properties": (
        (key("id", "of"), prop("id", answer="id"), prop("of", answer="of")),
        subscription(of="customer", id="number"),
        {"number": 7, "customer": "ada"},
        '[7,"ada"]',
    ),
    "without a subscription": ((key("id"), prop("id", answer="id")), "", {"id": "as variable"}, "as variable"),
    "before the conversation begins": ((key("id"), prop("id", answer="id")), "", {}, ""),
    "a key of other messages": ((key("id"), prop("id", order="id")), subscription(id="number"), {"number": 7}, ""),
}


@pytest.mark.parametrize("name", KEYS)
def test_an_instance_waits_with_the_key_that_its_subscription_binds(name: str) -> None:
    roots, subscribed, variables, expected = KEYS[name]
    assert waits_for(Instance(waiting(*roots, subscribed=subscribed).xml(), **variables)) == expected


@pytest.mark.proves("correlationSubscription")
def test_a_binding_without_a_value_is_an_incident() -> None:
    diagram = waiting(key("id"), prop("id", answer="id"), subscribed=subscription(id="number"))
    instance = Instance(diagram.xml(), number=None)
    assert instance.incident("wait").message == 'A correlation key needs a value but "number" is null'
    assert waits_for(instance.resolve("wait", variables={"number": 3})) == "3"


def test_the_key_of_a_message_is_retrieved_from_its_variables() -> None:
    ready = executable(waiting(key("id", "of"), prop("id", answer="order.id"), prop("of", answer="of")).xml())
    drawn = ready.correlations["answer"]
    assert drawn.of_message({"order": {"id": 7}, "of": "ada"}, 0) == '[7,"ada"]'
    assert drawn.of_message({"order": {}, "of": "ada"}, 0) == ""
    assert drawn.of_message({}, 0) == ""
    assert correlation_of(ready.process, "answer") is ready.process.correlation["answer"]
    assert correlation_of(ready.process, "order") is None


def started_by_message() -> Drawing:
    start = '<bpmn:messageEventDefinition messageRef="order_message"/>'
    diagram = with_roots(process("p"), key("id"), prop("id", order="order.id", answer="of"))
    diagram = diagram.node("startEvent", "start", {}, start, connect=False)
    return diagram.node("intermediateCatchEvent", "wait", {}, WAIT)


def test_the_first_message_of_a_conversation_sets_the_key_of_those_that_follow() -> None:
    # Given a process that an order with the id 7 starts
    instance = Instance.__new__(Instance)
    instance.definitions = {"p:1": executable(started_by_message().end().xml())}
    instance.limits, instance.now = Instance.__init__.__defaults__[0], 0  # type: ignore[index]
    instance.state, instance.history, instance.steps = e.blank_state(), [], []
    order = {"order": {"id": 7}}
    instance.send(c.Start(at=0, instance="i", definition="p:1", element="start", variables=order))
    # Then it waits for an answer to 7
    assert instance.variables == {**order, "id": 7}
    assert waits_for(instance) == "7"


def test_a_message_that_is_thrown_has_the_key_of_its_conversation_and_begins_it() -> None:
    throw = '<bpmn:messageEventDefinition messageRef="order_message"/>'
    given = '<baton:properties><baton:property name="input.order" value="{\'id\': number}"/></baton:properties>'
    diagram = with_roots(process("p"), key("id"), prop("id", order="order.id", answer="of")).start()
    diagram = diagram.node("intermediateThrowEvent", "ask", {}, throw, extensions=given)
    instance = Instance(diagram.node("intermediateCatchEvent", "wait", {}, WAIT).end().xml(), number=7)
    [thrown] = [event for event in instance.history if isinstance(event, e.MessageThrown)]
    assert (thrown.name, thrown.correlation, thrown.variables) == ("order", "7", {"order": {"id": 7}})
    assert waits_for(instance) == "7"


def test_a_message_without_the_property_gets_the_key_of_the_instance() -> None:
    throw = '<bpmn:messageEventDefinition messageRef="order_message"/>'
    diagram = with_roots(process("p"), key("id"), prop("id", order="order.id", answer="of")).start()
    diagram = diagram.node("endEvent", "tell", {}, throw)
    diagram = diagram.raw("</bpmn:process>", subscription(id="n") + "</bpmn:process>")
    instance = Instance(diagram.xml(), n="x")
    [thrown] = [event for event in instance.history if isinstance(event, e.MessageThrown)]
    assert thrown.correlation == "x"


DIALECTS = {
    "plain": ("", '<baton:properties><baton:property name="message.correlation" value="number"/></baton:properties>'),
    "camunda": (
        "",
        '<camunda:properties><camunda:property name="message.correlation" value="${number}"/></camunda:properties>',
    ),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_dialects_give_the_key_in_a_property_of_the_event(dialect: str) -> None:
    _, extensions = DIALECTS[dialect]
    diagram = with_roots(process("p", dialect=dialect)).start()
    diagram = diagram.node("intermediateCatchEvent", "wait", {}, WAIT, extensions=extensions).end()
    assert waits_for(Instance(diagram.xml(), number=7)) == "7"


def test_a_message_of_camunda_8_carries_the_key() -> None:
    said = '<bpmn:extensionElements><zeebe:subscription correlationKey="=number"/></bpmn:extensionElements>'
    diagram = process("p", dialect="zeebe").root_xml("m", ANSWER.replace("/>", f">{said}</bpmn:message>"))
    read_ = read(diagram.start().node("receiveTask", "wait", {"messageRef": "answer_message"}).end().xml())
    message = read_.processes[0].process.nodes["wait"].message
    assert message is not None
    assert message.extensions.correlation is not None
    assert message.extensions.correlation.source == "number"


WRONG = {
    "property without a path for a message": (key("a", "b") + prop("a", answer="x") + prop("b", order="y"), ""),
    "message with two keys": (
        key("a")
        + prop("a", answer="x")
        + prop("b", answer="y")
        + key("b").replace('id="c"', 'id="c2"').replace('id="k"', 'id="k2"'),
        "",
    ),
    "more properties than a key may have": (key(*["a"] * 101) + prop("a", answer="x"), ""),
    "subscription without a binding": (key("a") + prop("a", answer="x"), subscription()),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_correlation_with_a_part_missing_is_refused(name: str) -> None:
    roots, subscribed = WRONG[name]
    problems = read(waiting(roots, subscribed=subscribed).xml()).problems
    assert {(one.rule, one.severity) for one in problems} == {("correlation", "error")}
