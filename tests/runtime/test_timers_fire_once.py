"""Timers fire when they are due: once, in due order, late rather than never, and across restarts."""

from __future__ import annotations

import pytest

from engine import CommandRejected, ManualClock
from engine.runtime.clock import SECOND
from tests.support.event_drawings import process

from .parts import Held, Scripted, deploy, engine, line

HOUR = 3_600.0


@pytest.fixture
def baton():
    with engine() as baton:
        yield baton


def fired(baton, id: str) -> list[str]:
    """The elements of the timers that fired, in order."""
    entries = baton.history(id).items
    planned = {entry.data["key"]: entry.element_id for entry in entries if entry.event == "timer-scheduled"}
    return [planned[entry.data["key"]] for entry in entries if entry.event == "timer-fired"]


def forked(*seconds: int):
    drawn = process().start().parallel("fork")
    for number, after in enumerate(seconds):
        drawn.at("fork").catch(f"t{number}", f"timer:PT{after}S").end(f"e{number}")
    return drawn


def test_a_timer_fires_when_it_is_due_and_not_before(baton):
    deploy(baton, process().start().catch("wait", "timer:PT1H").user("u").end())
    id = baton.start("p").id
    (timer,) = baton.timers().items
    assert (timer.instance_id, timer.element_id, timer.due_at) == (id, "wait", baton.now() + int(HOUR) * SECOND)
    baton.advance_clock(HOUR - 1)
    assert baton.drain() == 0
    baton.advance_clock(1)
    assert baton.drain() == 1
    assert fired(baton, id) == ["wait"]
    assert (baton.timers().items, baton.drain()) == ([], 0)
    assert baton.verify(id).ok


def test_due_timers_of_an_instance_fire_in_due_order(baton):
    deploy(baton, forked(30, 10, 20))
    id = baton.start("p").id
    baton.advance_clock(60)
    baton.drain()
    assert fired(baton, id) == ["t1", "t2", "t0"]


def test_a_timer_after_a_timer_counts_from_the_firing(baton):
    deploy(baton, process().start().catch("a", "timer:PT10S").catch("b", "timer:PT10S").end())
    id = baton.start("p").id
    baton.advance_clock(100)
    baton.drain()
    assert fired(baton, id) == ["a"]
    baton.advance_clock(10)
    baton.drain()
    assert baton.instance(id).status == "completed"


def test_more_timers_than_one_batch_fire(baton, monkeypatch):
    monkeypatch.setattr("engine.runtime.between.BATCH", 2)
    deploy(baton, process().start().catch("t", "timer:PT1S").end())
    ids = [baton.start("p").id for _ in range(7)]
    baton.advance_clock(1)
    baton.drain()
    assert {baton.instance(id).status for id in ids} == {"completed"}


@pytest.mark.parametrize("catch_up, count", [("one", 1), ("all", 3)])
def test_missed_repetitions_fire_once_or_each(catch_up, count):
    with engine(timers_catch_up=catch_up) as baton:
        deploy(
            baton,
            process().start().user("u").end().boundary("r", "cycle:R5/PT10S", on="u", interrupting=False).end("e"),
        )
        id = baton.start("p").id
        baton.advance_clock(35)
        baton.drain()
        assert fired(baton, id) == ["r"] * count
        # Then the cycle goes on from its schedule
        (timer,) = baton.timers(instance=id).items
        assert timer.due_at == baton.now() + 5 * SECOND


def test_with_every_repetition_the_order_is_kept():
    with engine(timers_catch_up="all") as baton:
        drawn = process().start().user("u").end()
        drawn.boundary("a", "cycle:R3/PT10S", on="u", interrupting=False).end("e1")
        drawn.boundary("b", "timer:PT25S", on="u", interrupting=False).end("e2")
        deploy(baton, drawn)
        id = baton.start("p").id
        baton.advance_clock(60)
        baton.drain()
        assert fired(baton, id) == ["a", "a", "b", "a"]


def test_a_timer_of_a_dead_process_fires_after_the_restart(database):
    clock = ManualClock()
    with engine(database=database, clock=clock) as baton:
        deploy(baton, process().start().catch("t", "timer:PT1H").end())
        id = baton.start("p").id
    clock.advance(10 * HOUR)
    with engine(database=database, clock=clock, workers=0) as baton:
        baton.start_workers()
        assert baton.wait_until_idle()
        assert baton.instance(id).status == "completed"
        assert fired(baton, id) == ["t"]


def test_the_scheduler_sleeps_until_a_timer_is_due():
    with engine(workers=0) as baton:
        baton.start_workers()
        deploy(baton, process().start().catch("t", "timer:PT1H").end())
        id = baton.start("p").id
        assert baton.wait_until_idle()
        baton.advance_clock(HOUR)
        assert baton.wait_until(id, 10.0)[1]


# -- timers that end work ---------------------------------------------------------------------------------------------


def late_answer():
    drawn = process().start().worker("slow").end()
    return drawn.boundary("late", "timer:PT10S", on="slow").end("gave-up")


def test_the_late_answer_of_a_job_that_a_timer_ended_is_refused_and_noted(baton):
    deploy(baton, late_answer())
    id = baton.start("p").id
    (job,) = baton.lease_jobs(["slow"], worker="w", lease_seconds=60)
    baton.advance_clock(10)
    baton.drain()
    assert baton.instance(id).reached == ["gave-up"]
    for answer in (
        lambda: baton.complete_job(job.id, {"x": 1}, worker="w"),
        lambda: baton.fail_job(job.id, "late", worker="w"),
        lambda: baton.throw_job_error(job.id, "LATE", worker="w"),
        lambda: baton.extend_job(job.id, 10, worker="w"),
    ):
        with pytest.raises(CommandRejected) as refused:
            answer()
        assert refused.value.reason in ("job-not-open", "lease-lost")
    view = baton.job(job.id)
    assert (view.state, "late answer of worker w was refused" in view.last_error) == ("withdrawn", True)
    assert baton.instance(id, variables=True).variables == {}
    assert baton.verify(id).ok


@pytest.mark.parametrize("ending", ["timer", "terminate", "cancel"])
def test_a_running_job_is_ended_from_outside(ending):
    held = Held()
    drawn = process().start().parallel("fork").worker("slow").end()
    drawn.at("fork").user("stop").end_terminate("stopped")
    drawn.boundary("late", "timer:PT10S", on="slow").end("gave-up")
    with engine(Scripted(slow=held), workers=1) as baton:
        baton.start_workers()
        deploy(baton, drawn)
        id = baton.start("p").id
        assert held.began.wait(10)
        if ending == "timer":
            baton.advance_clock(10)
            assert baton.wait_until(id, 10.0, element="gave-up")[1]
        elif ending == "terminate":
            baton.complete_task(baton.tasks(instance=id).items[0].id)
        else:
            baton.cancel(id)
        held.go_on.set()
        assert baton.wait_until_idle()
        (job,) = baton.jobs(instance=id).items
        assert (job.state, "was refused" in job.last_error) == ("withdrawn", True)
        assert "job-completed" not in [entry.event for entry in baton.history(id).items]


# -- timers that start processes --------------------------------------------------------------------------------------


def daily(times: str = "R/P1D"):
    return process().start_on("s", f"cycle:{times}").end()


def started(baton) -> int:
    return len(baton.instances(process="p").items)


def test_a_timer_starts_instances_as_often_as_it_fires(baton):
    deploy(baton, daily("R3/P1D"))
    (event,) = baton.start_events(process="p").items
    assert (event.kind, event.element_id, event.repeats > 0) == ("timer", "s", True)
    for day in range(5):
        baton.advance_clock(24 * HOUR)
        baton.drain()
        assert started(baton) == min(day + 1, 3)
    assert baton.start_events().items[0].due_at is None
    assert {view.started_by for view in baton.instances().items} == {"scheduler"}


@pytest.mark.parametrize("catch_up, count", [("one", 1), ("all", 3)])
def test_starts_that_were_missed(database, catch_up, count):
    clock = ManualClock()
    with engine(database=database, clock=clock) as baton:
        deploy(baton, daily())
    clock.advance(3.5 * 24 * HOUR)
    with engine(database=database, clock=clock, timers_catch_up=catch_up) as baton:
        baton.drain()
        assert started(baton) == count
        assert baton.start_events().items[0].due_at == clock.now() + int(12 * HOUR) * SECOND


def test_an_unchanged_document_leaves_its_timer_alone(baton):
    deploy(baton, daily())
    (before,) = baton.start_events().items
    baton.advance_clock(HOUR)
    deploy(baton, daily())
    assert baton.start_events().items == [before]
    # When the document changes, Then its timer counts from now
    deploy(baton, daily("R/P2D"))
    (after,) = baton.start_events().items
    assert (after.definition_id, after.due_at) == ("p:2", baton.now() + int(48 * HOUR) * SECOND)
    # And a version without one is started by nothing
    deploy(baton, line("a"))
    assert baton.start_events().items == []


def test_a_start_that_was_committed_is_not_repeated_after_a_crash(database, monkeypatch):
    clock = ManualClock()
    with engine(database=database, clock=clock) as baton:
        deploy(baton, daily())
        clock.advance(24 * HOUR)
        # Given a crash between the start and the next planned firing
        monkeypatch.setattr(baton._house.store.start_events, "move_on", lambda *place: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            baton.drain()
    with engine(database=database, clock=clock) as baton:
        baton.drain()
        assert started(baton) == 1
        assert baton.start_events().items[0].due_at == clock.now() + int(24 * HOUR) * SECOND


def test_the_scheduler_sleeps_until_the_next_thing_is_due():
    with engine(workers=0) as baton:
        scheduler = baton._house.scheduler
        baton.start_workers()
        # Given nothing that is planned
        deploy(baton, process().start().catch("t", "timer:PT1H").end(), process("q").start_on("s", "cycle:R/P1D").end())
        assert baton.wait_until_idle()
        day = baton.now() + int(24 * HOUR) * SECOND
        assert scheduler._next == day
        # When something is due earlier, Then it wakes for that
        baton.send_message("m", ttl_seconds=7_200)
        baton.start("p")
        assert baton.wait_until_idle()
        assert scheduler._next == baton.now() + int(HOUR) * SECOND
        baton.advance_clock(HOUR)
        assert baton.wait_until_idle()
        assert scheduler._next == baton.now() + int(HOUR) * SECOND
