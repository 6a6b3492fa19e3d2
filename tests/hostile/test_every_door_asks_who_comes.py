"""Every door of the server, route by route: who is not known does nothing, and no header or page makes them known."""

from __future__ import annotations

import base64
import hmac

import pytest

from api.app import create_app
from api.operations import SAFE_METHODS
from api.security import PUBLIC
from api.settings import WebSettings
from engine import Engine, Settings
from tests.edge.routed import answering, routed

NOBODY = "0" * 32


@pytest.fixture
def engine():
    with Engine("sqlite://", settings=Settings(manual_clock=True, workers=0)) as opened:
        opened.api_keys.fresh_seconds = 0.0
        opened.deploy({"p.bpmn": answering(routed("POST /orders", access="key"), "201").xml()})
        yield opened


@pytest.fixture
def client(engine):
    return create_app(engine, WebSettings(always_keys=True)).test_client()


@pytest.fixture
def token(engine):
    return engine.api_keys.create("lea", ["admin"])[1]


def doors(client, *, unsafe):
    """A request to every route that asks who comes: method and path."""
    adapter = client.application.url_map.bind("localhost")
    found = [("POST", "/orders")] if unsafe else []
    for rule in client.application.url_map.iter_rules():
        if rule.endpoint not in PUBLIC:
            path = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, NOBODY))
            methods = sorted(rule.methods - {"HEAD", "OPTIONS"})
            found += [(method, path) for method in methods if (method not in SAFE_METHODS) is unsafe]
    return found


def stored(engine):
    return len(engine.instances(limit=200).items), len(engine.definitions(limit=200).items)


FORGED = {
    "nothing": {},
    "an empty header": {"Authorization": ""},
    "no credentials": {"Authorization": "Bearer"},
    "two keys": {"Authorization": "Bearer baton_a_b, Bearer baton_c_d"},
    "null": {"Authorization": "Bearer null"},
    "undefined": {"Authorization": "Bearer undefined"},
    "a token without a provider": {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."},
    "a wildcard": {"Authorization": "Bearer baton_%_%"},
    "Basic with the name alone": {"Authorization": "Basic " + base64.b64encode(b"lea:").decode()},
    "Negotiate": {"Authorization": "Negotiate lea"},
    "what proxies say": {
        "X-Remote-User": "lea",
        "Remote-User": "lea",
        "X-Forwarded-User": "lea",
        "X-Auth-Request-User": "lea",
        "X-Auth-Request-Groups": "admin",
        "X-WEBAUTH-USER": "lea",
        "Baton-Actor": "lea",
    },
    "this machine": {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Host": "localhost"},
    "another address": {"X-Original-URL": "/health", "X-Rewrite-URL": "/health"},
    "another method": {"X-HTTP-Method-Override": "GET"},
    "a cookie with a name": {"Cookie": "baton_session=lea"},
    "a cookie with JSON": {"Cookie": "baton_session=eyJ1bnRpbCI6OTk5OTk5OTk5OTksImNvbnRlbnQiOnt9fQ."},
    "a cookie without a signature": {"Cookie": "baton_session=eyJ1bnRpbCI6OTk5OTk5OTk5OTl9." + "0" * 64},
    "a cookie with letters beyond ASCII": {"Cookie": "baton_session=\xe9.\xe9"},
}


@pytest.mark.parametrize("name", FORGED)
def test_who_is_not_known_does_nothing_at_any_door(client, engine, token, name):
    before, asked = stored(engine), 0
    for unsafe in (True, False):
        for method, path in doors(client, unsafe=unsafe):
            answer = client.open(path, method=method, headers=FORGED[name], json={} if unsafe else None)
            assert answer.status_code in {303, 400, 401}, f"{method} {path}"
            if answer.status_code == 303:
                assert answer.headers["Location"].startswith("/login?next=")
            asked += 1
    assert asked > 100
    assert stored(engine) == before


CROSS_SITE = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.mark.parametrize("headers", CROSS_SITE, ids=str)
def test_another_sites_page_changes_nothing_with_the_cookie_of_a_login(client, engine, token, headers):
    assert client.post("/login", data={"key": token}).status_code == 303
    before = stored(engine)
    for method, path in doors(client, unsafe=True):
        for body in ({"json": {}}, {"data": "a=b", "content_type": "text/plain"}):
            assert client.open(path, method=method, headers=headers, **body).status_code == 403, f"{method} {path}"
    assert stored(engine) == before
    # The same requests of our own pages get through to the routes.
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/instances", json={"process": "q"}, headers=own).status_code == 404


def test_no_answer_may_be_framed_guessed_kept_or_read_by_another_site(client, token):
    asked = 0
    for headers in ({}, {"Authorization": f"Bearer {token}"}):
        for unsafe in (False, True):
            for method, path in [*doors(client, unsafe=unsafe), ("GET", "/login"), ("GET", "/health"), ("GET", "/no")]:
                shown = {**headers, "Origin": "https://evil.example"}
                answer = client.open(path, method=method, headers=shown, json={} if unsafe else None)
                where = f"{method} {path}"
                assert answer.status_code < 500, where
                assert answer.headers["X-Frame-Options"] == "DENY", where
                assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], where
                assert answer.headers["X-Content-Type-Options"] == "nosniff", where
                assert answer.headers["Cache-Control"] == "no-store", where
                assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")], where
                answer.close()
                asked += 1
    assert asked > 200


def test_other_origins_are_asked_in_vain(client, token):
    asking = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for _, path in doors(client, unsafe=True):
        answer = client.options(path, headers=asking)
        assert "Access-Control-Allow-Origin" not in answer.headers, path


# -- trying keys ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["{id}", "000000000000", ""], ids=["a known id", "an unknown id", "no id"])
def test_trying_a_key_takes_one_hash_and_one_comparison(engine, token, monkeypatch, given):
    """What is compared in full tells nothing by the time it takes, and costs the server next to nothing."""
    compared = []
    plain = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda one, other: compared.append(len(one)) or plain(one, other))
    known = token.split("_")[1]
    assert engine.api_keys.check(f"baton_{given.format(id=known)}_{'x' * 43}") is None
    assert compared == [64]


def test_trying_many_keys_keeps_nothing_and_asks_the_database_seldom(client, engine, token):
    engine.api_keys.fresh_seconds = 60.0
    reads = []
    table = engine.api_keys._table
    engine.api_keys._table = type("Counted", (), {"all": lambda _: reads.append(1) or table.all()})()
    for number in range(300):
        answer = client.get("/api/instances", headers={"Authorization": f"Bearer baton_{number:012x}_{'x' * 43}"})
        assert answer.status_code == 401
    assert len(reads) <= 1
    assert client.get("/api/instances", headers={"Authorization": f"Bearer {token}"}).status_code == 200
