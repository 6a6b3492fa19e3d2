"""Every POST with an Idempotency-Key is done once: a repeat changes nothing, another request with it is refused."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from api.app import create_app
from engine import Engine, Settings
from engine.runtime import openings
from tests.support.diagrams import process
from tests.support.drawings import process as drawing
from tests.support.event_drawings import process as events

from .front import service_task, user_task

KEYED = {"Idempotency-Key": "k-1"}
Asked = tuple[str, Any, Any]
"""A path, a body, and another body for which the key was not."""


def _task(front) -> str:
    front.deploy(user_task())
    front.start()
    return front.get("/api/tasks")["items"][0]["id"]


def _job(front, *, leased: bool = True) -> str:
    front.deploy(service_task())
    front.start()
    if leased:
        front.post("/api/jobs/lease", {"types": ["by-hand"], "worker": "w", "lease_seconds": 60})
    return front.get("/api/jobs")["items"][0]["id"]


def deploy(front) -> Asked:
    return "/api/deployments", user_task().xml(), service_task().xml()


def start(front) -> Asked:
    front.deploy(user_task())
    return "/api/instances", {"process": "p", "variables": {"n": 1}}, {"process": "p", "variables": {"n": 2}}


def start_and_wait(front) -> Asked:
    front.deploy(user_task())
    body = {"process": "p", "wait_seconds": 1, "wait_for": "rest"}
    return "/api/instances", body, {**body, "business_key": "b"}


def wait(front) -> Asked:
    front.deploy(user_task())
    return f"/api/instances/{front.start()['id']}/wait", {"wait_seconds": 0}, None


def start_activity(front) -> Asked:
    front.deploy(drawing("p").start().ad_hoc("checks", "done").user("a").apart().user("b").close().end())
    path = f"/api/instances/{front.start(variables={'done': False})['id']}/activities"
    return path, {"elements": ["a"]}, {"elements": ["b"]}


def lease(front) -> Asked:
    _job(front, leased=False)
    front.start()
    body = {"types": ["by-hand"], "worker": "w", "lease_seconds": 60}
    return "/api/jobs/lease", body, {**body, "max": 2}


def extend(front) -> Asked:
    path = f"/api/jobs/{_job(front)}/extend"
    return path, {"worker": "w", "lease_seconds": 120}, {"worker": "w", "lease_seconds": 240}


def complete_job(front) -> Asked:
    body = {"worker": "w", "variables": {"response": 1}}
    return f"/api/jobs/{_job(front)}/complete", body, {**body, "variables": {"response": 2}}


def fail_job(front) -> Asked:
    body = {"worker": "w", "message": "the van is broken"}
    return f"/api/jobs/{_job(front)}/fail", body, {**body, "retryable": False}


def throw_error(front) -> Asked:
    body = {"worker": "w", "code": "BROKEN"}
    return f"/api/jobs/{_job(front)}/error", body, {**body, "code": "OTHER"}


def claim(front) -> Asked:
    return f"/api/tasks/{_task(front)}/claim", {"assignee": "lea"}, {"assignee": None}


def claim_again(front) -> Asked:
    task = _task(front)
    front.post(f"/api/tasks/{task}/claim", {"assignee": "lea"})
    return f"/api/tasks/{task}/claim", {"assignee": "lea"}, {"assignee": None}


def complete_task(front) -> Asked:
    return f"/api/tasks/{_task(front)}/complete", {"variables": {"n": 1}}, {"variables": {"n": 2}}


def resolve(front) -> Asked:
    job = _job(front)
    front.post(f"/api/jobs/{job}/fail", {"worker": "w", "message": "no", "retryable": False})
    incident = front.get("/api/incidents")["items"][0]["id"]
    return f"/api/incidents/{incident}/resolve", {"retries": 2}, {"retries": 3}


def message(front) -> Asked:
    front.deploy(events("q").start_on("s", "message:asked").user("u").end())
    body = {"name": "asked", "variables": {"n": 1}}
    return "/api/messages", body, {**body, "variables": {"n": 2}}


def message_with_an_id(front) -> Asked:
    body = {"name": "asked", "message_id": "m-1"}
    return "/api/messages", body, {**body, "message_id": "m-2"}


def signal(front) -> Asked:
    front.deploy(events("rung").start_on("s", "signal:bell").user("u").end())
    return "/api/signals", {"name": "bell", "variables": {"n": 1}}, {"name": "bell", "variables": {"n": 2}}


def condition(front) -> Asked:
    front.deploy(events("hot").start_on("s", "condition:t > 70").user("u").end())
    return "/api/conditions", {"variables": {"t": 71}}, {"variables": {"t": 72}}


def clock(front) -> Asked:
    return "/api/test/clock", {"advance_seconds": 60}, {"advance_seconds": 61}


def _event(front, *, refused: bool) -> str:
    """An event for the bus that is refused on its way in, or waits on its way out."""
    if refused:
        front.client.application.extensions["baton-engine"].bus.receive("orders", b"no event")
        return front.get("/api/bus/refused")["items"][0]["id"]
    front.deploy(events("out").start().throw("t", "message:told", bus__topic="orders").end())
    front.start("out")
    return front.get("/api/bus/publications")["items"][0]["id"]


def resolve_publication(front) -> Asked:
    return f"/api/bus/publications/{_event(front, refused=False)}/resolve", {"how": "drop"}, {"how": "retry"}


def resolve_refused(front) -> Asked:
    return f"/api/bus/refused/{_event(front, refused=True)}/resolve", {"how": "drop"}, {"how": "retry"}


ROWS = {
    deploy: "/api/deployments",
    start: "/api/instances",
    start_and_wait: "/api/instances",
    wait: "/api/instances/{instance_id}/wait",
    start_activity: "/api/instances/{instance_id}/activities",
    lease: "/api/jobs/lease",
    extend: "/api/jobs/{job_id}/extend",
    complete_job: "/api/jobs/{job_id}/complete",
    fail_job: "/api/jobs/{job_id}/fail",
    throw_error: "/api/jobs/{job_id}/error",
    claim: "/api/tasks/{task_id}/claim",
    claim_again: "/api/tasks/{task_id}/claim",
    complete_task: "/api/tasks/{task_id}/complete",
    resolve: "/api/incidents/{incident_id}/resolve",
    message: "/api/messages",
    message_with_an_id: "/api/messages",
    signal: "/api/signals",
    condition: "/api/conditions",
    clock: "/api/test/clock",
    resolve_publication: "/api/bus/publications/{event_id}/resolve",
    resolve_refused: "/api/bus/refused/{event_id}/resolve",
}
EACH = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.__name__)


def ask(client, path: str, body: Any) -> tuple[int, Any]:
    sent = {"data": body, "content_type": "application/xml"} if isinstance(body, bytes) else {"json": body}
    response = client.post(path, headers=KEYED, **sent)
    return response.status_code, json.loads(response.data) if response.data else None


def world(front) -> dict[str, Any]:
    """Everything that a request may change."""
    found = {
        name: front.get(f"/api/{name}")["items"] for name in ("deployments", "instances", "jobs", "tasks", "messages")
    }
    histories = [front.get(f"/api/instances/{one['id']}/history")["items"] for one in found["instances"]]
    return {**found, "histories": histories, "now": front.get("/health")["now"]}


def test_every_post_of_the_interface_has_a_row(front):
    paths = front.get("/api/openapi.json")["paths"]
    posts = {path for path, methods in paths.items() if "post" in methods}
    assert posts == set(ROWS.values())
    for path in posts:
        names = [one["name"] for one in paths[path]["post"]["parameters"]]
        assert "Idempotency-Key" in names, path


@EACH
def test_a_repeat_changes_nothing_and_is_answered_alike(front, client, row):
    path, body, _ = row(front)
    first = ask(client, path, body)
    assert first[0] < 300, first
    after = world(front)
    assert ask(client, path, body) == first
    assert world(front) == after


@pytest.mark.parametrize("row", [row for row in ROWS if row is not wait], ids=lambda row: row.__name__)
def test_another_request_with_the_key_is_refused_and_changes_nothing(front, client, row):
    path, body, other = row(front)
    ask(client, path, body)
    after = world(front)
    status, problem = ask(client, path, other)
    assert (status, problem["type"]) == (422, "urn:baton:problem:idempotency-conflict")
    assert world(front) == after


def test_a_refused_request_may_be_repeated_with_its_key(front, client):
    # Given a task that is refused to somebody because another person has it
    task = _task(front)
    front.post(f"/api/tasks/{task}/claim", {"assignee": "max"})
    assert ask(client, f"/api/tasks/{task}/claim", {"assignee": "lea"})[0] == 409
    # When it is given back, Then the same request is carried out
    front.post(f"/api/tasks/{task}/claim", {"assignee": None})
    assert ask(client, f"/api/tasks/{task}/claim", {"assignee": "lea"})[1]["assignee"] == "lea"


def test_a_late_repeat_does_not_undo_what_came_after(front, client):
    # Given a claim that changed nothing, and a task given back since
    path, body, _ = claim_again(front)
    ask(client, path, body)
    front.post(path, {"assignee": None})
    # When the claim is repeated, Then the task is answered as it is
    assert ask(client, path, body)[1]["assignee"] is None


def test_a_repeated_lease_leads_to_the_jobs_that_are_still_held(front, client):
    path, body, _ = lease(front)
    job = ask(client, path, body)[1]["items"][0]["id"]
    front.post(f"/api/jobs/{job}/complete", {"worker": "w"})
    assert ask(client, path, body) == (200, {"items": []})


def test_a_repeated_lease_whose_jobs_are_done_does_not_wait_for_others(monkeypatch):
    with Engine("sqlite://", settings=Settings(workers=0)) as engine:
        engine.start_workers()
        engine.deploy({"p.bpmn": service_task().xml()})
        engine.start("p")
        wanted = {"worker": "w", "wait_seconds": 60, "idempotency_key": "k-1"}
        (job,) = engine.lease_jobs(["by-hand"], **wanted)
        engine.complete_job(job.id, worker="w")
        monkeypatch.setattr(openings.Ear, "listen", lambda _: pytest.fail("waited"))
        assert engine.lease_jobs(["by-hand"], **wanted) == []


def test_an_empty_lease_keeps_no_key(front, client):
    body = {"types": ["by-hand"], "worker": "w"}
    assert ask(client, "/api/jobs/lease", body) == (200, {"items": []})
    _job(front, leased=False)
    assert len(ask(client, "/api/jobs/lease", body)[1]["items"]) == 1


def test_two_callers_with_names_never_share_a_key(engine, front, client):
    front.deploy(user_task())
    started = []
    for name in ("lea", "max"):
        key = engine.api_keys.create(name, ["starter"])[1]
        headers = {**KEYED, "Authorization": f"Bearer {key}"}
        started += [client.post("/api/instances", json={"process": "p"}, headers=headers).json["id"] for _ in range(2)]
    assert started[0] == started[1] != started[2] == started[3]


def test_long_names_and_keys_are_told_apart(engine, front, client):
    front.deploy(user_task())
    key = engine.api_keys.create("l" * 100, ["starter"])[1]
    ids = []
    for last in "aab":
        headers = {"Idempotency-Key": "k" * 254 + last, "Authorization": f"Bearer {key}"}
        ids.append(client.post("/api/instances", json={"process": "p"}, headers=headers).json["id"])
    assert ids[0] == ids[1] != ids[2]


def test_a_message_of_another_caller_with_the_key_is_another_message(engine, front, client):
    sent = []
    for name in ("lea", "max"):
        key = engine.api_keys.create(name, ["starter"])[1]
        headers = {**KEYED, "Authorization": f"Bearer {key}"}
        sent += [client.post("/api/messages", json={"name": "m"}, headers=headers).json["message_id"] for _ in range(2)]
    assert sent == ['["lea", "k-1"]', '["lea", "k-1"]', '["max", "k-1"]', '["max", "k-1"]']


def test_repeats_at_the_same_time_wait_for_the_first():
    # Given a server with threads, and a task
    with Engine("sqlite://", settings=Settings(workers=0)) as engine:
        engine.start_workers()
        client = create_app(engine).test_client()
        engine.deploy({"p.bpmn": process("p").start().user("a").user("b").end().xml()})
        id = engine.start("p").id
        task = engine.tasks(instance=id).items[0].id
        # When many complete it with one key
        answers: list[tuple[int, Any]] = []
        barrier = threading.Barrier(8)

        def complete() -> None:
            barrier.wait()
            own = client.application.test_client()
            answers.append(ask(own, f"/api/tasks/{task}/complete", {"variables": {"n": 1}}))

        threads = [threading.Thread(target=complete) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # Then all are told the same, and it was completed once
        assert [status for status, _ in answers] == [200] * 8
        assert len({body["revision"] for _, body in answers}) == 1
        assert [entry.event for entry in engine.history(id).items].count("user-task-completed") == 1
