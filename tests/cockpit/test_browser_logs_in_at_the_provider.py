"""In a real browser: a login at a provider of another site ends on the page that was wanted."""

from __future__ import annotations

import shutil

import pytest

from api.app import create_app
from api.oidc.settings import OidcSettings
from api.settings import WebSettings
from tests.api.provider import AUDIENCE, CLIENT, SECRET, Provider
from tests.api.serving import served

from .test_browser_shows_the_diagram import ARGUMENTS

playwright = pytest.importorskip("playwright.sync_api")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs the system's Chromium, and there is none"),
]


@pytest.fixture
def provider(engine):
    opened = Provider()
    opened.now = engine.now() // 1_000_000
    yield opened
    opened.close()


def test_the_strict_cookie_survives_the_way_back_from_another_site(engine, provider):
    asked = {"issuer": provider.issuer, "audience": AUDIENCE, "client_id": CLIENT, "client_secret": SECRET}
    with (
        served(create_app(engine, WebSettings(oidc=OidcSettings(**asked)))) as address,
        playwright.sync_playwright() as p,
    ):
        chromium = p.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        # Given Baton under a name that is not the provider's site
        view = chromium.new_page()
        refused = []
        view.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
        view.goto(address.replace("127.0.0.1", "localhost") + "/instances?status=waiting")
        # When the person follows the link to the provider, who knows them already
        view.click("text=Log in with your account")
        # Then the page that was wanted is there, under their name, and no policy was broken on the way.
        view.wait_for_url("**/instances?status=waiting")
        assert view.locator("text=Log out lea").count() == 1
        assert refused == []
        view.click("text=Log out lea")
        view.wait_for_url("**/login")
        chromium.close()
