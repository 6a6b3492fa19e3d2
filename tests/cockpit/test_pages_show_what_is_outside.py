"""The pages of messages, signals, open waits, timers and start events: everything that is there, as text, in pages."""

from __future__ import annotations

import re

import pytest

from api.cockpit import outside
from tests.edge.routed import routed
from tests.support.event_drawings import process

HOSTILE = "<img src=x onerror=alert(1)>"
PATHS = sorted(outside.VIEWS)


def page(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status, response.get_data(as_text=True)
    return response.get_data(as_text=True)


def rows(html):
    """The texts of the cells of each row."""
    body = re.search(r"<tbody>(.*)</tbody>", html, re.DOTALL)
    found = re.findall(r"<tr>(.*?)</tr>", body[1], re.DOTALL) if body else []
    return [
        [" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]
        for row in found
    ]


@pytest.fixture
def world(front, engine):
    """Something of everything."""
    front.deploy(process("asked").start_on("s", "message:question").user("u").end())
    front.deploy(process("rung").start_on("s", "signal:bell").user("u").end())
    front.deploy(process("ticks").start_on("s", "cycle:R3/PT1H").user("u").end())
    front.deploy(process("waits").start().catch("c", "message:paid").end())
    front.deploy(process("sleeps").start().catch("c", "timer:PT1H").end())
    asked = front.post("/api/messages", {"name": "question", "message_id": "m-1", "business_key": "b-1"})["instance"]
    front.post("/api/messages", {"name": "later", "correlation": "o-2", "message_id": "m-2"})
    rung = front.post("/api/signals", {"name": "bell", "signal_id": "s-1"})["started"][0]
    waits = front.start("waits", business_key="order-1")["id"]
    sleeps = front.start("sleeps", business_key="order-2")["id"]
    return {"asked": asked, "rung": rung, "waits": waits, "sleeps": sleeps}


def test_messages_are_shown_with_what_became_of_them(client, world):
    html = page(client, "/messages")
    assert [(row[0], row[1], row[6]) for row in rows(html)] == [
        ("buffered", "later", "m-2"),
        ("started", "question", "m-1"),
    ]
    assert f'href="/instances/{world["asked"]}"' in html
    assert [row[1] for row in rows(page(client, "/messages?state=buffered"))] == ["later"]
    assert [row[1] for row in rows(page(client, "/messages?name=question"))] == ["question"]
    assert "Nothing matches" in page(client, "/messages?name=nothing")


def test_signals_are_shown_with_whom_they_reached(client, world):
    html = page(client, "/signals?name=bell")
    assert [row[:4] for row in rows(html)] == [["bell", "done", "0", world["rung"]]]


def test_who_waits_is_shown(client, world):
    html = page(client, "/subscriptions?kind=message")
    assert [row[:6] for row in rows(html)] == [["message", "paid", "", "order-1", "waits", "c"]]
    assert f'href="/instances/{world["waits"]}"' in html


def test_timers_are_shown_with_when_they_are_due(client, world, engine):
    assert [row[1:5] for row in rows(page(client, "/timers"))] == [["1 h 0 min", "order-2", "sleeps", "c"]]
    engine.advance_clock(3600)
    assert [row[1] for row in rows(page(client, "/timers"))] == ["due"]


def test_start_events_are_shown_with_when_they_fire_next(client, world):
    found = {row[0]: row for row in rows(page(client, "/start-events"))}
    assert (found["message"][1], found["signal"][1]) == ("question", "bell")
    assert found["timer"][2:4] == ["ticks ticks:1", "s"]
    assert found["timer"][4]
    assert [row[0] for row in rows(page(client, "/start-events?process=rung"))] == ["signal"]


def test_routes_are_shown_with_who_may_call(client, front):
    front.deploy(routed("POST /orders/{n:int}", "shop", access="viewer, starter", cors__origins="https://a.b").end())
    front.deploy(routed("POST /orders/{n}", "big", when="request.path.n > '5'", priority="2").end())
    shown = rows(page(client, "/routes"))
    assert shown[0][:3] == ["POST /orders/{n} for some requests, priority 2", "big version 1", "start"]
    assert shown[1] == ["POST /orders/{n}", "shop version 1", "start", "viewer, starter", "30 s", "https://a.b"]


def test_events_are_shown_with_what_became_of_them(client, front, engine):
    front.deploy(process("p").start().throw("t", "message:told", bus__topic="orders", bus__key="'k'").end())
    front.start("p", business_key="order-7")
    assert rows(page(client, "/bus"))[0][:5] == ["waiting", "orders", "told", "k", "order-7"]
    engine.drain()
    assert [row[0] for row in rows(page(client, "/bus?topic=orders&state=published"))] == ["published"]
    assert rows(page(client, "/bus?state=stuck")) == []
    # When an event comes that is none, Then it stands in the other list
    engine.bus.receive("orders", HOSTILE.encode())
    assert "Refused events: 1" in page(client, "/bus")
    assert rows(page(client, "/bus/refused"))[0][:3] == ["open", "orders", "everybody"]
    assert HOSTILE not in page(client, "/bus/refused")


@pytest.mark.parametrize("path", PATHS)
def test_an_empty_list_says_so(client, path):
    assert 'class="panel empty"' in page(client, path)


@pytest.mark.parametrize("path", PATHS)
def test_no_page_has_inline_script_or_style(client, world, path):
    html = page(client, path)
    assert re.findall(r"<script[^>]*>(?!</script>)", html) == []
    assert not re.search(r"<style|\son\w+=|\sstyle=|javascript:", html)


def test_hostile_names_are_text(client, front):
    front.deploy(process("p").start().catch("c", "message:m").end())
    front.start("p", business_key=HOSTILE)
    front.post("/api/messages", {"name": HOSTILE, "correlation": HOSTILE, "message_id": HOSTILE})
    front.post("/api/signals", {"name": HOSTILE, "signal_id": HOSTILE})
    for path in ("/messages", "/signals", "/subscriptions", f"/messages?name={HOSTILE}"):
        html = page(client, path)
        assert "<img src=x" not in html
        assert "&lt;img src=x" in html


@pytest.mark.parametrize(
    "path", ["/messages?state=odd", "/signals?page=2", "/timers?cursor=x", "/subscriptions?kind=x"]
)
def test_a_wrong_question_is_a_page_too(client, path):
    response = client.get(path)
    assert 400 <= response.status_code < 500
    assert response.content_type.startswith("text/html")


def test_a_long_list_has_a_next_page(client, front, monkeypatch):
    monkeypatch.setattr(outside, "ROWS", 2)
    for number in range(3):
        front.post("/api/messages", {"name": "m", "message_id": f"m-{number}"})
    first = page(client, "/messages?name=m")
    assert [row[6] for row in rows(first)] == ["m-2", "m-1"]
    following = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = page(client, following)
    assert [row[6] for row in rows(second)] == ["m-0"]
    assert "name=m" in following
    assert "First page" in second
