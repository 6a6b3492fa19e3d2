"""An event answers the caller once: with what status, headers and body, and what is no answer is an incident."""

from __future__ import annotations

from typing import Any

import pytest

from engine.bpmn import read
from engine.core import commands as c
from engine.core import events as e
from engine.core.calls import KnownDefinitions
from engine.core.interpreter import execute

from ..support.diagrams import process
from ..support.drawings import process as drawing
from ..support.instances import DEFINITION, Instance, executable
from .routed import answering, routed, said


def given(instance: Instance) -> list[e.ResponseGiven]:
    return [event for event in instance.history if type(event) is e.ResponseGiven]


def sentences(xml: bytes) -> list[str]:
    return [problem.sentence for problem in read(xml).problems if problem.severity == "error"]


@pytest.mark.parametrize("dialect, status, body, header, expected", [
    ("plain", "201", "{'id': order, 'ok': True}", "'/orders/' + order", {"id": "o-1", "ok": True}),
    ("plain", "200 + 1", '{"constant": null}', "'/orders/' + order", {"constant": None}),
    ("camunda", "201", "${order}", "/orders/${order}", "o-1"),
    ("camunda", "${201}", "[1, 2]", "/orders/${order}", [1, 2]),
    ("zeebe", "=200 + 1", '={"id": order}', '="/orders/" + order', {"id": "o-1"}),
    ("zeebe", "201", "=null", '"/orders/" + order', None),
])  # fmt: skip
@pytest.mark.parametrize("kind", ["throw", "", "terminate"])
def test_an_event_answers_in_the_diagrams_language(
    dialect: str, status: str, body: str, header: str, expected: Any, kind: str
) -> None:
    diagram = answering(routed(dialect=dialect), status, body, kind=kind, Location=header)
    instance = Instance((diagram.end() if kind == "throw" else diagram).xml(), order="o-1")
    (response,) = given(instance)
    assert (response.status, response.body, response.with_body) == (201, expected, True)
    assert response.headers == {"Location": "/orders/o-1"}
    assert instance.state.answered
    assert instance.status.startswith("completed")


def test_after_the_response_the_instance_goes_on() -> None:
    instance = Instance(answering(routed(), "202", kind="throw").user("ship").end().xml())
    assert instance.active == ["ship"]
    assert [one.with_body for one in given(instance)] == [False]
    assert instance.complete("ship").status == "completed"
    assert len(given(instance)) == 1


def test_a_second_response_is_recorded_and_dropped() -> None:
    instance = Instance(answering(answering(routed(), "201", kind="throw").user("ship"), "200", "1").xml())
    instance.complete("ship")
    assert [one.status for one in given(instance)] == [201]
    assert [type(one) for one in instance.history].count(e.ResponseDropped) == 1
    assert instance.status == "completed"


def test_an_error_end_event_answers_before_the_instance_fails() -> None:
    diagram = routed().end_error("refused", "SOLD_OUT")
    text = diagram.xml().decode()
    place = text.index("<bpmn:errorEventDefinition")
    extensions = (
        "<bpmn:extensionElements>" + said("plain", {"http.response.status": "409"}) + "</bpmn:extensionElements>"
    )
    incoming = text.rindex("<bpmn:incoming>", 0, place)
    instance = Instance((text[:incoming] + extensions + text[incoming:]).encode())
    assert [one.status for one in given(instance)] == [409]
    assert instance.status == "failed:SOLD_OUT"


def test_a_called_process_answers_nobody() -> None:
    inner = answering(process("q").start(), "201", "1").xml()
    outer = process("p").start().node("callActivity", "call", {"calledElement": "q"}).end().xml()
    instance = Instance(outer, called={"q:1": inner})
    assert instance.status == "completed"
    assert given(instance) == []
    assert not instance.state.answered


@pytest.mark.parametrize("status, body, header, expected", [
    ("99 + n", "", "", "whole number from 200 to 599 but is 100"),
    ("'2' * n * 4", "", "", "whole number from 200 to 599 but is '2222'"),
    ("True if n else 200", "", "", "from 200 to 599 but is True"),
    ("203 + n", "n", "", "status 204 needs to be without body"),
    ("", "['x' * 600000, 'x' * 600000]", "", "at most 1048576 bytes but has 1200007"),
    ("", "", "'a' * 2001", "header X-A needs to be a text of 1 to 2000 printable ASCII characters"),
    ("", "", "'ok\\r\\nSet-Cookie: a=b'", "printable ASCII characters in one line"),
    ("", "", "'gr\\u00fcn'", "printable ASCII characters in one line"),
    ("", "", "None", "but is None"),
    ("missing", "", "", "missing"),
])  # fmt: skip
def test_what_is_no_response_is_an_incident_that_can_be_mended(
    status: str, body: str, header: str, expected: str
) -> None:
    diagram = answering(routed(), status, body, **({"X_A": header} if header else {}))
    instance = Instance(diagram.xml(), n=1)
    assert expected in instance.incident("end").message
    assert given(instance) == []
    if "n" in status and "missing" not in status and "True" not in status and "'2'" not in status and not body:
        instance.resolve("end", variables={"n": 101})
        assert [one.status for one in given(instance)] == [200]
        assert instance.status == "completed"


def test_a_body_of_another_type_is_a_text() -> None:
    good = answering(routed(), "", "'<p>' + name + '</p>'", Content_Type='"text/html"')
    assert given(Instance(good.xml(), name="x"))[0].body == "<p>x</p>"
    bad = answering(routed(), "", "{'a': name}", Content_Type='"text/html"')
    assert "text/html needs to be a text" in Instance(bad.xml(), name="x").incident().message


@pytest.mark.parametrize("properties, expected", [
    ({"http.response.status": "199"}, "from 200 to 599 but is 199"),
    ({"http.response.status": "600"}, "from 200 to 599 but is 600"),
    ({"http.response.status": "1 +"}, "http.response.status needs to be a python expression"),
    ({"http.response.status": "204", "http.response.body": "1"}, "status 204 needs to be without body"),
    ({"http.response.header.Set-Cookie": '"a=b"'}, "Set-Cookie needs to be left to the server"),
    ({"http.response.header.Access-Control-Allow-Origin": '"*"'}, "needs to be left to the server"),
    ({"http.response.header.content-length": "1"}, "content-length needs to be left to the server"),
    ({"http.response.header.a b": "1"}, "letters, digits and hyphens but is 'a b'"),
    ({"http.response.header.A": '"x"', "http.response.header.a": '"y"'}, "given once but a is given again"),
    ({"http.response.header.A": '"x\\ny"'}, "in one line"),
    ({"http.response.header.A": ""}, "needs a value but it is empty"),
    ({"http.responce.status": "200"}, "but the property is called 'http.responce.status'"),
    ({f"http.response.header.A{n}": "1" for n in range(51)}, "at most 50 headers but has 51"),
])  # fmt: skip
def test_what_can_be_known_is_refused_at_deployment(properties: dict[str, str], expected: str) -> None:
    xml = routed().node("endEvent", "end", extensions=said("plain", properties)).xml()
    assert any(expected in sentence for sentence in sentences(xml)), sentences(xml)


@pytest.mark.parametrize("kind, body", [
    ("userTask", ""), ("intermediateCatchEvent", "<bpmn:signalEventDefinition signalRef='s'/>"), ("manualTask", ""),
])  # fmt: skip
def test_a_response_where_none_can_be_given_is_refused(kind: str, body: str) -> None:
    diagram = routed().root_xml("s", '<bpmn:signal id="s" name="s"/>')
    xml = diagram.node(kind, "x", body=body, extensions=said("plain", {"http.response.status": "200"})).end().xml()
    assert any("needs an event that it has an effect on" in one for one in sentences(xml)), sentences(xml)


def dropped(instance: Instance) -> int:
    return [type(event) for event in instance.history].count(e.ResponseDropped)


def test_in_a_loop_the_first_turn_answers() -> None:
    diagram = routed().exclusive("again")
    diagram = answering(diagram, "200", "n", kind="throw").script("count", "n = n + 1").exclusive("more")
    instance = Instance(diagram.when("n < 4").to("again").at("more").otherwise().end().xml(), n=1)
    assert ([one.body for one in given(instance)], dropped(instance)) == ([1], 2)
    assert instance.status == "completed"


def test_a_sub_process_answers_for_its_process() -> None:
    diagram = routed().subprocess("sub").start("s").script("x", "inner = 7")
    instance = Instance(answering(diagram, "201", "inner", id="e").close().user("after").end().xml())
    assert [one.body for one in given(instance)] == [7]
    assert instance.active == ["after"]


def test_an_event_sub_process_answers_when_something_fails() -> None:
    diagram = drawing("p").start().service("work", "work").end()
    diagram = diagram.event_subprocess("handler").start_error("caught", "GONE")
    instance = Instance(answering(diagram, "410", id="told").close().xml())
    instance.error("work", "GONE")
    assert [one.status for one in given(instance)] == [410]
    assert instance.status == "completed"


def test_both_branches_answer_and_the_first_one_counts() -> None:
    diagram = routed().parallel("fork").user("slow")
    diagram = answering(answering(diagram, "200", "'slow'").at("fork").user("fast"), "200", "'fast'", id="other")
    instance = Instance(diagram.xml()).complete("fast").complete("slow")
    assert ([one.body for one in given(instance)], dropped(instance)) == (["fast"], 1)


def test_a_cancelled_instance_has_answered_nothing() -> None:
    instance = Instance(answering(routed().user("ask"), "201").xml())
    instance.send(c.Cancel(at=0))
    assert (given(instance), instance.state.answered) == ([], False)


def test_the_call_stands_in_the_history_before_everything_else() -> None:
    definitions = KnownDefinitions({DEFINITION: executable(routed().end().xml())})
    request = c.HttpRequest("start", "POST", "/orders")
    state = e.blank_state()
    outcome = execute(definitions, state, c.Start(at=0, instance="i-1", definition=DEFINITION, request=request))
    assert type(outcome.events[0]) is e.ProcessStarted
    assert outcome.events[1] == e.RequestReceived("start", "POST", "/orders")
    assert e.fold(e.blank_state(), outcome.events) == state
