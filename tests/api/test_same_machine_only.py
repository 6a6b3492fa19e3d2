"""Without login: loopback only, no foreign pages, and answers that permit nothing they need not."""

from __future__ import annotations

import pytest

from api.security import bind_refusal, is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "localhost", "LOCALHOST", "localhost.", "::1", "[::1]"])
def test_loopback(host):
    assert is_loopback(host)
    assert bind_refusal(host) is None


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "10.0.0.1", "example.org", "localhost.example.org", "", "127.1", "0x7f000001"]
)
def test_everywhere_else(host):
    assert not is_loopback(host)
    assert "without keys" in bind_refusal(host)


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:1", "[::1]:8080", "localhost"])
def test_every_loopback_name_is_served(client, host):
    assert client.get("/health", headers={"Host": host}).status_code == 200


ALLOWED = [
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "none"},
    {"X-Forwarded-For": "127.0.0.1, ::1"},
    {"Forwarded": "for=127.0.0.1:4711;proto=http"},
    {"Forwarded": 'for="[::1]:4711"'},
]


@pytest.mark.parametrize("headers", ALLOWED)
def test_own_pages_and_local_programs_may_change_things(client, headers):
    # 404: it was let through to the route.
    assert client.post("/api/instances", json={"process": "p"}, headers=headers).status_code == 404


def test_another_sites_page_may_not_even_delete(client):
    assert client.delete("/api/instances/x", headers={"Sec-Fetch-Site": "same-site"}).status_code == 403


def test_reading_from_a_link_elsewhere_is_fine(client):
    assert client.get("/instances", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize("path", ["/api", "/instances", "/nothing", "/static/baton.css"])
def test_every_answer_has_the_security_headers(client, path):
    with client.get(path) as response:
        headers = response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
