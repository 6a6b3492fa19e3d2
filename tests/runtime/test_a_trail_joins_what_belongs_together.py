"""Where is order 123: everything that messages, traces and calls join to a key, once, in order, and nothing else."""

from __future__ import annotations

import pytest

from engine import Caller, Completed, Failed, InvalidRequest, NotFound, Processes
from tests.support.choreography import LISTENER, choreography
from tests.support.event_drawings import process

from .parts import Scripted, deploy, engine, line

GIVEN = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def services():
    """What the services answer."""
    return Scripted(http=Completed({"response": {"status": 200}}))


@pytest.fixture
def baton(services):
    with engine(services, trail_instances=12) as baton:
        yield baton


def move(baton, seconds=1.0):
    baton.advance_clock(seconds)
    baton.drain()


@pytest.fixture
def shop(baton):
    """An order for which payment was taken; inventory waits for a person. Beside it another order."""
    deploy(baton, *choreography())
    other = baton.start("shop", business_key="124", variables={"order": "A-8"})
    shop = baton.start("shop", business_key="123", variables={"order": "A-7"}, trace=GIVEN)
    for _ in range(3):
        move(baton)
    assert baton.instance(other.id).status == "waiting"
    return shop


def cancel_order(baton):
    (pick,) = [one for one in baton.tasks().items if one.business_key == "123" and one.state == "created"]
    baton.complete_task(pick.id)
    for _ in range(3):
        move(baton)


def told(trail):
    return [
        (one.kind, one.state, one.process or one.to_process, one.subject or one.element_id) for one in trail.entries
    ]


def test_the_whole_choreography_is_one_trail(baton, shop):
    cancel_order(baton)
    trail = baton.trail("123")
    assert [(one.process, one.status, one.business_key) for one in trail.instances] == [
        ("shop", "completed", "123"),
        ("payment", "completed", "123"),
        ("inventory", "completed", "123"),
    ]
    assert sorted(told(trail)) == sorted(
        [
            ("started", "started", "shop", ""),
            ("job", "completed", "shop", "http"),
            ("message", "started", "shop", "OrderPlaced"),
            ("started", "started", "payment", ""),
            ("job", "completed", "payment", "http"),
            ("message", "started", "payment", "PaymentTaken"),
            ("started", "started", "inventory", ""),
            ("task", "completed", "inventory", "pick"),
            ("message", "continued", "inventory", "StockRefused"),
            ("ended", "completed", "inventory", ""),
            ("job", "completed", "payment", "http"),
            ("message", "continued", "payment", "OrderCancelled"),
            ("ended", "completed", "payment", ""),
            ("ended", "completed", "shop", ""),
        ]
    )
    moments = [one.at for one in trail.entries]
    assert moments == sorted(moments)
    assert (trail.now, trail.cut, trail.restricted, trail.next_cursor) == ([], False, False, None)


def test_a_job_tells_whom_it_called_without_secrets_and_whether_it_undid_something(baton, shop):
    cancel_order(baton)
    jobs = {one.element_id: one for one in baton.trail("123").entries if one.kind == "job"}
    assert {id: (one.service, one.undoes) for id, one in jobs.items()} == {
        "check": ("POST https://fraud.test/checks", False),
        "charge": ("POST https://pay.test/charges", False),
        "refund": ("GET https://pay.test/refunds", True),
    }


def test_every_key_of_it_finds_the_same(baton, shop):
    cancel_order(baton)
    trail = baton.trail("123")
    keys = [GIVEN, "A-7", *(one.id for one in trail.instances), " 123 "]
    for key in keys:
        found = baton.trail(key)
        assert (found.instances, found.entries) == (trail.instances, trail.entries), key


def test_where_it_is_now(baton, shop):
    now = baton.trail("A-7").now
    assert sorted((one.process, one.element_id, one.waits_for, one.detail, one.incident) for one in now) == [
        ("inventory", "pick", "user task", "", ""),
        ("payment", "sorry", "message", "StockRefused", ""),
        ("shop", "wait", "message", "OrderCancelled", ""),
    ]
    assert [one.since for one in now] == sorted(one.since for one in now)


def test_what_is_stuck_comes_first_and_says_why(baton, services, shop):
    services.answers["http"] = Failed("the bank is closed", retryable=False)
    cancel_order(baton)
    trail = baton.trail("123")
    assert [(one.element_id, one.incident, one.waits_for) for one in trail.now] == [
        ("refund", "the bank is closed", "job"),
        ("wait", "", "message"),
    ]
    (incident,) = [one for one in trail.entries if one.kind == "incident"]
    assert (incident.state, incident.detail, incident.process) == ("open", "the bank is closed", "payment")
    # When it is resolved, Then the entry has an end
    services.answers["http"] = Completed()
    baton.resolve_incident(incident.id)
    move(baton)
    (incident,) = [one for one in baton.trail("123").entries if one.kind == "incident"]
    assert (incident.state, incident.ended_at is not None) == ("resolved", True)


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 13, 14, 500])
def test_pages_are_the_whole_in_order(baton, shop, limit):
    cancel_order(baton)
    whole, got, cursor = baton.trail("123").entries, [], None
    while True:
        page = baton.trail("123", limit=limit, cursor=cursor)
        assert len(page.entries) <= limit
        got, cursor = got + page.entries, page.next_cursor
        if cursor is None:
            break
    assert got == whole


def test_a_page_shows_what_came_after_the_one_before(baton, shop):
    cursor = baton.trail("123", limit=4).next_cursor
    cancel_order(baton)
    later = baton.trail("123", cursor=cursor).entries
    assert baton.trail("123").entries[4:] == later


def test_other_business_keys_and_traces_are_followed_over_messages(baton):
    # Given somebody who waits with a key and trace of their own
    deploy(baton, process("asks").start().catch("answer", "message:reply", message__correlation="q").user("u").end())
    deploy(baton, process("tells").start().throw("say", "message:reply", message__correlation="q").end())
    asks = baton.start("asks", business_key="mine", variables={"q": "Q1"})
    tells = baton.start("tells", business_key="yours", variables={"q": "Q1"})
    baton.start("tells", business_key="else", variables={"q": "Q2"})
    baton.drain()
    # Then each key finds both, and not who says something else
    for key in ("mine", "yours", "Q1", asks.trace, tells.trace):
        assert {one.id for one in baton.trail(key).instances} == {asks.id, tells.id}, key


def test_called_processes_belong_to_their_callers(baton):
    deploy(baton, line("work", id="inner"), process("middle").start().call("in", "inner").end())
    deploy(baton, process("outer").start().call("mid", "middle").end())
    root = baton.start("outer", business_key="B")
    trail = baton.trail("B")
    assert [one.process for one in trail.instances] == ["outer", "middle", "inner"]
    (job,) = [one for one in trail.entries if one.kind == "job"]
    inner = trail.instances[2].id
    assert (job.instance_id, job.process, job.id.startswith(root.id)) == (inner, "inner", True)
    assert [(one.instance_id, one.element_id) for one in trail.now] == [(inner, "work")]
    assert baton.trail(inner).entries == trail.entries


def test_a_signal_joins_whom_it_starts_and_not_everybody_who_waited(baton):
    deploy(baton, LISTENER)
    deploy(baton, process("started").start_on("s", "signal:alarm").user("u").end())
    deploy(baton, process("cries").start().throw("cry", "signal:alarm").end())
    listener = baton.start("listener", business_key="L")
    baton.start("cries", business_key="C")
    baton.drain()
    trail = baton.trail("C")
    assert [one.process for one in trail.instances] == ["cries", "started"]
    assert [one[:3] for one in told(trail) if one[0] == "signal"] == [("signal", "sent", "cries")]
    heard = baton.trail("L")
    assert [one.id for one in heard.instances] == [listener.id]
    assert [one[:3] for one in told(heard) if one[0] == "signal"] == [("signal", "received", "listener")]


def test_messages_that_nobody_gets_are_found_by_their_keys(baton):
    baton.send_message("hello", correlation="K", ttl_seconds=5, actor="bank", trace=GIVEN)
    baton.send_message("hello", business_key="B", ttl_seconds=5)
    for key in ("K", GIVEN, "B"):
        (entry,) = baton.trail(key).entries
        assert (entry.kind, entry.state, entry.instance_id, entry.to) == ("message", "buffered", None, None)
    assert baton.trail("K").entries[0].detail == "bank"
    move(baton, 6)
    assert baton.trail("K").entries[0].state == "expired"


def test_a_cancelled_instance_says_so(baton):
    deploy(baton, line("work"))
    baton.cancel(baton.start("p", business_key="B").id, reason="no longer wanted")
    trail = baton.trail("B")
    assert ([one.status for one in trail.instances], trail.now) == (["cancelled"], [])
    assert [one[:2] for one in told(trail)] == [("started", "started"), ("job", "withdrawn"), ("ended", "cancelled")]


def test_nothing_is_not_found(baton, shop):
    for key in ("125", "12", "A-7 A-8", "0" * 32, "f" * 32, "x.1", "~1", "%", "_", "1234", "../123", "<b>"):
        with pytest.raises(NotFound, match="there is nothing"):
            baton.trail(key)


@pytest.mark.parametrize("key", ["", "   ", "a\0b", "\ud800", "x" * 501, "a\nb", "\x1b[2J"])
def test_what_cannot_be_a_key_is_refused(baton, key):
    with pytest.raises(InvalidRequest):
        baton.trail(key)


def test_no_more_instances_are_followed_than_the_setting_says(baton):
    # Given 30 instances in a row, each started by the one before
    for number in range(30):
        drawn = process(f"p{number}")
        drawn = drawn.start_on("s", f"message:m{number}") if number else drawn.start()
        deploy(baton, drawn.throw("next", f"message:m{number + 1}").end())
    first = baton.start("p0", business_key="long", trace=GIVEN)
    baton.drain()
    assert len(baton.instances(trace=GIVEN, limit=100).items) == 30
    # Then the nearest are there, and the answer says that there are more
    for key in ("long", GIVEN, first.id):
        trail = baton.trail(key)
        assert (len(trail.instances), trail.cut) == (12, True), key


def test_a_key_that_thousands_bear_finds_the_youngest(baton):
    deploy(baton, line("work"))
    ids = [baton.start("p", business_key="ACME").id for _ in range(20)]
    trail = baton.trail("ACME")
    assert ([one.id for one in trail.instances], trail.cut) == (ids[-12:], True)


def test_nobody_is_followed_through_a_place_where_many_meet():
    with engine(trail_partners=3) as baton:
        # Given a batch that many orders tell of themselves
        batch = process("batch").start().user("open").end()
        deploy(baton, batch.boundary("note", "message:noted", on="open", interrupting=False).end("kept"))
        deploy(baton, process("order").start().throw("tell", "message:noted").end())
        day = baton.start("batch", business_key="monday")
        orders = [baton.start("order", business_key=f"o-{number}") for number in range(5)]
        baton.drain()
        # Then an order's trail shows the batch, and not the other orders and what they told it
        trail = baton.trail("o-2")
        assert ([one.id for one in trail.instances], trail.cut) == ([day.id, orders[2].id], True)
        assert len([one for one in trail.entries if one.kind == "message"]) == 1
        # Then that of the batch shows all of them
        assert {one.id for one in baton.trail("monday").instances} == {day.id, *(one.id for one in orders)}


# -- whoever may only see some processes ------------------------------------------------------------------------------


def test_a_restricted_caller_sees_its_processes_and_is_told_that_there_may_be_more(baton, shop):
    cancel_order(baton)
    lea = baton.guarded(Caller(name="lea", processes=Processes(("shop",)), reads_tasks=True))
    for key in ("123", "A-7", GIVEN):
        trail = lea.trail(key)
        assert ([one.process for one in trail.instances], trail.restricted) == (["shop"], True), key
        assert {one.process for one in trail.entries} <= {"shop", ""}
        assert {one.to_process for one in trail.entries} <= {"shop", ""}
        assert not [one for one in trail.entries if one.kind == "task"]
    text = repr(lea.trail("123"))
    for foreign in ("payment", "inventory", "pay.test", "refund", "pick"):
        assert foreign not in text
    # Then what is only of others does not exist
    for one in baton.trail("123").instances[1:]:
        with pytest.raises(NotFound):
            lea.trail(one.id)
    nobody = baton.guarded(Caller(name="bob", processes=Processes(("other-*",))))
    with pytest.raises(NotFound):
        nobody.trail("123")


def test_a_restricted_caller_is_told_so_also_where_nothing_is_hidden(baton):
    deploy(baton, line("work"))
    baton.start("p", business_key="B")
    assert baton.guarded(Caller(name="lea", processes=Processes(("p",)))).trail("B").restricted
