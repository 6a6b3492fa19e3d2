"""Jobs, user tasks and incidents over HTTP: lease, answer, claim, complete, resolve, and the manual clock."""

from __future__ import annotations

import json

import pytest

from api.app import create_app
from engine import Engine, Settings
from tests.support.diagrams import process

from .front import Front, service_task, user_task

WORKER = {"worker": "w-1"}


@pytest.fixture
def job(front):
    """A leased job of a fresh instance."""
    front.deploy(service_task())
    instance = front.start(variables={"n": 1})
    (leased,) = front.post("/api/jobs/lease", {"types": ["by-hand"], "lease_seconds": 30, **WORKER})["items"]
    assert leased["instance_id"] == instance["id"]
    return leased


def test_a_leased_job_belongs_to_one_worker(front, job):
    assert (job["state"], job["lease_owner"], job["type"]) == ("leased", "w-1", "by-hand")
    assert front.post("/api/jobs/lease", {"types": ["by-hand"], "worker": "w-2"})["items"] == []
    assert front.get("/api/jobs", state="leased")["items"][0]["id"] == job["id"]
    assert front.get(f"/api/jobs/{job['id']}")["idempotency_key"] == job["idempotency_key"]


def test_completing_goes_on_and_a_second_answer_is_refused(client, front, job):
    front.post(f"/api/jobs/{job['id']}/complete", {**WORKER, "variables": {"response": 42}})
    done = front.get(f"/api/instances/{job['instance_id']}")
    assert (done["status"], done["variables"]["answer"]) == ("completed", 42)
    late = client.post(f"/api/jobs/{job['id']}/complete", json=WORKER)
    assert late.status_code == 409
    assert json.loads(late.data)["reason"]


def test_another_workers_answer_is_refused(client, front, job):
    response = client.post(f"/api/jobs/{job['id']}/complete", json={"worker": "w-2"})
    assert response.status_code == 409
    assert front.get(f"/api/jobs/{job['id']}")["state"] == "leased"


def test_a_lease_runs_out_with_the_clock_and_can_be_extended(front, engine, job):
    # Given a lease of 30 seconds that is extended to 100
    front.post(f"/api/jobs/{job['id']}/extend", {**WORKER, "lease_seconds": 100})
    # When 60 seconds pass, then the job is still the worker's;
    front.post("/api/test/clock", {"advance_seconds": 60})
    engine.drain()
    assert front.post("/api/jobs/lease", {"types": ["by-hand"], "worker": "w-2"})["items"] == []
    # when 60 more pass, then it is lost.
    front.post("/api/test/clock", {"advance_seconds": 60})
    engine.drain()
    assert front.get(f"/api/jobs/{job['id']}")["state"] != "leased"


def test_a_final_failure_is_an_incident_that_can_be_resolved(client, front, job):
    # When the worker gives up
    front.post(f"/api/jobs/{job['id']}/fail", {**WORKER, "message": "no such card", "retryable": False})
    # Then there is one open incident,
    (incident,) = front.get("/api/incidents", instance=job["instance_id"])["items"]
    assert (incident["status"], incident["element_id"]) == ("open", "work")
    assert "no such card" in incident["message"]
    assert front.get(f"/api/incidents/{incident['id']}")["id"] == incident["id"]
    # and resolving it gives the job back to workers, with an incident kept for the record.
    front.post(f"/api/incidents/{incident['id']}/resolve", {"retries": 2})
    assert front.get("/api/incidents")["items"] == []
    assert [item["id"] for item in front.get("/api/incidents", status="all")["items"]] == [incident["id"]]
    assert front.get("/api/jobs", state="available")["items"][0]["element_id"] == "work"
    assert client.post(f"/api/incidents/{incident['id']}/resolve").status_code == 409


def test_a_worker_can_throw_a_bpmn_error(front):
    diagram = service_task().error_boundary("refused", on="work", code="DECLINED").end("declined")
    front.deploy(diagram)
    instance = front.start()
    (leased,) = front.post("/api/jobs/lease", {"types": ["by-hand"], **WORKER})["items"]
    front.post(f"/api/jobs/{leased['id']}/error", {**WORKER, "code": "DECLINED", "message": "no money"})
    assert front.get(f"/api/instances/{instance['id']}")["reached"] == ["declined"]


def test_a_user_task_is_claimed_and_completed(client, front):
    front.deploy(user_task())
    instance = front.start(business_key="o-9")
    (task,) = front.get("/api/tasks", instance=instance["id"])["items"]
    assert (task["state"], task["element_id"], task["business_key"]) == ("created", "ask", "o-9")
    claimed = front.post(f"/api/tasks/{task['id']}/claim", {"assignee": "lea"})
    assert (claimed["state"], claimed["assignee"]) == ("claimed", "lea")
    assert [item["id"] for item in front.get("/api/tasks", assignee="lea")["items"]] == [task["id"]]
    done = front.post(f"/api/tasks/{task['id']}/complete", {"variables": {"ok": True}})
    assert done["status"] == "completed"
    assert front.get(f"/api/instances/{instance['id']}")["variables"] == {"ok": True}
    assert client.post(f"/api/tasks/{task['id']}/complete").status_code == 409


def test_a_user_task_can_be_completed_without_a_body(client, front):
    front.deploy(user_task())
    front.start()
    (task,) = front.get("/api/tasks")["items"]
    assert client.post(f"/api/tasks/{task['id']}/complete").status_code == 200


def test_the_clock_can_only_be_moved_where_it_is_manual():
    with Engine("sqlite://", settings=Settings(workers=0)) as real:
        response = create_app(real).test_client().post("/api/test/clock", json={"advance_seconds": 1})
    assert response.status_code == 404


@pytest.mark.parametrize("seconds", [-1, 1e12, "1"])
def test_the_clock_goes_forward_within_bounds(client, seconds):
    assert client.post("/api/test/clock", json={"advance_seconds": seconds}).status_code == 422


def test_the_clock_answers_with_its_time(front: Front):
    before = front.post("/api/test/clock", {"advance_seconds": 0})["now"]
    after = front.post("/api/test/clock", {"advance_seconds": 0.5})["now"]
    assert before < after


def test_a_process_without_work_asks_for_none(front):
    front.deploy(process("p").start().end())
    front.start()
    assert front.get("/api/jobs")["items"] == front.get("/api/tasks")["items"] == []
