"""A server with an engine behind it: on a socket for real clients, or as a test client with a manual clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask.testing import FlaskClient

from api.app import create_app
from api.settings import WebSettings
from engine import Engine, Settings

from ..api.serving import served

DIAGRAM = Path(__file__).resolve().parent / "order.bpmn"


class Live(NamedTuple):
    """A running server. key: of somebody who may do everything, "" where nobody needs one."""

    url: str
    engine: Engine
    key: str


@pytest.fixture(params=[False, True], ids=["without keys", "with keys"])
def with_keys(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def live(with_keys: bool) -> Iterator[Live]:
    with Engine("sqlite://", settings=Settings(workers=0)) as engine:
        engine.start_workers()
        key = engine.api_keys.create("clients", ["admin"])[1] if with_keys else ""
        app = create_app(engine, WebSettings(threads=16))
        with served(app) as address:
            yield Live(f"{address}/engine-rest", engine, key)


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine("sqlite://", settings=Settings(manual_clock=True, workers=0)) as opened:
        yield opened


@pytest.fixture
def client(engine: Engine) -> FlaskClient:
    return create_app(engine, WebSettings()).test_client()


class Camunda:
    """The calls as a test writes them: statuses are checked where they are not the point."""

    def __init__(self, client: FlaskClient, engine: Engine) -> None:
        self.client, self.engine = client, engine

    def get(self, path: str, **query: Any) -> Any:
        return self._ok(self.client.get(f"/engine-rest{path}", query_string=query))

    def post(self, path: str, body: Any = None) -> Any:
        return self._ok(self.client.post(f"/engine-rest{path}", json=body))

    def put(self, path: str, body: Any = None) -> Any:
        return self._ok(self.client.put(f"/engine-rest{path}", json=body))

    def refused(self, method: str, path: str, **options: Any) -> tuple[int, str, str]:
        """The status, the type and the message of an answer that must be an error of the right form."""
        answer = self.client.open(f"/engine-rest{path}", method=method, **options)
        assert answer.content_type == "application/json", answer.get_data(as_text=True)
        error = answer.get_json()
        assert set(error) <= {"type", "message", "code", "details"}
        return answer.status_code, error["type"], error["message"]

    def start(self, process: str = "order", **variables: Any) -> dict[str, Any]:
        body = {"variables": {name: {"value": value} for name, value in variables.items()}}
        return self.post(f"/process-definition/key/{process}/start", body)

    def fetch(self, worker: str = "w", **more: Any) -> list[dict[str, Any]]:
        """Lock up to ten tasks of the topic "charge" for 10 seconds; more: members of the topic or the request."""
        top = {name: more.pop(name) for name in ("usePriority", "maxTasks", "asyncResponseTimeout") if name in more}
        topic = {"topicName": "charge", "lockDuration": 10_000, **more}
        return self.post("/external-task/fetchAndLock", {"workerId": worker, "maxTasks": 10, **top, "topics": [topic]})

    def _ok(self, response: Any) -> Any:
        assert response.status_code in (200, 204), response.get_data(as_text=True)
        assert (response.status_code == 204) == (not response.data)
        return response.get_json() if response.data else None


@pytest.fixture
def camunda(client: FlaskClient, engine: Engine) -> Camunda:
    engine.deploy({DIAGRAM.name: DIAGRAM.read_bytes()})
    return Camunda(client, engine)


@pytest.fixture(scope="module")
def shared() -> Iterator[Camunda]:
    """One for all tests of a module: for those that only look, or leave nothing that others notice."""
    with Engine("sqlite://", settings=Settings(manual_clock=True, workers=0)) as engine:
        engine.deploy({DIAGRAM.name: DIAGRAM.read_bytes()})
        yield Camunda(create_app(engine, WebSettings()).test_client(), engine)
