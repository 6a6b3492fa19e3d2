"""HTTP tasks end in bounded time and memory, whatever the service does, and say which limit was hit."""

import gzip
import socket
import threading
import tracemalloc
from types import SimpleNamespace

import httpcore
import pytest

from engine.connectors import Completed, ErrorThrown, Failed
from engine.connectors.http import transport
from engine.connectors.http.reply import read_reply


@pytest.mark.parametrize(
    "body,headers",
    [
        (b"x" * 1_001, {}),
        (gzip.compress(b"x" * 50_000_000), {"Content-Encoding": "gzip"}),
    ],
)
def test_a_long_body_is_not_read_to_its_end(service, connectors, call, body, headers):
    service.answers("/a", 200, body, headers)
    limit = 1_000 if not headers else 100_000
    outcome = connectors(allow_private=True, response_limit_bytes=limit).run(call(url=f"{service.url}/a"))
    assert isinstance(outcome, Failed)
    assert not outcome.retryable
    assert f"its body has more than {limit:,} bytes" in outcome.message
    assert len(outcome.detail["body"]) == 500


def test_a_compressed_bomb_is_never_in_memory():
    bomb = gzip.compress(b"x" * 50_000_000)
    response = httpcore.Response(200, headers=[(b"Content-Encoding", b"gzip")], content=iter([bomb]))
    tracemalloc.start()
    reply = read_reply(response, 100_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "more than 100,000 bytes" in reply.flaw
    assert peak < 5_000_000


def test_a_body_of_exactly_the_limit_is_read(service, connectors, call):
    service.answers("/a", 200, b"x" * 1_000)
    outcome = connectors(allow_private=True, response_limit_bytes=1_000).run(call(url=f"{service.url}/a"))
    assert len(outcome.variables["response"]["body"]) == 1_000


def test_a_long_body_does_not_hide_the_status(service, connectors, call):
    service.answers("/busy", 503, b"x" * 2_000)
    service.answers("/gone", 410, b"x" * 2_000)
    connector = connectors(allow_private=True, response_limit_bytes=1_000)
    assert connector.run(call(url=f"{service.url}/busy")).retryable
    outcome = connector.run(call(url=f"{service.url}/gone", _properties={"http.error.410": "GONE"}))
    assert isinstance(outcome, ErrorThrown)
    assert outcome.code == "GONE"


def test_a_service_that_does_not_answer_in_time_may_be_tried_again(service, connectors, call):
    service.answers("/a", holds=True)
    outcome = connectors().run(call(url=f"{service.url}/a", timeout_seconds=0.3))
    assert isinstance(outcome, Failed)
    assert outcome.retryable
    assert outcome.message == f"Expected an answer from GET {service.url}/a within 0.3 s but got none"


def test_the_lease_bounds_the_time_of_a_call(service, connectors, call):
    service.answers("/a", holds=True)
    outcome = connectors().run(call(url=f"{service.url}/a", timeout_seconds=60, _timeout=0.3))
    assert "within 0.3 s" in outcome.message


def test_nothing_is_sent_when_the_lease_is_over(service, connectors, call):
    service.answers("/a", 200)
    connector = connectors()
    assert isinstance(connector.run(call(url=f"{service.url}/a")), Completed)
    outcome = connector.run(call(url=f"{service.url}/a", _timeout=0.0))
    assert outcome.retryable
    assert len(service.requests) == 1


class Dripping(httpcore.NetworkStream):
    """A connection that takes 20 s for each byte and notes how long it was given."""

    def __init__(self):
        self.clock = 0.0
        self.given = []

    def read(self, max_bytes, timeout=None):
        self.given.append(timeout)
        self.clock += 20
        return b"x"


def test_a_service_that_drips_gets_no_more_than_the_time_of_the_call(monkeypatch):
    # Given 50 s for a whole call, on a clock that only the connection moves
    stream = Dripping()
    monkeypatch.setattr(transport, "time", SimpleNamespace(monotonic=lambda: stream.clock))
    token = transport._deadline.set(50.0)
    timed = transport._TimedStream(stream)
    # When each read may last 45 s, Then together they end with the call
    for _ in range(3):
        timed.read(1, timeout=45.0)
    with pytest.raises(httpcore.ReadTimeout):
        timed.read(1, timeout=45.0)
    transport._deadline.reset(token)
    assert stream.given == [45.0, 30.0, 10.0]


def answering(listener, answer, released):
    """A thread that accepts one connection, answers these bytes to whatever comes, and waits."""

    def serve():
        connection, _ = listener.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(answer)
            if released is not None:
                released.wait()

    thread = threading.Thread(target=serve)
    thread.start()
    return thread


@pytest.mark.parametrize(
    "answer,held,words",
    [
        (b"HTTP/1.1 200 OK\r\nX-", True, "within 0.3 s but got none"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", True, "within 0.3 s but got none"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", False, "the connection failed"),
        (b"", False, "the connection failed"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", False, "the connection failed"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000, False, "the connection failed"),
    ],
)
def test_broken_and_stalled_answers_may_be_tried_again(connectors, call, answer, held, words):
    released = threading.Event() if held else None
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = answering(listener, answer, released)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/a"
        outcome = connectors().run(call(url=url, timeout_seconds=0.3 if held else 30))
        if released is not None:
            released.set()
        thread.join()
    assert isinstance(outcome, Failed)
    assert words in outcome.message
    assert outcome.retryable


def test_a_refused_connection_may_be_tried_again(connectors, call):
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        outcome = connectors().run(call(url=f"http://127.0.0.1:{bound.getsockname()[1]}/a"))
    assert isinstance(outcome, Failed)
    assert outcome.retryable
    assert "the connection failed" in outcome.message


@pytest.mark.parametrize("error", [OSError("no such name"), UnicodeError("label too long")])
def test_a_name_that_cannot_be_resolved_may_be_tried_again(connectors, call, error):
    def resolver(host, port):
        raise error

    outcome = connectors(allow_private=True, resolver=resolver).run(call(url="http://shop.example/a"))
    assert outcome.retryable
    assert "the name shop.example cannot be resolved" in outcome.message


def test_one_connector_serves_many_threads(service, connectors, call):
    service.answers("/a", 200, b"ok")
    connector = connectors(allow_private=True, max_connections=3)
    outcomes = []
    threads = [
        threading.Thread(target=lambda: outcomes.append(connector.run(call(url=f"{service.url}/a")))) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(outcome) for outcome in outcomes] == [Completed] * 12
