"""Who may call a route: without keys this machine, with keys those whom it names; pages of named origins only."""

from __future__ import annotations

import pytest

from api.app import create_app
from api.settings import WebSettings

from .routed import answering, routed

SHOP = "https://shop.example"


@pytest.fixture
def key(engine):
    """Make a key with these roles; returns the headers that show it."""
    engine.api_keys.fresh_seconds = 0.0

    def make(*roles, **more):
        _, token = engine.api_keys.create("-".join(roles) + str(more), roles, **more)
        return {"Authorization": f"Bearer {token}"}

    return make


def publish(engine, access: str = "", route: str = "POST /orders", id: str = "p", **more: str) -> None:
    given = {"access": access} if access else {}
    engine.deploy({f"{id}.bpmn": answering(routed(route, id, **given, **more), "", "1").xml()})


@pytest.mark.parametrize("access, allowed", [
    ("", "starter admin"), ("public", "viewer starter worker operator deployer admin"),
    ("key", "viewer starter worker operator deployer admin"), ("viewer, operator", "viewer operator admin"),
])  # fmt: skip
def test_a_key_needs_what_the_route_says(engine, client, key, access, allowed):
    publish(engine, access)
    nobody = "" if access == "public" else "401"
    roles = ["viewer", "starter", "worker", "operator", "deployer", "admin"]
    answers = {role: client.post("/orders", headers=key(role)).status_code for role in roles}
    assert {role for role, status in answers.items() if status == 200} == set(allowed.split())
    assert set(answers.values()) <= {200, 403}
    assert client.post("/orders").status_code == (int(nobody) if nobody else 200)
    wrong = client.post("/orders", headers={"Authorization": "Bearer baton_wrong"})
    assert (wrong.status_code, "WWW-Authenticate" in wrong.headers) == (401, True)


def test_nothing_is_started_for_who_may_not(engine, client, key):
    publish(engine)
    viewer = key("viewer")
    for headers in ({}, viewer, {"Authorization": "Basic eDp5"}):
        assert client.post("/orders", headers=headers, json={"x": 1}).status_code in (401, 403)
    assert engine.instances().items == []


def test_the_history_names_the_key_or_the_public(engine, client, key):
    publish(engine, "public")
    headers = key("starter")
    client.post("/orders", headers={**headers, "Baton-Actor": "somebody else"})
    client.post("/orders", headers={"Baton-Actor": "somebody else"})
    started_by = [one.started_by for one in engine.instances().items]
    assert started_by[0] == "public"
    assert "somebody else" not in started_by


def test_expressions_see_who_calls(engine, client, key):
    diagram = answering(routed("POST /me", variable__who="request.user"), "", "who")
    engine.deploy({"me.bpmn": diagram.xml()})
    seen = client.post("/me", headers=key("starter", "viewer")).get_json()
    assert seen["roles"] == ["starter", "viewer"]


def test_a_key_restricted_to_processes_calls_only_theirs(engine, client, key):
    publish(engine, "starter", "POST /ours", "ours")
    publish(engine, "starter", "POST /theirs", "theirs")
    publish(engine, "public", "POST /all", "all")
    headers = key("starter", processes=("ours",))
    assert [client.post(path, headers=headers).status_code for path in ("/ours", "/theirs", "/all")] == [200, 404, 200]


@pytest.mark.parametrize("access, statuses", [("public", (202, 202)), ("starter", (202, 401))])
def test_a_late_answer_is_for_who_may_call(engine, client, key, access, statuses):
    engine.deploy({"p.bpmn": routed("POST /orders", access=access).user("ask").end().xml()})
    starter, viewer = key("starter"), key("viewer")
    where = client.post("/orders", headers=starter).headers["Location"]
    assert (client.get(where, headers=starter).status_code, client.get(where).status_code) == statuses
    assert client.get(where, headers=viewer).status_code == (202 if access == "public" else 403)


def test_another_users_key_finds_nobody_elses_answer(engine, client, key):
    publish(engine, "key")
    mine, theirs = key("starter"), key("viewer")
    for headers in (mine, theirs, mine):
        assert client.post("/orders", headers={**headers, "Idempotency-Key": "1"}).status_code == 200
    assert len(engine.instances().items) == 2


# -- without keys -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers, status", [
    ({}, 200), ({"Host": "evil.example"}, 421), ({"X-Forwarded-For": "8.8.8.8"}, 403),
    ({"Origin": "https://evil.example"}, 403), ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"X-HTTP-Method-Override": "DELETE"}, 400), ({"Sec-Fetch-Site": "same-origin"}, 200),
])  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_keys_only_programs_of_this_machine_call(engine, client, headers, status, method):
    publish(engine, "public", f"{method} /orders")
    assert client.open("/orders", method=method, headers=headers).status_code == status
    assert len(engine.instances().items) == (1 if status == 200 else 0)


def test_links_of_other_sites_lead_to_routes_of_a_server_with_keys(engine, key):
    publish(engine, "public", "GET /orders")
    client = create_app(engine, WebSettings(always_keys=True)).test_client()
    assert client.get("/orders", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


# -- pages of other sites ---------------------------------------------------------------------------------------------


def preflight(client, origin: str, method: str = "POST", path: str = "/orders"):
    return client.options(path, headers={"Origin": origin, "Access-Control-Request-Method": method})


def marks(answer) -> dict[str, str]:
    return {
        name: value for name, value in answer.headers.items() if name.startswith("Access-Control") or name == "Vary"
    }


def test_other_origins_are_off_unless_the_route_names_them(engine, client):
    publish(engine, "public")
    assert marks(preflight(client, SHOP)) == {}
    answer = client.post("/orders", headers={"Origin": SHOP})
    assert (answer.status_code, marks(answer)) == (403, {})


def test_a_page_of_a_named_origin_may_call(engine, client):
    publish(engine, "public", cors__origins=SHOP)
    asked = preflight(client, SHOP)
    assert (asked.status_code, marks(asked)["Access-Control-Allow-Origin"]) == (204, SHOP)
    assert (marks(asked)["Access-Control-Allow-Methods"], marks(asked)["Vary"]) == ("POST", "Origin")
    answer = client.post("/orders", headers={"Origin": SHOP, "Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, marks(answer)["Access-Control-Allow-Origin"]) == (200, SHOP)
    assert "Access-Control-Allow-Credentials" not in answer.headers
    refused = client.post("/orders", data="{", headers={"Origin": SHOP, "Content-Type": "application/json"})
    assert (refused.status_code, marks(refused)["Access-Control-Allow-Origin"]) == (400, SHOP)


def test_a_page_that_may_call_may_also_look_for_the_late_answer(engine, client):
    engine.deploy({"p.bpmn": routed("POST /orders", access="public", cors__origins=SHOP).user("ask").end().xml()})
    where = client.post("/orders", headers={"Origin": SHOP}).headers["Location"]
    assert marks(preflight(client, SHOP, "GET", where))["Access-Control-Allow-Methods"] == "GET"
    answer = client.get(where, headers={"Origin": SHOP, "Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, marks(answer)["Access-Control-Allow-Origin"]) == (202, SHOP)
    assert "Access-Control-Allow-Origin" not in client.get(where, headers={"Origin": "https://evil.example"}).headers


def test_of_several_routes_the_one_that_is_taken_says_who_may_call(engine, client):
    publish(engine, "public", id="shop", cors__origins=SHOP, when="request.body.shop", priority="1")
    publish(engine, "public", id="inside")
    mine = client.post("/orders", json={"shop": True}, headers={"Origin": SHOP})
    assert (mine.status_code, marks(mine)["Access-Control-Allow-Origin"]) == (200, SHOP)
    other = client.post("/orders", json={"shop": False}, headers={"Origin": SHOP})
    assert (other.status_code, marks(other)) == (403, {})
    assert [one.process for one in engine.instances().items] == ["shop"]


@pytest.mark.parametrize("origin", [
    "https://shop.example.evil.example", "http://shop.example", "https://shop.example:444", "null", "https://SHOP.example",
])  # fmt: skip
def test_an_origin_that_only_looks_like_it_may_not(engine, client, origin):
    publish(engine, "public", cors__origins=SHOP)
    assert marks(preflight(client, origin)) == {"Vary": "Origin"}
    answer = client.post("/orders", headers={"Origin": origin})
    assert (answer.status_code, marks(answer)) == (403, {"Vary": "Origin"})
    assert engine.instances().items == []


@pytest.mark.parametrize("headers, status", [
    ({}, 200), ({"Sec-Fetch-Site": "none"}, 200),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 200),
    ({"Origin": SHOP}, 401), ({"Sec-Fetch-Site": "same-site"}, 401),
    ({"Origin": SHOP, "Sec-Fetch-Site": "same-site"}, 401),
])  # fmt: skip
def test_a_page_of_another_origin_calls_without_the_login_of_its_reader(engine, client, key, headers, status):
    publish(engine, "starter", "GET /orders", cors__origins=SHOP)
    shown = key("starter")
    client.post("/login", data={"key": shown["Authorization"].removeprefix("Bearer ")})
    assert client.get("/orders", headers=headers).status_code == status
    assert client.get("/orders", headers={**headers, **shown}).status_code == 200


def test_a_preflight_needs_no_key_and_says_only_what_the_route_says(engine, client, key):
    publish(engine, "starter", cors__origins=SHOP)
    key("admin")
    assert marks(preflight(client, SHOP))["Access-Control-Allow-Origin"] == SHOP
    assert marks(preflight(client, SHOP, "DELETE")) == {}
    assert client.options("/nothing", headers={"Origin": SHOP}).status_code in (401, 404)
