"""The pages: what they show of instances in every state, that every string is escaped, and that they only read."""

from __future__ import annotations

import json
import re

import pytest

from api.cockpit import pages
from api.cockpit import picture as drawing
from api.cockpit.filters import duration, kind, moment
from tests.api.front import service_task, user_task
from tests.support import event_drawings
from tests.support.diagrams import process

HOSTILE = "<img src=x onerror=alert(1)>"


def page(client, path):
    response = client.get(path)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_data(as_text=True)


def test_the_first_page_is_the_list(client):
    assert client.get("/").headers["Location"] == "/instances"


def test_without_anything_the_list_says_how_to_begin(client, front):
    assert "baton deploy" in page(client, "/instances")
    front.deploy(user_task())
    assert "baton start p" in page(client, "/instances")


def test_the_list_is_searched_by_business_key_process_and_status(client, front):
    front.deploy(user_task())
    front.deploy(process("q").start().end())
    front.start(business_key="order-1")
    front.start("q", business_key="order-2")
    assert {"order-1", "order-2"} <= set(re.findall(r"order-\d", page(client, "/instances")))
    assert "order-2" not in page(client, "/instances?business_key=&process=p&status=")
    assert "order-1" not in page(client, "/instances?status=completed").replace('placeholder="order-1001"', "")
    assert "No instance matches" in page(client, "/instances?business_key=order-9")


def test_a_long_list_has_a_next_page(client, front, monkeypatch):
    monkeypatch.setattr(pages, "INSTANCES_PER_PAGE", 2)
    front.deploy(user_task())
    keys = [f"order-{number}" for number in range(3)]
    for key in keys:
        front.start(business_key=key)
    first = page(client, "/instances")
    older = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    assert [key for key in keys if key in first] == ["order-1", "order-2"]
    assert [key for key in keys if f">{key}<" in page(client, older)] == ["order-0"]


def test_an_instance_shows_where_it_is_and_what_happened(client, front):
    front.deploy(user_task())
    instance = front.start(business_key="order-1", variables={"total": 12.5})
    html = page(client, f"/instances/{instance['id']}")
    for text in ("order-1", "waiting", "waits for a person", "total", "12.5", "version 1"):
        assert text in html


def test_what_is_active_is_shown_with_its_lane(client, front):
    lane = '<bpmn:lane id="l" name="Sales"><bpmn:flowNodeRef>u</bpmn:flowNodeRef></bpmn:lane>'
    lanes = f'<bpmn:laneSet id="ls">{lane}</bpmn:laneSet></bpmn:process>'
    front.deploy(process("p").start().user("u").end().raw("</bpmn:process>", lanes))
    instance = front.start()
    assert "user task in Sales, waits for" in page(client, f"/instances/{instance['id']}")
    (task,) = front.get("/api/tasks")["items"]
    assert task["lane"] == ["Sales"]


def test_incidents_stand_on_top_with_how_to_resolve_them(client, front, engine):
    front.deploy(service_task())
    instance = front.start()
    (job,) = engine.lease_jobs(["by-hand"], worker="w")
    engine.fail_job(job.id, "the bank is closed", worker="w", retryable=False)
    html = page(client, f"/instances/{instance['id']}")
    assert html.index("the bank is closed") < html.index("<h2>History</h2>")
    assert "baton resolve " in html


def test_no_text_of_a_diagram_or_an_instance_becomes_markup(client, front, engine):
    # Given hostile names, keys, values, actors and messages
    diagram = process("p").start().node("userTask", "ask", {"name": HOSTILE}).service("work", "by-hand").end()
    front.deploy(diagram)
    instance = front.start(business_key=HOSTILE, variables={HOSTILE: {HOSTILE: HOSTILE}})
    (task,) = engine.tasks().items
    engine.complete_task(task.id, actor=HOSTILE)
    (job,) = engine.lease_jobs(["by-hand"], worker="w")
    engine.fail_job(job.id, HOSTILE, worker="w", retryable=False)
    # Then every page shows them as text.
    for path in ("/instances", f"/instances/{instance['id']}", f"/instances?business_key={HOSTILE}"):
        html = page(client, path)
        assert "<img src=x" not in html
        assert "&lt;img src=x" in html
    live = json.loads(client.get(f"/instances/{instance['id']}/live").data)
    assert "<img src=x" not in live["sections"]


def test_the_picture_counts_the_path_and_marks_what_waits(client, front):
    # Given a loop of two turns before a user task
    diagram = process("p").start().exclusive("again").script("count", "n = n + 1").exclusive("more")
    diagram = diagram.when("n < 2").to("again").at("more").otherwise().user("ask").end()
    front.deploy(diagram)
    instance = front.start(variables={"n": 0})
    # When the page asks what to draw
    marks = json.loads(client.get(f"/instances/{instance['id']}/live").data)["picture"]
    # Then the loop counts two, the first flow one, and the token waits at the task.
    assert marks["completed"]["count"] == 2
    assert marks["flows"]["start_to_again"] == 1
    assert marks["flows"]["more_to_again"] == 1
    assert [(token["element_id"], token["count"]) for token in marks["tokens"]] == [("ask", 1)]
    assert marks["whole"] is True


def test_a_picture_of_a_part_says_so(client, front, monkeypatch):
    # Given a history that is longer than what is read of it
    monkeypatch.setattr(drawing, "MOST_ENTRIES", 4)
    front.deploy(user_task())
    instance = front.start()
    # Then the marks say that they are not the whole path, and the token is still there.
    marks = json.loads(client.get(f"/instances/{instance['id']}/live").data)["picture"]
    assert marks["whole"] is False
    assert [token["element_id"] for token in marks["tokens"]] == ["ask"]


def test_compensation_is_marked_apart_from_what_completed(client, front):
    diagram = (
        process("p")
        .start()
        .script("charge", "a = 1")
        .end_compensation("undo")
        .compensation(on="charge", handler="refund")
        .script("refund", "a = 0", for_compensation=True)
    )
    front.deploy(diagram)
    instance = front.start()
    marks = json.loads(client.get(f"/instances/{instance['id']}/live").data)["picture"]
    assert marks["undoing"] == {"refund": 1}


def test_polling_costs_nothing_until_something_happens(client, front, engine):
    front.deploy(user_task())
    instance = front.start()
    live = f"/instances/{instance['id']}/live"
    first = json.loads(client.get(live).data)
    assert client.get(f"{live}?revision={first['revision']}").status_code == 204
    engine.complete_task(engine.tasks().items[0].id)
    after = json.loads(client.get(f"{live}?revision={first['revision']}").data)
    assert (after["ended"], after["picture"]["tokens"]) == (True, [])
    assert "completed" in after["sections"]


def test_without_the_bundle_the_page_says_how_to_get_it(client, front, monkeypatch, tmp_path):
    monkeypatch.setattr(pages, "VIEWER", tmp_path / "absent.js")
    front.deploy(user_task())
    html = page(client, f"/instances/{front.start()['id']}")
    assert "make ui" in html
    assert "waits for a person" in html
    assert 'id="canvas"' not in html


def test_a_long_history_is_shown_in_pages(client, front, monkeypatch):
    monkeypatch.setattr(pages, "ENTRIES_PER_PAGE", 5)
    front.deploy(user_task())
    path = f"/instances/{front.start()['id']}"
    later = re.search(r'rel="next" href="([^"]+)"', page(client, path))[1]
    assert later == f"{path}?after=5"
    assert 'id="e6"' in page(client, later)
    assert 'id="e5"' not in page(client, later)


@pytest.mark.parametrize(
    "path, status", [("/instances/nobody", 404), ("/instances?odd=1", 400), ("/instances?status=odd", 422)]
)
def test_a_refusal_is_a_page_too(client, path, status):
    response = client.get(path)
    assert response.status_code == status
    assert "All instances" in response.get_data(as_text=True)


def test_no_page_has_inline_script_or_style(client, front):
    front.deploy(user_task())
    html = page(client, f"/instances/{front.start()['id']}")
    assert re.findall(r"<script[^>]*>(?!</script>)", html) == []
    assert not re.search(r"<style|\son\w+=|\sstyle=|javascript:", html)


DURATIONS = [
    (0, "0 ms"),
    (999_999, "999 ms"),
    (1_000_000, "1.0 s"),
    (61_000_000, "1 min 1 s"),
    (2 * 3_600_000_000 + 300_000_000, "2 h 5 min"),
    (76 * 3_600_000_000, "3 d 4 h"),
]


@pytest.mark.parametrize("microseconds, text", DURATIONS)
def test_durations_read_well(microseconds, text):
    assert duration(microseconds) == text


def test_times_and_kinds_read_well():
    assert moment(1_795_201_205_000_000) == "20 Nov 2026, 19:00:05"
    assert kind("serviceTask") == "service task"


def test_a_called_process_has_a_page_of_its_own_that_both_lead_to(client, front):
    front.deploy(process("p").start().node("callActivity", "call", {"calledElement": "child"}).end())
    front.deploy(process("child").start("inner-start").user("ask").end("inner-end"))
    root = front.start()
    called = root["calls"][0]["id"]
    # The caller's page shows the call activity with a link, and marks nothing of the other diagram.
    above = page(client, f"/instances/{root['id']}")
    assert above.count(f'href="/instances/{called}"') >= 2
    assert "called the process child" in above
    assert "in a called process" in above
    marks = json.loads(client.get(f"/instances/{root['id']}/live").data)["picture"]
    assert set(marks["completed"]) == {"start"}
    assert [token["element_id"] for token in marks["tokens"]] == ["call"]
    # The called process's page shows its own diagram and leads back.
    below = page(client, f"/instances/{called}")
    assert f'href="/instances/{root["id"]}"' in below
    assert "/api/definitions/child%3A1/xml" in below
    marks = json.loads(client.get(f"/instances/{called}/live").data)["picture"]
    assert set(marks["completed"]) == {"inner-start"}
    assert [token["element_id"] for token in marks["tokens"]] == ["ask"]
    assert ", called" in page(client, "/instances")


def test_timers_and_subscriptions_are_shown_with_what_they_wait_for(client, front):
    drawn = (
        event_drawings.process().start().parallel("fork").catch("paid", "message:paid", message__correlation="order")
    )
    front.deploy(drawn.end().at("fork").catch("late", "timer:PT1H").end("e2"))
    instance = front.start(variables={"order": "<o-1>"})
    html = page(client, f"/instances/{instance['id']}")
    assert re.search(r'message at .*?paid.*?<span class="quiet">paid <code>&lt;o-1&gt;</code>', html, re.DOTALL)
    assert re.search(r'timer at .*?late.*?<span class="quiet"> due <time', html, re.DOTALL)
