"""Whatever is sent to these calls, the answer is an error of Camunda's form below 500, and nothing is stored."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

from api.app import create_app
from api.engine_rest import BLUEPRINTS
from api.operations import operation_of
from api.roles import ANYONE, ROLES
from api.settings import WebSettings
from engine import Engine

from .conftest import Camunda

OUTSIDE = "engine_rest_outside"


def calls(client: FlaskClient) -> Iterator[tuple[str, str, Any]]:
    """Method, path with ids that name nothing, and the roles of every call."""
    names = {f"{blueprint.name}." for blueprint in BLUEPRINTS} - {f"{OUTSIDE}."}
    for rule in client.application.url_map.iter_rules():
        if any(rule.endpoint.startswith(name) for name in names):
            declared = operation_of(client.application.view_functions[rule.endpoint])
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, re.sub(r"<[^>]+>", "nobody", rule.rule), declared


@pytest.fixture(scope="module")
def stored(shared: Camunda) -> Callable[[], tuple[int, ...]]:
    """How much there is; with two orders, of which one has a task in hand."""
    shared.start()
    shared.fetch()
    shared.start()

    def count() -> tuple[int, ...]:
        engine = shared.engine
        instances = engine.instances().items
        return len(engine.definitions().items), len(instances), sum(one.revision for one in instances)

    return count


BODIES: dict[str, dict[str, Any]] = {
    "no JSON": {"data": b"{", "content_type": "application/json"},
    "an array": {"data": b"[]", "content_type": "application/json"},
    "null": {"data": b"null", "content_type": "application/json"},
    "a text": {"data": b'"x"', "content_type": "application/json"},
    "a key twice": {"data": b'{"name": "a", "name": "b"}', "content_type": "application/json"},
    "NaN": {"data": b'{"name": NaN}', "content_type": "application/json"},
    "NUL": {"data": b'{"name": "\\u0000"}', "content_type": "application/json"},
    "half a character": {"data": b'{"name": "\\ud800"}', "content_type": "application/json"},
    "no UTF-8": {"data": b'{"name": "\xff"}', "content_type": "application/json"},
    "a byte order mark": {"data": b"\xef\xbb\xbf{}", "content_type": "application/json"},
    "deep": {"data": b'{"a":' * 5000 + b"1" + b"}" * 5000, "content_type": "application/json"},
    "a long number": {"data": b'{"a": ' + b"9" * 5000 + b"}", "content_type": "application/json"},
    "an unknown member": {"json": {"surprise": {"a": 1}}},
    "members of another type": {
        "json": {
            "variables": 1, "workerId": {}, "topics": 1, "messageName": [], "name": {}, "retries": "x", "priority": 2.5,
            "userId": 1, "value": 1, "processInstanceIds": 1, "taskId": 1, "modifications": 1, "externalTaskIds": "x",
        }
    },
    "a form": {"data": {"workerId": "w"}},
    "text": {"data": "hello", "content_type": "text/plain"},
    "gzip": {"data": b"{}", "content_type": "application/json", "headers": {"Content-Encoding": "gzip"}},
}  # fmt: skip


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_no_call_takes_an_unfit_body(shared: Camunda, stored: Callable[[], tuple[int, ...]], body: dict[str, Any]):
    before, tried = stored(), 0
    for method, path, declared in calls(shared.client):
        if declared.body is not None and not path.startswith("/engine-rest/engine/"):
            status, kind, message = shared.refused(method, path.removeprefix("/engine-rest"), **body)
            assert (400 <= status < 500, bool(kind), bool(message)) == (True, True, True), (method, path, status)
            tried += 1
    assert tried > 20
    assert stored() == before


def test_ids_that_name_nothing_are_not_found(shared: Camunda, stored: Callable[[], tuple[int, ...]]):
    before = stored()
    hostile = [
        "%00",
        "..%2f..%2fetc",
        "%27%20OR%201=1--",
        "x" * 1500,
        "019b76da-a800-8002-8000-000400000000",
        "%F0%9F%92%A9",
    ]
    for method, path, declared in calls(shared.client):
        if "nobody" in path and not path.startswith("/engine-rest/engine/") and declared.body is None:
            for id in hostile:
                answer = shared.client.open(path.replace("nobody", id), method=method)
                # A slash in it makes it another call of Camunda 7, which Baton may not have.
                assert 400 <= answer.status_code < 500 or answer.status_code == 501, (method, path, id)
                assert answer.get_json()["message"]
    assert stored() == before


@pytest.mark.parametrize(
    "path, options, status",
    [
        ("/task?name=" + "x" * 5000, {}, 414),
        ("/task?name=%00", {}, 400),
        ("/task?name=%ED%A0%80", {}, 200),
        ("/task?" + "&".join(f"a{number}=1" for number in range(300)), {}, 400),
        ("/version", {"headers": {"X-Big": "x" * 20_000}}, 431),
        ("/version", {"headers": {"X-HTTP-Method-Override": "DELETE"}}, 400),
        ("/version", {"headers": {"Host": "evil.example"}}, 421),
        ("/process-instance?firstResult=99999999999999999999999", {}, 200),
        ("/external-task?processInstanceId=%27;DROP%20TABLE%20job", {}, 200),
    ],
)
def test_limits_hold_as_below_api(shared: Camunda, path: str, options: dict[str, Any], status: int):
    answer = shared.client.get(f"/engine-rest{path}", **options)
    assert answer.status_code == status
    assert answer.content_type == "application/json"
    assert status == 200 or set(answer.get_json()) == {"type", "message", "code"}


def test_a_page_of_another_site_changes_nothing(shared: Camunda, stored: Callable[[], tuple[int, ...]]):
    before = stored()
    for header in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = shared.client.post("/engine-rest/signal", json={"name": "open"}, headers=header)
        assert (answer.status_code, answer.get_json()["type"]) == (403, "AuthorizationException")
    assert stored() == before


@pytest.mark.parametrize(
    "change",
    [
        {"maxTasks": 0},
        {"sorting": [{"sortBy": "createTime", "sortOrder": "desc"}]},
        {"maxTasks": -1},
        {"workerId": ""},
        {"workerId": "x" * 5000},
        {"workerId": "local:worker"},
        {"asyncResponseTimeout": -5},
        {"topics": [{"topicName": "", "lockDuration": 1000}]},
        {"topics": [{"topicName": "t", "lockDuration": 0}] * 500},
        {"topics": [{"topicName": "t", "lockDuration": 10**18}]},
        {"topics": [{"topicName": "t", "lockDuration": -1}]},
        {"topics": [{"topicName": "t"}]},
        {"topics": [{"topicName": "t", "lockDuration": 1, "processVariables": {"a": {"deep": 1}}}]},
        {"topics": [{"topicName": "t", "lockDuration": 1, "tenantIdIn": ["t"]}]},
        {"topics": [{"topicName": "t", "lockDuration": 1, "processDefinitionVersionTag": "v1"}]},
        {"topics": [{"topicName": "t", "lockDuration": 1, "processDefinitionKeyIn": ["p"] * 101}]},
        {"topics": [{"topicName": "t", "lockDuration": 1, "processDefinitionIdIn": ["p:1"] * 100_000}]},
    ],
)
def test_an_unfit_fetch_locks_nothing(shared: Camunda, stored: Callable[[], tuple[int, ...]], change: dict[str, Any]):
    before, leased = stored(), len(shared.engine.jobs(state="leased").items)
    topics = [{"topicName": "charge", "lockDuration": 1000}]
    body = {"workerId": "w", "maxTasks": 1, "topics": topics, **change}
    assert shared.refused("POST", "/external-task/fetchAndLock", json=body)[0] == 400
    assert (stored(), len(shared.engine.jobs(state="leased").items)) == (before, leased)


def test_nobody_gets_more_tasks_than_the_limit(camunda: Camunda, monkeypatch: pytest.MonkeyPatch):
    for _ in range(3):
        camunda.start()
    few = msgspec.structs.replace(camunda.engine.settings, lease_batch=2)
    monkeypatch.setattr(Engine, "settings", property(lambda _: few))
    assert len(camunda.fetch(maxTasks=2**70)) == 2


def test_every_call_asks_for_its_roles(camunda: Camunda, engine: Engine):
    """With keys nobody comes in without one, and each role only where it may; the key is the password of Basic."""
    app = create_app(engine, WebSettings())
    tokens = {role: engine.api_keys.create(role, [role])[1] for role in ROLES}
    client = app.test_client()
    tried = 0
    for method, path, declared in calls(client):
        if path.startswith("/engine-rest/engine/"):
            continue
        nobody = client.open(path, method=method)
        assert (nobody.status_code, nobody.get_json()["type"]) == (401, "AuthenticationException"), path
        for role, token in tokens.items():
            basic = {"Authorization": "Basic " + b64encode(f"anybody:{token}".encode()).decode()}
            answer = client.open(path, method=method, headers=basic)
            allowed = declared.roles == ANYONE or role in declared.roles
            assert (answer.status_code != 403) == allowed, (method, path, role, answer.get_data(as_text=True))
            assert answer.status_code < 500
            tried += 1
    assert tried > 200
    wrong = {"Authorization": "Basic " + b64encode(b"demo:demo").decode()}
    assert client.get("/engine-rest/version", headers=wrong).status_code == 401


def test_other_calls_of_camunda_are_named_and_other_paths_are_not_found(shared: Camunda):
    for path in ("/batch", "/process-instance/x/modification", "/migration/generate", "/decision-definition", "/job"):
        status, kind, message = shared.refused("POST", path, json={})
        assert (status, kind) == (501, "NotImplementedException")
        assert "docs/engine-rest.md" in message
    for path in ("", "/", "/nothing", "/../api"):
        assert shared.refused("GET", path)[0] == 404
