"""The long poll of workers: woken by the commit that makes a job available, answered empty when nothing comes."""

from __future__ import annotations

import json
from threading import Thread

import pytest

from api.app import create_app
from api.settings import WebSettings
from engine import Engine, Settings
from engine.runtime import openings

from .front import Front, service_task

ASKED = {"types": ["by-hand", "other"], "worker": "w-1", "wait_seconds": 30}


@pytest.fixture
def engine(monkeypatch):
    """An engine with threads; a waiting worker that is not told would wait too long for the test."""
    monkeypatch.setattr(openings, "LONGEST_PAUSE", 1_000.0)
    with Engine("sqlite://", settings=Settings(manual_clock=True, workers=0)) as opened:
        opened.start_workers()
        yield opened


class Worker(Thread):
    """A worker that asks once; `answer` is what it got."""

    def __init__(self, client, **changes):
        super().__init__()
        self.client, self.asked = client.application.test_client(), {**ASKED, **changes}
        self.answer = None
        self.start()

    def run(self):
        self.answer = self.client.post("/api/jobs/lease", json=self.asked)

    def jobs(self):
        self.join(20)
        assert self.answer is not None, "the worker was not woken"
        return json.loads(self.answer.data)["items"]


def test_a_new_job_wakes_a_waiting_worker(client, front):
    front.deploy(service_task())
    worker = Worker(client)
    instance = front.start()
    (job,) = worker.jobs()
    assert (job["instance_id"], job["state"], job["lease_owner"]) == (instance["id"], "leased", "w-1")


def test_one_job_wakes_two_workers_and_belongs_to_one(client, front, engine):
    # Given two workers that wait
    front.deploy(service_task())
    workers = [Worker(client, worker=f"w-{number}", wait_seconds=20) for number in range(2)]
    # When there is one job, and then another one
    front.start()
    front.start()
    # Then each has one of them.
    leased = [job["id"] for worker in workers for job in worker.jobs()]
    assert len(set(leased)) == len(leased) == 2


def test_a_job_that_failed_and_is_due_again_wakes_a_waiting_worker(client, front, engine):
    front.deploy(service_task())
    front.start()
    (job,) = engine.lease_jobs(["by-hand"], worker="w-0")
    worker = Worker(client)
    engine.fail_job(job.id, "not now", worker="w-0", retry_after=60)
    engine.advance_clock(61)
    assert [found["id"] for found in worker.jobs()] == [job.id]


def test_a_lease_that_runs_out_wakes_a_waiting_worker(client, front, engine):
    front.deploy(service_task())
    front.start()
    (job,) = engine.lease_jobs(["by-hand"], worker="w-0", lease_seconds=10)
    worker = Worker(client)
    engine.advance_clock(3_600)
    engine.wait_until_idle()
    engine.advance_clock(3_600)
    assert [found["id"] for found in worker.jobs()] == [job.id]


def test_a_resolved_incident_wakes_a_waiting_worker(client, front, engine):
    front.deploy(service_task())
    front.start()
    (job,) = engine.lease_jobs(["by-hand"], worker="w-0")
    engine.fail_job(job.id, "broken", worker="w-0", retryable=False)
    worker = Worker(client)
    (incident,) = front.get("/api/incidents")["items"]
    front.post(f"/api/incidents/{incident['id']}/resolve")
    assert [found["id"] for found in worker.jobs()] == [job.id]


def test_nothing_in_time_is_an_empty_list(client):
    worker = Worker(client, wait_seconds=0.01)
    assert worker.jobs() == []
    assert worker.answer.status_code == 200
    assert "Retry-After" not in worker.answer.headers


def test_a_shutdown_sends_waiting_workers_away(client, engine):
    worker = Worker(client)
    engine.stop_waiting()
    assert worker.jobs() == []


def test_without_a_seat_a_worker_is_answered_at_once_and_still_gets_what_is_there(engine):
    # Given a server all of whose seats are taken
    app = create_app(engine, WebSettings(threads=2))
    app.extensions["baton-waiting"].take()
    client = app.test_client()
    # When a worker wants to wait, then it is told to come again;
    empty = client.post("/api/jobs/lease", json=ASKED)
    assert (empty.status_code, json.loads(empty.data), empty.headers["Retry-After"]) == (200, {"items": []}, "1")
    # when there is a job, then it gets it.
    Front(client).deploy(service_task())
    Front(client).start()
    assert len(json.loads(client.post("/api/jobs/lease", json=ASKED).data)["items"]) == 1


LATE = {
    "complete": {"worker": "w-1"},
    "fail": {"worker": "w-1", "message": "late"},
    "error": {"worker": "w-1", "code": "LATE"},
    "extend": {"worker": "w-1", "lease_seconds": 60},
}


@pytest.mark.parametrize("verb", LATE)
def test_an_answer_after_the_lease_is_lost_is_409_with_the_reason(client, front, engine, verb):
    # Given a job whose lease another worker has now
    front.deploy(service_task())
    front.start()
    (job,) = engine.lease_jobs(["by-hand"], worker="w-1", lease_seconds=1)
    engine.advance_clock(2)
    engine.wait_until_idle()
    engine.advance_clock(3_600)
    assert engine.lease_jobs(["by-hand"], worker="w-2", wait_seconds=10)
    # When the first one answers
    response = client.post(f"/api/jobs/{job.id}/{verb}", json=LATE[verb])
    # Then the refusal says why, and the job stays with the second.
    body = json.loads(response.data)
    assert (response.status_code, body["reason"], body["type"]) == (
        409,
        "lease-lost",
        "urn:baton:problem:command-rejected",
    )
    assert engine.job(job.id).lease_owner == "w-2"


@pytest.mark.parametrize("verb", LATE)
def test_an_answer_to_what_is_done_is_409_with_the_reason(client, front, engine, verb):
    front.deploy(service_task())
    front.start()
    (job,) = engine.lease_jobs(["by-hand"], worker="w-1")
    engine.complete_job(job.id, {"response": 1}, worker="w-1")
    response = client.post(f"/api/jobs/{job.id}/{verb}", json=LATE[verb])
    assert (response.status_code, json.loads(response.data)["reason"]) == (409, "job-not-open")
