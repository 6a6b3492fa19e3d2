"""The login of the pages: a key opens them, a signed cookie stands for it, and both end together."""

from __future__ import annotations

import pytest

from api.app import create_app
from api.authentication import COOKIE
from api.settings import SESSION_SECONDS, WebSettings
from tests.api.front import user_task


@pytest.fixture
def keys(engine):
    engine.api_keys.fresh_seconds = 0.0
    return engine.api_keys


@pytest.fixture
def token(keys):
    return keys.create("lea", ["viewer"])[1]


def log_in(client, token, following="/instances"):
    return client.post("/login", data={"key": token, "next": following})


def test_a_page_leads_to_the_login_and_the_login_back(client, front, engine, token):
    engine.deploy({"p.bpmn": user_task().xml()})
    page = f"/instances/{engine.start('p').id}"
    # When a page is opened without a login, then the login asks for a key;
    asked = client.get(f"{page}?after=1")
    assert asked.status_code == 303
    form = client.get(asked.headers["Location"])
    assert f'value="{page}?after=1"' in form.get_data(as_text=True)
    # when the key is given, then the page is there, with a way out,
    opened = log_in(client, token, f"{page}?after=1")
    assert (opened.status_code, opened.headers["Location"]) == (303, f"{page}?after=1")
    assert "Log out lea" in client.get(page).get_data(as_text=True)
    # and what it asks for in the background, too.
    assert client.get(f"{page}/live").status_code == 200
    assert client.get(f"/api/instances/{page.rpartition('/')[2]}/events").status_code == 200


def test_the_cookie_is_for_this_site_and_no_script(client, token):
    cookie = log_in(client, token).headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/" in cookie
    assert f"Max-Age={SESSION_SECONDS}" in cookie
    assert "Secure" not in cookie
    assert token not in cookie


def test_behind_tls_the_cookie_stays_there(client, token):
    answer = client.post("/login", data={"key": token}, headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("key", ["", "x", "baton_000000000000_x", "x" * 100_000, "\0"])
def test_a_wrong_key_asks_again(client, token, key):
    answer = log_in(client, key)
    assert answer.status_code == 401
    assert "not known" in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers


def test_a_login_may_only_what_its_key_may(client, token):
    log_in(client, token)
    assert client.get("/api/instances").status_code == 200
    assert client.post("/api/instances", json={"process": "p"}).status_code == 403


def test_a_login_ends_with_its_key(client, keys):
    made, token = keys.create("tom", ["admin"])
    log_in(client, token)
    keys.revoke(made.id)
    assert client.get("/instances").status_code == 303


def test_a_login_ends_in_time(client, engine, token):
    log_in(client, token)
    engine.advance_clock(SESSION_SECONDS + 1)
    assert client.get("/instances").status_code == 303


def test_a_login_ends_when_it_is_left(client, token):
    log_in(client, token)
    assert client.post("/logout").status_code == 303
    assert client.get("/instances").status_code == 303


def test_another_process_takes_the_login_when_both_have_the_secret(engine, token):
    first, second, other = (
        create_app(engine, WebSettings(session_secret=secret)).test_client() for secret in ("one", "one", "two")
    )
    cookie = log_in(first, token).headers["Set-Cookie"].partition(";")[0].partition("=")[2]
    for client, status in ((second, 200), (other, 303)):
        client.set_cookie(COOKIE, cookie)
        assert client.get("/instances").status_code == status


@pytest.mark.parametrize(
    "following",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/instances//x", "/logout", "/instances\r\nX: y"],
)
def test_the_login_never_leads_elsewhere(client, token, following):
    assert log_in(client, token, following).headers["Location"] == "/instances"


def test_another_sites_form_cannot_log_in(client, token):
    answer = client.post("/login", data={"key": token}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_without_keys_there_is_no_login(client):
    assert client.get("/login").headers["Location"] == "/instances"
