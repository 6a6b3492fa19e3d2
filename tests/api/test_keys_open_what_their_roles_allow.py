"""Keys: without one nobody comes in, each role may do what docs/api.md says, and the history names the key."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest

from api.app import create_app
from api.operations import operation_of
from api.roles import ROLES
from api.security import PUBLIC
from api.settings import WebSettings
from tests.support.diagrams import process

from .front import XML, user_task

PAGE = Path(__file__).parents[2] / "docs" / "api.md"


@pytest.fixture
def keys(engine):
    """The engine's keys, read anew with every request."""
    engine.api_keys.fresh_seconds = 0.0
    return engine.api_keys


@pytest.fixture
def key(keys):
    """Make a key with these roles; returns the headers that show it."""

    def make(*roles, name="", **more):
        _, token = keys.create(name or "-".join(roles), roles, **more)
        return {"Authorization": f"Bearer {token}"}

    return make


ROUTES = [
    ("GET", "/api", "*"),
    ("GET", "/api/openapi.json", "*"),
    ("GET", "/api/definitions", "viewer starter operator deployer admin"),
    ("GET", "/api/definitions/p:1", "viewer starter operator deployer admin"),
    ("GET", "/api/definitions/p:1/problems", "viewer starter operator deployer admin"),
    ("GET", "/api/definitions/p:1/xml", "viewer starter operator deployer admin"),
    ("POST", "/api/deployments", "deployer admin"),
    ("GET", "/api/deployments", "viewer starter operator deployer admin"),
    ("GET", "/api/deployments/x", "viewer starter operator deployer admin"),
    ("POST", "/api/instances", "starter admin"),
    ("GET", "/api/instances", "viewer operator admin"),
    ("GET", "/api/instances/x", "viewer starter operator admin"),
    ("DELETE", "/api/instances/x", "operator admin"),
    ("GET", "/api/instances/x/wait", "viewer starter operator admin"),
    ("POST", "/api/instances/x/wait", "viewer starter operator admin"),
    ("GET", "/api/instances/x/history", "viewer operator admin"),
    ("GET", "/api/instances/x/activities", "viewer operator admin"),
    ("POST", "/api/instances/x/activities", "worker operator admin"),
    ("GET", "/api/instances/x/variables", "viewer operator admin"),
    ("PATCH", "/api/instances/x/variables", "operator admin"),
    ("GET", "/api/instances/x/verify", "viewer operator admin"),
    ("GET", "/api/instances/x/events", "viewer operator admin"),
    ("GET", "/api/jobs", "viewer operator admin"),
    ("GET", "/api/jobs/x.1", "viewer worker operator admin"),
    ("POST", "/api/jobs/lease", "worker admin"),
    ("POST", "/api/jobs/x.1/complete", "worker admin"),
    ("POST", "/api/jobs/x.1/fail", "worker admin"),
    ("POST", "/api/jobs/x.1/error", "worker admin"),
    ("POST", "/api/jobs/x.1/extend", "worker admin"),
    ("GET", "/api/tasks", "*"),
    ("GET", "/api/tasks/x.1", "*"),
    ("POST", "/api/tasks/x.1/claim", "*"),
    ("POST", "/api/tasks/x.1/complete", "*"),
    ("GET", "/api/incidents", "viewer operator admin"),
    ("GET", "/api/incidents/x.1", "viewer operator admin"),
    ("POST", "/api/incidents/x.1/resolve", "operator admin"),
    ("POST", "/api/messages", "starter operator admin"),
    ("GET", "/api/messages", "viewer operator admin"),
    ("POST", "/api/signals", "starter operator admin"),
    ("POST", "/api/conditions", "starter admin"),
    ("GET", "/api/subscriptions", "viewer operator admin"),
    ("GET", "/api/timers", "viewer operator admin"),
    ("GET", "/api/start-events", "viewer starter operator deployer admin"),
    ("GET", "/api/routes", "viewer starter operator deployer admin"),
    ("GET", "/api/messages/x", "viewer operator admin"),
    ("GET", "/api/signals", "viewer operator admin"),
    ("GET", "/api/signals/x", "viewer operator admin"),
    ("GET", "/api/subscriptions/x.1", "viewer operator admin"),
    ("GET", "/api/timers/x.1", "viewer operator admin"),
    ("GET", "/api/start-events/x", "viewer starter operator deployer admin"),
    ("GET", "/api/trail/x", "viewer operator admin"),
    ("GET", "/api/bus", "viewer operator admin"),
    ("GET", "/api/bus/publications", "viewer operator admin"),
    ("GET", "/api/bus/publications/x", "viewer operator admin"),
    ("POST", "/api/bus/publications/x/resolve", "operator admin"),
    ("GET", "/api/bus/refused", "viewer operator admin"),
    ("GET", "/api/bus/refused/x", "viewer operator admin"),
    ("POST", "/api/bus/refused/x/resolve", "operator admin"),
    ("POST", "/api/test/clock", "admin"),
    ("GET", "/instances", "viewer operator admin"),
    ("GET", "/instances/x", "viewer operator admin"),
    ("GET", "/instances/x/live", "viewer operator admin"),
    ("GET", "/messages", "viewer operator admin"),
    ("GET", "/signals", "viewer operator admin"),
    ("GET", "/bus", "viewer operator admin"),
    ("GET", "/bus/refused", "viewer operator admin"),
    ("GET", "/start-events", "viewer operator admin"),
    ("GET", "/routes", "viewer operator admin"),
    ("GET", "/subscriptions", "viewer operator admin"),
    ("GET", "/timers", "viewer operator admin"),
    ("GET", "/tasks", "*"),
    ("GET", "/tasks/x.1", "*"),
    ("POST", "/tasks/x.1", "*"),
    ("GET", "/where", "viewer operator admin"),
    ("GET", "/where/x", "viewer operator admin"),
    ("GET", "/", "viewer operator admin"),
]
"""Every route that asks for a key, and the roles that may use it; "*" stands for all of them.

Those of /engine-rest are below: each has the roles of what it does under /api.
"""


def allowed(words):
    return set(ROLES) if words == "*" else set(words.split())


@pytest.mark.parametrize("method, path, roles", ROUTES, ids=[f"{method} {path}" for method, path, _ in ROUTES])
def test_a_route_lets_in_whom_its_row_names(client, engine, key, method, path, roles):
    engine.deploy({"p.bpmn": user_task().xml()})
    # When each role asks
    answers = {role: client.open(path, method=method, headers=key(role)).status_code for role in ROLES}
    # Then those of the row get past the door, whatever the route then says, and the others do not.
    assert {role for role, status in answers.items() if status not in {401, 403}} == allowed(roles)
    # Without a key nobody does: programs are told so, people are led to the login.
    answer = client.open(path, method=method)
    assert answer.status_code == (401 if path.startswith("/api") else 303)


def test_the_rows_are_all_routes(client):
    adapter = client.application.url_map.bind("localhost")
    named = {adapter.match(path, method)[0] for method, path, _ in ROUTES}
    of_tools = {name for name in client.application.view_functions if name.startswith("engine_rest")}
    assert named | PUBLIC | of_tools == set(client.application.view_functions)
    assert len(ROUTES) == len({(method, path) for method, path, _ in ROUTES})


def test_routes_for_camundas_tools_let_in_whom_they_declare(client, key):
    headers = {role: key(role) for role in ROLES}
    adapter, asked = client.application.url_map.bind("localhost"), 0
    for rule in client.application.url_map.iter_rules():
        declared = operation_of(client.application.view_functions[rule.endpoint])
        if not rule.rule.startswith("/engine-rest"):
            continue
        path = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "x"))
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            # When each role asks, and somebody without a key
            body = None if method == "GET" else {}
            answers = {role: client.open(path, method=method, headers=headers[role], json=body) for role in ROLES}
            # Then those that are declared get past the door, and the others do not.
            passed = {role for role, answer in answers.items() if answer.status_code not in {401, 403}}
            assert passed == declared.roles, f"{method} {rule.rule}"
            assert client.open(path, method=method, json=body).status_code == 401, f"{method} {rule.rule}"
            asked += 1
    assert asked > 50


def test_the_docs_have_the_same_table(client):
    # Given the table of the page: a row for each kind of thing, a column for each role
    part = PAGE.read_text().partition("### Roles")[2].partition("\n#")[0]
    lines = [line[1:-1].split("|") for line in part.splitlines() if line.startswith("| ")]
    columns = [cell.strip() for cell in lines[0][1:]]
    assert columns == list(ROLES)
    rows = {}
    for cells in lines[1:]:
        roles = {role for role, cell in zip(columns, cells[1:], strict=True) if cell.strip()}
        for route in re.findall(r"`((?:GET|POST|PATCH|DELETE) [^`]+)`", cells[0]):
            rows[route] = roles
    # Then each route stands in a row with the roles that it was declared with.
    app = client.application
    declared = {}
    for rule in app.url_map.iter_rules():
        one = operation_of(app.view_functions[rule.endpoint])
        if one is not None and rule.endpoint not in PUBLIC and not rule.endpoint.startswith("engine_rest"):
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                declared[f"{method} {re.sub(r'<[^>]+>', '{id}', rule.rule)}"] = set(one.roles)
    assert rows == declared


def test_several_roles_add_up(client, key):
    headers = key("starter", "viewer")
    assert client.get("/api/instances", headers=headers).status_code == 200
    assert client.post("/api/instances", json={"process": "p"}, headers=headers).status_code == 404
    assert client.post("/api/jobs/lease", json={}, headers=headers).status_code == 403


def test_without_any_key_nobody_is_asked(client):
    assert client.get("/api/instances").status_code == 200


BAD = {
    "no key": ({}, 'Bearer realm="baton"'),
    "another scheme": ({"Authorization": "Digest YTpi"}, "invalid_token"),
    "another password": ({"Authorization": "Basic YTpi"}, "invalid_token"),
    "Basic without a colon": ({"Authorization": "Basic YWI="}, "invalid_token"),
    "Basic that is no Base64": ({"Authorization": "Basic a:b"}, "invalid_token"),
    "Basic that is no UTF-8": ({"Authorization": "Basic /zr/"}, "invalid_token"),
    "no token": ({"Authorization": "Bearer"}, "invalid_token"),
    "another text": ({"Authorization": "Bearer x"}, "invalid_token"),
    "an id without its secret": ({"Authorization": "Bearer baton_{id}_"}, "invalid_token"),
    "another secret": ({"Authorization": "Bearer baton_{id}_" + "x" * 43}, "invalid_token"),
    "an unknown id": ({"Authorization": "Bearer baton_000000000000_" + "x" * 43}, "invalid_token"),
    "a long one": ({"Authorization": "Bearer baton_{id}_" + "x" * 10_000}, "invalid_token"),
    "letters beyond ASCII": ({"Authorization": "Bearer baton_{id}_\xe9"}, "invalid_token"),
    "a forged login": ({"Cookie": "baton_session={id}.99999999999." + "0" * 64}, 'Bearer realm="baton"'),
    "a broken login": ({"Cookie": "baton_session=..\xe9"}, 'Bearer realm="baton"'),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_key_is_401_and_says_how_to_show_one(client, keys, stored, name):
    # Given a server with one key
    made, _ = keys.create("lea", ["admin"])
    headers, challenge = BAD[name]
    # When something else is shown
    shown = {header: text.replace("{id}", made.id) for header, text in headers.items()}
    response = client.post("/api/instances", json={"process": "p"}, headers=shown)
    # Then it is a problem with a challenge, and nothing was done.
    assert response.status_code == 401
    assert response.content_type == "application/problem+json"
    assert challenge in response.headers["WWW-Authenticate"]
    assert stored() == (0, 0)


@pytest.mark.parametrize("user", ["", "demo", "lea", "Müller", "x" * 200])
def test_the_key_may_be_the_password_of_basic_under_any_user_name(client, keys, user):
    # Given a key, and a client that knows user names and passwords only
    _, token = keys.create("lea", ["viewer"])
    pair = base64.b64encode(f"{user}:{token}".encode()).decode()
    # Then the password opens what the key opens, and no more.
    assert client.get("/api/instances", headers={"Authorization": f"Basic {pair}"}).status_code == 200
    assert client.get("/api/instances", headers={"authorization": f"bASIC  {pair}"}).status_code == 200
    answer = client.post("/api/instances", json={"process": "p"}, headers={"Authorization": f"Basic {pair}"})
    assert answer.status_code == 403
    # Nobody is invited to type it: a browser would show it by itself from then on.
    assert "Basic" not in client.get("/api/instances").headers["WWW-Authenticate"]


def test_a_missing_role_is_403_and_named(client, key):
    response = client.post("/api/instances", json={"process": "p"}, headers=key("viewer"))
    assert response.status_code == 403
    assert 'error="insufficient_scope", scope="admin or starter"' in response.headers["WWW-Authenticate"]
    assert "admin or starter" in json.loads(response.data)["detail"]


def test_an_unknown_path_is_not_told_apart_without_a_key(client, key):
    headers = key("viewer")
    assert client.get("/api/secret").status_code == 401
    assert client.get("/api/secret", headers=headers).status_code == 404


def test_the_history_names_the_key_and_not_what_the_request_says(client, front, engine, key):
    engine.deploy({"p.bpmn": user_task().xml()})
    headers = {**key("starter", name="shop"), "Baton-Actor": "somebody else"}
    instance = json.loads(client.post("/api/instances", json={"process": "p"}, headers=headers).data)
    assert instance["started_by"] == "shop"
    assert {entry.actor for entry in engine.history(instance["id"]).items} == {"shop"}


def test_a_revoked_key_opens_nothing_and_the_door_stays_shut(client, keys):
    made, token = keys.create("lea", ["admin"])
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/instances", headers=headers).status_code == 200
    keys.revoke(made.id)
    assert client.get("/api/instances", headers=headers).status_code == 401
    assert client.get("/api/instances").status_code == 401


def test_an_expired_key_opens_nothing(client, engine, key):
    headers = key("admin", lifetime_seconds=60)
    assert client.get("/api/instances", headers=headers).status_code == 200
    engine.advance_clock(61)
    assert client.get("/api/instances", headers=headers).status_code == 401


def test_only_hashes_are_stored(engine, keys):
    _, token = keys.create("lea", ["admin"])
    with engine._house.store.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM api_key").all()
    assert len(rows) == 1
    assert token.rpartition("_")[2] not in repr(rows)
    assert token not in repr(keys.list())


def test_with_keys_requests_may_come_through_a_proxy_from_elsewhere(client, key):
    headers = {**key("viewer"), "Host": "baton.example", "X-Forwarded-For": "203.0.113.7"}
    assert client.get("/api/instances", headers=headers).status_code == 200
    # But not from another site's page.
    other = {**headers, "Origin": "https://evil.example"}
    assert client.delete("/api/instances/x", headers=other).status_code == 403
    own = {**key("operator"), "Host": "baton.example", "Origin": "https://baton.example"}
    assert client.delete("/api/instances/x", headers=own).status_code == 404


def test_this_machine_may_be_left_open(engine, keys):
    # Given a key, and a server that was told to leave this machine open
    _, token = keys.create("lea", ["viewer"])
    client = create_app(engine, WebSettings(open_loopback=True)).test_client()
    # Then programs of this machine need none, everybody else's requests are refused as without keys,
    assert client.get("/api/instances").status_code == 200
    assert client.get("/api/instances", headers={"Host": "baton.example"}).status_code == 421
    assert client.get("/api/instances", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 403
    # and a key that is shown counts.
    headers = {"Authorization": f"Bearer {token}"}
    assert client.post("/api/instances", json={"process": "p"}, headers=headers).status_code == 403


def test_a_server_for_others_wants_a_key_although_there_is_none(engine):
    client = create_app(engine, WebSettings(always_keys=True)).test_client()
    assert client.get("/api/instances", headers={"Host": "baton.example"}).status_code == 401
    assert client.get("/health", headers={"Host": "baton.example"}).status_code == 200


def test_a_deployer_deploys(client, key):
    document = process("q").start().end().xml()
    assert client.post("/api/deployments", data=document, headers={**XML, **key("deployer")}).status_code == 201
