"""The login of the pages at an OpenID Connect provider: code flow, PKCE, state and nonce, and a cookie of our own."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from api.app import create_app
from api.authentication import COOKIE
from api.cockpit.login import UNDER_WAY
from api.oidc.settings import OidcSettings
from api.settings import PERSON_SECONDS, UNDER_WAY_SECONDS, WebSettings
from tests.api.front import user_task
from tests.api.provider import AUDIENCE, CLIENT, OTHER_RSA, SECRET, Provider

BACK = "/login/oidc/back"


@pytest.fixture
def provider(engine):
    opened = Provider()
    opened.now = engine.now() // 1_000_000
    yield opened
    opened.close()


@pytest.fixture
def application(engine, provider):
    asked = {"issuer": provider.issuer, "audience": AUDIENCE, "client_id": CLIENT, "client_secret": SECRET}
    return create_app(engine, WebSettings(oidc=OidcSettings(**asked), session_secret="x" * 32))


@pytest.fixture
def browser(application):
    return application.test_client()


def begin(browser, following="/instances", **headers):
    """Where the provider is asked to log somebody in."""
    answer = browser.get("/login/oidc", query_string={"next": following}, headers=headers)
    assert answer.status_code == 303
    return answer.headers["Location"]


def way(address):
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def test_a_person_logs_in_and_comes_to_the_page_that_was_wanted(browser, engine, provider):
    engine.deploy({"p.bpmn": user_task().xml()})
    page = f"/instances/{engine.start('p').id}"
    # Given a page that leads to the login, where the provider is offered
    form = browser.get(browser.get(page).headers["Location"]).get_data(as_text=True)
    link = re.search(r'href="(/login/oidc[^"]*)"', form)[1]
    # When the person logs in there, then the page that follows leads on,
    address = browser.get(link).headers["Location"]
    arrived = browser.get(way(provider.log_in(address)))
    assert arrived.status_code == 200
    text = arrived.get_data(as_text=True)
    assert f'content="0; url={page}"' in text
    assert "Logged in as lea" in text
    # and the login opens the pages and what they ask for, with the roles of the token and under its name.
    assert "Log out lea" in browser.get(page).get_data(as_text=True)
    instance = page.rpartition("/")[2]
    assert browser.delete(f"/api/instances/{instance}").status_code == 200
    assert "lea" in {entry.actor for entry in engine.history(instance).items}
    assert browser.post("/api/instances", json={"process": "p"}).status_code == 403
    # It ends when it is left, and in time.
    assert browser.post("/logout").status_code == 303
    assert browser.get(page).status_code == 303


def test_a_login_ends_in_time(browser, engine, provider):
    browser.get(way(provider.log_in(begin(browser))))
    assert browser.get("/instances").status_code == 200
    engine.advance_clock(PERSON_SECONDS + 1)
    assert browser.get("/instances").status_code == 303


def test_the_provider_is_asked_with_state_nonce_and_challenge(browser):
    first, second = (parse_qs(urlsplit(begin(browser)).query) for _ in range(2))
    assert first["response_type"] == ["code"]
    assert first["code_challenge_method"] == ["S256"]
    assert first["redirect_uri"] == [f"http://localhost{BACK}"]
    assert first["scope"] == ["openid profile email"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43
        assert first[name] != second[name]


def test_cookies_are_for_this_site_and_no_script(browser, provider):
    under_way = browser.get("/login/oidc").headers["Set-Cookie"]
    for text in (f"{UNDER_WAY}=", "HttpOnly", "SameSite=Lax", "Path=/login", f"Max-Age={UNDER_WAY_SECONDS}"):
        assert text in under_way
    given = browser.get(way(provider.log_in(begin(browser)))).headers.getlist("Set-Cookie")
    login = next(cookie for cookie in given if cookie.startswith(f"{COOKIE}="))
    for text in ("HttpOnly", "SameSite=Strict", "Path=/", f"Max-Age={PERSON_SECONDS}"):
        assert text in login
    assert any(cookie.startswith(f"{UNDER_WAY}=;") for cookie in given)
    behind_tls = browser.get("/login/oidc", headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in behind_tls.headers["Set-Cookie"]
    assert "https%3A%2F%2Flocalhost" in behind_tls.headers["Location"]


@pytest.mark.parametrize(
    "following", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/logout"]
)
def test_the_login_never_leads_elsewhere(browser, provider, following):
    text = browser.get(way(provider.log_in(begin(browser, following)))).get_data(as_text=True)
    assert 'content="0; url=/instances"' in text
    assert "evil" not in text


ATTACKS = {
    "another browser's answer": (400, lambda world: world.other.get(world.back())),
    "an answer to nothing": (400, lambda world: world.other.get(f"{BACK}?code=code-0&state=x")),
    "another state": (400, lambda world: world.browser.get(re.sub("state=[^&]+", "state=x", world.back()))),
    "no state": (400, lambda world: world.browser.get(re.sub("&state=[^&]+", "", world.back()))),
    "two states": (400, lambda world: world.browser.get(world.back() + "&state=x")),
    "no code": (400, lambda world: world.browser.get(world.back().replace("code=code-0&", ""))),
    "another code": (400, lambda world: world.browser.get(world.back().replace("code-0", "code-9"))),
    "a code as markup": (400, lambda world: world.browser.get(world.back().replace("code-0", "%3Cb%3E%00"))),
    "another provider": (400, lambda world: world.browser.get(re.sub("&iss=[^&]+", "&iss=https://evil", world.back()))),
    "a code of another browser": (400, lambda world: world.injected()),
    "another nonce": (400, lambda world: world.browser.get(world.back(nonce="x"))),
    "no nonce": (400, lambda world: world.browser.get(world.back(nonce=None))),
    "a token for programs": (400, lambda world: world.browser.get(world.back(aud=AUDIENCE))),
    "a token that another client asked for": (400, lambda world: world.browser.get(world.back(azp="shop"))),
    "an expired token": (400, lambda world: world.browser.get(world.back(exp=1))),
    "a token signed by somebody else": (400, lambda world: world.browser.get(world.back(key=OTHER_RSA))),
    "the provider says no": (403, lambda world: world.browser.get(world.denied("access_denied"))),
    "the provider says markup": (403, lambda world: world.browser.get(world.denied("<script>x</script>"))),
    "too late": (400, lambda world: world.late()),
}


class World:
    """Two browsers of one server; `back` is where the provider sends the first one."""

    def __init__(self, application, engine, provider):
        self.browser, self.other = application.test_client(), application.test_client()
        self.engine, self.provider = engine, provider

    def back(self, **claims):
        return way(self.provider.log_in(begin(self.browser), **claims))

    def injected(self):
        """The code of somebody else, with the state of one's own."""
        theirs, own = self.back(), way(self.provider.log_in(begin(self.other)))
        code = parse_qs(urlsplit(theirs).query)["code"][0]
        return self.other.get(re.sub("code=[^&]+", f"code={code}", own))

    def denied(self, error):
        begun = parse_qs(urlsplit(begin(self.browser)).query)
        return f"{BACK}?error={error}&error_description=x&state={begun['state'][0]}"

    def late(self):
        address = self.back()
        self.engine.advance_clock(UNDER_WAY_SECONDS + 1)
        return self.browser.get(address)


@pytest.mark.parametrize("name", ATTACKS)
def test_what_is_not_this_login_opens_nothing(application, engine, provider, name):
    world = World(application, engine, provider)
    status, attack = ATTACKS[name]
    answer = attack(world)
    assert answer.status_code == status
    # The refusal is a page, with nothing of the sender's as markup, and nobody is logged in.
    assert answer.content_type.startswith("text/html")
    assert "<script>x" not in answer.get_data(as_text=True)
    assert "<b>" not in answer.get_data(as_text=True)
    assert not any(cookie.startswith(f"{COOKIE}=") for cookie in answer.headers.getlist("Set-Cookie"))
    for browser in (world.browser, world.other):
        assert browser.get("/instances").status_code == 303


def test_an_answer_counts_once(browser, application, provider):
    address = way(provider.log_in(begin(browser)))
    assert browser.get(address).status_code == 200
    assert browser.get(address).status_code == 400


def test_the_note_of_a_login_under_way_is_no_login(browser, application):
    note = browser.get("/login/oidc").headers["Set-Cookie"].partition(";")[0].partition("=")[2]
    other = application.test_client()
    other.set_cookie(COOKIE, note)
    assert other.get("/instances").status_code == 303


def test_a_cookie_that_was_there_before_is_replaced(browser, application, engine, provider):
    """Session fixation: whoever plants a login of their own in a browser does not share the one that follows."""
    _, token = engine.api_keys.create("eve", ["viewer"])
    planted = application.test_client()
    planted.post("/login", data={"key": token})
    cookie = planted.get_cookie(COOKIE).value
    browser.set_cookie(COOKIE, cookie)
    browser.get(way(provider.log_in(begin(browser))))
    assert browser.get_cookie(COOKIE).value != cookie
    assert "Log out lea" in browser.get("/instances").get_data(as_text=True)
    assert "Log out eve" in planted.get("/instances").get_data(as_text=True)


def test_more_groups_than_a_cookie_holds_are_refused_with_a_sentence(browser, provider):
    answer = browser.get(way(provider.log_in(begin(browser), groups=[f"group number {n}" for n in range(300)])))
    assert answer.status_code == 403
    assert "fewer groups" in answer.get_data(as_text=True)


def test_a_provider_that_is_down_is_said(browser, provider):
    provider.down = True
    answer = browser.get("/login/oidc")
    assert answer.status_code == 503
    assert "provider" in answer.get_data(as_text=True)
    # Keys go on meanwhile.
    assert browser.get("/login").status_code == 200


def test_without_a_provider_there_is_no_such_login(client, engine):
    engine.api_keys.create("lea", ["viewer"])
    assert client.get("/login/oidc").status_code == 404
    assert client.get(BACK).status_code == 404
    assert "/login/oidc" not in client.get("/login").get_data(as_text=True)


def test_a_login_of_the_provider_ends_when_the_server_trusts_none(browser, engine, provider):
    browser.get(way(provider.log_in(begin(browser))))
    engine.api_keys.create("lea", ["viewer"])
    other = create_app(engine, WebSettings(session_secret="x" * 32)).test_client()
    other.set_cookie(COOKIE, browser.get_cookie(COOKIE).value)
    assert other.get("/instances").status_code == 303
