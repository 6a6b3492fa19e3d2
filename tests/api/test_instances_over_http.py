"""Instances over HTTP: start, repeat, wait, find, read, end."""

from __future__ import annotations

import json
import re

import pytest

from tests.support.diagrams import process

from .front import service_task, user_task

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def test_a_started_instance_is_told_whole(client, front):
    # Given a process with a user task
    front.deploy(user_task())
    # When it is started with a business key and variables
    response = client.post("/api/instances", json={"process": "p", "business_key": "o-1", "variables": {"n": 2**70}})
    # Then the answer says where it is, and Location leads to the same.
    body = json.loads(response.data)
    assert response.status_code == 201
    assert (body["status"], body["process"], body["version"], body["business_key"]) == ("waiting", "p", 1, "o-1")
    assert [item["element_id"] for item in body["active"]] == ["ask"]
    assert TIME.fullmatch(body["started_at"])
    found = front.get(response.headers["Location"])
    assert found["id"] == body["id"]
    assert found["variables"] == {"n": 2**70}
    assert front.get(response.headers["Location"], variables="false")["variables"] is None


def test_waiting_for_the_end_answers_with_the_variables(front):
    front.deploy(process("p").start().script("double", "m = n * 2").end())
    body = front.start(variables={"n": 21}, wait_seconds=5)
    assert (body["status"], body["variables"], body["reached"]) == ("completed", {"n": 21, "m": 42}, ["end"])


def test_a_repeat_with_the_same_key_is_the_same_instance(client, front, stored):
    front.deploy(user_task())
    headers = {"Idempotency-Key": "order-1"}
    first, again = (client.post("/api/instances", json={"process": "p"}, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert json.loads(first.data)["id"] == json.loads(again.data)["id"]
    assert stored() == (1, 1)


def test_the_same_key_with_another_body_is_refused(client, front, stored):
    front.deploy(user_task())
    headers = {"Idempotency-Key": "order-1"}
    client.post("/api/instances", json={"process": "p"}, headers=headers)
    response = client.post("/api/instances", json={"process": "p", "variables": {"a": 1}}, headers=headers)
    assert response.status_code == 422
    assert json.loads(response.data)["type"] == "urn:baton:problem:idempotency-conflict"
    assert stored() == (1, 1)


def test_search_by_business_key_process_and_status(front):
    front.deploy(user_task())
    front.deploy(process("q").start().end())
    a, b = front.start(business_key="a"), front.start("q", business_key="b")

    def ids(**query):
        return [item["id"] for item in front.get("/api/instances", **query)["items"]]

    assert ids(business_key="a") == [a["id"]]
    assert ids(process="q") == [b["id"]]
    assert ids(status="completed") == [b["id"]]
    assert ids(status="waiting", process="q") == []


def test_pages_hold_every_instance_once_while_new_ones_arrive(front):
    # Given seven instances
    front.deploy(user_task())
    started = [front.start()["id"] for _ in range(7)]
    # When they are read three at a time and another starts in between
    seen, cursor = [], None
    while True:
        page = front.get("/api/instances", limit=3, **({"cursor": cursor} if cursor else {}))
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        front.start()
    # Then each of the seven is there once.
    assert sorted(seen) == sorted(started)


def test_history_activities_and_variables_tell_the_same_story(front):
    front.deploy(process("p").start().script("count", "n = n + 1").end())
    instance = front.start(variables={"n": 1})
    history = front.get(f"/api/instances/{instance['id']}/history")
    entries = history["items"]
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    assert (entries[0]["event"], entries[-1]["event"], history["next_cursor"]) == (
        "process-started",
        "process-completed",
        None,
    )
    assert set(entries[0]) >= {"seq", "at", "event", "element_id", "element_name", "actor", "data"}
    assert all(TIME.fullmatch(entry["at"]) for entry in entries)
    activities = front.get(f"/api/instances/{instance['id']}/activities")["items"]
    assert [(item["element_id"], item["element_type"], item["outcome"]) for item in activities] == [
        ("start", "startEvent", "completed"),
        ("count", "scriptTask", "completed"),
        ("end", "endEvent", "completed"),
    ]
    variables = front.get(f"/api/instances/{instance['id']}/variables")["items"]
    assert [(item["name"], item["value"]) for item in variables] == [("n", 2)]


def test_a_history_is_read_in_pages(front):
    front.deploy(process("p").start().script("a", "x = 1").script("b", "y = 1").end())
    path = f"/api/instances/{front.start()['id']}/history"
    whole = front.get(path)["items"]
    seen, cursor = [], None
    while True:
        page = front.get(path, limit=4, **({"cursor": cursor} if cursor else {}))
        assert len(page["items"]) <= 4
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == whole
    assert front.get(path, after=3)["items"] == whole[3:]


def test_times_inside_an_events_data_are_text_and_variables_stay_as_they_are(front):
    # Given a job, and a variable that only looks like a time
    front.deploy(service_task())
    instance = front.start(variables={"due_at": 1_700_000_000_000_000})
    entries = {entry["event"]: entry for entry in front.get(f"/api/instances/{instance['id']}/history")["items"]}
    assert TIME.fullmatch(entries["job-created"]["data"]["available_at"])
    assert entries["process-started"]["data"]["variables"] == {"due_at": 1_700_000_000_000_000}


def test_cancelling_ends_an_instance_once(client, front):
    front.deploy(user_task())
    path = f"/api/instances/{front.start()['id']}"
    response = client.delete(f"{path}?reason=changed+my+mind", headers={"Baton-Actor": "lea"})
    assert (response.status_code, json.loads(response.data)["status"]) == (200, "cancelled")
    last = front.get(f"{path}/history")["items"][-1]
    assert (last["event"], last["actor"], last["data"]["reason"]) == ("process-cancelled", "lea", "changed my mind")
    assert client.delete(path).status_code == 409


def test_verify_recomputes_the_chain(front):
    front.deploy(user_task())
    assert front.get(f"/api/instances/{front.start()['id']}/verify")["ok"] is True


@pytest.mark.parametrize("part", ["", "/history", "/activities", "/variables", "/verify"])
def test_an_unknown_instance_is_404_everywhere(client, part):
    assert client.get(f"/api/instances/0192f0c4-7a51-7c3e-9d2f-1b4c5d6e7f80{part}").status_code == 404


def test_the_index_leads_to_every_resource(client, front):
    for name, path in front.get("/api")["resources"].items():
        found = front.get(path)
        assert found["waiting"] == 0 if name == "bus" else found["items"] == []
    assert front.get("/health")["status"] == "ok"
