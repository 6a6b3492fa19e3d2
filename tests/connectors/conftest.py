"""A real HTTP service on loopback that answers as a test says and remembers what it was asked; and calls to it."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from engine.connectors import Call, HttpConnector, HttpSettings


class Service:
    """Answers by path; `requests` holds (method, path with query, headers by lower-case name, body)."""

    def __init__(self):
        self.requests = []
        self.released = threading.Event()
        self._answers = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def answers(self, path, status=200, body=b"", headers=None, *, holds=False):
        """The path answers so; when it holds, only after the test is over."""
        self._answers[path] = (status, body, headers or {}, holds)

    def answer_to(self, path):
        return self._answers.get(path.partition("?")[0], (404, b"", {}, False))

    def close(self):
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(service):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self):
            try:
                super().handle_one_request()
            except ConnectionError:  # a client that gave up is part of the tests
                self.close_connection = True

        def _answer(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            service.requests.append((self.command, self.path, headers, body))
            status, content, extra, holds = service.answer_to(self.path)
            if holds:
                service.released.wait()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **extra}.items():
                for one in value if isinstance(value, list) else [value]:
                    self.send_header(name, one)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def log_message(self, *args):
            """Tests read `requests` instead."""

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
        setattr(Handler, f"do_{method}", Handler._answer)
    return Handler


@pytest.fixture
def service():
    """A running service."""
    service = Service()
    yield service
    service.close()


@pytest.fixture
def connectors(service):
    """Makes HTTP connectors, by default one that may call loopback, and closes them before the service stops."""
    made = []

    def make(*, resolver=None, now=None, **settings):
        chosen = {"resolver": resolver, "now": now}
        given = {name: value for name, value in chosen.items() if value is not None}
        made.append(HttpConnector(HttpSettings(**(settings or {"allow_private": True})), **given))
        return made[-1]

    yield make
    for connector in made:
        connector.close()


@pytest.fixture
def call():
    """Makes calls: `call(url=..., body=...)` has these inputs; names with a leading underscore are fields."""

    def make(**given):
        fields = {
            "type": "http",
            "idempotency_key": "i1/charge/1",
            "properties": {},
            "instance_id": "i1",
            "business_key": "order 1",
            "process_id": "order",
            "element_id": "charge",
            "attempt": 1,
            "timeout": 60.0,
        }
        fields |= {name[1:]: value for name, value in given.items() if name.startswith("_")}
        inputs = {name: value for name, value in given.items() if not name.startswith("_")}
        return Call(inputs=inputs, **fields)

    return make
