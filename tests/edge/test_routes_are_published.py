"""Deploying a diagram publishes its routes; a newer version replaces them; two for the same requests are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine import DeploymentRefused, Engine, InvalidRequest, Settings
from engine.store.edge import ResultPlace

from .routed import answering, routed

SETTINGS = Settings(manual_clock=True, workers=0)


def deployed(engine: Engine, *diagrams: Any, **files: bytes) -> None:
    documents = {f"{index}.bpmn": diagram.xml() for index, diagram in enumerate(diagrams)}
    engine.deploy(documents | {f"{name}.json": data for name, data in files.items()})


def refused(engine: Engine, *diagrams: Any, **files: bytes) -> list[Any]:
    with pytest.raises(DeploymentRefused) as info:
        deployed(engine, *diagrams, **files)
    return [problem for found in info.value.problems.values() for problem in found if problem.severity == "error"]


def listed(engine: Engine) -> list[str]:
    return [f"{one.method} {one.path} {one.definition_id}" for one in engine.routes.page().items]


def test_a_newer_version_replaces_the_routes_of_the_older_one(engine):
    deployed(engine, routed("POST /a").end())
    assert listed(engine) == ["POST /a p:1"]
    deployed(engine, routed("POST /a").end())
    assert listed(engine) == ["POST /a p:1"]
    deployed(engine, routed("PUT /b/{c:int}").end())
    assert listed(engine) == ["PUT /b/{c} p:2"]
    deployed(engine, routed("PUT /b/{c:int}").raw("http.route", "other").end())
    assert listed(engine) == []


def test_one_without_is_executable_publishes_nothing(engine):
    diagram = routed("POST /a").raw('isExecutable="true"', 'isExecutable="false"').end()
    deployed(engine, diagram)
    assert listed(engine) == []


@pytest.mark.parametrize("one, other", [
    ("POST /orders", "POST /orders"), ("POST /orders/{id}", "POST /orders/{number:int}"),
    ("GET /a/{x}/b/{y}", "GET /a/{b}/b/{c}"),
])  # fmt: skip
def test_two_routes_for_the_same_requests_are_refused(engine, one, other):
    deployed(engine, routed(one, "first").end())
    (problem,) = refused(engine, routed(other, "second").end())
    method, path = other.split(" ")
    assert problem.sentence.startswith(
        f"{method} {path.replace(':int', '')} is the route of start of the process first, line "
    )
    assert (problem.rule, problem.element_id) == ("route-taken", "start")
    assert problem.line
    assert listed(engine) == [f"{one.replace(':int', '')} first:1"]


def test_two_in_one_deployment_are_refused_too_and_nothing_is_kept(engine):
    assert len(refused(engine, routed("POST /a", "x").end(), routed("POST /a", "y").end())) == 1
    assert engine.definitions().items == []


def test_a_route_moves_to_another_process_in_one_deployment(engine):
    deployed(engine, routed("POST /a", "x").end())
    deployed(engine, routed("POST /b", "x").end(), routed("POST /a", "y").end())
    assert listed(engine) == ["POST /b x:2", "POST /a y:1"]


@pytest.mark.parametrize("one, other", [
    ("POST /orders", "GET /orders"), ("POST /orders/{id}", "POST /orders/new"), ("POST /orders", "POST /orders/{id}"),
    ("POST /orders", "POST /Orders"),
])  # fmt: skip
def test_routes_that_a_request_tells_apart_may_be_together(engine, one, other):
    deployed(engine, routed(one, "x").end(), routed(other, "y").end())
    assert len(listed(engine)) == 2


def test_the_most_exact_path_is_taken(engine, client):
    paths = {"a": "/o/{x}/{y}", "b": "/o/new/{y}", "c": "/o/{x}/last", "d": "/o/new/last"}
    deployed(engine, *(answering(routed(f"GET {path}", id), "", f"'{id}'") for id, path in paths.items()))
    asked = {"/o/1/2": "a", "/o/new/2": "b", "/o/1/last": "c", "/o/new/last": "d"}
    assert {path: client.get(path).get_json() for path in asked} == asked


def test_a_path_is_the_most_exact_one_that_has_the_method(engine, client):
    deployed(engine, answering(routed("GET /o/{x}", "a"), "", "x"), answering(routed("POST /o/new", "b"), "201"))
    assert client.get("/o/new").get_json() == "new"
    assert client.put("/o/new").headers["Allow"] == "GET, POST, HEAD, OPTIONS"


# -- several for one path ---------------------------------------------------------------------------------------------


def versioned(id: str, when: str = "", priority: str = "0") -> Any:
    more = {"when": when, "priority": priority} if when else {}
    return answering(routed("GET /page/{n:int}", id, **more), "", f"'{id}'")


def test_a_request_goes_to_the_first_whose_condition_holds(engine, client):
    deployed(
        engine,
        versioned("plain"),
        versioned("new", "request.headers.get('x-version') == '2'", "1"),
        versioned("big", "request.path.n > 100", "5"),
        versioned("broken", "request.headers['missing'] == 1", "9"),
    )
    assert client.get("/page/1").get_json() == "plain"
    assert client.get("/page/1", headers={"X-Version": "2"}).get_json() == "new"
    assert client.get("/page/101", headers={"X-Version": "2"}).get_json() == "big"
    assert [(one.process, one.conditional, one.priority) for one in engine.routes.page().items] == [
        ("big", True, 5), ("broken", True, 9), ("new", True, 1), ("plain", False, 0),
    ]  # fmt: skip


@pytest.mark.parametrize("dialect, when", [
    ("plain", "request.headers.get('x-version') == '2'"), ("camunda", "${request.headers['x-version'] == '2'}"),
    ("zeebe", '=get value(request.headers, "x-version") = "2"'),
])  # fmt: skip
def test_a_header_is_asked_for_in_every_language(engine, client, dialect, when):
    deployed(engine, answering(routed("GET /page", "new", dialect=dialect, when=when), "", '"new"'), versioned("other"))
    assert client.get("/page", headers={"X-Version": "2"}).get_json() == "new"
    assert client.get("/page", headers={"X-Version": "1"}).status_code == 404
    assert client.get("/page").status_code == 404


def test_a_request_that_no_condition_holds_for_is_404(engine, client):
    deployed(engine, versioned("new", "request.path.n > 100"))
    assert client.get("/page/101").status_code == 200
    assert client.get("/page/1").status_code == 404
    assert client.get("/page/x").status_code == 400


def test_conditions_need_priorities_that_differ(engine):
    deployed(engine, versioned("a", "request.path.n > 1", "3"))
    (problem,) = refused(engine, versioned("b", "request.path.n > 2", "3"))
    assert "http.priority needs to tell them apart but both are 3" in problem.sentence
    deployed(engine, versioned("b", "request.path.n > 2", "4"), versioned("c"))
    assert "Only one route without http.when" in refused(engine, versioned("d"))[0].sentence


# -- schemas ----------------------------------------------------------------------------------------------------------


def with_schema(text: str) -> Any:
    return answering(routed("POST /orders", input__schema=text), "201")


def test_a_schema_file_is_part_of_the_version(engine, client):
    deployed(engine, with_schema("order.json"), order=b'{"type": "object"}')
    deployed(engine, with_schema("order.json"), order=b'{"type": "object"}')
    assert listed(engine) == ["POST /orders p:1"]
    assert client.post("/orders", json=[]).status_code == 422
    deployed(engine, with_schema("order.json"), order=b'{"type": "array"}')
    assert listed(engine) == ["POST /orders p:2"]
    assert client.post("/orders", json=[]).status_code == 201


def test_a_schema_file_that_is_not_there_is_refused(engine):
    (problem,) = refused(engine, with_schema("order.json"))
    assert problem.sentence == (
        "Expected as http.input.schema a file order.json in the same deployment but there is none"
    )


def test_a_file_that_nobody_names_is_refused(engine):
    with pytest.raises(InvalidRequest, match=r"none names other\.json"):
        deployed(engine, with_schema("{}"), other=b"{}")
    with pytest.raises(InvalidRequest, match="at least one diagram"):
        deployed(engine, other=b"{}")
    assert engine.definitions().items == []


@pytest.mark.parametrize("schema, expected", [
    ({"$ref": "https://example.com/schema.json"}, "references inside the schema"),
    ({"$ref": "#"}, "references inside the schema"),
    ({"$ref": "#/$defs/a"}, "references that lead somewhere"),
    ({"$ref": "#/$defs/a", "$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}]}}}, "leads to itself"),
    ({"properties": {"a": {"pattern": "(a+)+$(?=x)"}}}, "regular expressions without look-around"),
    ({"patternProperties": {"(?<=a)b": True}}, "regular expressions without look-around"),
    ({"type": "objekt"}, "JSON Schema but"),
    ({"minimun": 1}, "only words of JSON Schema that Baton checks but the top has 'minimun'"),
    ({"properties": {"a": {"$id": "x"}}}, "but /properties/a has '$id'"),
    ({"unevaluatedProperties": False}, "'unevaluatedProperties'"),
    ({"$schema": "http://json-schema.org/draft-07/schema#"}, "a schema of https://json-schema.org/draft/2020-12/schema"),
    ({"not": {"not": {"not": {"not": {}}}} | {"title": "x" * 70_000}}, "at most 65536 bytes"),
    ([], "an object, true or false"),
])  # fmt: skip
def test_a_schema_that_cannot_be_used_is_refused(engine, schema, expected):
    (problem,) = refused(engine, with_schema("order.json"), order=json.dumps(schema).encode())
    assert expected in problem.sentence


@pytest.mark.parametrize("text", [b"{", b"\xff", b'{"a":1,"a":2}', b"[" * 100, b""])
def test_a_schema_that_is_no_json_is_refused(engine, text):
    (problem,) = refused(engine, with_schema("order.json"), order=text)
    assert "JSON but" in problem.sentence


def test_the_address_of_a_result_stays_the_first_one(engine):
    deployed(engine, routed("POST /a").user("ask").end())
    edge = engine._house.store.edge
    place = ResultPlace(engine.start("p").id, "p:1", "start")
    assert [edge.keep(token, place, 0) for token in ("first", "second")] == ["first", "first"]
    assert (edge.place("first"), edge.place("second")) == (place, None)


# -- other processes --------------------------------------------------------------------------------------------------


def test_routes_and_schemas_are_there_after_a_restart(tmp_path):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    with Engine(url, settings=SETTINGS) as engine:
        deployed(engine, with_schema("order.json"), order=b'{"type": "array"}')
    with Engine(url, settings=SETTINGS) as engine:
        (found,) = engine.routes.find("POST", "/orders").routes
        assert [one.rule for one in engine.routes.schema(found).findings({})] == ["type"]
