"""Start-and-wait and wait: until the end, until a person is asked, until an element is reached, or not yet."""

from __future__ import annotations

import json
from threading import Thread

import pytest

from api.app import create_app
from api.settings import WebSettings
from engine import Engine, Settings
from tests.support.diagrams import process

from .front import Front, service_task, user_task


@pytest.fixture
def engine():
    """An engine whose threads do the writing; nobody does its jobs."""
    with Engine("sqlite://", settings=Settings(manual_clock=True, workers=0)) as opened:
        opened.start_workers()
        yield opened


def status_and_body(response):
    return response.status_code, json.loads(response.data)


def started(client, **body):
    return status_and_body(client.post("/api/instances", json={"process": "p", "wait_seconds": 20, **body}))


GOALS = ["rest", "user_task", {"element": "ask"}]


@pytest.mark.parametrize("goal", GOALS, ids=str)
def test_a_start_answers_when_what_is_waited_for_is_there(client, front, goal):
    # Given a process with a user task
    front.deploy(user_task())
    # When it is started and waited for, then the answer is there at once, with the open task and the variables.
    status, body = started(client, wait_for=goal, variables={"n": 1})
    assert (status, body["status"], body["variables"]) == (201, "waiting", {"n": 1})
    assert [wait["kind"] for wait in body["waits"]] == ["user task"]


def test_a_start_waits_for_the_end(client, front):
    front.deploy(process("p").start().script("a", "x = 6 * 7").end())
    status, body = started(client, wait_for="end")
    assert (status, body["status"], body["variables"]) == (201, "completed", {"x": 42})


def test_what_is_not_there_in_time_is_202_with_where_to_look(client, front):
    # Given a process that stops at a user task
    front.deploy(user_task())
    # When its end is waited for
    response = client.post("/api/instances", json={"process": "p", "wait_seconds": 0.01, "wait_for": "end"})
    # Then the instance is told, that it is not there yet, and where to go on.
    instance = json.loads(response.data)
    assert response.status_code == 202
    assert response.headers["Retry-After"] == "1"
    assert response.headers["Location"] == f"/api/instances/{instance['id']}"
    assert instance["status"] == "waiting"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_somebody_elses_work_wakes_the_waiting_request(client, front, engine, method):
    # Given an instance that waits for a worker, and a request that waits for its user task
    front.deploy(process("p").start().service("work", "by-hand").user("ask").end())
    instance = front.start()
    path = f"/api/instances/{instance['id']}/wait"
    answers = []

    def wait():
        asked = {"wait_seconds": 20, "wait_for": "user_task"}
        kind = {"query_string": asked} if method == "GET" else {"json": asked}
        answers.append(status_and_body(client.application.test_client().open(path, method=method, **kind)))

    waiting = Thread(target=wait)
    waiting.start()
    # When the worker is done
    (job,) = engine.lease_jobs(["by-hand"], worker="w")
    engine.complete_job(job.id, {}, worker="w")
    # Then the request is answered long before its time is over.
    waiting.join(15)
    ((status, body),) = answers
    assert (status, [wait["kind"] for wait in body["waits"]]) == (200, ["user task"])


def test_an_element_that_was_reached_before_counts(client, front):
    front.deploy(user_task())
    instance = front.start()
    found = client.get(f"/api/instances/{instance['id']}/wait?element=start&wait_seconds=10")
    assert found.status_code == 200
    assert client.get(f"/api/instances/{instance['id']}/wait?element=end&wait_seconds=0").status_code == 202


def test_an_instance_that_has_ended_is_not_waited_for(client, front):
    front.deploy(user_task())
    instance = front.start()
    client.delete(f"/api/instances/{instance['id']}")
    status, body = status_and_body(client.get(f"/api/instances/{instance['id']}/wait?element=end&wait_seconds=20"))
    assert (status, body["status"]) == (200, "cancelled")


@pytest.mark.parametrize("element", ["nothing", "p", "flow_start_ask"])
def test_an_element_that_no_token_enters_is_refused_before_the_start(client, front, stored, element):
    front.deploy(user_task())
    status, body = started(client, wait_for={"element": element})
    assert (status, body["field"]) == (422, "wait_for.element")
    assert stored() == (1, 0)
    instance = front.start()
    assert client.get(f"/api/instances/{instance['id']}/wait?element={element}").status_code == 422


@pytest.mark.parametrize("goal", ["soon", {"element": ""}, {"node": "ask"}, 1])
def test_another_goal_is_refused(client, front, goal):
    front.deploy(user_task())
    assert started(client, wait_for=goal)[0] == 422


def test_without_a_seat_the_start_is_answered_at_once(engine):
    # Given a server all of whose seats for waiting requests are taken
    app = create_app(engine, WebSettings(threads=4))
    room = app.extensions["baton-waiting"]
    leaves = [room.take(), room.take()]
    assert room.take() is None
    client = app.test_client()
    Front(client).deploy(service_task())
    # When somebody starts and wants to wait, then the instance is started, and the answer says where to look.
    response = client.post("/api/instances", json={"process": "p", "wait_seconds": 60, "wait_for": "end"})
    assert (response.status_code, response.headers["Retry-After"]) == (202, "1")
    path = response.headers["Location"]
    assert client.get(f"{path}/wait?wait_seconds=60").status_code == 202
    assert client.get(path).status_code == 200
    # When the seats are free again, then they can be taken again.
    for leave in leaves:
        leave()
        leave()
    assert room.take() is not None
    assert room.take() is not None
    assert room.take() is None
