"""`baton test` calls routes as their callers do, and compares what these are answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.scenarios import run_file

from .routed import answering, routed

SCHEMA = b'{"type": "object", "required": ["item"]}'


def failures(folder: Path, start: dict[str, Any], expect: dict[str, Any], **more: Any) -> list[str]:
    diagram = routed("POST /orders/{region}", input__schema="order.json", query__limit="int", error__X="409")
    diagram = (
        diagram.exclusive("x").when("item == 'bad'").end_error("e", "X").at("x").otherwise().service("work", "work")
    )
    (folder / "p.bpmn").write_bytes(answering(diagram, "201", "{'item': item, 'limit': limit}", A="region").xml())
    (folder / "order.json").write_bytes(SCHEMA)
    scenario = {"name": "s", "start": start, "expect": expect, **more}
    # YAML reads JSON.
    (folder / "scenario.yaml").write_text(json.dumps({"processes": ["p.bpmn", "order.json"], "scenarios": [scenario]}))
    report = run_file(folder / "scenario.yaml")
    return [f.sentence for f in report.problems] + [f.sentence for one in report.results for f in one.failures]


def call(path: str = "/orders/eu", **more: Any) -> dict[str, Any]:
    return {"request": {"method": "POST", "path": path, **more}}


ANSWERS = {"work": {"complete": {}}}
GOOD = call(query={"limit": 3}, body={"item": "tea"})


def test_what_is_answered_is_compared(tmp_path):
    expected = {"status": 201, "headers": {"a": "eu"}, "body": {"item": "tea", "limit": 3}}
    assert failures(tmp_path, GOOD, {"status": "completed", "response": expected}, answers=ANSWERS) == []
    wrong = {"status": 200, "headers": {"A": "us", "B": "1"}, "body": {"item": "tea"}}
    assert failures(tmp_path, GOOD, {"response": wrong}, answers=ANSWERS) == [
        "Expected status 200 but got 201",
        'Expected the header A to be "us" but it is "eu"',
        'Expected the header B to be "1" but it is null',
        'Expected the body {"item": "tea"} but got {"item": "tea", "limit": 3}',
    ]


@pytest.mark.parametrize("start, status", [
    (call(body={}), 422), (call(query={"limit": "x"}, body={"item": "a"}), 400), (call("/nothing"), 404), (call(), 422),
])  # fmt: skip
def test_a_call_that_is_refused_starts_nothing(tmp_path, start, status):
    assert failures(tmp_path, start, {"response": {"status": status}}) == []
    assert "it was refused" in failures(tmp_path, start, {"status": "completed"})[0]


@pytest.mark.parametrize("item, answers, status", [("bad", {}, 409), ("tea", {}, 202)])
def test_errors_and_late_answers_have_their_status(tmp_path, item, answers, status):
    start = call(query={"limit": 1}, body={"item": item})
    assert failures(tmp_path, start, {"response": {"status": status}}, answers=answers) == []
