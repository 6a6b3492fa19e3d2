"""External tasks: who gets which, what each answer does, and what operators say of them."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest

from api.app import create_app
from api.engine_rest.external_task_views import RETRIES
from api.settings import WebSettings
from engine.core.elements.service_task import RetryPolicy
from tests.support.diagrams import process

from .conftest import Camunda, Live


def test_a_task_is_fetched_completed_and_gone(camunda: Camunda):
    # Given an order with a business key
    body = {"businessKey": "b-1", "variables": {"amount": {"value": 5, "type": "Integer"}, "note": {"value": "hi"}}}
    order = camunda.post("/process-definition/key/order/start", body)
    # When a worker asks for one of its variables
    [task] = camunda.fetch(variables=["amount", "missing"])
    # Then it gets what Camunda's clients read of a task
    assert task == {
        "activityId": "charge",
        "activityInstanceId": f"charge:{task['id']}",
        "businessKey": "b-1",
        "createTime": "2026-01-01T00:00:00.000+0000",
        "errorMessage": None,
        "executionId": order["id"],
        "id": task["id"],
        "lockExpirationTime": "2026-01-01T00:00:10.000+0000",
        "priority": 7,
        "processDefinitionId": "order:1",
        "processDefinitionKey": "order",
        "processDefinitionVersionTag": None,
        "processInstanceId": order["id"],
        "retries": None,
        "suspended": False,
        "tenantId": None,
        "topicName": "charge",
        "workerId": "w",
        "variables": {"amount": {"type": "Integer", "value": 5, "valueInfo": {}}},
    }
    assert camunda.fetch("other") == []
    # And its answer ends the task
    camunda.post(f"/external-task/{task['id']}/complete", {"workerId": "w", "variables": {"ok": {"value": True}}})
    assert camunda.get(f"/process-instance/{order['id']}/variables/ok")["value"] is True
    assert camunda.refused("GET", f"/external-task/{task['id']}")[0] == 404
    late = camunda.refused("POST", f"/external-task/{task['id']}/complete", json={"workerId": "w"})
    assert late[:2] == (404, "InvalidRequestException")
    assert camunda.engine.verify(order["id"]).ok


@pytest.mark.parametrize(
    "topic, found",
    [
        ({}, ["a", "b"]),
        ({"businessKey": "a"}, ["a"]),
        ({"businessKey": "c"}, []),
        ({"processVariables": {"amount": 2}}, ["b"]),
        ({"processVariables": {"amount": 2, "tag": "x"}}, []),
        ({"processVariables": {}}, ["a", "b"]),
        ({"processDefinitionKey": "order"}, ["a", "b"]),
        ({"processDefinitionKey": "parcel"}, []),
        ({"processDefinitionKeyIn": ["parcel", "order"]}, ["a", "b"]),
        ({"processDefinitionId": "order:1"}, ["a", "b"]),
        ({"processDefinitionId": "order:2"}, []),
        ({"processDefinitionIdIn": ["order:1"], "withoutTenantId": True}, ["a", "b"]),
        ({"variables": None, "businessKey": None, "tenantIdIn": None, "processVariables": None}, ["a", "b"]),
        ({"topicName": "other"}, []),
    ],
)
def test_a_topic_says_which_tasks_it_wants(camunda: Camunda, topic: dict[str, Any], found: list[str]):
    for key, amount in (("a", 1), ("b", 2)):
        camunda.engine.start("order", business_key=key, variables={"amount": amount})
    assert [task["businessKey"] for task in camunda.fetch(**topic)] == found


@pytest.mark.parametrize(
    "topic, seen",
    [
        ({}, {"amount": 10, "note": "hi", "currency": "EUR"}),
        ({"variables": ["note", "amount", "none"]}, {"amount": 10, "note": "hi"}),
        ({"localVariables": True}, {"amount": 10}),
        ({"localVariables": False, "variables": []}, {}),
    ],
)
def test_a_task_sees_its_inputs_and_what_is_around_it(camunda: Camunda, topic: dict[str, Any], seen: dict[str, Any]):
    # Given a task inside a sub-process whose input hides a variable of the process
    diagram = process("m").start().subprocess("sub").start("s").script("set", "currency = 'EUR'")
    diagram.service("work", "charge", inputs={"amount": "amount * 10"}).end("e").close().end()
    camunda.engine.deploy({"m.bpmn": diagram.xml()})
    camunda.start("m", amount=1, note="hi")
    # Then a worker sees both, its own first, unless it asks for less
    [task] = camunda.fetch(**topic)
    assert {name: one["value"] for name, one in task["variables"].items()} == seen


def test_topics_have_locks_of_their_own_length(camunda: Camunda):
    diagram = (
        process("pair")
        .start()
        .parallel("both")
        .service("one", "t-1")
        .end("e1")
        .at("both")
        .service("two", "t-2")
        .end("e2")
    )
    camunda.engine.deploy({"two.bpmn": diagram.xml()})
    camunda.start("pair")
    topics = [{"topicName": "t-1", "lockDuration": 1000}, {"topicName": "t-2", "lockDuration": 5000}]
    tasks = camunda.post("/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 9, "topics": topics})
    assert {task["topicName"]: task["lockExpirationTime"][17:23] for task in tasks} == {
        "t-1": "01.000",
        "t-2": "05.000",
    }


def test_the_most_urgent_come_first_when_they_are_asked_for(camunda: Camunda):
    # Given tasks of priority 7, of which one is made more urgent and one less than all
    first, second, third = (camunda.start(n=number)["id"] for number in (1, 2, 3))
    tasks = {task["processInstanceId"]: task["id"] for task in camunda.get("/external-task")}
    camunda.put(f"/external-task/{tasks[third]}/priority", {"priority": 99})
    camunda.put(f"/external-task/{tasks[first]}/priority", {"priority": -1})
    listed = camunda.get("/external-task", sortBy="taskPriority", sortOrder="desc")
    assert [task["priority"] for task in listed] == [99, 7, -1]
    assert camunda.get("/external-task/count", priorityHigherThanOrEquals=8)["count"] == 1

    def fetched(**more: Any) -> list[str]:
        found = [task["processInstanceId"] for task in camunda.fetch(**more)]
        for id in tasks.values():
            camunda.post(f"/external-task/{id}/unlock")
        return found

    # Then usePriority gives them in that order, and without it their age counts
    assert fetched(usePriority=True) == [third, second, first]
    assert fetched(usePriority=True, maxTasks=1) == [third]
    assert fetched() == fetched(usePriority=None) == [first, second, third]


def test_a_failure_without_retries_leaves_none(camunda: Camunda):
    order = camunda.start()
    [task] = camunda.fetch()
    camunda.post(f"/external-task/{task['id']}/failure", {"workerId": "w", "errorMessage": "down", "retries": None})
    assert camunda.get(f"/external-task/{task['id']}")["retries"] == 0
    [incident] = camunda.get("/incident", processInstanceId=order["id"])
    assert (incident["incidentType"], incident["incidentMessage"], incident["configuration"]) == (
        "failedExternalTask", "down", task["id"],
    )  # fmt: skip
    assert camunda.get(f"/incident/{incident['id']}") == incident
    assert camunda.get("/external-task", noRetriesLeft="true")[0]["id"] == task["id"]
    # New attempts resolve it.
    camunda.put(f"/external-task/{task['id']}/retries", {"retries": 2})
    assert camunda.get("/incident") == []
    assert camunda.refused("GET", f"/incident/{incident['id']}")[0] == 404
    assert camunda.fetch()[0]["retries"] == 2


def test_the_worker_counts_its_attempts_and_says_when_the_next_one_is_due(camunda: Camunda):
    camunda.start()
    for left in (9, 5, 1):
        [task] = camunda.fetch()
        body = {"workerId": "w", "errorMessage": "asleep", "retries": left, "retryTimeout": 60_000}
        camunda.post(f"/external-task/{task['id']}/failure", body)
        assert camunda.get(f"/external-task/{task['id']}")["retries"] == left
        assert camunda.fetch() == []
        camunda.engine.advance_clock(60)
    assert camunda.client.get(f"/engine-rest/external-task/{task['id']}/errorDetails").text == "asleep"


@pytest.mark.parametrize("retries, state", [(4, "leased"), (0, "incident")])
def test_retries_of_an_open_task_are_set(camunda: Camunda, retries: int, state: str):
    camunda.start()
    [task] = camunda.get("/external-task")
    if retries:
        camunda.fetch()
    camunda.put("/external-task/retries", {"retries": retries, "externalTaskIds": [task["id"]]})
    [job] = camunda.engine.jobs().items
    assert (job.retries, job.state) == (retries, state)
    assert camunda.get(f"/external-task/{task['id']}")["retries"] == retries


def test_the_attempts_of_a_diagram_that_says_nothing_are_known():
    assert RetryPolicy().retries == RETRIES


def test_a_bpmn_error_goes_where_the_diagram_says(camunda: Camunda):
    order = camunda.start()
    [task] = camunda.fetch()
    body = {"workerId": "w", "errorCode": "DECLINED", "errorMessage": "poor", "variables": {"limit": {"value": 1}}}
    camunda.post(f"/external-task/{task['id']}/bpmnError", body)
    past = camunda.get(f"/history/process-instance/{order['id']}")
    assert past["state"] == "COMPLETED"
    assert camunda.engine.instance(order["id"], variables=True).variables == {"why": "poor", "limit": 1}


def test_a_lock_is_extended_and_given_back(camunda: Camunda):
    camunda.start()
    [task] = camunda.fetch()
    camunda.post(f"/external-task/{task['id']}/extendLock", {"workerId": "w", "newDuration": 30_000})
    assert camunda.get(f"/external-task/{task['id']}")["lockExpirationTime"] == "2026-01-01T00:00:30.000+0000"
    # unlock comes without a body and without a content type, and may come again.
    for _ in range(2):
        answer = camunda.client.post(f"/engine-rest/external-task/{task['id']}/unlock")
        assert (answer.status_code, answer.data) == (204, b"")
    assert camunda.get("/external-task", locked="true") == []
    assert [again["id"] for again in camunda.fetch("other")] == [task["id"]]


def test_one_task_is_locked_by_its_id(camunda: Camunda):
    camunda.start()
    camunda.start()
    second = camunda.get("/external-task")[1]["id"]
    for _ in range(2):
        camunda.post(f"/external-task/{second}/lock", {"workerId": "w", "lockDuration": 9_000})
    assert [task["id"] for task in camunda.get("/external-task", workerId="w")] == [second]
    assert camunda.refused("POST", f"/external-task/{second}/lock", json={"workerId": "o", "lockDuration": 1})[0] == 400
    assert camunda.refused("POST", "/external-task/nobody/lock", json={"workerId": "o", "lockDuration": 1})[0] == 404


@pytest.mark.parametrize(
    "outputs, expected", [({}, {"a": 1}), ({"sum": "a + b"}, {"a": 1, "sum": 3})], ids=["none", "mapped"]
)
def test_local_variables_are_for_output_mappings(camunda: Camunda, outputs: dict[str, str], expected: dict[str, int]):
    camunda.engine.deploy(
        {"l.bpmn": process("l").start().service("s", "charge", outputs=outputs).user("u").end().xml()}
    )
    started = camunda.start("l")
    [task] = camunda.fetch()
    body = {"workerId": "w", "variables": {"a": {"value": 1}}, "localVariables": {"b": {"value": 2}}}
    camunda.post(f"/external-task/{task['id']}/complete", body)
    assert camunda.engine.instance(started["id"], variables=True).variables == expected


def test_nobody_answers_without_holding_the_task(camunda: Camunda):
    camunda.start()
    [task] = camunda.fetch()
    for call, body in {
        "complete": {},
        "failure": {"errorMessage": "x"},
        "bpmnError": {"errorCode": "X"},
        "extendLock": {"newDuration": 1000},
    }.items():
        path = f"/external-task/{task['id']}/{call}"
        status, kind, message = camunda.refused("POST", path, json={"workerId": "thief", **body})
        assert (status, kind) == (400, "InvalidRequestException")
        assert "thief" in message
        assert camunda.refused("POST", path, json=body)[0] == 400
        assert camunda.refused("POST", f"/external-task/nobody/{call}", json={"workerId": "w", **body})[0] == 404
    assert camunda.get(f"/external-task/{task['id']}")["workerId"] == "w"


@pytest.mark.parametrize("with_keys", [False], indirect=True, ids=["without keys"])
def test_a_long_poll_ends_with_nothing_or_with_what_comes(live: Live):
    live.engine.deploy({"p.bpmn": process("p").start().service("work", "charge").end().xml()})
    camunda = Camunda(create_app(live.engine, WebSettings()).test_client(), live.engine)
    assert camunda.fetch(asyncResponseTimeout=1) == []
    found: list[Any] = []
    waiting = Thread(target=lambda: found.extend(camunda.fetch(asyncResponseTimeout=50_000)))
    waiting.start()
    started = live.engine.start("p")
    waiting.join(30)
    assert [task["processInstanceId"] for task in found] == [started.id]
