"""A route is read from extension properties, whatever the editor; what is wrong with it refuses the diagram."""

from __future__ import annotations

import pytest

from engine.bpmn import read
from engine.core.elements.routes import ROLES, Route

from ..support.diagrams import Diagram, process
from .routed import routed, said


def route_of(diagram: Diagram) -> Route:
    document = read(diagram.end("done").xml())
    assert [problem for problem in document.problems if problem.severity == "error"] == []
    (route,) = document.processes[0].executable.routes
    return route


def sentences(diagram: Diagram) -> list[str]:
    found = read(diagram.end("done").xml()).problems
    errors = [problem for problem in found if problem.severity == "error"]
    assert all(problem.element_id == "start" and problem.line for problem in errors), errors
    return [problem.sentence for problem in errors]


@pytest.mark.parametrize("dialect", ["plain", "camunda", "zeebe"])
def test_every_editor_can_write_it(dialect: str) -> None:
    properties = {"timeout": "PT5S", "access": "public", "cors__origins": "https://a.example, http://localhost:3000"}
    properties |= {"error__SOLD_OUT": "409", "error__*": "502", "query__limit": "int", "query__q": "text required"}
    route = route_of(routed("PUT /orders/{region}/{number:int}", dialect=dialect, **properties))
    assert (route.method, route.path.text, route.shape) == (
        "PUT", "/orders/{region}/{number}", "PUT /orders/{}/{}",
    )  # fmt: skip
    assert [(one.name, one.kind) for one in route.path.parameters] == [("region", "text"), ("number", "int")]
    assert [(one.name, one.kind, one.required) for one in route.query] == [
        ("limit", "int", False), ("q", "text", True),
    ]  # fmt: skip
    assert (route.timeout, route.access) == (5.0, ("public",))
    assert route.origins == ("https://a.example", "http://localhost:3000")
    assert route.errors == {"SOLD_OUT": 409, "*": 502}


def test_what_holds_where_nothing_is_said() -> None:
    route = route_of(routed("GET /status"))
    assert (route.access, route.timeout, route.origins, route.priority) == (("starter",), 30.0, (), 0)
    assert (route.begins, route.when, route.business_key, route.incident) == ("", None, None, None)


def test_a_message_start_event_may_have_a_route_too() -> None:
    diagram = process("p").root_xml("m", '<bpmn:message id="m" name="order"/>')
    body = '<bpmn:messageEventDefinition messageRef="m"/>'
    extensions = said("plain", {"http.route": "POST /orders"})
    route = route_of(diagram.node("startEvent", "start", body=body, extensions=extensions))
    assert (route.element, route.begins) == ("start", "start")


@pytest.mark.parametrize("route, expected", [
    ("/orders", 'one of GET, POST, PUT, PATCH, DELETE and a path, "POST /orders", but got \'/orders\''),
    ("get /orders", "but got 'get /orders'"),
    ("POST", "a path such as"),
    ("POST orders", "a path such as"),
    ("POST /", "a path such as"),
    ("POST /orders/", "fixed parts and {parameters} between single slashes"),
    ("POST /orders//x", "fixed parts and {parameters} between single slashes"),
    ("POST /orders/../x", "has '..'"),
    ("POST /orders/{a}b", "has '{a}b'"),
    ("POST /orders/%41", "has '%41'"),
    ("POST /orders?x=1", "has 'orders?x=1'"),
    ("POST /orders/{a}/{a}", "each parameter once"),
    ("POST /orders/{a:date}", "a parameter that is one of text, int, number, boolean, uuid"),
    ("POST /{region}/orders", "a fixed first part"),
    ("POST /api/orders", "another first part than 'api', which is the server's own"),
    ("POST /Static/x", "another first part than 'Static'"),
    ("POST /o" + "/a" * 20, "at most 255 characters and 20 parts"),
    ("POST /" + "a" * 255, "at most 255 characters and 20 parts"),
])  # fmt: skip
def test_a_path_that_is_none_is_refused(route: str, expected: str) -> None:
    (sentence,) = sentences(routed(route))
    assert "http.route" in sentence
    assert expected in sentence


@pytest.mark.parametrize("name, text, expected", [
    ("timeout", "soon", "an ISO 8601 duration of at most 300 seconds but got 'soon'"),
    ("timeout", "PT0S", "an ISO 8601 duration"),
    ("timeout", "PT301S", "an ISO 8601 duration"),
    ("access", "everybody", "public, key, or some of viewer, starter"),
    ("access", "public, starter", "public, key, or some of"),
    ("access", "", "public, key, or some of"),
    ("cors__origins", "*", "exact origins such as https://shop.example but got '*'"),
    ("cors__origins", "https://a.example/", "exact origins"),
    ("cors__origins", "null", "exact origins"),
    ("error__", "409", "a status from 400 to 599"),
    ("error__X", "200", "a status from 400 to 599 but got '200'"),
    ("error__X", "499", "a status from 400 to 599 that HTTP knows but got '499'"),
    ("incident", "404", "a status from 500 to 599"),
    ("priority", "high", "a whole number up to"),
    ("query__limit", "integer", "one of text, int, number, boolean, uuid, and maybe"),
    ("query__limit", "int int", "one of text"),
    ("variable__a b", "1", "the name of a variable"),
    ("variable__a", "1 +", "http.variable.a needs to be a python expression"),
    ("variable__a", "", "http.variable.a needs a value but it is empty"),
    ("when", "request.x ==", "http.when needs to be a python expression"),
    ("business_key", "", "http.business_key needs a value but it is empty"),
    ("input__schema", "schema.yaml", "the name of a .json file"),
    ("input__schema", "{" * 65_537, "at most 65536 characters"),
    ("input__scheme", "{}", "but the property is called 'http.input.scheme'"),
])  # fmt: skip
def test_a_property_that_cannot_be_used_is_refused(name: str, text: str, expected: str) -> None:
    found = sentences(routed(**{name: text}))
    assert any(expected in sentence for sentence in found), found


def test_a_schema_for_a_request_without_body_is_refused() -> None:
    (sentence,) = sentences(routed("GET /orders", input__schema="{}"))
    assert "http.input.schema needs a request with a body but GET has none" in sentence


def test_properties_without_a_route_are_refused() -> None:
    diagram = process("p").node("startEvent", "start", extensions=said("plain", {"http.timeout": "PT5S"}))
    assert sentences(diagram) == ["The property http.timeout needs an http.route beside it but there is none"]


def test_a_route_on_a_timer_is_refused() -> None:
    body = "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1S</bpmn:timeDuration></bpmn:timerEventDefinition>"
    extensions = said("plain", {"http.route": "POST /orders"})
    diagram = process("p").node("startEvent", "start", body=body, extensions=extensions)
    (sentence,) = sentences(diagram)
    assert "needs an event that it has an effect on but startEvent:timer is none" in sentence


def test_a_route_inside_a_sub_process_is_refused() -> None:
    inner = process("p").start("s").subprocess("sub")
    inner = inner.node("startEvent", "start", extensions=said("plain", {"http.route": "POST /orders"})).end("e").close()
    assert sentences(inner) == ["A route needs to be on a start event of a process but this one is inside it"]


def test_two_none_start_events_cannot_be_told_apart() -> None:
    diagram = routed().end("e").node("startEvent", "other", connect=False)
    document = read(diagram.end("done").xml())
    assert any("the only none start event" in problem.sentence for problem in document.problems)


def test_what_a_route_brings_is_no_misspelt_name() -> None:
    diagram = routed("GET /a/{region}", query__amount="int").script("s", "regions = amounts = 1").exclusive("g")
    xml = diagram.when("region == 'eu' and amount > 1").end("e1").at("g").otherwise().end("e2").xml()
    assert [problem.sentence for problem in read(xml).problems] == []


def test_the_roles_are_those_of_the_front_door() -> None:
    from api.roles import ROLES as KNOWN

    assert ROLES == KNOWN
