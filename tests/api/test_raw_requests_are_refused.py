"""Bytes that no client should send: each connection gets a problem answer or is closed, and the next one is served."""

from __future__ import annotations

import json
import socket
from contextlib import suppress

import httpx
import pytest

from .serving import baton_serve


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of one server for all of these."""
    with baton_serve(tmp_path_factory.mktemp("raw")) as (_, address):
        yield address


def send(address: str, data: bytes) -> tuple[int, bytes, bytes]:
    """Send the bytes; returns the status, head and body of the answer, or 0 when there is none."""
    host, port = address.removeprefix("http://").split(":")
    answer = b""
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        # The server may answer and hang up before it has read everything; what it said still waits to be read.
        with suppress(OSError):
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):
            while part := connection.recv(65_536):
                answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]) if head else 0, head, body


def request(line: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([line, b"Host: localhost", *headers, b"Connection: close", b"", body])


GET = b"GET /api/instances HTTP/1.1"
POST = b"POST /api/instances HTTP/1.1"
JSON = b"Content-Type: application/json"

RAW = {
    "300 kB of headers": (request(GET, b"X-Long: " + b"x" * 300_000), 431),
    "20,000 headers": (request(GET, *(b"X-%d: x" % number for number in range(20_000))), 431),
    "300 kB in the first line": (request(b"GET /" + b"x" * 300_000 + b" HTTP/1.1"), 431),
    "a chunk that is no number": (
        request(POST, JSON, b"Transfer-Encoding: chunked", body=b"zz\r\n{}\r\n0\r\n\r\n"),
        400,
    ),
    "an unknown transfer coding": (request(POST, JSON, b"Transfer-Encoding: gzip, x"), 501),
    "a negative length": (request(POST, JSON, b"Content-Length: -1"), 400),
    "a length that is no number": (request(POST, JSON, b"Content-Length: 1 2"), 400),
    "a huge length": (request(POST, JSON, b"Content-Length: " + b"9" * 30), 413),
    "two lengths": (request(POST, JSON, b"Content-Length: 2", b"Content-Length: 3", body=b"{}"), 400),
    "a folded header": (request(GET, b"X-Long: a\r\n b"), 200),
    "a header without a name": (request(GET, b": x"), 400),
    "a space in a header's name": (request(GET, b"X Long: x"), 400),
    "a NUL in a header": (request(GET, b"X-Long: a\x00b"), 400),
    "a bare line feed in a header": (request(GET, b"X-Long: a\nX-Other: b"), 400),
    "another host beside ours": (request(GET, b"Host: evil.example"), 421),
    "a small method": (request(b"get /api/instances HTTP/1.1"), 400),
    "an odd method": (request(b"G@T /api/instances HTTP/1.1"), 400),
    "TRACE": (request(b"TRACE /api/instances HTTP/1.1"), 405),
    "a method that is not for this path": (request(b"PUT /api/instances HTTP/1.1", JSON, b"Content-Length: 0"), 405),
    "the greeting of TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500 + b"\r\n\r\n", 400),
    "a first line of one word": (b"HELLO\r\n\r\n", 400),
}


@pytest.mark.parametrize("name", RAW)
def test_it_is_refused_and_the_next_one_is_served(server, name):
    data, status = RAW[name]
    # When the bytes come
    got, head, body = send(server, data)
    # Then the answer is a problem of the right kind,
    assert got == status, (head, body[:300])
    if status >= 400:
        assert b"application/problem+json" in head
        assert json.loads(body)["status"] == status
    # and the server goes on.
    assert httpx.get(f"{server}/health").status_code == 200
