"""In a real browser: the picture of a trail is drawn without breaking the policy, and leads to its list."""

from __future__ import annotations

import shutil

import pytest

from engine import Completed, Engine, Settings
from tests.api.serving import served
from tests.runtime.parts import Scripted
from tests.support.choreography import played

from .test_browser_shows_the_diagram import ARGUMENTS

playwright = pytest.importorskip("playwright.sync_api")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs the system's Chromium, and there is none"),
]


@pytest.fixture
def engine():
    settings = Settings(manual_clock=True, workers=0)
    with Engine("sqlite://", settings=settings, connectors=[Scripted(http=Completed())]) as opened:
        yield opened


def test_from_the_box_to_the_lanes_to_the_row_to_the_instance(client, front, engine):
    started = played(front, engine, "order/123")
    with served(client.application) as address, playwright.sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        view = chromium.new_page(viewport={"width": 1400, "height": 900})
        errors = []
        view.on("pageerror", lambda error: errors.append(str(error)))
        view.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        # Given the box, When the key is written into it
        view.goto(f"{address}/where")
        view.fill("input[name=key]", "order/123")
        view.press("input[name=key]", "Enter")
        view.wait_for_selector("svg rect.lane")
        # Then each lane stands beside its name
        names = view.locator(".lane-names li").all()
        lanes = view.locator("svg rect.lane").all()
        assert len(names) == len(lanes) == 5
        for name, lane in zip(names, lanes, strict=True):
            assert name.bounding_box()["y"] == pytest.approx(lane.bounding_box()["y"], abs=1.5)
        # Then a mark leads to its row, and the row to the instance
        view.locator("svg a:has(.pin.task)").first.click(force=True)
        assert view.locator("tr:target .what").inner_text() == "pick waits for a person"
        view.locator(".trail a", has_text="shop").first.click()
        assert view.url.endswith(started["id"])
        # Then on a narrow screen nothing but the picture is wider than the screen
        view.set_viewport_size({"width": 390, "height": 800})
        view.goto(f"{address}/where/order%2F123")
        assert view.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        chromium.close()
    assert errors == []
