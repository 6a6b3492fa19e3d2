"""The front doors to the bus: how it goes, what is stuck or refused, and what a person says becomes of it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from api.app import create_app
from api.cli import main
from api.client import Client
from api.settings import WebSettings
from tests.api.serving import baton_serve, served

from .diagrams import files, seller, shop
from .test_events_reach_everybody_who_is_bound import event


@pytest.fixture
def client(broker, make):
    """A server whose broker refuses everything at first."""
    broker.refuses = lambda record: "too salty"
    engine = make(bus_attempts=1, bus="amqp://baton:hush@rabbit.example//")
    engine.deploy(files(seller(bus__key="'k'"), shop("shipping")))
    engine.start("seller", business_key="b", variables={"n": 1})
    engine.drain()
    engine.bus.receive("orders", b"<no>[event]")
    return create_app(engine, WebSettings()).test_client()


def stuck(client) -> dict:
    (one,) = client.get("/api/bus/publications?state=stuck").json["items"]
    return one


def refused(client) -> dict:
    (one,) = client.get("/api/bus/refused").json["items"]
    return one


def test_how_it_goes_is_told_without_the_password(client):
    answer = client.get("/api/bus")
    assert answer.status_code == 200
    state = answer.json
    assert (state["stuck"], state["waiting"], state["refused"], state["error"]) == (1, 0, 1, "")
    assert state["oldest_at"] == "2026-01-01T00:00:00.000000Z"
    assert [(one["topic"], one["message"]) for one in state["bindings"]] == [("orders", "For-shipping")]
    assert "hush" not in answer.text


def test_a_stuck_event_is_seen_and_retried(client, broker):
    found = stuck(client)
    assert (found["last_error"], found["key"], found["business_key"]) == ("too salty", "k", "b")
    broker.refuses = lambda record: ""
    path = f"/api/bus/publications/{found['id']}"
    assert client.post(f"{path}/resolve", json={"how": "retry"}).json["state"] == "waiting"
    assert client.get(path).json["attempts"] == 0
    client.application.extensions["baton-engine"].drain()
    assert client.get(path).json["state"] == "published"
    answer = client.post(f"{path}/resolve", json={"how": "drop"})
    assert (answer.status_code, answer.json["reason"]) == (409, "event-ended")


def test_a_refused_event_is_seen_and_dropped(client):
    found = refused(client)
    assert (found["reason"], found["body"], found["state"]) == ("malformed-event", "<no>[event]", "open")
    path = f"/api/bus/refused/{found['id']}"
    assert client.post(f"{path}/resolve", json={"how": "retry"}).json["attempts"] == 2
    assert client.post(f"{path}/resolve", json={"how": "drop"}).json["state"] == "dropped"
    assert client.get("/api/bus/refused").json["items"] == []
    assert len(client.get("/api/bus/refused?state=all").json["items"]) == 1


HOSTILE = {
    "an unknown event": ("/api/bus/publications/x.1/resolve", {"how": "retry"}, 404),
    "an unknown refused event": ("/api/bus/refused/x/resolve", {"how": "retry"}, 404),
    "an id that is none": ("/api/bus/publications/%00.%FF/resolve", {"how": "retry"}, 400),
    "a long id": (f"/api/bus/refused/{'x' * 3_000}/resolve", {"how": "retry"}, 404),
    "nothing said": ("/api/bus/refused/x/resolve", {}, 422),
    "something else said": ("/api/bus/refused/x/resolve", {"how": "burn"}, 422),
    "too much said": ("/api/bus/refused/x/resolve", {"how": "drop", "all": True}, 422),
}


@pytest.mark.parametrize("path, body, status", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_requests_get_problem_answers_and_change_nothing(client, path, body, status):
    before = client.get("/api/bus").json
    answer = client.post(path, json=body)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert client.get("/api/bus").json == before


@pytest.mark.parametrize("query", ["?state=lost", "?limit=0", "?cursor=x", "?nobody=1"])
@pytest.mark.parametrize("kind", ["publications", "refused"])
def test_hostile_queries_get_problem_answers(client, kind, query):
    assert client.get(f"/api/bus/{kind}{query}").status_code in (400, 422)


def test_lists_are_read_in_pages(client):
    for n in range(5):
        client.application.extensions["baton-engine"].bus.receive("orders", f"no event {n}".encode())
    seen, cursor = [], None
    while True:
        page = client.get("/api/bus/refused", query_string={"limit": 2} | ({"cursor": cursor} if cursor else {})).json
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 6


def test_who_may_not_is_refused(client):
    engine = client.application.extensions["baton-engine"]
    viewer = {"Authorization": f"Bearer {engine.api_keys.create('vera', ['viewer'])[1]}"}
    starter = {"Authorization": f"Bearer {engine.api_keys.create('stan', ['starter'])[1]}"}
    event_id = engine.bus.refused().items[0].id
    assert client.get("/api/bus", headers=viewer).status_code == 200
    assert client.get("/api/bus", headers=starter).status_code == 403
    assert client.get("/api/bus").status_code == 401
    path = f"/api/bus/refused/{event_id}/resolve"
    assert client.post(path, json={"how": "drop"}, headers=viewer).status_code == 403
    assert engine.bus.refused_event(event_id).state == "open"


@pytest.fixture
def baton(client):
    """Call `baton` with that server; returns click's result."""
    with served(client.application) as address:
        yield lambda *words: CliRunner().invoke(main, ["--server", address, *words])


def test_the_command_line_shows_and_resolves(baton, client):
    # Given a stuck and a refused event
    shown = baton("bus").stdout
    assert "1 are stuck" in shown
    assert "For-shipping" in shown
    assert "hush" not in shown
    assert "too salty" in baton("bus", "events", "--state", "stuck").stdout
    assert "malformed-event" in baton("bus", "refused").stdout
    # When they are dropped and retried, Then the answer says what became of them
    assert "dropped" in baton("bus", "drop", stuck(client)["id"]).stdout
    assert "open" in baton("bus", "retry", refused(client)["id"]).stdout
    assert baton("bus", "drop", "nothing").exit_code != 0
    assert json.loads(baton("--json", "bus").stdout)["stuck"] == 0


def test_a_server_runs_with_its_bus_and_its_file(tmp_path):
    # Given a file that connects two diagrams that know nothing of a bus
    config = tmp_path / "bus.yaml"
    config.write_text("messages:\n  OrderCreated:\n    in: {topic: other}\n")
    with baton_serve(tmp_path, "--bus-config", str(config)) as (_, address), Client(address) as baton:
        baton.deployments.deploy(files(seller(), shop("shipping")))
        baton.instances.start("seller", variables={"n": 1}, wait_seconds=10)
        state = baton.bus.state()
        assert state.url == "memory://"
        assert {one.topic for one in state.bindings} == {"orders", "other"}


def test_a_server_refuses_a_file_that_is_wrong(tmp_path):
    config = tmp_path / "bus.yaml"
    config.write_text("messages:\n  OrderCreated:\n    inn: {topic: other}\n")
    result = CliRunner().invoke(main, ["serve", "--port", "0", "--database", ":memory:", "--bus-config", str(config)])
    assert result.exit_code != 0
    assert "bus.yaml, line 3" in result.output


def test_an_event_with_markup_is_shown_as_it_is(client, baton):
    engine = client.application.extensions["baton-engine"]
    engine.bus.receive("orders", event({}, type="[red]x[/red]", specversion="0.1"))
    assert baton("bus", "refused").exit_code == 0


def test_health_says_whether_the_bus_is_reached_and_not_why(broker, make):
    engine = make(bus="amqp://baton:hush@rabbit.example//")
    client = create_app(engine, WebSettings()).test_client()
    engine.deploy(files(seller(bus__key="'k'")))
    seen = []
    for away in (False, True, False):
        broker.away = away
        engine.advance_clock(60)
        engine.start("seller", variables={"n": 1})
        engine.drain()
        answer = client.get("/health")
        seen.append((answer.status_code, answer.json["status"], answer.json["bus"]))
        assert "rabbit" not in answer.text
    assert seen == [(200, "ok", "ok"), (200, "ok", "unreachable"), (200, "ok", "ok")]
