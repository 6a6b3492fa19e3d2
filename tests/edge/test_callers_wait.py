"""Callers wait on real threads: until the answer, not longer than the route says, and never on every thread."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.app import create_app
from api.edge.preferences import wait_at_most
from api.settings import WebSettings
from engine import Engine, Settings

from ..api.serving import baton_serve
from .routed import answering, routed


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine with threads; its jobs are done by the tests."""
    with Engine("sqlite://", settings=Settings(workers=0)) as opened:
        opened.start_workers()
        yield opened


def asking(**more: str):
    return answering(routed("POST /orders", timeout="PT1M", **more).user("ask"), "201", "{'by': who}")


def until_asked(engine: Engine, count: int = 1) -> list[str]:
    """The ids of the user tasks, once there are so many."""
    for _ in range(10_000):
        found = [task.id for task in engine.tasks().items]
        if len(found) >= count:
            return found
        threading.Event().wait(0.002)
    raise AssertionError("nobody was asked")


def test_a_waiting_caller_is_answered_by_the_response(engine):
    engine.deploy({"a.bpmn": asking().xml()})
    app = create_app(engine, WebSettings(threads=8))
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(app.test_client().post, "/orders")
        (task,) = until_asked(engine)
        assert not answer.done()
        engine.complete_task(task, {"who": "lea"})
        assert (answer.result(30).status_code, answer.result().get_json()) == (201, {"by": "lea"})


def test_a_response_on_the_way_is_enough(engine):
    diagram = routed("POST /orders", timeout="PT1M").user("ask")
    engine.deploy({"a.bpmn": answering(diagram, "201", kind="throw").service("ship", "ship").end().xml()})
    client = create_app(engine, WebSettings(threads=8)).test_client()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client.post, "/orders")
        engine.complete_task(until_asked(engine)[0])
        assert answer.result(30).status_code == 201
    (instance,) = engine.instances().items
    assert instance.status == "running"


def test_a_repeat_waits_for_the_answer_of_the_first(engine):
    engine.deploy({"a.bpmn": asking().xml()})
    app = create_app(engine, WebSettings(threads=8))
    with ThreadPoolExecutor(3) as pool:
        headers = {"Idempotency-Key": "k"}
        answers = [pool.submit(app.test_client().post, "/orders", headers=headers) for _ in range(3)]
        engine.complete_task(until_asked(engine)[0], {"who": "lea"})
        assert [one.result(30).get_json() for one in answers] == [{"by": "lea"}] * 3
    assert len(engine.instances().items) == 1


def test_who_finds_no_seat_is_told_where_to_look_at_once(engine):
    engine.deploy({"a.bpmn": asking().xml()})
    app = create_app(engine, WebSettings(threads=2))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(app.test_client().post, "/orders")
        first = until_asked(engine)[0]
        refused = app.test_client().post("/orders")
        assert (refused.status_code, refused.headers["Retry-After"]) == (202, "1")
        assert not waiting.done()
        for task in until_asked(engine, 2):
            engine.complete_task(task, {"who": task == first})
        assert waiting.result(30).get_json() == {"by": True}
    late = app.test_client().get(refused.headers["Location"])
    assert (late.status_code, late.get_json()) == (201, {"by": False})


def test_who_looks_for_the_answer_may_wait_for_it(engine):
    engine.deploy({"a.bpmn": asking().xml()})
    app = create_app(engine, WebSettings(threads=8))
    late = app.test_client().post("/orders", headers={"Prefer": "wait=0"})
    assert late.status_code == 202
    with ThreadPoolExecutor(1) as pool:
        where, patient = late.headers["Location"], {"Prefer": "respond-async, wait=50"}
        answer = pool.submit(app.test_client().get, where, headers=patient)
        while engine._house.waiters._count == 0:
            threading.Event().wait(0.002)
        engine.complete_task(until_asked(engine)[0], {"who": "lea"})
        assert (answer.result(30).status_code, answer.result().get_json()) == (201, {"by": "lea"})


@pytest.mark.parametrize("said, seconds", [
    ("wait=2", 2), ('wait="2"', 2), ("WAIT = 2; x=y", 2), ("respond-async, wait=2, wait=9", 2), ("wait=999999999", 60),
    ("", 7), ("wait=1e400", 7), ("wait=-1", 7), ("wait=\u00b2", 7), ("wait=" + "9" * 400, 7), ("waits=2", 7),
])  # fmt: skip
def test_nobody_waits_longer_than_the_route_says(engine, said, seconds):
    with create_app(engine).test_request_context(headers={"Prefer": said}):
        assert wait_at_most(60, unless_said=7) == seconds


def test_who_waits_beyond_the_engines_limit_is_told_where_to_look():
    with Engine("sqlite://", settings=Settings(workers=0, waiting_requests=1)) as engine:
        engine.start_workers()
        engine.deploy({"a.bpmn": asking().xml()})
        app = create_app(engine, WebSettings(threads=8))
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(app.test_client().post, "/orders")
            (first,) = until_asked(engine)
            while engine._house.waiters._count == 0:
                threading.Event().wait(0.002)
            assert app.test_client().post("/orders").status_code == 202
            engine.complete_task(first, {"who": "lea"})
            assert waiting.result(30).status_code == 201


def test_a_caller_waits_no_longer_than_the_route_says(engine):
    engine.deploy({"a.bpmn": answering(routed("POST /orders", timeout="PT0.05S").user("ask"), "201").xml()})
    assert create_app(engine).test_client().post("/orders").status_code == 202


def test_an_incident_is_told_where_the_route_says_so(engine):
    diagram = routed("POST /orders", timeout="PT1M", incident="503").service("work", "by-hand").end()
    engine.deploy({"a.bpmn": diagram.xml()})
    app = create_app(engine, WebSettings(threads=8))
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(app.test_client().post, "/orders")
        leased = []
        while not leased:
            leased = engine.lease_jobs(["by-hand"], worker="w", wait_seconds=10.0)
        engine.fail_job(leased[0].id, "broken", worker="w", retryable=False)
        assert answer.result(30).status_code == 503


def test_closing_sends_waiting_callers_away(engine):
    engine.deploy({"a.bpmn": asking().xml()})
    app = create_app(engine, WebSettings(threads=8))
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(app.test_client().post, "/orders")
        until_asked(engine)
        engine.stop_waiting()
        assert answer.result(30).status_code == 202


def test_a_real_server_publishes_answers_and_remembers(tmp_path):
    diagram = answering(
        routed("POST /orders/{id}", access="public").script("a", "n = 1 + 1"), "201", "{'id': id, 'n': n}"
    )
    late = routed("POST /late", "late", access="public", timeout="PT0.01S").user("ask").end()

    def call(server: str, path: str, method: str = "POST") -> tuple[int, dict, str]:
        with urllib.request.urlopen(urllib.request.Request(server + path, method=method)) as answer:
            return answer.status, json.loads(answer.read()), answer.headers.get("Location", "")

    def deploy(server: str, data: bytes) -> None:
        request = urllib.request.Request(f"{server}/api/deployments", data, {"Content-Type": "application/xml"})
        urllib.request.urlopen(request).close()

    with baton_serve(tmp_path) as (_, server):
        deploy(server, diagram.xml())
        deploy(server, late.xml())
        assert call(server, "/orders/7") == (201, {"id": "7", "n": 2}, "")
        status, _, where = call(server, "/late")
        assert status == 202
    with baton_serve(tmp_path) as (_, server):
        assert call(server, "/orders/8") == (201, {"id": "8", "n": 2}, "")
        assert call(server, where, "GET")[0] == 202


def test_a_server_that_is_killed_still_has_the_answer_for_whoever_repeats(tmp_path):
    diagram = answering(routed("POST /orders", access="public", timeout="PT0.05S").user("ask"), "201", "{'by': who}")

    def ask(server: str, path: str, method: str = "POST", body: object = None) -> tuple[int, object, str]:
        headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(server + path, data, headers, method=method)
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.loads(answer.read()), answer.headers.get("Location", "")

    with baton_serve(tmp_path) as (process, server):
        request = urllib.request.Request(
            f"{server}/api/deployments", diagram.xml(), {"Content-Type": "application/xml"}
        )
        urllib.request.urlopen(request).close()
        status, _, where = ask(server, "/orders", body={"n": 1})
        assert status == 202
        process.kill()
    with baton_serve(tmp_path) as (_, server):
        assert ask(server, "/orders", body={"n": 1})[::2] == (202, where)
        (task,) = ask(server, "/api/tasks", "GET")[1]["items"]
        ask(server, f"/api/tasks/{task['id']}/complete", body={"variables": {"who": "lea"}})
        assert ask(server, where, "GET")[:2] == (201, {"by": "lea"})
        assert ask(server, "/orders", body={"n": 1})[:2] == (201, {"by": "lea"})
