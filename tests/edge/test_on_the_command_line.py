"""`baton deploy` takes schema files along, and `baton routes` lists what is published then."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from api.cli import main

from ..api.serving import served
from .routed import answering, routed


@pytest.fixture
def baton(client):
    with served(client.application) as address:
        yield lambda *words: CliRunner().invoke(main, ["--server", address, *words])


def test_routes_are_listed_for_people_and_programs(baton, tmp_path):
    assert "No diagram publishes a route." in baton("routes").stdout
    more = {"input__schema": "order.json", "access": "viewer, starter", "when": "request.body.n > 1", "priority": "7"}
    (tmp_path / "p.bpmn").write_bytes(answering(routed("POST /orders/{n:int}", "shop", **more), "201").xml())
    (tmp_path / "order.json").write_bytes(b"{}")
    deployed = baton("deploy", str(tmp_path / "p.bpmn"), str(tmp_path / "order.json"))
    assert deployed.exit_code == 0, deployed.output
    shown = baton("routes").stdout
    for word in ("POST", "/orders/{n}", "shop", "viewer, starter", "30 s", "priority 7"):
        assert word in shown
    (item,) = json.loads(baton("--json", "routes").stdout)["items"]
    assert item == {
        "method": "POST", "path": "/orders/{n}", "process": "shop", "version": 1, "definition_id": "shop:1",
        "element_id": "start", "access": ["viewer", "starter"], "timeout_seconds": 30.0, "conditional": True,
        "priority": 7, "origins": [],
    }  # fmt: skip


def test_lint_knows_the_file_beside_the_diagram(tmp_path):
    (tmp_path / "p.bpmn").write_bytes(answering(routed(input__schema="order.json"), "201").xml())
    (tmp_path / "order.json").write_bytes(b'{"type": "objekt"}')
    alone = CliRunner().invoke(main, ["lint", str(tmp_path / "p.bpmn")])
    both = CliRunner().invoke(main, ["lint", str(tmp_path / "p.bpmn"), str(tmp_path / "order.json")])
    assert "order.json in the same deployment but there is none" in " ".join(alone.output.split())
    assert "JSON Schema but $.type" in " ".join(both.output.split())
    assert (alone.exit_code, both.exit_code) == (1, 1)
