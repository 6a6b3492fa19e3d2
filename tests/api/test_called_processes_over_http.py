"""Called processes over HTTP and on the command line: found as instances, addressed by ids of their own."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from api.cli import main
from tests.support.drawings import process

from .serving import served


@pytest.fixture
def called(front):
    """The instance of a process that waits in a process that it called, and the id of that."""
    front.deploy(process("p").start().call("call", "child").end())
    front.deploy(process("child").start("cs").user("ask").end("ce"))
    root = front.start(business_key="order-1", variables={"n": 1})
    return root, root["calls"][0]["id"]


def test_the_caller_says_what_it_called(front, called):
    root, inner = called
    (call,) = root["calls"]
    assert (call["process"], call["called_by"], call["status"], call["definition_id"]) == (
        "child", "call", "waiting", "child:1",
    )  # fmt: skip
    view = front.get(f"/api/instances/{inner}")
    assert (view["parent_id"], view["root_id"], view["called_by"]) == (root["id"], root["id"], "call")
    assert [item["element_id"] for item in view["active"]] == ["ask"]
    assert view["variables"] == {"n": 1}


def test_lists_find_them_by_parent(front, called):
    root, inner = called
    assert [item["id"] for item in front.get("/api/instances", parent=root["id"])["items"]] == [inner]
    assert {item["id"] for item in front.get("/api/instances", business_key="order-1")["items"]} == {root["id"], inner}


def test_every_part_of_them_is_read_by_their_own_id(front, called):
    root, inner = called
    path = f"/api/instances/{inner}"
    assert [item["element_id"] for item in front.get(f"{path}/activities")["items"]] == ["cs", "ask"]
    assert [item["name"] for item in front.get(f"{path}/variables")["items"]] == ["n"]
    assert {item["instance_id"] for item in front.get(f"{path}/history")["items"][1:]} == {inner}
    assert front.get(f"{path}/verify")["ok"] is True
    assert [item["element_id"] for item in front.get("/api/tasks", instance=inner)["items"]] == ["ask"]
    assert front.get("/api/tasks", instance=f"{root['id']}~99")["items"] == []


def test_what_is_asked_of_them_is_done(client, front, called):
    root, inner = called
    response = client.patch(f"/api/instances/{inner}/variables", json={"variables": {"n": 7}})
    assert response.status_code == 200
    assert front.get(f"/api/instances/{inner}")["variables"] == {"n": 7}
    assert front.get(f"/api/instances/{root['id']}")["variables"] == {"n": 1}
    assert client.delete(f"/api/instances/{inner}").status_code == 200
    assert front.get(f"/api/instances/{root['id']}")["status"] == "cancelled"


@pytest.mark.parametrize("id", ["{root}~99", "{root}~", "{root}~x", "~3"])
def test_an_id_that_names_nothing_is_not_found(client, called, id):
    response = client.get(f"/api/instances/{id.format(root=called[0]['id'])}")
    assert response.status_code == 404
    assert json.loads(response.data)["type"] == "urn:baton:problem:not-found"


def test_live_updates_tell_what_happens_inside(client, front, called):
    _, inner = called
    front.post(f"/api/tasks/{front.get('/api/tasks')['items'][0]['id']}/complete", {"variables": {}})
    text = client.get(f"/api/instances/{inner}/events").get_data(as_text=True)
    events = [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]
    seen = [(one["event"], one["element_id"]) for one in events if "event" in one]
    assert seen[0] == ("process-called", "call")
    assert ("activity-completed", "ce") in seen
    assert ("activity-completed", "call") not in seen


def test_the_command_line_shows_the_caller_with_what_it_called(client, called):
    root, inner = called
    with served(client.application) as address:

        def baton(*words: str) -> str:
            result = CliRunner().invoke(main, ["--server", address, *words])
            assert result.exit_code == 0, result.output
            return result.stdout

        shown = baton("show", "order-1")
        assert shown.count("order-1") == 1
        assert "child (waiting)" in shown
        assert inner in shown
        assert f"call of {root['id']}" in " ".join(baton("show", inner).split())
        assert json.loads(baton("--json", "instances", "--parent", root["id"]))["items"][0]["id"] == inner
