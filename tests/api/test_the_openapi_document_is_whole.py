"""The OpenAPI document is valid 3.1, has every route of the interface, and its examples are what the types take."""

from __future__ import annotations

import json
import re

import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.operations import operation_of
from api.roles import ROLES


@pytest.fixture
def document(client):
    return json.loads(client.get("/api/openapi.json").data)


def operations(document):
    return {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def routes(app):
    for rule in app.url_map.iter_rules():
        declared = operation_of(app.view_functions[rule.endpoint])
        if rule.endpoint.partition(".")[0] in {"pages", "login", "edge"}:
            continue
        if declared is None or declared.published:
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                yield method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)


def test_it_is_valid(document):
    assert document["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_it_has_every_route_and_no_other(client, document):
    assert sorted(operations(document)) == sorted(routes(client.application))


def test_each_operation_is_told_apart_and_explained(document):
    found = operations(document).values()
    assert len({operation["operationId"] for operation in found}) == len(found)
    assert [operation for operation in found if not operation["summary"]] == []


def test_each_operation_has_its_refusals_as_problems(document):
    for place, operation in operations(document).items():
        refused = {status for status in operation["responses"] if status[0] in "45"}
        assert {"400", "401", "403", "500", "503"} <= refused, place
        if "{" in place[1]:
            assert "404" in refused, place
        if "requestBody" in operation:
            assert {"413", "415", "422"} <= refused, place
    for response in document["components"]["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]


def test_each_operation_says_which_roles_may_use_it(document):
    for operation in operations(document).values():
        said = re.search(r"Roles: ([\w, ]+)\.", operation["description"])[1].split(", ")
        assert said
        assert set(said) <= set(ROLES)


def test_every_component_is_used(document):
    text = json.dumps(document)
    unused = [name for name in document["components"]["schemas"] if f'#/components/schemas/{name}"' not in text]
    assert unused == []


def test_every_json_body_has_an_example_that_its_type_takes(client):
    app = client.application
    declared = [operation_of(view) for view in app.view_functions.values()]
    bodies = [one for one in declared if one is not None and one.body is not None and one.published]
    assert len(bodies) > 8
    for one in bodies:
        assert one.example is not None, one.summary
        msgspec.convert(one.example, one.body)


def test_times_are_text_and_the_fields_of_answers_always_there(document):
    instance = document["components"]["schemas"]["InstanceView"]
    assert instance["properties"]["started_at"]["format"] == "date-time"
    assert {kind["type"] for kind in instance["properties"]["ended_at"]["anyOf"]} == {"string", "null"}
    assert set(instance["required"]) == set(instance["properties"])


def test_parameters_are_those_that_are_checked(document):
    parameters = {one["name"]: one for one in document["paths"]["/api/instances"]["get"]["parameters"]}
    assert parameters["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
    assert parameters["status"]["schema"]["enum"] == ["cancelled", "completed", "failed", "running", "waiting"]
    assert parameters["variable"]["schema"]["items"]["pattern"].startswith("^.+:(eq|")
