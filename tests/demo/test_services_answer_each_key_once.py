"""The demo's services: one effect per idempotency key, also after a restart, and a log that proves it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from api.demo.little_service import Body, Operation, create_app, read_log

from .support import example_module

ADDRESS = {"name": "Ada", "country": "GB"}
CHARGE = {"order_id": "o-1", "amount": 80}


SERVICES = example_module("order-saga", "services").SERVICES


def service(name: str, log: Path) -> Flask:
    return create_app(name, SERVICES[name], log)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "service.jsonl"


def post(app: Any, path: str, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    response = app.test_client().post(path, json=body, headers={"Idempotency-Key": key})
    return response.status_code, response.get_json()


def test_a_repeat_gets_the_same_answer_and_has_no_second_effect(log: Path) -> None:
    app = service("payment", log)
    first = post(app, "/payments", "k-1", CHARGE)
    assert first[0] == 201
    assert post(app, "/payments", "k-1", CHARGE) == first
    assert [(each["effect"], each["repeat"]) for each in read_log(log)] == [(True, False), (False, True)]


def test_another_key_is_another_payment(log: Path) -> None:
    app = service("payment", log)
    assert post(app, "/payments", "k-1", CHARGE) != post(app, "/payments", "k-2", CHARGE)
    assert [each["effect"] for each in read_log(log)] == [True, True]


def test_the_same_key_with_another_body_is_refused_and_logged(log: Path) -> None:
    app = service("payment", log)
    post(app, "/payments", "k-1", CHARGE)
    status, _ = post(app, "/payments", "k-1", CHARGE | {"amount": 81})
    assert status == 422
    assert [each["violation"] for each in read_log(log)] == [False, True]


def test_a_service_started_again_on_its_log_still_knows_its_keys(log: Path) -> None:
    first = post(service("payment", log), "/payments", "k-1", CHARGE)
    again = service("payment", log)
    assert post(again, "/payments", "k-1", CHARGE) == first
    assert post(again, "/payments", "k-1", CHARGE | {"amount": 1})[0] == 422
    assert sum(each["effect"] for each in read_log(log)) == 1


def test_a_failure_is_not_remembered_but_its_body_is(log: Path) -> None:
    app = service("shipping", log)
    body = {"order_id": "o-1", "reservation_id": "r-1", "address": ADDRESS | {"country": "XX"}}
    assert [post(app, "/shipments", "k-1", body)[0] for _ in range(2)] == [503, 503]
    assert post(app, "/shipments", "k-1", body | {"address": ADDRESS})[0] == 422
    assert not any(each["effect"] for each in read_log(log))


@pytest.mark.parametrize(
    "name,path,body,status",
    [
        ("payment", "/payments", {"order_id": "o", "amount": 10_000}, 201),
        ("payment", "/payments", {"order_id": "o", "amount": 10_001}, 402),
        ("payment", "/refunds", {"order_id": "o", "payment_id": "p"}, 201),
        ("inventory", "/reservations", {"order_id": "o", "item": "lamp", "quantity": 1}, 201),
        ("inventory", "/reservations", {"order_id": "o", "item": "unobtainium", "quantity": 1}, 409),
        ("inventory", "/releases", {"order_id": "o", "reservation_id": "r"}, 201),
        ("shipping", "/shipments", {"order_id": "o", "reservation_id": "r", "address": ADDRESS}, 201),
    ],
)
def test_what_each_path_answers(log: Path, name: str, path: str, body: dict[str, Any], status: int) -> None:
    assert post(service(name, log), path, "k-1", body)[0] == status
    [entry] = read_log(log)
    assert (entry["status"], entry["path"], entry["body"], entry["effect"]) == (status, path, body, status == 201)
    assert entry["received_at"] <= entry["answered_at"]


def test_a_call_without_a_key_is_refused_and_changes_nothing(log: Path) -> None:
    response = service("payment", log).test_client().post("/payments", json=CHARGE)
    assert response.status_code == 400
    assert read_log(log) == []


def test_what_is_only_read_needs_no_key_and_has_no_effect(log: Path) -> None:
    def price(sent: Body, _number: str) -> tuple[int, dict[str, Any]]:
        return 200, {"product": sent["product"], "currency": sent["currency"]}

    app = create_app("price", {"/prices/<product>": Operation("read", price)}, log)
    answers = [app.test_client().get("/prices/lamp?currency=EUR").get_json() for _ in range(2)]
    assert answers == [{"product": "lamp", "currency": "EUR"}] * 2
    assert [(each["kind"], each["path"], each["effect"], each["violation"]) for each in read_log(log)] == [
        ("read", "/prices/lamp", False, False)
    ] * 2


def test_held_calls_wait_until_they_are_released(log: Path) -> None:
    app = service("payment", log)
    client = app.test_client()
    client.post("/hold")
    call = threading.Thread(target=post, args=(app, "/payments", "k-1", CHARGE))
    call.start()
    assert client.get("/hold?calls=1&seconds=10").get_json() == {"held": 1}
    assert read_log(log) == []
    client.delete("/hold")
    call.join(10)
    assert [each["status"] for each in read_log(log)] == [201]
