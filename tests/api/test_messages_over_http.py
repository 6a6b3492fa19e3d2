"""Messages, signals, conditions and timers over HTTP and on the command line: what is answered, refused and listed."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from api.cli import main
from tests.support.event_drawings import process

from .front import Front
from .serving import served


def waits():
    return process().start().catch("paid", "message:paid", message__correlation="order").catch("t", "timer:PT1H").end()


def post(client, path, body, **headers):
    response = client.post(path, json=body, headers=headers)
    return response.status_code, json.loads(response.data)


@pytest.fixture
def front(client):
    return Front(client)


def test_a_message_continues_starts_or_is_kept(front, client):
    front.deploy(waits())
    front.deploy(process("q").start_on("s", "message:asked").user("u").end())
    id = front.start("p", variables={"order": "o-1"})["id"]
    early = front.post("/api/messages", {"name": "paid", "correlation": "o-2", "message_id": "m-1"})
    assert early == {"result": "buffered", "instance": None, "message_id": "m-1"}
    went_on = front.post("/api/messages", {"name": "paid", "correlation": "o-1", "variables": {"amount": 3}})
    assert (went_on["result"], went_on["instance"]) == ("continued", id)
    started = front.post("/api/messages", {"name": "asked", "business_key": "b-1"})
    assert started["result"] == "started"
    assert front.get(f"/api/instances/{started['instance']}")["business_key"] == "b-1"
    listed = front.get("/api/messages", state="buffered")["items"]
    assert [(one["id"], one["name"], one["correlation"]) for one in listed] == [("m-1", "paid", "o-2")]
    assert listed[0]["expires_at"].endswith("Z")


def test_the_idempotency_key_is_the_id_of_what_is_sent(front, client):
    front.deploy(process().start().exclusive("again").catch("c", "message:m").to("again"))
    front.deploy(process("hot").start_on("s", "condition:t > 70").user("u").end())
    front.deploy(process("rung").start_on("s", "signal:bell").user("u").end())
    front.start("p")
    for path, body in (
        ("/api/messages", {"name": "m"}),
        ("/api/signals", {"name": "bell"}),
        ("/api/conditions", {"variables": {"t": 71}}),
    ):
        answers = [post(client, path, body, **{"Idempotency-Key": f"k{path}"}) for _ in range(2)]
        assert answers[0] == answers[1]
        assert answers[0][0] == 200
    assert len(front.get("/api/instances", process="hot")["items"]) == 1
    assert len(front.get("/api/instances", process="rung")["items"]) == 1


@pytest.mark.parametrize(
    "body, status, said",
    [
        ({}, 422, "needs `name`"),
        ({"name": ""}, 422, "length"),
        ({"name": "m", "ttl": 1}, 422, "found `ttl`"),
        ({"name": "m", "ttl_seconds": 0}, 409, "nobody does"),
        ({"name": "m", "ttl_seconds": 1e9}, 422, "ttl_seconds"),
        ({"name": "m", "instance": "nobody"}, 422, "there is none with id 'nobody'"),
        ({"name": "m\n"}, 422, "printable"),
    ],
    ids=str,
)
def test_refused_messages(client, body, status, said):
    got, problem = post(client, "/api/messages", body)
    assert (got, said in problem["detail"]) == (status, True), problem
    if status == 409:
        assert problem["reason"] == "message-unexpected"


def test_a_start_that_needs_a_trigger_is_refused(front, client):
    front.deploy(process().start_on("s", "message:asked").start_on("t", "cycle:R/P1D").end())
    status, problem = post(client, "/api/instances", {"process": "p"})
    assert (status, problem["reason"]) == (409, "needs-trigger")
    assert 'the message "asked"' in problem["detail"]
    listed = front.get("/api/start-events", process="p")["items"]
    assert [(one["kind"], one["name"], one["due_at"] is None) for one in listed] == [
        ("message", "asked", True),
        ("timer", "", False),
    ]


def test_what_waits_is_listed_and_seen_on_the_instance(front):
    front.deploy(waits())
    ids = [front.start("p", variables={"order": order}, business_key=order)["id"] for order in ("a", "b")]
    found = front.get("/api/subscriptions", kind="message", name="paid", instance=ids[1])["items"]
    assert [(one["instance_id"], one["correlation"], one["business_key"]) for one in found] == [(ids[1], "b", "b")]
    first = front.get("/api/subscriptions", limit=1)
    assert len(front.get("/api/subscriptions", cursor=first["next_cursor"])["items"]) == 1
    front.post("/api/messages", {"name": "paid", "correlation": "a"})
    (timer,) = front.get("/api/timers")["items"]
    assert (timer["instance_id"], timer["element_id"], timer["cycle"]) == (ids[0], "t", "")
    (wait,) = front.get(f"/api/instances/{ids[0]}")["waits"]
    assert (wait["kind"], wait["id"], wait["due_at"]) == ("timer", timer["id"], timer["due_at"])


# -- the command line -------------------------------------------------------------------------------------------------


@pytest.fixture
def baton(client):
    """Call `baton` with the server of this test; returns what it prints."""
    with served(client.application) as address:

        def call(*words, code=0):
            result = CliRunner().invoke(main, ["--server", address, *words])
            assert result.exit_code == code, result.output
            return result.output

        yield call


def test_messages_on_the_command_line(front, baton):
    front.deploy(waits())
    id = front.start("p", variables={"order": "o-1"})["id"]
    assert "is buffered: nobody waits" in baton("message", "paid", "--correlation", "o-2", "--id", "m-1", "--ttl", "5")
    said = baton("message", "paid", "--correlation", "o-1", "--var", "amount=3", "--instance", id)
    assert f"continued instance {id}" in said
    assert front.get(f"/api/instances/{id}")["variables"]["amount"] == 3
    assert "nobody does" in baton("message", "paid", "--ttl", "0", code=1)
    answer = json.loads(baton("--json", "message", "paid", "--correlation", "o-2", "--id", "m-1"))
    assert answer["result"] == "buffered"
    timers = baton("timers")
    assert id in timers
    assert json.loads(baton("--json", "timers", "--instance", id))["items"][0]["element_id"] == "t"


def test_signals_and_conditions_on_the_command_line(front, baton):
    front.deploy(process().start().catch("c", "signal:bell").user("u").end())
    front.deploy(process("hot").start_on("s", "condition:t > 70").user("u").end())
    front.start("p")
    assert "continued 1 and started 0" in baton("signal", "bell", "--var", "n=1", "--id", "s-1")
    assert json.loads(baton("--json", "signal", "bell", "--id", "s-1"))["continued"] == 1
    assert "Started 1" in baton("condition", "--var", "t=71.5", "--business-key", "b")
    assert json.loads(baton("--json", "condition", "--var", "t=1")) == {"started": []}
