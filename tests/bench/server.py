"""The child processes of the HTTP rows: `python -m tests.bench.server baton|bare DATABASE` prints its address."""

from __future__ import annotations

import json
import signal
import sys
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask, Response, request
from waitress import create_server

from api.hosting import host_engine
from api.settings import WebSettings
from engine import Engine, Settings

from .databases import connect, pragmas_of

HOST = "127.0.0.1"


def _ready(address: str) -> None:
    print(address, flush=True)


def _baton(database: str) -> None:
    """What `baton serve` runs, in its default settings."""
    host_engine(database, HOST, 0, Settings(), [], _ready)


def _bare(database: str) -> None:
    insert = _on_postgresql(database) if "://" in database else _on_sqlite(Path(database))
    app = Flask("bare")

    @app.post("/api/instances")
    def start() -> Response:
        body, id = request.get_json(), str(uuid.uuid4())
        insert(id, json.dumps(body))
        return Response(json.dumps({"id": id}), status=201, content_type="application/json")

    server = create_server(app, host=HOST, port=0, threads=WebSettings().threads)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    _ready(f"http://{HOST}:{server.effective_port}")
    server.run()


def _on_sqlite(path: Path) -> Callable[[str, str], None]:
    with Engine(str(path.with_name("pragmas.db"))) as engine:
        pragmas = pragmas_of(engine)
    connection, turn = connect(path, pragmas), threading.Lock()
    connection.execute("CREATE TABLE started (id TEXT PRIMARY KEY, body TEXT NOT NULL)")

    def insert(id: str, body: str) -> None:
        with turn:
            connection.execute("INSERT INTO started VALUES (?, ?)", (id, body))

    return insert


def _on_postgresql(url: str) -> Callable[[str, str], None]:
    """A connection for each thread, as a careful author would have it."""
    own = threading.local()

    def connection() -> Any:
        if not hasattr(own, "connection"):
            own.connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        return own.connection

    connection().execute("CREATE TABLE started (id TEXT PRIMARY KEY, body TEXT NOT NULL)")
    return lambda id, body: connection().execute("INSERT INTO started VALUES (%s, %s)", (id, body)) and None


if __name__ == "__main__":
    {"baton": _baton, "bare": _bare}[sys.argv[1]](sys.argv[2])
