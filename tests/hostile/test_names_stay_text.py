"""Names, keys and values of every kind of markup stay text in the pages, in the API and in headers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from xml.sax.saxutils import quoteattr

import pytest
from flask.testing import FlaskClient

from api.app import create_app
from api.settings import WebSettings
from engine import Engine, Settings
from tests.api.front import Front
from tests.support.diagrams import process

NAMES = {
    "a script": "<script>alert(1)</script>",
    "an image": '"><img src=x onerror=alert(1)>',
    "a picture": "<svg/onload=alert(1)>",
    "an attribute": "' onmouseover='alert(1)",
    "a style": "</style><style>*{background:url(//evil.example)}</style>",
    "a template": "{{ config }}{% for x in [] %}",
    "an expression": "${1 + 1} #{1 + 1} = 1 + 1",
    "an address": "javascript:alert(1)",
    "a formula": "=cmd|' /C calc'!A0",
    "line ends": "a\r\nSet-Cookie: x=1\r\n\r\n<b>",
    "backwards": "\u202egpj.exe",
    "an entity": "&lt;script&gt;&#x3c;",
}
TARGETS = {"href", "src", "action", "formaction", "srcdoc", "data"}


class Page(HTMLParser):
    """What a browser makes of a page: its tags with their attributes, and its text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def client() -> Iterator[FlaskClient]:
    with Engine("sqlite://", settings=Settings(manual_clock=True, workers=0)) as opened:
        yield create_app(opened, WebSettings()).test_client()


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return NAMES[request.param]


def started(client: FlaskClient, name: str) -> dict[str, object]:
    """An instance that waits at a user task, with the name wherever somebody may choose one."""
    named = f'process id="p" name={quoteattr(name)}'
    diagram = process("p").start().user("ask").attribute("ask", "name", name).end().raw('process id="p"', named)
    front = Front(client)
    front.deploy(diagram)
    return front.start(business_key=name if name.isprintable() else None, variables={"x": name, "y": {name: [name]}})


def test_a_page_holds_it_as_text(client, name):
    # Given an instance full of the name, and the tags of the same page with a harmless one
    instance = started(client, name)
    harmless = started(client, "harmless")
    for path in ("/instances", "/instances/{}"):
        page = Page(client.get(path.format(instance["id"])).get_data(as_text=True))
        plain = Page(client.get(path.format(harmless["id"])).get_data(as_text=True))
        # Then the page shows it,
        assert name.split("\r")[0] in page.text
        # without a tag that the harmless page has not, without an event handler, without a link elsewhere
        assert {tag for tag, _ in page.tags} <= {tag for tag, _ in plain.tags}
        assert not any(key.startswith("on") for _, attributes in page.tags for key in attributes)
        links = [value or "" for _, attributes in page.tags for key, value in attributes.items() if key in TARGETS]
        assert all(link.startswith(("/", "#", "?")) and not link.startswith("//") for link in links)


def test_the_api_gives_it_back_as_it_came(client, name):
    instance = started(client, name)
    answer = client.get(f"/api/instances/{instance['id']}/variables")
    assert answer.content_type == "application/json"
    assert {one["name"]: one["value"] for one in json.loads(answer.data)["items"]}["y"] == {name: [name]}
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_key_that_shows_as_another_is_refused(client, name):
    started(client, "harmless")
    answer = client.post("/api/instances", json={"process": "p", "business_key": name})
    assert answer.status_code == (201 if name.isprintable() else 422)


def test_it_never_becomes_a_header(client, name):
    instance = started(client, name)
    paths = ("/instances", f"/instances/{instance['id']}", f"/api/definitions/{instance['definition_id']}/xml")
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert not any(name in value for value in answer.headers.values())


def test_a_diagram_is_for_download_and_runs_nothing(client, name):
    instance = started(client, name)
    answer = client.get(f"/api/definitions/{instance['definition_id']}/xml")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
