"""User tasks, instances and the past as lists: what is found, in which order, in which parts."""

from __future__ import annotations

from typing import Any

import pytest

from api.engine_rest import lists

from .conftest import Camunda


def three_orders(camunda: Camunda) -> list[str]:
    """Three orders whose user task is open, with the business keys a, b and c, begun a second apart."""
    ids = []
    for number, key in enumerate("abc"):
        ids.append(camunda.engine.start("order", business_key=key, variables={"amount": number, "order_no": key}).id)
        [task] = camunda.fetch()
        camunda.post(f"/external-task/{task['id']}/complete", {"workerId": "w"})
        camunda.engine.advance_clock(1)
    return ids


@pytest.fixture
def orders(camunda: Camunda) -> list[str]:
    return three_orders(camunda)


@pytest.fixture(scope="module")
def known(shared: Camunda) -> list[str]:
    """The same for tests that only look; ann has the task of the first."""
    ids = three_orders(shared)
    [task] = shared.get("/task", processInstanceId=ids[0])
    shared.post(f"/task/{task['id']}/claim", {"userId": "ann"})
    return ids


@pytest.mark.parametrize(
    "wanted, found",
    [
        ({}, "abc"),
        ({"processInstanceBusinessKey": "b"}, "b"),
        ({"processInstanceBusinessKeyIn": ["a", "c"]}, "ac"),
        ({"taskDefinitionKey": "approve", "name": "Approve"}, "abc"),
        ({"taskDefinitionKeyIn": ["look"]}, ""),
        ({"processDefinitionKey": "order"}, "abc"),
        ({"processDefinitionKeyIn": ["parcel"]}, ""),
        ({"processDefinitionId": "order:1"}, "abc"),
        ({"candidateGroup": "clerks"}, "bc"),
        ({"candidateGroup": "clerks", "includeAssignedTasks": True}, "abc"),
        ({"candidateGroups": ["bosses"]}, ""),
        ({"candidateUser": "ann"}, ""),
        ({"assignee": "ann"}, "a"),
        ({"assigned": True}, "a"),
        ({"unassigned": True, "active": True}, "bc"),
        ({"suspended": True}, ""),
        ({"firstResult": 1, "maxResults": 1, "sortBy": "created", "sortOrder": "desc"}, "b"),
        ({"maxResults": 0}, ""),
        ({"sortBy": "assignee"}, "abc"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_user_tasks_are_found(shared: Camunda, known: list[str], wanted: dict[str, Any], found: str, method: str):
    if method == "GET":
        query = {name: ",".join(one) if isinstance(one, list) else one for name, one in wanted.items()}
        tasks = shared.get("/task", **query)
        count = shared.get("/task/count", **query)["count"]
    else:
        tasks = shared.post("/task", wanted)
        count = shared.post("/task/count", wanted)["count"]
    keys = dict(zip(known, "abc", strict=True))
    assert sorted(keys[task["processInstanceId"]] for task in tasks) == sorted(found)
    assert count == len(found) or "maxResults" in wanted


def test_a_user_task_is_claimed_given_on_and_completed(camunda: Camunda, orders: list[str]):
    [task] = camunda.get("/task", processInstanceId=orders[0])
    path = f"/task/{task['id']}"
    assert (task["formKey"], task["created"]) == ("embedded:approve", "2026-01-01T00:00:00.000+0000")
    camunda.post(f"{path}/claim", {"userId": "ann"})
    assert camunda.refused("POST", f"{path}/claim", json={"userId": "bob"})[0] == 400
    camunda.post(f"{path}/assignee", {"userId": "bob"})
    assert camunda.get(f"{path}/identity-links") == [
        {"userId": "bob", "groupId": None, "type": "assignee"},
        {"userId": None, "groupId": "clerks", "type": "candidate"},
    ]
    assert camunda.get(f"{path}/variables")["order_no"]["value"] == "a"
    camunda.post(f"{path}/unclaim")
    assert camunda.get(path)["assignee"] is None
    body = {"variables": {"ok": {"value": True}}, "withVariablesInReturn": True}
    assert camunda.post(f"{path}/complete", body)["ok"]["value"] is True
    assert camunda.refused("GET", path)[0] == 404
    assert camunda.refused("POST", f"{path}/complete", json={})[0] in (400, 404)


@pytest.mark.parametrize(
    "query, found",
    [
        ({}, "cba"),
        ({"businessKey": "b"}, "b"),
        ({"processDefinitionKey": "parcel"}, ""),
        ({"variables": "amount_gteq_1"}, "cb"),
        ({"variables": "amount_gteq_1,amount_lt_2"}, "b"),
        ({"variables": "order_no_eq_c"}, "c"),
        ({"variables": "order_no_neq_c"}, "ba"),
        ({"sortBy": "businessKey", "sortOrder": "asc"}, "abc"),
        ({"sortBy": "businessKey", "firstResult": "1"}, "bc"),
        ({"active": "true", "maxResults": "2"}, "cb"),
        ({"withIncident": "true"}, ""),
        ({"rootProcessInstances": "true"}, "cba"),
        ({"activityIdIn": "approve,other"}, "cba"),
        ({"activityIdIn": "charge"}, ""),
    ],
)
def test_running_instances_are_found(shared: Camunda, known: list[str], query: dict[str, str], found: str):
    assert "".join(one["businessKey"] for one in shared.get("/process-instance", **query)) == found
    if "maxResults" not in query and "firstResult" not in query:
        assert shared.get("/process-instance/count", **query)["count"] == len(found)


def test_instances_are_found_by_a_body(shared: Camunda, known: list[str]):
    wanted = {"variables": [{"name": "amount", "operator": "gt", "value": 0}], "sorting": [{"sortBy": "businessKey"}]}
    found = shared.post("/process-instance", wanted)
    assert [one["businessKey"] for one in found] == ["b", "c"]
    assert shared.post("/process-instance/count", wanted)["count"] == 2
    by_id = shared.post("/process-instance", {"processInstanceIds": [known[2], "nobody"], "variables": None})
    assert [one["id"] for one in by_id] == [known[2]]


def test_variables_are_read_and_corrected(camunda: Camunda, orders: list[str]):
    path = f"/process-instance/{orders[0]}/variables"
    camunda.put(f"{path}/amount", {"value": 9, "type": "Integer"})
    camunda.post(path, {"modifications": {"new": {"value": "[1]", "type": "Json"}}, "deletions": []})
    assert {name: one["value"] for name, one in camunda.get(path).items()} == {
        "amount": 9,
        "order_no": "a",
        "new": "[1]",
    }
    assert camunda.refused("POST", path, json={"deletions": ["amount"]})[0] == 400
    assert camunda.refused("GET", f"{path}/missing")[0] == 404
    found = camunda.get("/history/variable-instance", processInstanceId=orders[0], variableName="amount")
    assert [(one["type"], one["value"], one["processInstanceId"]) for one in found] == [("Integer", 9, orders[0])]
    ids = {"processInstanceIdIn": [orders[1], orders[2]], "variableNameIn": ["amount"]}
    assert sorted(one["value"] for one in camunda.post("/variable-instance", ids)) == [1, 2]


def test_the_past_is_told(camunda: Camunda, orders: list[str]):
    # Given one order that was completed and one that was ended from outside
    [task] = camunda.get("/task", processInstanceId=orders[0])
    camunda.post(f"/task/{task['id']}/complete", {})
    assert camunda.client.delete(f"/engine-rest/process-instance/{orders[1]}").status_code == 204
    assert camunda.refused("DELETE", f"/process-instance/{orders[1]}")[0] == 404
    # Then the history says how each stands, and the steps of one
    states = {one["businessKey"]: one["state"] for one in camunda.get("/history/process-instance")}
    assert states == {"a": "COMPLETED", "b": "EXTERNALLY_TERMINATED", "c": "ACTIVE"}
    assert [one["businessKey"] for one in camunda.get("/history/process-instance", unfinished="true")] == ["c"]
    body = {"finished": True, "sorting": [{"sortBy": "duration", "sortOrder": "desc"}]}
    found = camunda.post("/history/process-instance", body)
    assert [(one["businessKey"], one["durationInMillis"]) for one in found] == [("a", 3000), ("b", 2000)]
    steps = camunda.get("/history/activity-instance", processInstanceId=orders[1], sortBy="startTime")
    assert {one["activityId"]: one["canceled"] for one in steps} == {"begin": False, "charge": False, "approve": True}
    assert camunda.get("/history/activity-instance/count", processInstanceId=orders[0], finished="true")["count"] == 4


@pytest.mark.parametrize(
    "path",
    [
        "/task?firstResult=-1",
        "/task?maxResults=-1",
        "/task?maxResults=x",
        "/task?sortBy=secret",
        "/task?sortOrder=up",
        "/task?unknown=1",
        "/task?name=a&name=b",
        "/process-instance?variables=amount",
        "/process-instance?variables=amount_like_1",
        "/history/activity-instance",
        "/variable-instance",
        "/external-task?locked=perhaps",
    ],
)
def test_an_unfit_query_is_refused(shared: Camunda, path: str):
    assert shared.refused("GET", path)[:2] == (400, "InvalidRequestException")


def test_lists_are_bounded(camunda: Camunda, orders: list[str], monkeypatch: pytest.MonkeyPatch):
    # More than fits in an answer needs a word about how much is wanted.
    monkeypatch.setattr(lists, "MOST_RESULTS", 2)
    assert camunda.refused("GET", "/task")[0] == 400
    assert camunda.refused("GET", "/task?maxResults=5")[0] == 400
    assert len(camunda.get("/task", maxResults=2)) == 2
    assert len(camunda.get("/task", maxResults=2, firstResult=2)) == 1
    # More than may be looked at needs a narrower question.
    monkeypatch.setattr(lists, "MOST_LOOKED_AT", 1)
    monkeypatch.setattr("api.engine_rest.history.PAGE_SIZE", 1)
    assert camunda.refused("GET", "/history/process-instance/count")[0] == 400
    assert camunda.get("/history/process-instance/count", processInstanceIds=orders[0]) == {"count": 1}
