"""Two processes on one database: a route that one publishes, the other answers at once, and none is published twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from api.app import create_app
from engine import DeploymentRefused, Engine
from tests.edge.routed import answering, routed

from .conftest import until

Make = Callable[..., Engine]


def statuses(engine: Engine, *paths: str) -> list[int]:
    client = create_app(engine).test_client()
    return [client.post(path).status_code for path in paths]


def test_a_route_is_there_gone_and_changed_for_everybody_at_once(make: Make) -> None:
    one, other = make(), make()
    one.deploy({"a.bpmn": answering(routed("POST /a"), "201").xml()})
    assert statuses(other, "/a", "/b") == [201, 404]
    other.deploy({"a.bpmn": answering(routed("POST /b"), "201").xml()})
    assert statuses(one, "/a", "/b") == [404, 201]


def test_an_answer_that_another_process_gives_is_waited_for(make: Make) -> None:
    one, other = make(), make()
    one.deploy({"a.bpmn": answering(routed("POST /a", timeout="PT1M").user("ask"), "201", "who").xml()})
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(create_app(one).test_client().post, "/a")
        until(lambda: bool(other.tasks().items))
        other.complete_task(other.tasks().items[0].id, {"who": "lea"})
        assert answer.result(60).get_json() == "lea"


def test_a_late_answer_has_one_address_for_everybody(make: Make) -> None:
    one, other = make(), make()
    one.deploy({"a.bpmn": routed("POST /a", timeout="PT0.01S").user("ask").end().xml()})
    headers = {"Idempotency-Key": "k"}
    with ThreadPoolExecutor(4) as pool:
        clients = [create_app(engine).test_client() for engine in (one, other, one, other)]
        answers = list(pool.map(lambda client: client.post("/a", headers=headers), clients))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.headers["Location"] for answer in answers}) == 1


def test_of_two_processes_that_publish_the_same_route_at_once_one_does(make: Make) -> None:
    engines = [make() for _ in range(2)]

    def publish(number: int) -> Any:
        try:
            return engines[number % 2].deploy({"a.bpmn": routed("POST /a", f"p{number}").end().xml()})
        except DeploymentRefused as refused:
            return refused

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(publish, range(6)))
    assert sum(not isinstance(one, DeploymentRefused) for one in results) == 1
    assert len(engines[0].routes.page().items) == 1
