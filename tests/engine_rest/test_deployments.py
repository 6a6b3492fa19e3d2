"""Deploying and starting as the Camunda Modeler and other clients do."""

from __future__ import annotations

import io
from typing import Any

import pytest

from .conftest import DIAGRAM, Camunda

ORDER = DIAGRAM.read_bytes()


def form(files: dict[str, bytes], **fields: str) -> dict[str, Any]:
    data: dict[str, Any] = {name.replace("_", "-"): text for name, text in fields.items()}
    data.update({name: (io.BytesIO(content), name) for name, content in files.items()})
    return {"data": data, "content_type": "multipart/form-data"}


def test_the_modelers_four_calls(camunda: Camunda):
    # Given the Modeler has looked whether the engine is there, and which version it is
    assert camunda.get("/deployment", maxResults=0) == []
    assert camunda.get("/version")["version"].startswith("7.")
    # When its deploy button is pressed
    fields = {"deployment_name": "order", "deployment_source": "Camunda Modeler", "deploy_changed_only": "true"}
    answer = camunda.client.post("/engine-rest/deployment/create", **form({"order.bpmn": ORDER}, **fields))
    deployed = answer.get_json()
    assert answer.status_code == 200
    assert deployed["name"] == "order"
    assert deployed["deploymentTime"] == "2026-01-01T00:00:00.000+0000"
    assert {one["key"] for one in deployed["deployedProcessDefinitions"].values()} == {"order", "parcel", "intake"}
    # Then its start button starts the definition that it got back
    definition = next(one["id"] for one in deployed["deployedProcessDefinitions"].values() if one["key"] == "order")
    body = {"businessKey": "modeler", "variables": {"amount": {"value": 1, "type": "Integer"}}}
    started = camunda.post(f"/process-definition/{definition}/start", body)
    assert (started["definitionId"], started["businessKey"], started["ended"]) == (definition, "modeler", False)
    assert started["links"][0]["href"].endswith(f"/engine-rest/process-instance/{started['id']}")


def test_an_unchanged_document_makes_no_new_version(camunda: Camunda):
    for filtering in ("true", "false"):
        answer = camunda.client.post(
            "/engine-rest/deployment/create", **form({"order.bpmn": ORDER}, enable_duplicate_filtering=filtering)
        )
        assert "order:1" in answer.get_json()["deployedProcessDefinitions"]
    assert camunda.get("/process-definition/count", key="order")["count"] == 1
    changed = ORDER.replace(b'name="Order"', b'name="Order, again"')
    camunda.client.post("/engine-rest/deployment/create", **form({"order.bpmn": changed}))
    assert [one["version"] for one in camunda.get("/process-definition", key="order", latestVersion="true")] == [2]
    assert camunda.get("/process-definition", name="Order")[0]["id"] == "order:1"
    assert camunda.get("/process-definition/key/order")["name"] == "Order, again"
    assert "Order, again" not in camunda.get("/process-definition/order:1/xml")["bpmn20Xml"]
    assert "Order, again" in camunda.get("/process-definition/key/order/xml")["bpmn20Xml"]


@pytest.mark.parametrize(
    "document, says",
    [
        (b"<bpmn", "well-formed"),
        (ORDER.replace(b'targetRef="approve"', b'targetRef="nowhere"'), "nowhere"),
        (ORDER.replace(b'camunda:topic="charge" ', b""), "topic"),
    ],
    ids=["no XML", "a flow to nowhere", "no topic"],
)
def test_a_diagram_with_errors_is_refused_as_the_modeler_shows_it(camunda: Camunda, document: bytes, says: str):
    before = camunda.get("/deployment/count")
    answer = camunda.client.post("/engine-rest/deployment/create", **form({"bad.bpmn": document}))
    error = answer.get_json()
    assert (answer.status_code, error["type"]) == (400, "ParseException")
    assert error["message"].startswith("ENGINE-09005 Could not parse BPMN process.")
    assert says in error["message"]
    assert error["details"]["bad.bpmn"]["errors"]
    assert camunda.get("/deployment/count") == before


def test_deployments_are_found(camunda: Camunda):
    camunda.client.post("/engine-rest/deployment/create", **form({"order.bpmn": ORDER}, deployment_name="mine"))
    [mine] = camunda.get("/deployment", name="mine")
    assert camunda.get(f"/deployment/{mine['id']}") == mine
    assert camunda.get("/deployment", source="Camunda Modeler") == []
    assert camunda.refused("GET", "/deployment/none")[0] == 404


@pytest.mark.parametrize(
    "options, status",
    [
        ({"json": {}}, 415),
        ({"data": ORDER, "content_type": "application/xml"}, 415),
        (form({}), 400),
        (form({"a/b.bpmn": ORDER}), 400),
        (form({"o.bpmn": ORDER}, tenant_id="t"), 400),
        (form({"o.bpmn": ORDER}, deployment_activation_time="2026-01-01"), 400),
        (form({"o.bpmn": ORDER}, surprise="x"), 400),
    ],
    ids=["JSON", "XML", "no file", "a folder", "a tenant", "a time", "an unknown field"],
)
def test_an_unfit_deployment_is_refused(camunda: Camunda, options: dict[str, Any], status: int):
    before = camunda.get("/deployment/count")
    assert camunda.refused("POST", "/deployment/create", **options)[0] == status
    assert camunda.get("/deployment/count") == before


def test_the_engine_may_be_named(camunda: Camunda):
    assert camunda.get("/engine") == [{"name": "default"}]
    assert camunda.get("/engine/default/process-definition/count") == camunda.get("/process-definition/count")
    assert camunda.refused("GET", "/engine/other/version")[0] == 404
