"""A key for some processes at /engine-rest: the same as under /api, for whatever Camunda's clients ask."""

from __future__ import annotations

import pytest

from .test_a_restricted_key_sees_its_processes_only import World, routes

DOOR = "/engine-rest"
RESOURCES = {
    "deployment": "deployment",
    "external-task": "external-task",
    "process-definition": "process-definition",
    "process-instance": "process-instance",
    "history": "history/process-instance",
    "task": "task",
    "incident": "incident",
}
"""By the first part of a path: the list in which ids for it are found."""
NOBODYS = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def world(engine, client):
    return World(engine, client)


@pytest.fixture
def admin(engine, client):
    """Ask as somebody who may see everything."""
    _, token = engine.api_keys.create("otto", ["admin"])
    headers = {"Authorization": f"Bearer {token}"}
    return lambda path: client.get(f"{DOOR}/{path}", headers=headers).get_json()


def rules(client):
    for rule, method in routes(client.application):
        outside = "outside" in rule.endpoint
        if rule.rule.startswith(DOOR) and not outside:
            yield rule, method


def ids_of_theirs(world, admin):
    """By resource: the id of something of theirs, as the door itself writes it."""
    found = {}
    for resource, path in RESOURCES.items():
        items = admin(path)
        own = {item["id"] for item in world.ask(f"{DOOR}/{path}").get_json()}
        found[resource] = next(item["id"] for item in items if item["id"] not in own)
        assert own, f"{path} has nothing of ours"
        assert len(items) > len(own), path
    return found


BODIES = {
    "complete": {"workerId": "w"},
    "bpmnError": {"workerId": "w", "errorCode": "c"},
    "failure": {"workerId": "w", "errorMessage": "m"},
    "extendLock": {"workerId": "w", "newDuration": 1000},
    "retries": {"retries": 3},
    "priority": {"priority": 3},
    "claim": {"userId": "lea"},
    "assignee": {"userId": "lea"},
    "variables": {"modifications": {"x": {"value": 1}}},
}


def test_one_thing_of_theirs_is_answered_as_one_that_is_not_there(world, client, admin):
    theirs, stored = ids_of_theirs(world, admin), world.theirs()
    adapter, asked = client.application.url_map.bind("localhost"), 0
    for rule, method in rules(client):
        if not rule.arguments:
            continue
        assert rule.arguments <= {"id", "name", "key"}, rule.rule
        answers = []
        for id, key in ((theirs[rule.rule.split("/")[2]], "theirs"), (NOBODYS, "nobody")):
            values = {"id": id, "name": "theirs-v", "key": key}
            path = adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})
            body = None if method in {"GET", "DELETE"} else BODIES.get(path.rpartition("/")[2], {"value": 1})
            answer = world.ask(path, method, json=body)
            answers.append((answer.status_code, answer.get_data(as_text=True).replace(id, "ID").replace(key, "KEY")))
        # Then the two answers cannot be told apart, and nothing of theirs changed.
        assert answers[0] == answers[1], f"{method} {rule.rule}"
        assert 400 <= answers[0][0] < 500, f"{method} {rule.rule}"
        asked += 1
    assert asked >= 25
    assert world.theirs() == stored


def test_no_list_and_no_count_has_anything_of_theirs(world, client, admin):
    asked, theirs = 0, ids_of_theirs(world, admin)["process-instance"]
    for rule, method in rules(client):
        if rule.arguments or method not in {"GET", "POST"}:
            continue
        if method == "POST" and not rule.endpoint.endswith(("search", "search_count", "search_past_variables")):
            continue
        answer = world.ask(rule.rule, method, json=None if method == "GET" else {})
        if answer.status_code == 400:
            # Some lists are those of one instance only: of theirs it is answered as of nobody's.
            assert answer.get_json()["message"].partition(" needs a ")[2].startswith("processInstanceId")
            texts = []
            for id in (theirs, NOBODYS):
                query = {"processInstanceId": id}
                more = {"query_string": query} if method == "GET" else {"json": query}
                texts.append(world.ask(rule.rule, method, **more).get_data(as_text=True).replace(id, "ID"))
            assert texts[0] == texts[1], rule.rule
            continue
        assert answer.status_code == 200, f"{method} {rule.rule} {answer.get_data(as_text=True)}"
        assert "theirs" not in answer.get_data(as_text=True), f"{method} {rule.rule}"
        if rule.rule.endswith("/count"):
            listed = world.ask(rule.rule.removesuffix("/count"), method, json=None if method == "GET" else {})
            assert answer.get_json() == {"count": len(listed.get_json())}, rule.rule
        asked += 1
    assert asked >= 12


DEEDS = [
    ("process-definition/key/theirs/start", {}),
    ("process-definition/theirs:1/start", {}),
    ("message", {"messageName": "theirs-message"}),
    ("message", {"messageName": "theirs-start"}),
    ("message", {"messageName": "theirs-message", "processInstanceId": "{theirs}"}),
    ("message", {"messageName": "theirs-message", "businessKey": "theirs-key", "all": True}),
    ("signal", {"name": "common"}),
]


@pytest.mark.parametrize("path, body", DEEDS, ids=[f"{path} {body}" for path, body in DEEDS])
def test_what_would_reach_theirs_is_refused(world, admin, path, body):
    stored, ids = world.theirs(), {item["businessKey"]: item["id"] for item in admin("process-instance")}
    body = {name: ids["theirs-key"] if value == "{theirs}" else value for name, value in body.items()}
    answer = world.ask(f"{DOOR}/{path}", "POST", json=body)
    # A message for all that wait is right when nobody does.
    assert answer.status_code == 204 if body.get("all") else 400 <= answer.status_code < 500
    assert body.get("all") or set(answer.get_json()) >= {"type", "message"}
    assert world.theirs() == stored


def test_a_worker_gets_the_jobs_of_ours(world):
    wanted = {"workerId": "w", "maxTasks": 10, "topics": [{"topicName": "by-hand", "lockDuration": 1000}]}
    fetched = world.ask(f"{DOOR}/external-task/fetchAndLock", "POST", json=wanted).get_json()
    assert [task["processDefinitionKey"] for task in fetched] == ["ours"]
