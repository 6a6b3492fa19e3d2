"""Starting a short durable process over HTTP against a bare Flask POST that makes one SQLite commit.

Both run in a child process of their own on waitress with the same number of threads, on databases with the same
pragmas, and get the same requests from the same clients over connections that stay open.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from engine import Engine

from . import diagrams
from .databases import Deployed, Place
from .measure import Part, Row, in_turn, seconds

TASKS = 3
CLIENTS = 8
REQUESTS = 40
BODY = json.dumps({"process": "p", "variables": {"n": 0}}).encode()
HEADERS = {"Content-Type": "application/json"}


def _client(host: str, port: int, gate: threading.Barrier) -> None:
    connection = HTTPConnection(host, port, timeout=30)
    connection.connect()
    gate.wait()
    for _ in range(REQUESTS):
        connection.request("POST", "/api/instances", BODY, HEADERS)
        answer = connection.getresponse()
        data = answer.read()
        assert answer.status == 201, data
    connection.close()


def _load(address: str) -> float:
    """Seconds per request while all clients ask as fast as they get answers."""
    host, port = address.removeprefix("http://").split(":")
    gate = threading.Barrier(CLIENTS + 1)
    clients = [threading.Thread(target=_client, args=(host, int(port), gate)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()

    def work() -> None:
        gate.wait()
        for client in clients:
            client.join()

    return seconds(work) / (CLIENTS * REQUESTS)


@contextmanager
def _server(kind: str, path: Path | str) -> Iterator[str]:
    """A child process that serves; its address."""
    command = [sys.executable, "-m", "tests.bench.server", kind, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        assert child.stdout is not None
        try:
            address = child.stdout.readline().strip()
            assert address, f"the {kind} server did not start"
            yield address
        finally:
            child.terminate()


def starts(deployed: Place, bare: Path | str, database: str) -> list[Row]:
    """A server on a copy of the place, against a bare one on that database."""
    with deployed.copy() as path, _server("baton", path) as ours, _server("bare", bare) as theirs:
        sides: list[Callable[[], float]] = [lambda: _load(ours), lambda: _load(theirs)]
        taken, floor = in_turn(sides)
    work = f"HTTP: start of a process of {TASKS} tasks on {database}, {CLIENTS} clients"
    return [Row(work, taken, floor, 1 / 2, f"a bare Flask POST with one {database} commit")]


def start(engine: Engine) -> None:
    """One instance."""
    engine.start("p", variables={"n": 0})


def _rows(directory: Path) -> list[Row]:
    return starts(Deployed(directory, diagrams.straight_line(TASKS), start), directory / "bare.db", "SQLite")


PARTS = [Part("http: sqlite", _rows)]
