"""What a typed value of Camunda 7 is here and back, and how ids of what lives in an instance look."""

from __future__ import annotations

from typing import Any

import pytest

from api.engine_rest.ids import public
from tests.support.drawings import process

from .conftest import Camunda

TAKEN = [
    ({"value": 5}, 5, "Integer"),
    ({"value": None}, None, "Null"),
    ({"value": None, "type": "String"}, None, "Null"),
    ({"value": None, "type": "null", "valueInfo": None}, None, "Null"),
    ({}, None, "Null"),
    ({"value": "x", "type": "STRING"}, "x", "String"),
    ({"value": True, "type": "boolean"}, True, "Boolean"),
    ({"value": "false", "type": "Boolean"}, False, "Boolean"),
    ({"value": -7, "type": "Short"}, -7, "Integer"),
    ({"value": "12", "type": "integer"}, 12, "Integer"),
    ({"value": 2**40, "type": "Long"}, 2**40, "Long"),
    ({"value": 3.0, "type": "Integer"}, 3, "Integer"),
    ({"value": 1.5, "type": "Double"}, 1.5, "Double"),
    ({"value": "1e3", "type": "double"}, 1000.0, "Double"),
    ({"value": 2, "type": "Double"}, 2, "Integer"),
    ({"value": '{"a": [1]}', "type": "Json", "valueInfo": {}}, {"a": [1]}, "Json"),
    ({"value": [1, None], "type": "json"}, [1, None], "Json"),
    ({"value": '"text"', "type": "Json"}, "text", "String"),
    (
        {"value": "[2]", "type": "Object", "valueInfo": {"serializationDataFormat": "application/json"}},
        [2],
        "Json",
    ),
    ({"value": {"a": 1}}, {"a": 1}, "Json"),
    ({"value": 2**70}, 2**70, "Json"),
    ({"value": "2026-01-01T00:00:00.000+0000", "type": "Date"}, "2026-01-01T00:00:00.000+0000", "String"),
    ({"value": "x", "type": "String", "local": True}, "x", "String"),
]


@pytest.mark.parametrize("given, value, kind", TAKEN)
def test_a_value_is_taken_and_given_back(shared: Camunda, given: dict[str, Any], value: Any, kind: str):
    # When an instance is started with the typed value
    body = {"variables": {"v": given}, "withVariablesInReturn": True}
    started = shared.post("/process-definition/key/parcel/start", body)
    # Then the engine has the plain one, and clients read its type in Camunda's spelling
    assert shared.engine.instance(started["id"], variables=True).variables == {"v": value}
    answered = started["variables"]["v"]
    assert (answered["type"], answered["valueInfo"]) == (kind, {})
    assert isinstance(answered["value"], str) if kind in ("Json", "String") else answered["value"] == value


@pytest.mark.parametrize(
    "given",
    [
        {"value": "x", "type": "Integer"},
        {"value": 1.5, "type": "Integer"},
        {"value": True, "type": "Integer"},
        {"value": 2**31, "type": "integer"},
        {"value": 2**63, "type": "Long"},
        {"value": 40_000, "type": "Short"},
        {"value": "1e999", "type": "Double"},
        {"value": "NaN", "type": "Double"},
        {"value": 1, "type": "String"},
        {"value": 1, "type": "Boolean"},
        {"value": "[1", "type": "Json"},
        {"value": '{"a": 1, "a": 2}', "type": "Json"},
        {"value": "[" * 200 + "]" * 200, "type": "Json"},
        {"value": "rO0AB", "type": "Object", "valueInfo": {"serializationDataFormat": "application/x-java"}},
        {"value": "x", "type": "File"},
        {"value": "x", "type": "Pojo"},
        {"value": "x", "valueInfo": {"transient": True}},
        {"value": "x", "class": "java.lang.Runtime"},
        "plain",
        [1],
    ],
)
def test_an_unfit_value_is_refused(shared: Camunda, given: Any):
    before = len(shared.engine.instances(limit=200).items)
    status, kind, _ = shared.refused("POST", "/process-definition/key/parcel/start", json={"variables": {"v": given}})
    assert (status, kind) == (400, "InvalidRequestException")
    assert len(shared.engine.instances(limit=200).items) == before


UUID = "019b76da-a800-7002-a400-89571cae6e18"


@pytest.mark.parametrize(
    "id, expected",
    [
        (UUID, UUID),
        (f"{UUID}.4", "019b76da-a800-8002-8000-00041cae6e18"),
        (f"{UUID}~4", "019b76da-a800-8002-a000-00041cae6e18"),
        (f"{UUID}.{2**29 - 1}", "019b76da-a800-8002-9fff-ffff1cae6e18"),
        (f"{UUID}.{2**29}", f"{UUID}.{2**29}"),
        ("made-elsewhere.4", "made-elsewhere.4"),
        ("order:1", "order:1"),
    ],
)
def test_what_lives_in_an_instance_has_an_id_like_a_uuid(id: str, expected: str):
    assert public(id) == expected


def test_both_forms_of_an_id_name_the_same(camunda: Camunda):
    camunda.start()
    [job] = camunda.engine.jobs().items
    [task] = camunda.get("/external-task")
    for id in (job.id, task["id"], task["id"].upper()):
        assert camunda.get(f"/external-task/{id}")["id"] == task["id"]
    # One of the right form that names nothing is not found.
    assert camunda.refused("GET", "/external-task/019b76da-a800-8002-8000-000400000000")[0] == 404


def test_a_called_process_is_found_by_its_own_id(camunda: Camunda):
    inner = process("inner").start().user("u").end()
    outer = process("caller").start().node("callActivity", "call", {"calledElement": "inner"}).end()
    camunda.engine.deploy({"caller.bpmn": outer.xml(), "inner.bpmn": inner.xml()})
    started = camunda.start("caller")
    [found] = camunda.get("/process-instance", superProcessInstance=started["id"])
    assert found["definitionId"] == "inner:1"
    assert camunda.get(f"/process-instance/{found['id']}")["id"] == found["id"]
    past = camunda.get(f"/history/process-instance/{found['id']}")
    assert past["superProcessInstanceId"] == past["rootProcessInstanceId"] == started["id"]
