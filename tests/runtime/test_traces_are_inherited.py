"""A trace goes with everything that one cause led to: from who starts to whom it calls, messages, signals and jobs."""

from __future__ import annotations

import pytest

from api.wire import to_wire
from engine import Completed, InvalidRequest, JobRunner
from tests.support.event_drawings import process

from .parts import Scripted, deploy, engine, line

GIVEN = "4bf92f3577b34da6a3ce929d0e0e4736"

SELLER = process("seller").start_on("ordered", "message:ordered").user("pack").end_with("shipped", "message:shipped")
BUYER = (
    process("buyer")
    .start()
    .throw("order", "message:ordered", message__correlation="'A-7'", input__what="'tea'")
    .catch("wait", "message:shipped")
    .end()
)


@pytest.fixture
def baton():
    with engine() as baton:
        yield baton


def test_a_start_keeps_the_trace_that_it_was_given_and_else_begins_one(baton):
    deploy(baton, line("a"))
    given, first, second = baton.start("p", trace=GIVEN), baton.start("p"), baton.start("p")
    assert given.trace == baton.instance(given.id).trace == GIVEN
    assert first.trace == first.id.replace("-", "")
    assert len({given.trace, first.trace, second.trace}) == 3
    # Then it is found by it, and the history says so
    assert [one.id for one in baton.instances(trace=GIVEN).items] == [given.id]
    assert baton.history(given.id).items[0].data["trace"] == GIVEN
    assert baton.verify(given.id).ok


WRONG = ("", "0" * 32, GIVEN.upper(), GIVEN[:-1], GIVEN + "0", GIVEN[:-1] + "\0", "../../etc")


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_trace_is_refused_and_nothing_is_stored(baton, wrong):
    deploy(baton, line("a"))
    for ask in (
        lambda: baton.start("p", trace=wrong),
        lambda: baton.send_message("m", trace=wrong),
        lambda: baton.send_signal("s", trace=wrong),
        lambda: baton.start_by_conditions({}, trace=wrong),
    ):
        with pytest.raises(InvalidRequest, match="Expected a trace id of 32"):
            ask()
    assert (baton.instances().items, baton.messages().items) == ([], [])


def test_what_a_thrown_message_starts_has_the_trace_and_business_key_of_its_sender(baton):
    deploy(baton, BUYER)
    deploy(baton, SELLER)
    buyer = baton.start("buyer", business_key="order-123", trace=GIVEN)
    baton.drain()
    (seller,) = baton.instances(process="seller").items
    assert (seller.trace, seller.business_key) == (GIVEN, "order-123")
    (message,) = baton.messages(name="ordered").items
    assert (message.thrown_by, message.sender_key, message.trace) == (buyer.id, "order-123", GIVEN)
    # When the seller answers, Then the sender's key is no restriction on who gets it
    baton.complete_task(baton.tasks().items[0].id)
    baton.drain()
    assert baton.instance(buyer.id).status == "completed"
    assert baton.messages(name="shipped").items[0].business_key is None


def test_a_kept_message_remembers_its_trace_until_it_starts_something(baton):
    deploy(baton, process("thrower").start().throw("order", "message:ordered").end())
    thrower = baton.start("thrower", business_key="B-1", trace=GIVEN)
    baton.drain()
    assert baton.messages().items[0].state == "buffered"
    deploy(baton, SELLER)
    baton.drain()
    (seller,) = baton.instances(process="seller").items
    assert (seller.trace, seller.business_key) == (GIVEN, "B-1")
    assert [one.id for one in baton.instances(trace=GIVEN).items] == [seller.id, thrower.id]


def test_a_message_from_outside_brings_its_trace_and_its_own_business_key(baton):
    deploy(baton, SELLER)
    with_trace = baton.send_message("ordered", business_key="B-2", trace=GIVEN)
    without = baton.send_message("ordered")
    views = [baton.instance(one.instance) for one in (with_trace, without)]
    assert [(one.trace, one.business_key) for one in views] == [
        (GIVEN, "B-2"),
        (without.instance.replace("-", ""), None),
    ]


def test_all_that_a_signal_starts_shares_its_trace_and_who_waited_keeps_its_own(baton):
    for id in ("a", "b"):
        deploy(baton, process(id).start_on("s", "signal:alarm").user("u").end())
    deploy(baton, process("waits").start().catch("heard", "signal:alarm").user("u").end())
    waiting = baton.start("waits")
    started = baton.send_signal("alarm", trace=GIVEN).started
    assert [baton.instance(id).trace for id in started] == [GIVEN, GIVEN]
    assert baton.instance(waiting.id).trace == waiting.trace != GIVEN
    again = baton.send_signal("alarm").started
    assert len({baton.instance(id).trace for id in again}) == 1


def test_a_thrown_signal_hands_on_the_trace(baton):
    deploy(baton, process("a").start_on("s", "signal:alarm").user("u").end())
    deploy(baton, process("b").start().throw("cry", "signal:alarm").end())
    baton.start("b", trace=GIVEN)
    baton.drain()
    assert [one.trace for one in baton.instances(process="a").items] == [GIVEN]


def test_a_called_process_and_its_jobs_have_the_trace_of_the_root(baton):
    deploy(baton, line("work", id="inner"))
    deploy(baton, process("outer").start().call("sub", "inner").end())
    root = baton.start("outer", trace=GIVEN)
    (called,) = baton.instances(parent=root.id).items
    assert called.trace == GIVEN
    assert {one.id for one in baton.instances(trace=GIVEN).items} == {root.id, called.id}
    (job,) = baton.lease_jobs(["work"], worker="w")
    assert job.trace == baton.job(job.id).trace == GIVEN


def test_a_connector_is_told_the_trace_of_every_attempt():
    scripted = Scripted(a=[Completed(), Completed()])
    with engine(scripted) as baton:
        deploy(baton, line("a"))
        baton.start("p", trace=GIVEN)
        baton.drain()
    assert [call.trace for call in scripted.calls] == [GIVEN]


def test_a_worker_elsewhere_tells_its_connectors(baton):
    deploy(baton, line("a"))
    baton.start("p", trace=GIVEN)
    (job,) = baton.lease_jobs(["a"], worker="w")
    scripted = Scripted(a=Completed())
    JobRunner(connectors=[scripted]).run(to_wire(job), 5.0)
    assert [call.trace for call in scripted.calls] == [GIVEN]
    # Then a job of a server that knows no traces is done all the same
    JobRunner(connectors=[scripted]).run({**to_wire(job), "trace": None}, 5.0)
    assert scripted.calls[1].trace == ""


def test_conditions_start_all_that_hold_in_one_trace(baton):
    for id in ("a", "b"):
        deploy(baton, process(id).start_on("hot", "condition:t > 5").user("u").end())
    started = baton.start_by_conditions({"t": 9}, trace=GIVEN)
    assert [baton.instance(id).trace for id in started] == [GIVEN, GIVEN]


def test_a_repeated_start_may_come_with_another_trace(baton):
    deploy(baton, line("a"))
    first = baton.start("p", idempotency_key="k", trace=GIVEN)
    assert baton.start("p", idempotency_key="k", trace="1" * 32).id == first.id
    assert baton.instance(first.id).trace == GIVEN
