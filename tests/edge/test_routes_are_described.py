"""The OpenAPI document of the routes is valid and true: schemathesis sends what it allows and what it forbids."""

from __future__ import annotations

import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.app import create_app
from engine import DeploymentRefused, Engine, Settings

from .routed import answering, routed

EXAMPLES = 25
"""Requests per operation; the seed is fixed, so that a run is repeated by running it again."""

ORDER = """{"$ref": "#/$defs/order", "$defs": {
  "order": {"type": "object", "required": ["item", "lines"], "additionalProperties": false, "properties": {
    "item": {"type": "string", "minLength": 1, "maxLength": 20, "pattern": "^[a-z]+$"},
    "lines": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"$ref": "#/$defs/line"}},
    "note": {"type": ["string", "null"], "maxLength": 30}}},
  "line": {"type": "object", "required": ["amount"], "properties": {
    "amount": {"type": "integer", "minimum": 1, "maximum": 9}, "sku": {"enum": ["a", "b"]}}}}}"""
TOLD = '{"required": ["n"], "properties": {"n": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": "integer"}}}'
CONFIG = {
    "generation": {"deterministic": True, "with-security-parameters": False},
    "checks": {
        # What fits the schema may still hold a NUL, which no value at rest does.
        "positive_data_acceptance": {"expected-statuses": ["2xx", "400", "404", "409", "410", "422"]},
        "negative_data_rejection": {"expected-statuses": ["400", "404", "405", "413", "414", "415", "422", "431"]},
        "use_after_free": {"enabled": False},
        "ensure_resource_availability": {"enabled": False},
    },
}


def published() -> Engine:
    """Routes of every kind: typed and free parameters, schemas, several processes, errors, late answers."""
    engine = Engine("sqlite://", settings=Settings(manual_clock=True, workers=0))
    created = routed("POST /regions/{region}/orders", "create", input__schema="order.json", query__priority="int")
    engine.deploy(
        {
            "create.bpmn": answering(created, "201", "{'item': item}", Location="'/orders/' + item").xml(),
            "order.json": ORDER.encode(),
            "read.bpmn": answering(
                routed("GET /orders/{n:int}", "read", query__full="boolean required", query__q="text"), "", "{'n': n}"
            ).xml(),
            "refuse.bpmn": routed("DELETE /orders/{id:uuid}", "refuse", error__GONE="410").end_error("e", "GONE").xml(),
            "late.bpmn": routed("PUT /late/{x:number}", "late").user("ask").end().xml(),
            "empty.bpmn": answering(routed("PATCH /orders", "empty"), "204").xml(),
            "new.bpmn": answering(
                routed("PUT /orders", "new", when="request.body['new']", priority="1"), "", "'new'"
            ).xml(),
            "old.bpmn": answering(routed("PUT /orders", "old"), "200 + 1", "'old'").xml(),
            "told.bpmn": answering(routed("GET /told/{n:int}", "told"), "404", "{'n': n}", schema=TOLD).xml(),
            "text.bpmn": answering(routed("GET /text"), "", "'<p>'", Content_Type='"text/html"').xml(),
        }
    )
    return engine


ENGINE = published()
APP = create_app(ENGINE)
SCHEMA = schemathesis.openapi.from_wsgi("/edge/openapi.json", APP, config=schemathesis.Config.from_dict(CONFIG))


def test_the_document_is_valid_and_has_every_route():
    document = APP.test_client().get("/edge/openapi.json").get_json()
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    described = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    published = {f"{one.method} {one.path}" for one in ENGINE.routes.page().items}
    # Paths that no request tells apart are one path of the document.
    assert {re.sub(r"{\w+}", "{}", one) for one in described} == {re.sub(r"{\w+}", "{}", one) for one in published}
    post = document["paths"]["/regions/{region}/orders"]["post"]
    assert {"201", "202", "400", "401", "422", "500"} <= set(post["responses"])
    assert [(one["name"], one["in"], one["required"]) for one in post["parameters"]] == [
        ("region", "path", True), ("priority", "query", False), ("Idempotency-Key", "header", False),
    ]  # fmt: skip
    assert "410" in document["paths"]["/orders/{id}"]["delete"]["responses"]
    assert "default" in document["paths"]["/orders"]["put"]["responses"]


def bodies(client, path: str = "/a", method: str = "get") -> dict[str, Any]:
    """The media types and schemas by status, as far as the diagram says them."""
    responses = client.get("/edge/openapi.json").get_json()["paths"][path][method]["responses"]
    return {
        status: {kind: one.get("schema") for kind, one in said["content"].items()}
        for status, said in responses.items()
        if "application/json" in said.get("content", {}) and status != "202"
    }


def test_what_is_told_of_a_body_is_published_under_its_status(engine, client):
    diagram = routed("GET /a").exclusive("x").when("n == 1")
    diagram = answering(diagram, "201", "n", id="one", schema="n.json").at("x").otherwise()
    engine.deploy(
        {"a.bpmn": answering(diagram, "404", "n", id="two", schema="true").xml(), "n.json": b'{"type": "integer"}'}
    )
    told = bodies(client)
    assert told["201"] == {"application/json": {"$ref": "#/components/schemas/get-a-201"}}
    assert told["404"] == {
        "application/problem+json": {"$ref": "#/components/schemas/Problem"},
        "application/json": {"$ref": "#/components/schemas/get-a-404"},
    }
    schemas = client.get("/edge/openapi.json").get_json()["components"]["schemas"]
    assert (schemas["get-a-201"], schemas["get-a-404"]) == ({"type": "integer"}, True)


def test_operations_have_names_of_their_own(engine, client):
    for id, path in (("a", "/a/b"), ("b", "/a-b"), ("c", "/a/{b}")):
        engine.deploy({"a.bpmn": routed(f"GET {path}", id).end().xml()})
    paths = client.get("/edge/openapi.json").get_json()["paths"].values()
    assert sorted(one["get"]["operationId"] for one in paths) == ["get-a-b", "get-a-b-2", "get-a-b-3"]


@pytest.mark.parametrize("other", [{"body": "n"}, {"body": "n", "Content_Type": '"text/plain"', "schema": "true"}])
def test_a_status_of_which_not_every_event_tells_is_not_told(engine, client, other):
    diagram = routed("GET /a").exclusive("x").when("n == 1")
    diagram = answering(diagram, "201", "n", id="one", schema="true").at("x").otherwise()
    engine.deploy({"a.bpmn": answering(diagram, "201", id="two", **other).xml()})
    assert bodies(client) == {}


@pytest.mark.parametrize("body, schema, files, expected", [
    ("n", "answer.json", {}, "Expected as http.response.schema a file answer.json in the same deployment"),
    ("n", '{"minimun": 1}', {}, "http.response.schema only words of JSON Schema"),
    ("n", "{", {}, "http.response.schema JSON but"),
    ("n", "answer.txt", {}, "or the name of a .json file that is deployed too"),
    ('{"n": "x"}', "n.json", {"n.json": b'{"properties": {"n": {"type": "integer"}}}'}, "but it does not at /n"),
    ("", "true", {}, "needs an http.response.body beside it"),
])  # fmt: skip
def test_a_schema_that_tells_nothing_true_is_refused(engine, body, schema, files, expected):
    with pytest.raises(DeploymentRefused) as refused:
        engine.deploy({"a.bpmn": answering(routed("GET /a"), "201", body, schema=schema).xml(), **files})
    assert any(expected in one.sentence for found in refused.value.problems.values() for one in found)
    assert engine.definitions().items == []


def test_without_a_key_only_public_routes_are_told(engine, client):
    engine.api_keys.fresh_seconds = 0.0
    engine.deploy({"a.bpmn": routed("GET /open", "a", access="public").end().xml()})
    engine.deploy({"b.bpmn": routed("GET /closed", "b").end().xml()})
    _, token = engine.api_keys.create("me", ("starter",))
    told = client.get("/edge/openapi.json").get_json()["paths"]
    assert list(told) == ["/open"]
    told = client.get("/edge/openapi.json", headers={"Authorization": f"Bearer {token}"}).get_json()["paths"]
    assert sorted(told) == ["/closed", "/open"]


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_routes_keep_their_description(case):
    case.call_and_validate()
