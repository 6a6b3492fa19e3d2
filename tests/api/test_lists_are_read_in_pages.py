"""Every list has pages: each item once, in an order that does not change, whatever is added meanwhile."""

from __future__ import annotations

import json

import pytest

from tests.support.diagrams import process

from .front import service_task, user_task


@pytest.fixture
def seeded(front, engine):
    """Several of everything; returns one instance."""
    front.deploy(user_task())
    front.deploy(process("p").start().script("first", "x = 1").user("ask").end())
    document = service_task().xml().replace(b'"p"', b'"q"')
    front.client.post("/api/deployments", data=document, headers={"Content-Type": "application/xml"})
    for number in range(5):
        front.start("q")
        instance = front.start("p", variables={f"v{name}": number for name in range(5)})
    for job in engine.lease_jobs(["by-hand"], worker="w", max=5):
        engine.fail_job(job.id, "broken", worker="w", retryable=False)
    return instance


LISTS = {
    "deployments": "/api/deployments",
    "definitions": "/api/definitions",
    "instances": "/api/instances",
    "jobs": "/api/jobs",
    "tasks": "/api/tasks",
    "incidents": "/api/incidents",
    "history": "/api/instances/{id}/history",
    "activities": "/api/instances/{id}/activities",
    "variables": "/api/instances/{id}/variables",
}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("size", [1, 2])
def test_pages_hold_every_item_once_and_in_order(front, seeded, name, size):
    # Given the whole list
    path = LISTS[name].format(id=seeded["id"])
    whole = front.get(path, limit=200)
    assert whole["next_cursor"] is None
    assert len(whole["items"]) > size
    # When it is read in small pages while instances are started
    seen, cursor = [], None
    while True:
        page = front.get(path, limit=size, **({"cursor": cursor} if cursor else {}))
        assert 0 < len(page["items"]) <= size
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None or len(seen) > 100:
            break
        front.start("q")
    # Then each item of the list is there once, in the same order; what was added may follow.
    assert seen[: len(whole["items"])] == whole["items"]


@pytest.mark.parametrize("name", LISTS)
def test_the_same_pages_come_again(front, seeded, name):
    path = LISTS[name].format(id=seeded["id"])
    assert front.get(path, limit=2) == front.get(path, limit=2)


def test_problems_of_a_definition_come_in_pages(client, front):
    # Given a diagram with warnings
    document = process("w").start().user("ask").end().xml()
    noisy = document.replace(b"<bpmn:process ", b'<bpmn:process xmlns:x="http://x.example" x:a="1" x:b="2" x:c="3" ', 1)
    client.post("/api/deployments", data=noisy, headers={"Content-Type": "application/xml"})
    whole = front.get("/api/definitions/w:1")["problems"]
    seen, cursor = [], None
    while True:
        page = front.get("/api/definitions/w:1/problems", limit=1, **({"cursor": cursor} if cursor else {}))
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == whole
    assert client.get("/api/definitions/w:1/problems?cursor=-1").status_code == 400
    assert client.get("/api/definitions/none:1/problems").status_code == 404


@pytest.mark.parametrize("name", LISTS)
def test_a_cursor_is_good_for_its_own_list(client, front, seeded, name):
    other = "tasks" if name == "instances" else "instances"
    cursor = front.get(LISTS[other].format(id=seeded["id"]), limit=1)["next_cursor"]
    response = client.get(LISTS[name].format(id=seeded["id"]), query_string={"cursor": cursor})
    assert response.status_code in {400, 422}
    assert "cursor" in json.loads(response.data)["detail"]


def test_the_list_of_instances_tells_which_end_was_reached(front):
    front.deploy(process("p").start().script("a", "x = 1").end())
    front.start()
    (item,) = front.get("/api/instances")["items"]
    assert (item["status"], item["reached"]) == ("completed", ["end"])
