"""A little HTTP service for an example: what its paths answer is the example's, a log of every call is its memory.

    SERVICES = {"payment": {"/payments": Operation("do", charge)}}
    serve(SERVICES)         # python services.py payment --port 7001 --log payment.jsonl

Started again on the same log, a service still knows every idempotency key it has answered. A repeat with the same key
and body gets the same answer and has no second effect; the same key with another body is refused with 422 and logged
as a violation. What is only read needs no key.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import waitress
from flask import Flask, Response, jsonify, request

LONGEST_HOLD_SECONDS = 30.0
THREADS = 16

Answer = tuple[int, dict[str, Any]]
"""HTTP status and JSON body."""

Body = Mapping[str, Any]


class Operation(NamedTuple):
    """What a path does. kind: whether it does, undoes or only reads.

    answer: (what was sent, short id of this effect) -> answer. What was sent is the body's members; for what is read
    the path's and the query's parameters.
    """

    kind: Literal["do", "undo", "read"]
    answer: Callable[[Body, str], Answer]


Operations = Mapping[str, Operation]
"""Path -> what it does; a path may have parameters: `/products/<product>`."""


class Ledger:
    """The log of one service and what follows from it: the body and the answer of every idempotency key."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._bodies: dict[str, str] = {}
        self._answers: dict[str, Answer] = {}
        for entry in read_log(path):
            self._learn(entry)

    def record(self, call: dict[str, Any], decide: Callable[[], Answer]) -> Answer:
        """Answer the call, at most once per key, append it to the log, and return the answer."""
        with self._lock:
            entry = call | self._outcome(call, decide) | {"answered_at": time.time_ns() // 1000}
            with self._path.open("a", encoding="utf-8") as log:
                log.write(json.dumps(entry) + "\n")
            self._learn(entry)
            return entry["status"], entry["answer"]

    def _outcome(self, call: dict[str, Any], decide: Callable[[], Answer]) -> dict[str, Any]:
        key = call["key"]
        if self._bodies.get(key, call["sha256"]) != call["sha256"]:
            answer = {"problem": "Expected the same body for the same Idempotency-Key but got another one"}
            return {"status": 422, "answer": answer, "repeat": True, "effect": False, "violation": True}
        if key in self._answers:
            status, answer = self._answers[key]
            return {"status": status, "answer": answer, "repeat": True, "effect": False, "violation": False}
        status, answer = decide()
        effect = status < 300 and call["kind"] != "read"
        return {"status": status, "answer": answer, "repeat": key in self._bodies, "effect": effect, "violation": False}

    def _learn(self, entry: dict[str, Any]) -> None:
        if entry["kind"] == "read":
            return
        self._bodies.setdefault(entry["key"], entry["sha256"])
        if entry["status"] < 500 and not entry["violation"]:
            self._answers.setdefault(entry["key"], (entry["status"], entry["answer"]))


def read_log(path: Path) -> list[dict[str, Any]]:
    """Every call in the log, first answered first; an absent log is empty."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


class Gate:
    """Holds calls back until they are released, so that a test can act while calls are in flight."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._closed = False
        self._held = 0

    def close(self) -> None:
        """Hold every call from now on."""
        with self._changed:
            self._closed = True

    def release(self) -> None:
        """Let the held calls and all later ones through."""
        with self._changed:
            self._closed = False
            self._changed.notify_all()

    def held(self, calls: int, seconds: float) -> int:
        """How many calls are held, as soon as there are that many, or after that many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._held >= calls, seconds)
            return self._held

    def wait(self) -> None:
        """Wait here while the gate is closed, for a bounded time."""
        with self._changed:
            self._held += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._closed, LONGEST_HOLD_SECONDS)
            self._held -= 1


def create_app(service: str, operations: Operations, log: Path) -> Flask:
    """The service as a Flask application that writes its calls to `log` (one JSON object per line)."""
    app, ledger, gate = Flask(f"{service}-service"), Ledger(log), Gate()
    for path, operation in operations.items():
        methods = ["GET"] if operation.kind == "read" else ["POST"]
        app.add_url_rule(path, path, _view(service, operation, ledger, gate), methods=methods)

    @app.route("/hold", methods=["GET", "POST", "DELETE"])
    def hold() -> Response:
        {"POST": gate.close, "DELETE": gate.release}.get(request.method, lambda: None)()
        return jsonify(held=gate.held(request.args.get("calls", 0, int), request.args.get("seconds", 0.0, float)))

    return app


def _view(service: str, operation: Operation, ledger: Ledger, gate: Gate) -> Callable[..., tuple[Response, int]]:
    def view(**parameters: str) -> tuple[Response, int]:
        reads = operation.kind == "read"
        key = "" if reads else request.headers.get("Idempotency-Key", "")
        if not (key or reads):
            return jsonify(problem="Expected an Idempotency-Key header but got none"), 400
        body = parameters | (request.args.to_dict() if reads else request.get_json())
        call = {
            "service": service,
            "kind": operation.kind,
            "method": request.method,
            "path": request.path,
            "key": key,
            "sha256": "" if reads else hashlib.sha256(request.get_data()).hexdigest(),
            "body": body,
            "trace": request.headers.get("traceparent", ""),
            "received_at": time.time_ns() // 1000,
        }
        gate.wait()
        number = hashlib.sha256(key.encode()).hexdigest()[:8]
        status, answer = ledger.record(call, lambda: operation.answer(body, number))
        return jsonify(answer), status

    return view


def serve(services: Mapping[str, Operations]) -> None:
    """Serve the one that the command line names until the process is stopped."""
    parser = argparse.ArgumentParser(description="A little service of an example, with a log of every call.")
    parser.add_argument("service", choices=sorted(services))
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--log", type=Path, required=True, help="the file every call is appended to")
    options = parser.parse_args()
    app = create_app(options.service, services[options.service], options.log)
    server = waitress.create_server(app, host="127.0.0.1", port=options.port, threads=THREADS)
    print(f"{options.service} is ready at http://127.0.0.1:{server.effective_port}", flush=True)  # noqa: T201 - told its parent
    server.run()
