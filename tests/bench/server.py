"""The child processes of the HTTP rows: `python -m tests.bench.server baton|bare DATABASE` prints its address."""

from __future__ import annotations

import json
import signal
import sys
import threading
import uuid
from pathlib import Path

from flask import Flask, Response, request
from waitress import create_server

from api.hosting import host_engine
from api.settings import WebSettings
from engine import Engine, Settings

from .databases import connect, pragmas_of

HOST = "127.0.0.1"


def _ready(address: str) -> None:
    print(address, flush=True)


def _baton(path: Path) -> None:
    """What `baton serve` runs, in its default settings."""
    host_engine(str(path), HOST, 0, Settings(), [], _ready)


def _bare(path: Path) -> None:
    with Engine(str(path.with_name("pragmas.db"))) as engine:
        pragmas = pragmas_of(engine)
    connection, turn = connect(path, pragmas), threading.Lock()
    connection.execute("CREATE TABLE started (id TEXT PRIMARY KEY, body TEXT NOT NULL)")
    app = Flask("bare")

    @app.post("/api/instances")
    def start() -> Response:
        body, id = request.get_json(), str(uuid.uuid4())
        with turn:
            connection.execute("INSERT INTO started VALUES (?, ?)", (id, json.dumps(body)))
        return Response(json.dumps({"id": id}), status=201, content_type="application/json")

    server = create_server(app, host=HOST, port=0, threads=WebSettings().threads)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    _ready(f"http://{HOST}:{server.effective_port}")
    server.run()


if __name__ == "__main__":
    {"baton": _baton, "bare": _bare}[sys.argv[1]](Path(sys.argv[2]))
