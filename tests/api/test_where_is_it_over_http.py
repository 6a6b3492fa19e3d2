"""`GET /api/trail/{key}` and the header `traceparent`: one answer for all that belongs together, whatever is asked."""

from __future__ import annotations

import base64
import json
from typing import get_args, get_type_hints
from urllib.parse import quote

import pytest
from msgspec import structs

from api.trail_sentences import entry_sentence, kinds, summary
from engine import Completed, Engine, Settings, TrailEntry, TrailInstance, TrailPlace, TrailView
from tests.runtime.parts import Scripted
from tests.support.choreography import played
from tests.support.event_drawings import process

from .front import service_task, user_task

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.fixture
def engine():
    settings = Settings(manual_clock=True, workers=0)
    with Engine("sqlite://", settings=settings, connectors=[Scripted(http=Completed())]) as opened:
        yield opened


@pytest.fixture
def shop(front, engine):
    """An order whose payment waits for what inventory says."""
    return played(front, engine, "order/123")


def test_the_answer_says_where_it_is_and_what_happened(front, shop):
    trail = front.get(f"/api/trail/{quote('order/123', safe='')}")
    assert trail["key"] == "order/123"
    assert [one["process"] for one in trail["instances"]] == ["shop", "payment", "inventory"]
    assert trail["sentence"].startswith("order/123 waits for")
    assert "in “pick” of inventory since 2026-01-01" in trail["sentence"]
    sentences = [one["sentence"] for one in trail["items"]]
    assert "shop started for order/123" in sentences
    assert "check called POST https://fraud.test/checks" in sentences
    assert "shop sent the message OrderPlaced; it started payment" in sentences
    assert all(one["at"].endswith("Z") for one in trail["items"])
    # Then every link leads to what the entry is about
    for one in trail["items"]:
        assert front.get(one["link"])["id"] in one["link"].replace("%2F", "/")


def test_a_key_with_slashes_is_one_key(front, shop, client):
    whole = front.get(f"/api/trail/{quote('order/123', safe='')}")
    assert front.get("/api/trail/order/123") == whole
    assert client.get("/api/trail/order%2F%2F123").status_code == 404
    assert client.get("/api/trail/order//123").status_code == 404


def test_pages_follow_each_other(front, shop):
    whole, got, cursor = front.get("/api/trail/A-7")["items"], [], None
    while True:
        page = front.get("/api/trail/A-7", limit=3, **({"cursor": cursor} if cursor else {}))
        got, cursor = got + page["items"], page["next_cursor"]
        assert len(page["instances"]) == 3
        if cursor is None:
            break
    assert got == whole


def place(*key):
    return base64.urlsafe_b64encode(json.dumps(list(key)).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "AAAA",
        place("instances", "x"),
        place("trail", 1, 2, 3, 4),
        place("trail", 1.5, 0, "", 0),
        place("trail", 10**30, 0, "", 0),
        place("trail", -(10**30), 0, "", 0),
        place("trail", 1, 10**19, "", 0),
        place("trail", True, 0, "", 0),
    ],
)
def test_a_cursor_of_something_else_is_refused(client, shop, cursor):
    assert client.get("/api/trail/A-7", query_string={"cursor": cursor}).status_code == 422


@pytest.mark.parametrize(
    "key, status",
    [
        ("nothing", 404),
        ("..", 404),
        ("../../etc/passwd", 404),
        ("%2e%2e%2f", 404),
        ("<script>alert(1)</script>", 404),
        ("' OR 1=1 --", 404),
        ("%25", 404),
        ("%F0%9F%98%80", 404),
        ("x" * 500, 404),
        ("%EF%BF%BD", 404),
        ("x" * 501, 422),
        ("%20", 422),
        ("%E2%80%AE", 422),
        ("%00", 400),
        ("a%0d%0ab", 400),
        ("%1b[2J", 400),
        ("x" * 5000, 414),
    ],
)
def test_any_text_gets_an_answer_and_changes_nothing(client, shop, stored, key, status):
    before = stored()
    answer = client.get(f"/api/trail/{key}")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert stored() == before


def test_traceparent_begins_everything_that_is_started(front, client, engine):
    front.deploy(user_task())
    front.deploy(process("m").start_on("s", "message:asked").user("u").end())
    front.deploy(process("b").start_on("s", "signal:alarm").user("u").end())
    front.deploy(process("h").start_on("s", "condition:t > 5").user("u").end())
    for path, body in (
        ("/api/instances", {"process": "p"}),
        ("/api/messages", {"name": "asked", "business_key": "B-9"}),
        ("/api/signals", {"name": "alarm"}),
        ("/api/conditions", {"variables": {"t": 9}}),
    ):
        assert client.post(path, json=body, headers={"traceparent": PARENT}).status_code < 300
    found = front.get("/api/instances", trace=TRACE)["items"]
    assert sorted(one["process"] for one in found) == ["b", "h", "m", "p"]
    assert {one["trace"] for one in found} == {TRACE}
    assert len(front.get(f"/api/trail/{TRACE}")["instances"]) == 4


@pytest.mark.parametrize("header", ["", "x", f"00-{'0' * 32}-00f067aa0ba902b7-01", f"{PARENT}-x", PARENT.upper()])
def test_a_traceparent_that_is_none_is_ignored(client, front, header):
    front.deploy(user_task())
    answer = client.post("/api/instances", json={"process": "p"}, headers={"traceparent": header})
    assert answer.status_code == 201
    assert answer.json["trace"] == answer.json["id"].replace("-", "")


def test_a_worker_gets_the_trace_with_its_job(client, front):
    front.deploy(service_task())
    client.post("/api/instances", json={"process": "p"}, headers={"traceparent": PARENT})
    (job,) = front.post("/api/jobs/lease", {"types": ["by-hand"], "worker": "w"})["items"]
    assert job["trace"] == TRACE


# -- sentences --------------------------------------------------------------------------------------------------------


def entry(kind="job", state="completed", **fields):
    given = {"at": 0, "ended_at": 1, "id": "i.4", "instance_id": "i", "process": "shop", "process_name": "Shop"}
    given |= {"element_id": "charge", "element_name": "Charge card"}
    return TrailEntry(kind=kind, state=state, **given | fields)


@pytest.mark.parametrize(
    "one, sentence",
    [
        (entry("request", "received", subject="POST /orders"), "Shop was asked for: POST /orders"),
        (entry("started", "started", detail="123"), "Shop started for 123"),
        (entry("started", "started"), "Shop started"),
        (entry(service="POST http://pay.test/c", attempts=3), "Charge card called POST http://pay.test/c at attempt 3"),
        (entry(subject="pay", undoes=True), "Charge card had pay done to undo what was done"),
        (entry(state="error", subject="pay", detail="NO_FUNDS"), "Charge card had pay done and got an error: NO_FUNDS"),
        (entry(state="incident", subject="pay", detail="down"), "Charge card had pay done in vain: down"),
        (
            entry(state="available", subject="pay", detail="503", attempts=2),
            "Charge card wants pay done at attempt 2: 503",
        ),
        (entry(state="leased", subject="pay"), "Charge card wants pay done"),
        (entry(state="withdrawn", subject="pay"), "Charge card did not need pay any more"),
        (entry("task", "created"), "Charge card waits for a person"),
        (entry("task", "claimed", detail="lea"), "Charge card is with lea"),
        (entry("task", detail="lea"), "Charge card was completed by lea"),
        (entry("task", "withdrawn"), "Charge card was not needed any more"),
        (entry("incident", "open", detail="why"), "Charge card is stuck: why"),
        (entry("incident", "resolved", detail="why"), "Charge card was stuck (resolved since): why"),
        (entry("incident", "withdrawn", detail="why"), "Charge card was stuck (no longer wanted since): why"),
        (
            entry("message", "started", subject="paid", to="j", to_process="Stock"),
            "Shop sent the message paid; it started Stock",
        ),
        (entry("message", "continued", subject="paid"), "Shop sent the message paid; an instance went on"),
        (
            entry("message", "buffered", subject="paid", process="", process_name="", detail="bank"),
            "bank sent the message paid; nobody has waited for it yet",
        ),
        (
            entry("message", "expired", subject="paid", process="", process_name=""),
            "Somebody outside sent the message paid; nobody waited for it in time",
        ),
        (entry("signal", "sent", subject="alarm"), "Shop broadcast the signal alarm"),
        (entry("signal", "received", subject="alarm"), "Shop received the signal alarm"),
        (entry("event", "published", subject="Paid", service="orders"), "Shop published Paid for the topic orders"),
        (
            entry("event", "waiting", subject="Paid", service="orders"),
            "Shop is about to publish Paid for the topic orders",
        ),
        (
            entry("event", "stuck", subject="Paid", service="orders", detail="no broker"),
            "Shop cannot publish Paid for the topic orders: no broker",
        ),
        (
            entry("event", "dropped", subject="Paid", service="orders"),
            "Shop was not to publish Paid for the topic orders any more",
        ),
        (
            entry("refused", "open", service="orders", detail="not JSON"),
            "An event from the topic orders was refused: not JSON",
        ),
        (entry("response", "given", subject="201"), "Shop answered the caller with status 201"),
        (entry("ended"), "Shop completed"),
        (entry("ended", "failed", subject="E1"), "Shop failed with error E1"),
        (entry("ended", "cancelled"), "Shop was cancelled"),
    ],
)
def test_every_entry_has_its_sentence(one, sentence):
    assert entry_sentence(one) == sentence


def test_there_is_a_sentence_for_every_kind():
    assert set(kinds()) == set(get_args(get_type_hints(TrailEntry)["kind"]))


def test_a_sentence_is_one_line_of_bounded_length():
    text = entry_sentence(entry("incident", "open", detail="a\r\nb\t" * 500))
    assert len(text) == 300
    assert "\n" not in text


def instance(id="i", status="completed", **fields):
    given = {"parent_id": None, "definition_id": "shop:1", "process": "shop", "name": "Shop", "business_key": "7"}
    given |= {"trace": None, "outcome": "", "error_code": None, "incident_count": 0}
    given |= {"started_at": 0, "ended_at": 60_000_000}
    return TrailInstance(id=id, status=status, **given | fields)


def spot(**fields):
    given = {"instance_id": "i", "process": "shop", "process_name": "Shop", "element_id": "e", "element_name": "Wait"}
    return TrailPlace(**given | {"since": 0, "waits_for": "timer"} | fields)


def view(instances, *now):
    rest = {"entries": [], "next_cursor": None, "cut": False, "restricted": False}
    return TrailView(key="7", instances=instances, now=list(now), **rest)


HERE = " in “Wait” of Shop since 1970-01-01 00:00:00 UTC (instance i)"
LATER = " at 1970-01-01 00:01:00 UTC"


@pytest.mark.parametrize(
    "trail, sentence",
    [
        (view([]), "7: no instance has it yet, only messages do."),
        (view([instance()]), f"7: everything is over: Shop completed{LATER}."),
        (view([instance(status="failed", error_code="E")]), f"7: everything is over: Shop failed with error E{LATER}."),
        (view([instance(status="cancelled")]), f"7: everything is over: Shop was cancelled{LATER}."),
        (
            structs.replace(view([instance()]), cut=True),
            f"7: everything that was followed (there is more) is over: Shop completed{LATER}.",
        ),
        (
            structs.replace(view([instance()]), restricted=True),
            f"7: everything that your key may see is over: Shop completed{LATER}.",
        ),
        (
            view([instance()], spot(waits_for="message bus", element_name="Sold", detail="orders")),
            f"7 waits to be published on orders{HERE.replace('Wait', 'Sold')}; Shop completed{LATER}.",
        ),
        (
            view([instance()], spot(instance_id="", process_name="", process="", incident="no")),
            f"7 is stuck in “Wait” of the configuration since 1970-01-01 00:00:00 UTC: no; Shop completed{LATER}.",
        ),
        (view([instance(status="running", ended_at=None)]), "7: Shop moves."),
        (view([instance(status="waiting", ended_at=None)], spot()), f"7 waits for a timer{HERE}."),
        (
            view([instance(status="waiting", ended_at=None)], spot(waits_for="user task", detail="lea")),
            f"7 waits for a person (lea){HERE}.",
        ),
        (
            view([instance(status="waiting", ended_at=None)], spot(waits_for="timer or message", detail="paid")),
            f"7 waits for a timer or message paid{HERE}.",
        ),
        (view([instance(status="waiting", ended_at=None)], spot(incident="down")), f"7 is stuck{HERE}: down."),
        (
            view([instance(status="waiting", ended_at=None)], spot(instance_id="i~4")),
            f"7 waits for a timer{HERE[:-1]}~4).",
        ),
    ],
)
def test_the_summary_says_where_it_is(trail, sentence):
    assert summary(trail) == sentence


def test_the_summary_counts_what_it_does_not_name():
    ended = [instance(id=str(number)) for number in range(9)]
    text = summary(view([*ended, instance(id="i", status="waiting", ended_at=None)], *[spot() for _ in range(7)]))
    assert "and 4 more places" in text
    assert "6 more had ended before" in text
