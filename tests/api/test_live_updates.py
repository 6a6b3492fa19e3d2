"""Server-sent events of an instance: every entry once and in order, taken up where a client was, and an end."""

from __future__ import annotations

import json
from threading import Thread

import pytest

from api.app import create_app
from api.client import Client
from api.routes import events as route
from api.server_events import server_events
from api.settings import WebSettings
from api.wire import to_wire
from engine import Engine, Settings
from tests.support.diagrams import process

from .front import Front, service_task, user_task
from .serving import baton_serve, served


@pytest.fixture
def engine():
    """An engine whose threads do the writing; nobody does its jobs."""
    with Engine("sqlite://", settings=Settings(manual_clock=True, workers=0)) as opened:
        opened.start_workers()
        yield opened


def read(response):
    return list(server_events(response.get_data(as_text=True).split("\n")))


def whole_history(front, instance):
    return front.get(f"/api/instances/{instance['id']}/history")["items"]


@pytest.fixture
def ended(front):
    """An instance that has run to its end."""
    front.deploy(process("p").start().script("a", "x = 1").end())
    return front.start()


def test_an_ended_instance_is_told_whole_and_then_its_end(client, front, ended):
    response = client.get(f"/api/instances/{ended['id']}/events")
    assert response.content_type.startswith("text/event-stream")
    *entries, end = read(response)
    assert [json.loads(event.data) for event in entries] == whole_history(front, ended)
    assert [event.id for event in entries] == [str(entry["seq"]) for entry in whole_history(front, ended)]
    assert (end.name, json.loads(end.data)) == ("end", {"status": "completed"})


@pytest.mark.parametrize(
    "headers, query", [({"Last-Event-ID": "3"}, ""), ({}, "?after=3"), ({"Last-Event-ID": "3"}, "?after=1")]
)
def test_a_client_goes_on_where_it_was(client, ended, headers, query):
    events = read(client.get(f"/api/instances/{ended['id']}/events{query}", headers=headers))
    assert events[0].id == "4"


def test_a_client_that_has_everything_is_told_not_to_come_again(client, front, ended):
    last = whole_history(front, ended)[-1]["seq"]
    response = client.get(f"/api/instances/{ended['id']}/events", headers={"Last-Event-ID": str(last)})
    assert (response.status_code, response.data) == (204, b"")


@pytest.mark.parametrize("id", ["", "x", "-1", "1.5", "9" * 30, "\u0663"])
def test_another_event_id_is_refused(client, ended, id):
    response = client.get(f"/api/instances/{ended['id']}/events", headers={"Last-Event-ID": id})
    assert response.status_code == 400


def test_an_unknown_instance_is_404(client):
    assert client.get("/api/instances/0192f0c4-7a51-7c3e-9d2f-1b4c5d6e7f80/events").status_code == 404


def test_what_happens_later_arrives_once_and_in_order(client, front, engine):
    # Given a client that follows an instance which waits for a worker
    front.deploy(process("p").start().service("work", "by-hand").user("ask").end())
    instance = front.start()
    seen = []
    with served(client.application) as address, Client(address) as baton:
        entries = baton.instances.follow(instance["id"])
        seen.append(next(entries))
        follower = Thread(target=lambda: seen.extend(entries))
        follower.start()
        # When others do its work
        (job,) = engine.lease_jobs(["by-hand"], worker="w")
        engine.complete_job(job.id, {}, worker="w")
        (task,) = front.get("/api/tasks")["items"]
        front.post(f"/api/tasks/{task['id']}/complete")
        # Then the stream ends with the instance, and nothing is missing.
        follower.join(20)
        assert not follower.is_alive()
    assert to_wire(seen) == whole_history(front, instance)


def test_a_quiet_stream_shows_signs_of_life_and_ends_in_time_for_others(client, front, engine, monkeypatch):
    # Given streams that are short, and pauses that are shorter
    monkeypatch.setattr(route, "LONGEST_STREAM", 0.2)
    monkeypatch.setattr(route, "HEARTBEAT", 0.05)
    front.deploy(user_task())
    instance = front.start()
    # When nothing happens, then there are comments, no end, and how soon to come again.
    text = client.get(f"/api/instances/{instance['id']}/events").get_data(as_text=True)
    assert text.startswith("retry: 1000\n\n")
    assert text.count(": still here\n\n") >= 2
    assert "event: end" not in text


REVOKED = ["its key is revoked", "the first key is made"]


@pytest.mark.parametrize("what", REVOKED)
def test_who_may_come_in_no_longer_is_told_nothing_more(client, front, engine, what):
    # Given somebody who follows an instance, with a key or while nobody needs one
    engine.api_keys.fresh_seconds = 0.0
    front.deploy(user_task())
    instance, headers = front.start(), {}
    if what == "its key is revoked":
        key, token = engine.api_keys.create("lea", ["viewer"])
        headers = {"Authorization": f"Bearer {token}"}
    stream = iter(client.get(f"/api/instances/{instance['id']}/events", headers=headers).response)
    while b"id: 1" not in next(stream):
        pass
    # When the key ends, or one is needed, and something happens
    engine.api_keys.revoke(key.id) if headers else engine.api_keys.create("lea", ["viewer"])
    engine.set_variables(instance["id"], {"secret": 1})
    # Then the stream ends without it.
    assert list(stream) == []


def test_a_shutdown_ends_the_streams(client, front, engine):
    front.deploy(user_task())
    instance = front.start()
    engine.stop_waiting()
    assert "event: end" not in client.get(f"/api/instances/{instance['id']}/events").get_data(as_text=True)


def test_without_a_seat_it_says_where_to_look(engine):
    # Given a server with one seat
    app = create_app(engine, WebSettings(threads=2))
    client = app.test_client()
    Front(client).deploy(service_task())
    path = f"/api/instances/{Front(client).start()['id']}"
    leave = app.extensions["baton-waiting"].take()
    # When it is taken, then the answer names the history;
    response = client.get(f"{path}/events?after=2")
    body = json.loads(response.data)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
    assert f"{path}/history?after=2" in body["hint"]
    # when it is free, then one stream after the other has it.
    leave()
    engine.stop_waiting()
    for _ in range(3):
        with client.get(f"{path}/events") as response:
            assert response.status_code == 200


def test_a_real_server_streams_and_stops_while_somebody_follows(tmp_path):
    # Given a served instance that a client follows
    with baton_serve(tmp_path) as (server, address), Client(address) as client:
        client.deployments.deploy({"p.bpmn": process("p").start().user("ask").end().xml()})
        instance = client.instances.start("p")
        events = client.instances.follow(instance.id)
        assert next(events).event == "process-started"
        # When the server is told to stop, then the client does not hold it up, and nothing but its logs was said.
        server.terminate()
        assert server.wait(timeout=30) == 0
        assert "Traceback" not in server.stderr.read()
