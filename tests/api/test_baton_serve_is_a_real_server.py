"""`baton serve` as a process: one ready line, a run over HTTP, refusals in its own grammar, a graceful end."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys

import httpx

from api.client import Client
from tests.support.diagrams import process

from .serving import baton_serve


def test_it_says_where_it_is_runs_jobs_and_stops_on_sigterm(tmp_path):
    # Given a server on a free port
    with baton_serve(tmp_path) as (server, address):
        # When a process is deployed and started over HTTP
        with Client(address, actor="lea") as client:
            client.deployments.deploy({"p.bpmn": process("p").start().script("a", "x = 6 * 7").end().xml()})
            instance = client.instances.start("p", business_key="o-1", wait_seconds=10)
            # Then it ran, and it can be found by its business key.
            assert (instance.status, instance.variables) == ("completed", {"x": 42})
            assert [item.id for item in client.instances.search(business_key="o-1")] == [instance.id]
            assert next(client.instances.follow(instance.id)).actor == "lea"
        # When it is told to stop, then it does, with exit code 0 and nothing more on standard output.
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=20) == 0
        assert server.stdout.read() == ""
        assert server.stderr.read() == ""


def test_what_it_stored_is_there_after_a_restart(tmp_path):
    with baton_serve(tmp_path) as (server, address), Client(address) as client:
        client.deployments.deploy({"p.bpmn": process("p").start().user("ask").end().xml()})
        instance = client.instances.start("p")
        server.kill()
        server.wait()
    with baton_serve(tmp_path) as (_, address), Client(address) as client:
        assert client.instances.get(instance.id).status == "waiting"


def test_a_request_that_is_not_http_gets_a_problem_answer(tmp_path):
    with baton_serve(tmp_path) as (_, address):
        host, port = address.removeprefix("http://").split(":")
        # When bytes come that no client should send
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nBad Header: x\r\n\r\n")
            answer = b""
            while part := connection.recv(65_536):
                answer += part
        # Then they get a problem answer, and the server goes on.
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))
        assert b"application/problem+json" in head
        assert json.loads(body)["status"] == 400
        assert httpx.get(f"{address}/health").status_code == 200


def run(*command):
    return subprocess.run(
        [sys.executable, "-m", "api", *command], capture_output=True, text=True, timeout=60, check=False
    )


def test_it_refuses_to_listen_elsewhere(tmp_path):
    refused = run("serve", "--host", "0.0.0.0", "--database", str(tmp_path / "x.db"))
    assert refused.returncode == 1
    assert "loopback" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "x.db").exists()


def test_a_second_server_on_the_same_database_is_refused_with_a_sentence(tmp_path):
    with baton_serve(tmp_path):
        refused = run("serve", "--port", "0", "--database", str(tmp_path / "baton.db"))
    assert refused.returncode == 1
    assert refused.stderr.startswith("Error: ")
    assert "Traceback" not in refused.stderr


def test_a_taken_port_is_told(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run("serve", "--port", str(port), "--database", str(tmp_path / "y.db"))
    assert refused.returncode == 1
    assert f"127.0.0.1:{port}" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_unknown_module_is_told(tmp_path):
    refused = run("serve", "--port", "0", "--database", str(tmp_path / "z.db"), "--module", "no_such_module")
    assert refused.returncode == 1
    assert "no_such_module" in refused.stderr
    assert "Traceback" not in refused.stderr
