"""A secret reaches the service that it is for, and nothing else: no table, no history, no answer, no log."""

from __future__ import annotations

import json
import logging
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from engine import Completed, ErrorThrown, Failed, InvalidRequest, JobRunner, Settings
from tests.support.diagrams import process

from .parts import Scripted, deploy, engine

VALUE = "s3cr3t-välue/with+signs"
ENCODED = "s3cr3t-v%C3%A4lue%2Fwith%2Bsigns"


@pytest.fixture
def environment(monkeypatch):
    """Sets secrets in the environment: environment(TOKEN="...")."""
    for name in list(os.environ):
        if name.startswith("BATON_SECRET_"):
            monkeypatch.delenv(name)

    def give(**secrets):
        for name, value in secrets.items():
            monkeypatch.setenv(f"BATON_SECRET_{name}", value)

    return give


class Echo(BaseHTTPRequestHandler):
    """A service that answers with everything it was sent, as careless ones do."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.got.append((self.path, dict(self.headers), body))
        said = {"path": self.path, "headers": dict(self.headers), "body": body.decode()}
        content = json.dumps(said).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Echo", self.headers.get("Authorization", "").encode("latin-1").decode("latin-1"))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        """Tests read `got` instead."""


@pytest.fixture
def echo():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.got, server.status = [], 200
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def asking(url, *, type="http", **inputs):
    said = {"url": f"'{url}/charge'", "query": "{'key': secrets.TOKEN}", "method": "'POST'"} | inputs
    return process("p").start().service("ask", type, inputs=said, properties={"job.retries": "1"}).end()


IN_HEADER_AND_BODY = {
    "headers": "{'Authorization': 'Bearer ' + secrets.TOKEN}",
    "body": "{'user': user, 'password': secrets.TOKEN, 'note': 'secrets.TOKEN'}",
}


def everything_told(baton, id):
    """All that any reader could get of the instance."""
    instance = baton.instance(id, variables=True)
    lists = [baton.history(id).items, baton.variables(id), baton.jobs(instance=id).items, baton.activities(id).items]
    return repr([instance, *lists, baton.incidents(instance=id, status=None).items, baton.state(id)])


@pytest.mark.parametrize("status", [200, 500])
def test_it_is_sent_and_leaves_no_trace(tmp_path, environment, echo, caplog, status):
    environment(TOKEN=VALUE)
    echo.status = status
    path = tmp_path / "baton.db"
    # Given a diagram that sends a secret in its address and body, and data that looks like a reference to it
    with caplog.at_level(logging.DEBUG), engine(database=f"sqlite:///{path}", allow_private_addresses=True) as baton:
        body = {"body": IN_HEADER_AND_BODY["body"]}
        deploy(baton, asking(echo.url, **body))
        id = baton.start("p", variables={"user": "secrets.TOKEN"}).id
        # When its job is done by a service that answers with all it got
        baton.drain()
        # Then the service had the value where the diagram has it, and only there
        sent, _, content = echo.got[0]
        assert sent == f"/charge?key={ENCODED}"
        assert json.loads(content) == {"user": "secrets.TOKEN", "password": VALUE, "note": "secrets.TOKEN"}
        # And nobody else ever sees it
        told = everything_told(baton, id)
        assert "***" in told
        assert baton.verify(id).ok
        kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        for form in (VALUE, ENCODED, json.dumps(VALUE)[1:-1]):
            assert form not in told
            assert form not in caplog.text
            assert form.encode() not in kept


def test_it_is_hidden_in_headers_that_come_back(environment, echo):
    environment(TOKEN="plain-token-1")
    with engine(allow_private_addresses=True) as baton:
        deploy(baton, asking(echo.url, **IN_HEADER_AND_BODY))
        id = baton.start("p", variables={"user": "eve"}).id
        baton.drain()
        assert echo.got[0][1]["Authorization"] == "Bearer plain-token-1"
        response = baton.instance(id, variables=True).variables["response"]
        assert response["headers"]["x-echo"] == "Bearer ***"
        assert "plain-token-1" not in everything_told(baton, id)


OUTCOMES = {
    "a result": (lambda secret: Completed({secret: [f"<{secret}>"]}), {"***": ["<***>"]}),
    "an error": (lambda secret: ErrorThrown("E", f"no {secret}", {"x": secret}), None),
    "a failure": (lambda secret: Failed(f"no {secret}", retryable=False, detail={"body": f"cut {secret[:6]}"}), None),
    "an exception": (lambda secret: 1 / 0 if secret else None, None),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_whatever_a_connector_answers_is_without_it(environment, name):
    environment(TOKEN="plain-token-1")
    make, variables = OUTCOMES[name]
    connector = Scripted(work=lambda call: make(call.inputs["token"]))
    with engine(connector) as baton:
        deploy(baton, process("p").start().service("w", "work", inputs={"token": "secrets.TOKEN"}).end())
        id = baton.start("p").id
        baton.drain()
        told = everything_told(baton, id)
        assert connector.calls[0].inputs == {"token": "plain-token-1"}
        assert "plain-token-1" not in told
        assert "plain-" not in told
        if variables is not None:
            assert baton.instance(id, variables=True).variables == variables


def test_one_that_is_missing_is_an_incident_until_somebody_adds_it(environment, database):
    environment()
    connector = Scripted(work=Completed({"done": True}))
    with engine(connector, database=database) as baton:
        deploy(baton, process("p").start().service("w", "work", inputs={"token": "'a' + secrets.TOKEN"}).end())
        id = baton.start("p").id
        baton.drain()
        # Then no attempt was made, and the incident names the element and the secret
        incident = baton.incidents(instance=id).items[0]
        assert incident.message == "w: The element needs the secret TOKEN but nobody gave it a value here"
        assert "BATON_SECRET_TOKEN" in incident.detail["hint"]
        assert not connector.calls
        # When it is there and somebody resolves the incident
        environment(TOKEN="value-001")
        baton.resolve_incident(incident.id)
        baton.drain()
        # Then the same job gets it
        assert connector.calls[0].inputs == {"token": "avalue-001"}
        assert baton.instance(id).status == "completed"


def test_the_value_is_the_one_of_the_moment_it_is_sent(environment, tmp_path):
    environment()
    file = tmp_path / "secrets.env"
    file.write_text("TOKEN=first-value\n")
    connector = Scripted(work=[Failed("down"), Completed()])
    with engine(connector, secrets=str(file)) as baton:
        deploy(baton, process("p").start().service("w", "work", inputs={"token": "secrets.TOKEN"}).end())
        id = baton.start("p").id
        baton.drain()
        file.write_text("TOKEN=second-value-is-longer\n")
        baton.advance_clock(600)
        baton.drain()
        # Then a repeat has what the file has by then, with the same key
        assert [call.inputs["token"] for call in connector.calls] == ["first-value", "second-value-is-longer"]
        assert len({call.idempotency_key for call in connector.calls}) == 1
        assert baton.instance(id).status == "completed"


def test_a_worker_elsewhere_gets_the_name_and_puts_in_its_own(environment):
    environment(TOKEN="of-the-server")
    with engine(local_jobs=False) as baton:
        deploy(baton, process("p").start().service("w", "work", inputs={"token": "'Bearer ' + secrets.TOKEN"}).end())
        baton.start("p")
        job = baton.lease_jobs(["work"], worker="w1")[0]
        # Then what travels is the name
        assert job.inputs == {"token": "Bearer secrets.TOKEN"}
        assert "of-the-server" not in repr(job)
        # When a worker of ours runs it, with secrets of its own
        environment(TOKEN="of-the-worker")
        connector = Scripted(work=lambda call: Completed({"said": call.inputs["token"]}))
        runner = JobRunner(connectors=[connector])
        answer = runner.run(msgspec.to_builtins(job), 10.0)
        assert connector.calls[0].inputs == {"token": "Bearer of-the-worker"}
        assert answer.body == {"variables": {"said": "Bearer ***"}}


@pytest.mark.parametrize(
    "rule, allowed",
    [("TOKEN=p", True), ("TO*=p*", True), ("TOKEN=order-*", False), ("TOKEN=order-*,TOKEN=p", True), ("B=q", True)],
)
def test_a_rule_says_which_processes_may_use_it(environment, rule, allowed):
    environment(TOKEN="plain-token-1")
    connector = Scripted(work=Completed())
    with engine(connector, secrets_for=tuple(rule.split(","))) as baton:
        deploy(baton, process("p").start().service("w", "work", inputs={"token": "secrets.TOKEN"}).end())
        id = baton.start("p").id
        baton.drain()
        assert bool(connector.calls) is allowed
        if not allowed:
            assert "it is for order-* only" in baton.incidents(instance=id).items[0].message


def test_a_called_process_has_only_what_it_may_have_itself(environment):
    # Given a secret for the process that calls
    environment(TOKEN="plain-token-1")
    connector = Scripted(work=Completed())
    inner = process("inner").start().service("w", "work", inputs={"token": "secrets.TOKEN"}).end()
    outer = process("outer").start().node("callActivity", "call", {"calledElement": "inner"}).end()
    with engine(connector, secrets_for=("TOKEN=outer",)) as baton:
        deploy(baton, inner, outer)
        baton.start("outer")
        baton.drain()
        # Then the called one, which somebody else may have drawn, does not get it
        assert not connector.calls
        assert "for the process inner" in baton.incidents().items[0].message


def test_deploying_warns_of_names_that_nobody_knows(environment):
    environment(TOKEN="plain-token-1")
    inputs = {"a": "secrets.TOKEN", "b": "secrets.TOKN + secrets['other']"}
    diagram = process("p").start().service("w", "work", inputs=inputs).end().xml()
    with engine(Scripted(work=Completed())) as baton:
        found = [problem for problem in baton.lint({"d.bpmn": diagram})["d.bpmn"] if problem.rule == "unknown-secret"]
        assert [problem.severity for problem in found] == ["warning", "warning"]
        assert [problem.sentence.split()[5] for problem in found] == ["TOKN", "other"]


def test_deploying_warns_of_secrets_of_other_processes(environment):
    environment(TOKEN="plain-token-1")
    diagram = process("p").start().service("w", "work", inputs={"a": "secrets.TOKEN"}).end().xml()
    with engine(Scripted(work=Completed()), secrets_for=("TOKEN=order-*",)) as baton:
        found = [problem for problem in baton.lint({"d.bpmn": diagram})["d.bpmn"] if problem.rule == "unknown-secret"]
        assert [problem.sentence for problem in found] == [
            "Expected the secret TOKEN for the process p but it is for order-* only"
        ]


def test_settings_that_cannot_work_are_refused(environment, tmp_path):
    environment()
    with pytest.raises(InvalidRequest, match="cannot be read"):
        engine(secrets=str(tmp_path / "nothing"))
    with pytest.raises(InvalidRequest, match="NAME=PROCESS"):
        engine(secrets_for=("TOKEN",))
    assert Settings.from_environment({"BATON_SECRETS": "/run/secrets", "BATON_SECRETS_FOR": "A=p,B=q"}).secrets_for
