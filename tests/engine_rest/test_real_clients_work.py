"""Clients written for Camunda 7, unmodified and in their real releases, do their work against a running server."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ..support.packages import node, node_modules_of, python_of
from .conftest import DIAGRAM, Live

HERE = Path(__file__).resolve().parent
PYTHON, NPM = HERE / "python_clients", HERE / "npm_clients"
SECONDS = 120


def run(*command: object) -> dict[str, Any]:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def with_python(script: str, *arguments: object) -> dict[str, Any]:
    return run(python_of(PYTHON), PYTHON / script, *arguments)


def with_node(script: str, *arguments: object) -> dict[str, Any]:
    node_modules_of(NPM)
    return run(node(), NPM / script, *arguments)


def deploy(live: Live) -> None:
    live.engine.deploy({DIAGRAM.name: DIAGRAM.read_bytes()})


def values(live: Live, instance: str) -> dict[str, Any]:
    return live.engine.instance(instance, variables=True).variables or {}


def verified(live: Live) -> bool:
    return all(live.engine.verify(one.id).ok for one in live.engine.instances().items)


@pytest.mark.parametrize("with_keys", [False], indirect=True, ids=["without keys"])
def test_pycamunda(live: Live):
    # pycamunda asks for error details without its login, so this server needs none.
    seen = with_python("use_pycamunda.py", live.url, DIAGRAM)
    assert seen == {
        "version": "7.23.0",
        "deployed": ["intake", "order", "parcel"],
        "deployments": ["orders"],
        "definition": "Order",
        "latest": ["intake", "order", "parcel"],
        "xml": "<?xml",
        "started": {"amount": ["Integer", 12], "lines": ["Json", '[{"sku":"a"}]']},
        "running": [True],
        "task": ["charge", 7, None, "p", ["amount"]],
        "left": 3,
        "count": 1,
        "priority": 99,
        "incident": ["failedExternalTask", "bank gone", "charge"],
        "again": seen["again"],
        "claimed": "ann",
        "still running": 0,
        "correlated": ["Execution", True],
        "by": "card",
        "variables": [["by", "String", "cash"]],
        "parcels left": 0,
        "deleted": True,
    }
    assert verified(live)


def test_camunda_external_task_client_python3(live: Live):
    deploy(live)
    seen = with_python("use_external_task_client.py", live.url, live.key)
    first, second = seen.pop("ids")
    assert seen == {
        "handled": [[5, "b-1", "charge"]],
        "extension": {"currency": "EUR", "job.priority": "7"},
        "left": 2,
        "late": seen["late"],
        "other": seen["other"],
        "empty": True,
        "instances": [True],
        "message": ["Execution", True],
        "mismatch": seen["mismatch"],
    }
    assert seen["late"].startswith("received 404")
    assert seen["other"].startswith("received 400")
    assert "MismatchingMessageCorrelationException" in seen["mismatch"]
    assert values(live, first) == {
        "amount": 5, "note": "hi", "receipt": "r-2", "total": 1.5, "ok": True, "none": None,
    }  # fmt: skip
    assert live.engine.instance(second).reached == ["refused"]
    assert values(live, second) == {"amount": 6, "why": "no money", "why_not": "broke"}
    assert verified(live)


@pytest.mark.parametrize("with_keys", [True], indirect=True, ids=["with keys"])
def test_camunda_client(live: Live):
    # It always sends a login, so this server has keys.
    deploy(live)
    seen = with_python("use_camunda_client.py", live.url, live.key)
    assert seen == {
        "task": {"amount": 7, "lines": [1, 2], "share": 0.5},
        "incident": ["failedExternalTask", True],
        "details": "asleep",
        "again": "c-1",
        "tasks": 1,
        "same": "approve",
        "links": ["clerks"],
        "gone": True,
        "past": ["COMPLETED", "c-1"],
        "listed": [True],
        "variables": ["amount", "approved", "lines", "receipt", "share"],
        "message": "ProcessDefinition",
        "running": [True],
        "left": 0,
    }
    assert verified(live)


def test_generic_camunda_client(live: Live):
    seen = with_python("use_generic_client.py", live.url, live.key, DIAGRAM)
    assert seen == {
        "version": "7.23.0",
        "deployed": ["intake:1", "order:1", "parcel:1"],
        "deployments": 1,
        "definition": "order:1",
        "task": ["charge", 3, True],
        "refused": [400, ["code", "message", "type"]],
        "past": ["COMPLETED", True],
        "steps": ["begin", "caught", "charge", "refused"],
        "values": {"amount": 3, "limit": 1, "why": "no money"},
        "absent": 501,
    }
    assert verified(live)


def test_camunda_external_task_client_js(live: Live):
    deploy(live)
    first = live.engine.start("order", variables={"amount": 1, "deep": {"a": [1]}, "late": None})
    second = live.engine.start("order", variables={"amount": 2})
    seen = with_node("external_task_client.mjs", live.url, live.key)
    assert seen == {
        "retries": [None, None, 1],
        "errors": [],
        "variables": {"amount": 1, "deep": {"a": [1]}, "late": None},
        "typed": {"amount": "integer", "deep": "json", "late": "null"},
        "extension": {"currency": "EUR", "job.priority": "7"},
    }
    assert values(live, first.id) == {
        "amount": 1, "deep": {"a": [1]}, "late": None, "receipt": "r-js", "list": [1, {"deep": True}],
        "at": "1970-01-01T00:00:00.000+0000", "share": 0.25, "nothing": None,
    }  # fmt: skip
    assert values(live, second.id) == {"amount": 2, "why": "no money", "limit": 3}
    assert verified(live)


def test_camunda_worker_node(live: Live):
    deploy(live)
    first, second, third = (
        live.engine.start("order", variables={"amount": amount, "lines": [1], "other": "x"}) for amount in (1, 2, 3)
    )
    seen = with_node("worker_node.mjs", live.url, live.key)
    assert seen == {str(amount): {"amount": amount, "lines": [1]} for amount in (1, 2, 3)}
    assert values(live, first.id) | {"at": ""} == {
        "amount": 10, "lines": [2], "other": "x", "receipt": "r-node", "at": "",
    }  # fmt: skip
    assert live.engine.instance(second.id).reached == ["refused"]
    # A failure without a number of retries leaves none.
    (incident,) = live.engine.incidents(instance=third.id).items
    assert incident.message == "asleep"
    assert verified(live)
