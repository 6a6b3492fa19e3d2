"""Whom a message reaches is what Camunda 7 would have found; signals reach everybody."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Camunda


@pytest.fixture
def parcels(camunda: Camunda) -> dict[str, str]:
    """Two instances that wait for "paid", by business key."""
    return {
        key: camunda.engine.start("parcel", business_key=key, variables={"order": number, "list": [number]}).id
        for number, key in enumerate("xy", 1)
    }


@pytest.mark.parametrize(
    "body, reached",
    [
        ({"businessKey": "x"}, "x"),
        ({"correlationKeys": {"order": {"value": 2, "type": "Integer"}}}, "y"),
        ({"correlationKeys": {"list": {"value": "[2]", "type": "json"}}}, "y"),
        ({"businessKey": "y", "correlationKeys": {"order": {"value": 2}}}, "y"),
        ({"businessKey": "x", "correlationKeys": {"order": {"value": 2}}}, ""),
        ({"correlationKeys": {"order": {"value": 2}, "colour": {"value": None}}}, ""),
        ({"businessKey": "z"}, ""),
        ({}, ""),
        ({"businessKey": None, "correlationKeys": None, "all": False}, ""),
    ],
)
def test_a_message_reaches_the_one_that_fits(
    camunda: Camunda, parcels: dict[str, str], body: dict[str, Any], reached: str
):
    message = {"messageName": "paid", "processVariables": {"by": {"value": "card"}}, **body}
    if reached:
        assert camunda.post("/message", message) is None
    else:
        status, kind, said = camunda.refused("POST", "/message", json=message)
        assert (status, kind) == (400, "MismatchingMessageCorrelationException")
        assert "paid" in said
    paid = [key for key, id in parcels.items() if "by" in (camunda.engine.instance(id, variables=True).variables or {})]
    assert paid == list(reached)


def test_a_message_names_its_instance_and_tells_what_it_did(camunda: Camunda, parcels: dict[str, str]):
    body = {"messageName": "paid", "processInstanceId": parcels["y"], "resultEnabled": True}
    result = camunda.post("/message", {**body, "variablesInResultEnabled": True})
    execution = {"id": parcels["y"], "processInstanceId": parcels["y"], "ended": False, "tenantId": None}
    assert result[0]["execution"] == execution
    assert result[0]["variables"]["order"]["value"] == 2
    assert camunda.refused("POST", "/message", json=body)[1] == "MismatchingMessageCorrelationException"


def test_a_message_for_all_reaches_all(camunda: Camunda, parcels: dict[str, str]):
    results = camunda.post("/message", {"messageName": "paid", "all": True, "resultEnabled": True})
    assert {one["execution"]["id"] for one in results} == set(parcels.values())
    assert camunda.post("/message", {"messageName": "paid", "all": True, "resultEnabled": True}) == []


def test_a_message_starts_what_begins_with_it(camunda: Camunda):
    body = {"messageName": "ordered", "businessKey": "o-9", "resultEnabled": True}
    [result] = camunda.post("/message", {**body, "processVariables": {"n": {"value": 1}}})
    started = result["processInstance"]
    assert (result["resultType"], started["definitionId"], started["businessKey"]) == (
        "ProcessDefinition", "intake:1", "o-9",
    )  # fmt: skip
    assert camunda.get(f"/process-instance/{started['id']}/variables/n")["value"] == 1


def test_a_signal_reaches_everybody(camunda: Camunda, parcels: dict[str, str]):
    camunda.post("/message", {"messageName": "paid", "all": True})
    assert camunda.post("/signal", {"name": "open", "variables": {"a": {"value": 1}}}) is None
    assert camunda.get("/process-instance/count", processDefinitionKey="parcel")["count"] == 0
    assert len(camunda.get("/history/process-instance", finished="true")) == len(parcels)


@pytest.mark.parametrize(
    "path, body",
    [
        ("/message", {}),
        ("/message", {"messageName": "paid", "localCorrelationKeys": {"a": {"value": 1}}}),
        ("/message", {"messageName": "paid", "tenantId": "t"}),
        ("/message", {"messageName": "paid", "processInstanceId": "nobody"}),
        ("/signal", {}),
        ("/signal", {"name": "open", "executionId": "e"}),
    ],
)
def test_what_cannot_be_done_is_refused(camunda: Camunda, parcels: dict[str, str], path: str, body: dict[str, Any]):
    assert camunda.refused("POST", path, json=body)[0] == 400
    assert len(camunda.engine.subscriptions(kind="message").items) == len(parcels)
