"""The page "where is it": lanes, arrows and marks of a trail, every string escaped, nothing that the policy forbids."""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from api.cockpit import where
from api.cockpit.trail_picture import LANE, picture
from api.cockpit.trail_scale import LEFT
from engine import Completed, Engine, Settings, TrailEntry, TrailInstance, TrailView
from tests.runtime.parts import Scripted
from tests.support.choreography import played
from tests.support.event_drawings import process

HOSTILE = "<img src=x onerror=alert(1)>\"'&"


@pytest.fixture
def engine():
    settings = Settings(manual_clock=True, workers=0)
    with Engine("sqlite://", settings=settings, connectors=[Scripted(http=Completed())]) as opened:
        yield opened


@pytest.fixture
def shop(front, engine):
    return played(front, engine, "123")


def page(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status, response.get_data(as_text=True)
    return response.get_data(as_text=True)


def svg(html):
    """The picture, parsed: a string that was not escaped would not be XML."""
    return ET.fromstring(re.search(r"<svg .*?</svg>", html, re.DOTALL)[0])


def texts(html):
    return [" ".join("".join(one.itertext()).split()) for one in svg(html).iter("text")]


def test_without_a_key_there_is_a_box_to_search_in(client):
    html = page(client, "/where")
    assert 'name="key"' in html
    assert "<svg" not in html
    assert "Where is it?" in page(client, "/instances")


def test_the_box_and_the_path_show_the_same(client, shop):
    assert page(client, "/where?key=123") == page(client, "/where/123") == page(client, "/where?key=+123+")


def test_lanes_arrows_and_marks_of_a_choreography(client, shop):
    html = page(client, "/where/123")
    names = re.findall(r'<li class="(instance|service)">.*?title="([^"]+)"', html)
    assert names == [
        ("instance", "shop"),
        ("instance", "payment"),
        ("instance", "inventory"),
        ("service", "fraud.test"),
        ("service", "pay.test"),
    ]
    assert {"OrderPlaced", "PaymentTaken", "check", "charge", "POST …/charges"} <= set(texts(html))
    drawn = svg(html)
    arrows = [one for one in drawn.iter("path") if "message" in one.get("class", "")]
    assert len(arrows) == 2
    # Then what stands in the picture leads to its row in the list, and from there to the instance
    for link in drawn.iter("a"):
        assert f'id="{link.get("href")[1:]}"' in html
    assert f'href="/instances/{shop["id"]}"' in html


def test_the_answer_stands_above_it(client, shop, engine):
    html = page(client, "/where/123")
    assert "123 waits for" in html
    assert "<strong>pick</strong> in inventory" in html
    engine.cancel(shop["id"])
    assert "s3cret" not in html


def test_an_unknown_key_is_a_page_that_says_so(client):
    html = page(client, f"/where/{quote(HOSTILE, safe='')}", 404)
    assert "Nothing has this key" in html
    assert "<img src=x" not in html


@pytest.mark.parametrize(
    "path, status",
    [("/where?key=%00", 400), ("/where?x=1", 400), ("/where/" + "x" * 501, 422), ("/where/123?cursor=x", 422)],
)
def test_what_cannot_be_asked_is_refused_on_a_page(client, shop, path, status):
    assert "<!doctype html>" in page(client, path, status)


def test_hostile_names_stay_texts(client, front, engine):
    # Given hostile names wherever a caller or a diagram can write one
    sends = process("x").start().throw("t", f"message:{HOSTILE}", input__a="1").end()
    gets = process("y").start_on("s", f"message:{HOSTILE}").node("userTask", "u", {"name": HOSTILE})
    gets = gets.service("c", "http", inputs={"url": "'http://a.test/<script>alert(1)</script>'"}).end()
    for drawn in (sends, gets):
        front.deploy(drawn)
    engine.start("x", business_key=HOSTILE)
    engine.drain()
    engine.complete_task(engine.tasks().items[0].id, actor=HOSTILE)
    engine.drain()
    html = page(client, f"/where/{quote(HOSTILE, safe='')}")
    # Then none of them is markup, and the picture is whole
    assert "<img src=x" not in html
    assert "<script>alert" not in html
    assert [text for text in texts(html) if text.startswith("<img src=x")]


def test_nothing_on_it_breaks_the_policy(client, shop):
    html = page(client, "/where/123")
    assert "<style" not in html
    assert "<script" not in html
    assert not re.search(r"\son\w+=", html)
    assert "style-src-attr" in client.get("/where").headers["Content-Security-Policy"]


def test_a_long_trail_has_a_next_page(client, shop, monkeypatch):
    monkeypatch.setattr(where, "ENTRIES", 4)
    first = page(client, "/where/123")
    later = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    html = page(client, later)
    assert "From the beginning" in html
    assert html.count('<tr id="n') > 0
    assert "shop started for 123" in first
    assert "shop started for 123" not in html


def test_a_message_that_nobody_got_has_a_page_too(client, front):
    front.post("/api/messages", {"name": "hello", "correlation": "K", "ttl_seconds": 60})
    html = page(client, "/where/K")
    assert "no instance has it yet" in html
    assert "Outside" in html


# -- the picture itself -----------------------------------------------------------------------------------------------


def instance(id, at=0, ended=None, **fields):
    given = {"parent_id": None, "definition_id": "p:1", "process": id, "name": "", "business_key": None, "trace": None}
    given |= {"status": "waiting", "outcome": "", "error_code": None, "incident_count": 0}
    return TrailInstance(id=id, started_at=at, ended_at=ended, **given | fields)


def entry(kind, at, instance, state="completed", **fields):
    given = {"ended_at": None, "id": "", "process": instance or "", "process_name": ""}
    given |= {"element_id": "", "element_name": ""}
    return TrailEntry(kind=kind, at=at, instance_id=instance, state=state, **given | fields)


def view(instances, entries):
    rest = {"now": [], "next_cursor": None, "cut": False, "restricted": False}
    return TrailView(key="k", instances=instances, entries=entries, **rest)


def test_called_processes_stand_below_their_callers():
    called = instance("a~3", 1, parent_id="a")
    drawn = picture(
        view([instance("a"), instance("b", 1), called], [entry("started", 0, id) for id in ("a", "b", "a~3")]), 9
    )
    assert [lane.instance for lane in drawn.lanes] == ["a", "a~3", "b"]
    assert [lane.y - drawn.lanes[0].y for lane in drawn.lanes] == [0, LANE, 2 * LANE]


def test_later_is_always_further_right_and_a_year_is_not_a_thousand_screens():
    year = 365 * 86_400_000_000
    moments = [0, 1, 1_000_000, 60_000_000, year]
    drawn = picture(view([instance("a")], [entry("job", at, "a", element_id=str(at)) for at in moments]), year)
    places = [mark.x for mark in drawn.marks]
    assert places == sorted(set(places))
    assert places[0] == LEFT
    assert drawn.width < 1_500
    assert drawn.ticks[-1].text == "00:00:00"
    assert drawn.ticks[0].gap == "1 Jan 1970"


def test_what_happens_at_once_in_a_lane_stands_beside_each_other():
    drawn = picture(
        view([instance("a"), instance("b")], [entry("job", 5, "a"), entry("job", 5, "a"), entry("job", 5, "b")]), 5
    )
    first, second, other = [mark.x for mark in drawn.marks]
    assert first < second == other


def test_labels_never_run_into_each_other():
    entries = [entry("job", at * 1000, "a", element_id="a rather long name of a task") for at in range(40)]
    drawn = picture(view([instance("a")], entries), 10**6)
    for row in (True, False):
        marks = [mark for mark in drawn.marks if mark.above is row and mark.label]
        for left, right in pairwise(marks):
            assert left.x + 6 * len(left.label) <= right.x


def test_the_bar_of_an_instance_reaches_from_its_start_to_its_end_or_to_now():
    entries = [entry("started", 0, "a"), entry("started", 0, "b"), entry("ended", 50, "a"), entry("job", 90, "b")]
    drawn = picture(view([instance("a", 0, 50, status="completed"), instance("b")], entries), 100)
    ended, alive = drawn.bars[:2]
    assert (ended.is_open, alive.is_open) == (False, True)
    assert ended.x + ended.width == pytest.approx(next(mark.x for mark in drawn.marks if "ended" in mark.look))
    assert alive.x + alive.width > max(mark.x for mark in drawn.marks)


@pytest.mark.parametrize(
    "state, look", [("completed", "done"), ("error", "failed"), ("incident", "stuck"), ("leased", "open")]
)
def test_a_call_goes_down_to_its_service_and_shows_how_it_went(state, look):
    one = entry("job", 0, "a", state, service="POST https://pay.test:8443/v1/charges")
    drawn = picture(view([instance("a")], [one]), 9)
    assert [(lane.kind, lane.title) for lane in drawn.lanes] == [("instance", "a"), ("service", "pay.test:8443")]
    assert [mark.look for mark in drawn.marks] == [f"job {look}", f"called {look}"]
    assert drawn.marks[1].label == "POST …/charges"


def test_an_empty_trail_has_an_empty_picture():
    drawn = picture(view([], []), 5)
    assert (drawn.lanes, drawn.marks, drawn.arrows) == ([], [], [])
