"""The typed client has a method for every operation, answers with records, and repeats what is safe to repeat."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import msgspec
import pytest
from flask import request

from api.app import create_app
from api.client import ApiProblem, Client, ServerUnreachable, UnexpectedAnswer
from api.client import wire as client_wire
from api.wire import encode, to_wire
from engine import Engine, InstanceView, JobView, Page, Settings
from tests.bus.diagrams import seller, shop
from tests.edge.routed import answering, routed
from tests.support.diagrams import process
from tests.support.drawings import process as drawing
from tests.support.event_drawings import process as events

from .serving import served

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs" / "howto" / "use-from-python.md"

OTHER_DOORS = {
    ("GET", "/edge/openapi.json"),
    ("GET", "/edge/results/{token}"),
}
"""Operations of routes that diagrams declare: their callers are not clients of this interface."""


class Asked(set):
    """The operations that were called, as (method, path)."""

    def note(self):
        if request.url_rule is not None:
            self.add((request.method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", request.url_rule.rule)))


@pytest.fixture
def baton() -> Iterator[Engine]:
    with Engine("sqlite://", settings=Settings(manual_clock=True, workers=0)) as engine:
        engine.start_workers()
        yield engine


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def client(baton, asked) -> Iterator[Client]:
    app = create_app(baton)
    app.before_request(asked.note)
    with served(app) as address, Client(address, actor="lea") as opened:
        yield opened


def deploy(client: Client, *diagrams) -> None:
    files = {f"{number}.bpmn": one.xml() for number, one in enumerate(diagrams)}
    client.deployments.deploy(files, name="all of them")


def looks_around(client: Client) -> None:
    assert client.health().status == "ok"
    assert client.index().resources["jobs"] == "/api/jobs"
    assert client.openapi()["openapi"].startswith("3.1")
    before = client.health().now
    assert client.advance_clock(60).now > before


def deploys(client: Client) -> None:
    deploy(client, process("p").start().user("ask").end(), process("q").start().end())
    (made,) = client.deployments.search()
    assert (made.name, [one.id for one in made.definitions]) == ("all of them", ["p:1", "q:1"])
    assert client.deployments.get(made.id) == made
    assert [one.id for one in client.definitions.search(latest=True, limit=1)] == ["p:1", "q:1"]
    definition = client.definitions.get("p:1")
    assert (definition.key, definition.deployed_at) == ("p", made.deployed_at)
    assert list(client.definitions.problems("p:1")) == definition.problems
    assert client.definitions.xml("p:1") == process("p").start().user("ask").end().xml()


def works_with_people(client: Client) -> None:
    id = client.instances.start("p", business_key="b-1", variables={"n": 1}).id
    assert client.instances.wait(id, 0, goal="user_task").there
    assert not client.instances.wait(id, 0).there
    assert client.instances.wait(id, 0, element="ask").there
    (task,) = client.tasks.search(instance=id, state="created")
    assert client.tasks.claim(task.id, "lea").assignee == "lea"
    assert client.tasks.get(task.id).state == "claimed"
    client.instances.set_variables(id, {"note": "gift"})
    assert client.tasks.complete(task.id, {"approved": True}).status == "completed"
    assert {one.name: one.value for one in client.instances.variables(id)} == {"n": 1, "note": "gift", "approved": True}
    assert [one.element_id for one in client.instances.activities(id)] == ["start", "ask", "end"]
    assert [one.business_key for one in client.instances.search(variables=["n:eq:1"], limit=1)] == ["b-1"]
    assert client.instances.verify(id).ok
    told = list(client.instances.follow(id))
    assert told == list(client.instances.history(id, limit=2))
    assert [one.seq for one in told] == list(range(1, len(told) + 1))
    assert {one.actor for one in told} == {"lea"}
    view = client.instances.get(id)
    assert (view.started_at, view.ended_at) == (told[0].at, told[-1].at)


def works_with_workers(client: Client) -> None:
    diagram = process("w").start().service("a", "by-hand").service("b", "by-hand").error_boundary("no", on="b").end("e")
    deploy(client, diagram)
    id = client.instances.start("w").id
    (job,) = client.jobs.lease(["by-hand"], worker="w-1", wait_seconds=5)
    assert client.jobs.get(job.id) == job
    longer = client.jobs.extend(job.id, 120, worker="w-1")
    assert (longer.lease_until or 0) > (job.lease_until or 0)
    client.jobs.fail(job.id, "no van", worker="w-1", retryable=False, detail={"status": 503})
    (incident,) = client.incidents.search(instance=id)
    assert client.incidents.get(incident.id) == incident
    assert client.incidents.resolve(incident.id, retries=1).status == "resolved"
    (job,) = client.jobs.lease(["by-hand"], worker="w-1", wait_seconds=5)
    client.jobs.complete(job.id, {"n": 1}, worker="w-1")
    (job,) = client.jobs.lease(["by-hand"], worker="w-1", wait_seconds=5)
    client.jobs.throw_error(job.id, "NO", "nobody at home", worker="w-1")
    assert [one.state for one in client.jobs.search(instance=id)] == ["completed", "error"]


def reaches_from_outside(client: Client) -> None:
    deploy(
        client,
        events("asked").start_on("s", "message:asked").user("u").end(),
        events("rung").start_on("s", "signal:bell").user("u").end(),
        events("hot").start_on("s", "condition:t > 70").user("u").end(),
        events("ticks").start_on("s", "cycle:R3/PT1H").user("u").end(),
        events("waits").start().catch("c", "message:paid").end(),
        events("sleeps").start().catch("c", "timer:PT1H").end(),
    )
    sent = client.messages.send("asked", message_id="bank/4711?", variables={"n": 1})
    assert sent.result == "started"
    assert client.messages.get("bank/4711?").instance_id == sent.instance
    assert [one.id for one in client.messages.search(name="asked")] == ["bank/4711?"]
    rung = client.signals.send("bell")
    assert client.signals.get(rung.signal_id).started == rung.started
    assert [one.name for one in client.signals.search(name="bell")] == ["bell"]
    assert len(client.conditions.start({"t": 71})) == 1
    client.instances.start("waits")
    (wait,) = client.subscriptions.search(kind="message", name="paid")
    assert client.subscriptions.get(wait.id) == wait
    client.instances.start("sleeps")
    (timer,) = client.timers.search()
    assert client.timers.get(timer.id) == timer
    (start,) = client.start_events.search(process="ticks")
    assert client.start_events.get(start.id) == start


def chooses_and_cancels(client: Client) -> None:
    deploy(client, drawing("chosen").start().ad_hoc("checks", "done").user("a").apart().user("b").close().end())
    id = client.instances.start("chosen", variables={"done": False}).id
    assert [one.element_id for one in client.instances.start_activities(id, ["a"]).active] == ["checks", "a"]
    assert client.instances.cancel(id, reason="enough").status == "cancelled"


def talks_over_the_bus(client: Client, baton: Engine) -> None:
    deploy(client, shop("asks"), seller())
    baton.bus.receive("orders", b"no event")
    state = client.bus.state()
    assert {one.topic for one in state.bindings} >= {"orders"}
    (refused,) = client.bus.refused(topic="orders")
    assert client.bus.refused_event(refused.id) == refused
    assert client.bus.resolve_refused(refused.id, "drop").state == "dropped"
    id = client.instances.start("seller", business_key="o-7", variables={"n": 7}).id
    client.instances.wait(id, 5)
    (event,) = client.bus.publications(instance=id)
    assert client.bus.publication(event.id).topic == event.topic
    assert baton.wait_until_idle()
    with pytest.raises(ApiProblem) as over:
        client.bus.resolve(event.id, "retry")
    assert over.value.reason == "event-ended"


def publishes_routes_and_finds_orders(client: Client, baton: Engine) -> None:
    deploy(client, answering(routed("POST /orders", id="routed"), status="201"))
    assert [(one.method, one.path, one.process) for one in client.routes.search()] == [("POST", "/orders", "routed")]
    trail = client.trails.get("b-1")
    assert [one.business_key for one in trail.instances] == ["b-1"]
    assert [one.at for one in trail.items] == sorted(one.at for one in trail.items)


STORIES = (looks_around, deploys, works_with_people, works_with_workers, reaches_from_outside, chooses_and_cancels)
WITH_ENGINE = (talks_over_the_bus, publishes_routes_and_finds_orders)


def test_every_operation_has_a_method_that_works(client, baton, asked):
    # Given a live server, When every method is used
    for story in STORIES:
        story(client)
    for tale in WITH_ENGINE:
        tale(client, baton)
    # Then the interface has no operation that was not called; the GET of waiting has the POST's answer
    paths = client.openapi()["paths"]
    operations = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    missing = operations - asked - OTHER_DOORS - {("GET", "/api/instances/{instance_id}/wait")}
    assert missing == set(), "add a method to api/client and use it in a story here"


def test_lists_are_read_page_by_page_while_they_are_walked_through(client, asked):
    deploy(client, process("p").start().user("ask").end())
    ids = [client.instances.start("p").id for _ in range(5)]
    found = client.instances.search(limit=2)
    page = found.page()
    assert isinstance(page, Page)
    assert [one.id for one in page.items] == ids[:2:-1]
    assert [one.id for one in found.page(page.next_cursor).items] == ids[2:0:-1]
    assert [one.id for one in found] == ids[::-1]
    assert found.first().id == ids[-1]
    assert client.instances.search(process="none").first() is None


def test_records_are_the_engines_own(client, baton):
    deploy(client, process("p").start().service("s", "by-hand").end())
    id = client.instances.start("p", variables={"at": "2026-01-01T00:00:00Z", "list": [1, 2.5, None]}).id
    (job,) = client.jobs.search()
    assert isinstance(job, JobView)
    assert job == baton.job(job.id)
    view = client.instances.get(id)
    assert isinstance(view, InstanceView)
    assert view == baton.instance(id, variables=True)


@pytest.mark.parametrize(
    "ask, status, kind, word",
    [
        (lambda client: client.instances.get("nobody"), 404, "not-found", ""),
        (lambda client: client.instances.start("nothing"), 404, "not-found", ""),
        (lambda client: client.tasks.search(state="odd").first(), 400, "bad-request", "state"),
        (lambda client: client.messages.send("m", ttl_seconds=0), 409, "command-rejected", "message-unexpected"),
        (lambda client: client.deployments.deploy({"x.bpmn": b"<x/>"}), 422, "deployment-refused", ""),
    ],
    ids=["unknown instance", "unknown process", "odd state", "unexpected message", "broken diagram"],
)
def test_a_refusal_is_an_exception_with_its_words(client, ask, status, kind, word):
    with pytest.raises(ApiProblem) as refused:
        ask(client)
    problem = refused.value
    assert (problem.status, problem.kind) == (status, kind)
    assert word in (problem.reason, problem.field)
    assert problem.detail.endswith(".")


def test_a_key_of_ones_own_makes_a_request_safe_for_other_processes(client):
    deploy(client, process("p").start().user("ask").end())
    first = client.instances.start("p", idempotency_key="order-1")
    assert client.instances.start("p", idempotency_key="order-1").id == first.id
    with pytest.raises(ApiProblem) as conflict:
        client.instances.start("p", business_key="other", idempotency_key="order-1")
    assert conflict.value.kind == "idempotency-conflict"


def test_the_how_to_runs_as_printed(client, monkeypatch, capsys):
    # Given the code of the how-to, with this server's address
    (code, *_) = re.findall(r"```python\n(.*?)```", HOW_TO.read_text("utf-8"), re.DOTALL)
    monkeypatch.chdir(ROOT)
    # When it is run, Then it says what it came to
    exec(compile(code.replace("http://127.0.0.1:8080", client.server), str(HOW_TO), "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("completed ['process-started'")
    assert lines[1].startswith("409 ")


# -- connections that break --------------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch):
    """Pauses that nobody waits for; how long they would be."""
    pauses: list[float] = []
    monkeypatch.setattr(client_wire.time, "sleep", pauses.append)
    return pauses


class Breaking(httpx.BaseTransport):
    """Loses the answers to the first requests after the server has given them."""

    def __init__(self, lose: int) -> None:
        self._real, self._lose, self.keys = httpx.HTTPTransport(), lose, []

    def handle_request(self, sent: httpx.Request) -> httpx.Response:
        response = self._real.handle_request(sent)
        self.keys.append(sent.headers.get("Idempotency-Key"))
        if self._lose:
            self._lose -= 1
            response.read()
            raise httpx.ReadError("the connection broke off")
        return response


def test_a_lost_answer_is_asked_for_again_and_the_effect_is_one(client, quick):
    # Given a server whose answers are lost twice
    deploy(client, process("p").start().user("ask").end())
    breaking = Breaking(lose=2)
    client._wire._http._transport = breaking
    # When an instance is started and its task completed
    id = client.instances.start("p").id
    (task,) = client.tasks.search(instance=id)
    breaking._lose = 1
    assert client.tasks.complete(task.id).status == "completed"
    # Then each request had one key, and happened once
    assert breaking.keys[0] == breaking.keys[1] == breaking.keys[2] is not None
    assert len(set(breaking.keys)) == 3
    assert [one.id for one in client.instances.search()] == [id]
    assert quick == sorted(quick[:2]) + quick[2:]


def test_it_gives_up_when_the_server_stays_away(quick):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with Client(address, tries=3) as client, pytest.raises(ServerUnreachable, match="the connection failed"):
            client.health()
    assert len(quick) == 2


@pytest.fixture
def odd():
    """A server of another kind: what it answers is set by the test."""
    answers: list[tuple[int, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers.pop(0)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Retry-After", "1")
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with Client(f"http://127.0.0.1:{server.server_port}", tries=3) as client:
        yield client, answers
    server.shutdown()
    thread.join()
    server.server_close()


GOOD = msgspec.json.encode({"status": "ok", "version": "1", "now": "2026-01-01T00:00:00.000000Z", "more": 1})


def test_waiting_goes_on_when_a_server_has_no_room_for_it(odd, quick, baton):
    # Given a server that answers at once that the instance is not there yet
    client, answers = odd
    baton.deploy({"p.bpmn": process("p").start().user("ask").end().xml()})
    view = encode(to_wire(baton.start("p")))
    answers += [(202, view), (202, view), (200, view)]
    # When it is waited for, Then it is asked again after the pause that the server wants
    instance, there = client.instances.wait("i", 3600)
    assert (instance.process, there) == ("p", True)
    assert quick == [1.0, 1.0]


def test_a_key_is_shown_to_the_server(baton, asked):
    key = baton.api_keys.create("lea", ["viewer"])[1]
    with served(create_app(baton)) as address:
        with Client(address, key=key) as client:
            assert client.jobs.search().page().items == []
            with pytest.raises(ApiProblem) as refused:
                client.instances.start("p")
        with Client(address) as nobody, pytest.raises(ApiProblem) as unknown:
            nobody.jobs.search().page()
    assert (refused.value.status, unknown.value.status) == (403, 401)


def test_a_busy_server_is_asked_again(odd, quick):
    client, answers = odd
    answers += [(503, b"{}"), (503, b"busy"), (200, GOOD)]
    assert client.health().version == "1"


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"status": 1}', b"", b'{"items": {}}'])
def test_another_language_is_no_crash(odd, body):
    client, answers = odd
    answers += [(200, body)]
    with pytest.raises(UnexpectedAnswer, match="this version's interface"):
        client.health()
    answers += [(200, body)]
    with pytest.raises(UnexpectedAnswer):
        client.jobs.search().page()


def test_a_time_that_is_none_is_no_crash(odd):
    client, answers = odd
    timer = {"id": "i.1", "instance_id": "i", "process": "p", "business_key": None, "element_id": "e", "due_at": "soon"}
    answers += [(200, msgspec.json.encode({"items": [{**timer, "cycle": "", "repeats": 0}]}))]
    with pytest.raises(UnexpectedAnswer):
        client.timers.search().page()
