"""The HTTP interface as tests write it down, and the smallest diagrams that they need."""

from __future__ import annotations

import json
from typing import Any

from flask.testing import FlaskClient

from tests.support.diagrams import process

XML = {"Content-Type": "application/xml"}


class Front:
    """The HTTP interface as a test writes it down: statuses are checked where they are not the point."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def deploy(self, diagram: Any) -> dict[str, Any]:
        return self._ok(self.client.post("/api/deployments", data=diagram.xml(), headers=XML))

    def start(self, name: str = "p", **body: Any) -> dict[str, Any]:
        return self._ok(self.client.post("/api/instances", json={"process": name, **body}))

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        return self._ok(self.client.get(path, query_string=query))

    def post(self, path: str, body: Any = None) -> dict[str, Any]:
        return self._ok(self.client.post(path, json=body))

    def _ok(self, response: Any) -> dict[str, Any]:
        assert response.status_code < 300, response.get_data(as_text=True)
        return json.loads(response.data) if response.data else {}


def user_task() -> Any:
    return process("p").start().user("ask").end()


def service_task(**properties: str) -> Any:
    return process("p").start().service("work", "by-hand", outputs={"answer": "response"}, properties=properties).end()
