"""In a real browser: the diagram with marks, the link between diagram and history, live updates, hostile names."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from api.cockpit.pages import VIEWER
from tests.api.serving import served

playwright = pytest.importorskip("playwright.sync_api")

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs the system's Chromium, and there is none"),
    pytest.mark.skipif(not VIEWER.exists(), reason="needs the viewer, see `make ui`"),
]


@pytest.fixture
def browser():
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def look(browser, client):
    """Open a path of the server and wait until the diagram is drawn; errors of the page fail the test."""
    errors = []
    with served(client.application) as address:

        def opened(path):
            view = browser.new_page(viewport={"width": 1400, "height": 900})
            view.on("pageerror", lambda error: errors.append(str(error)))
            view.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
            view.goto(f"{address}{path}")
            view.wait_for_selector("html[data-drawn=yes]")
            return view

        yield opened
    assert errors == []


@pytest.fixture
def approval(client, front):
    """A waiting instance of the approval example, which has a drawn layout."""
    document = (ROOT / "processes" / "approval" / "approval.bpmn").read_bytes()
    client.post("/api/deployments", data=document, headers={"Content-Type": "application/xml"})
    return front.start("approval", variables={"category": "books", "amount": 500, "requested_by": "lea"})


def test_the_path_and_the_token_are_drawn_and_move(look, front, approval):
    # Given the page of an instance that waits for a person
    view = look(f"/instances/{approval['id']}")
    view.wait_for_selector(".mark.token")
    assert view.locator('[data-element-id="look-up-limit"].baton-done').count() == 1
    assert view.locator('[data-element-id="limit-exceeded"].baton-taken').count() == 1
    assert view.locator('[data-element-id="limit-kept"].baton-taken').count() == 0
    assert view.locator(".bjs-powered-by").is_visible()
    # told by the server's events
    view.wait_for_selector("html[data-live=events]")
    # When the person decides elsewhere
    (task,) = front.get("/api/tasks")["items"]
    front.post(f"/api/tasks/{task['id']}/complete", {"variables": {"approved": True}})
    # Then the page follows by itself: no token is left, and the end is marked.
    view.wait_for_selector('[data-element-id="request-granted"].baton-done')
    assert view.locator(".mark.token").count() == 0
    assert view.locator("h1 .badge").inner_text() == "completed"


def test_without_a_seat_for_events_the_page_polls(client, browser, front, approval):
    # Given a server all of whose seats for waiting requests are taken
    room = client.application.extensions["baton-waiting"]
    while room.take():
        pass
    # When the page of a waiting instance is open and the instance ends, then the page follows by asking.
    with served(client.application) as address:
        view = browser.new_page()
        view.goto(f"{address}/instances/{approval['id']}")
        view.wait_for_selector("html[data-live=polling]")
        client.delete(f"/api/instances/{approval['id']}")
        view.wait_for_selector("h1 .badge.cancelled")


def test_a_row_highlights_its_element_and_an_element_filters_the_rows(look, approval):
    view = look(f"/instances/{approval['id']}")
    view.wait_for_selector(".mark.token")
    # When a row of the history is clicked, then its element is highlighted and every row stays.
    view.locator(".history tr[data-element=look-up-limit] .when").first.click()
    assert view.locator('[data-element-id="look-up-limit"].baton-picked').count() == 1
    assert view.locator(".history tr.away").count() == 0
    # When an element is clicked, then only its rows stay, until the choice is taken back.
    view.locator('[data-element-id="review-request"] .djs-hit').first.click(force=True)
    shown = view.locator(".history tbody tr:visible").evaluate_all("rows => rows.map(row => row.dataset.element)")
    assert set(shown) == {"review-request"}
    view.locator("#chosen button").click()
    assert view.locator(".history tr.away").count() == 0


def test_a_button_starts_an_activity_of_an_ad_hoc_sub_process(look, client, front):
    # Given a waiting instance of the checklist, which offers three activities
    document = (ROOT / "processes" / "ad-hoc-checklist" / "ad-hoc-checklist.bpmn").read_bytes()
    client.post("/api/deployments", data=document, headers={"Content-Type": "application/xml"})
    instance = front.start("ad-hoc-checklist", variables={"colleague": "ada"})
    view = look(f"/instances/{instance['id']}")
    assert view.locator("button[data-activate]").all_inner_texts() == [
        "Set up laptop",
        "Show the office",
        "Sign the papers",
    ]
    # When one is clicked, then it is active, and the page follows by itself.
    view.locator("button[data-activate=show-office]").click()
    view.wait_for_selector(".mark.token >> nth=1")
    assert [task["element_id"] for task in front.get("/api/tasks")["items"]] == ["show-office"]


def test_token_moves_can_be_shown(look, approval):
    view = look(f"/instances/{approval['id']}")
    few = view.locator(".history tbody tr:visible").count()
    view.locator("#minor").check()
    assert view.locator(".history tbody tr:visible").count() > few


def test_an_incident_is_drawn_as_text_even_when_it_looks_like_markup(look, client, front, engine):
    # Given a diagram with a hostile name, and a failure with a hostile message
    hostile = "&lt;img src=x onerror=alert(1)&gt;"
    document = (ROOT / "processes" / "approval" / "approval.bpmn").read_text()
    document = document.replace('name="Review request"', f'name="{hostile}"').replace("{&quot;books", "{&quot;books")
    document = document.replace(
        "amount &lt;= limit</bpmn:conditionExpression>", "nothing_like_it</bpmn:conditionExpression>"
    )
    client.post("/api/deployments", data=document.encode(), headers={"Content-Type": "application/xml"})
    instance = front.start("approval", variables={"category": "books", "amount": 500, "requested_by": "<b>x</b>"})
    # When the page is opened
    view = look(f"/instances/{instance['id']}")
    # Then the incident hangs on its element, and nothing of it became an element of the page.
    view.wait_for_selector(".mark.stuck")
    assert view.locator('[data-element-id="within-limit"].baton-stuck').count() == 1
    assert view.locator("img[src=x]").count() == 0
