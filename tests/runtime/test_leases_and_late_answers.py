"""A job is held by one worker at a time; a lease that ran out counts as a failed attempt; late answers are refused."""

from __future__ import annotations

import pytest

from engine import CommandRejected, Completed, InvalidRequest
from tests.support.diagrams import process

from .parts import Held, Scripted, deploy, engine, line


@pytest.fixture
def baton():
    with engine() as baton:
        deploy(baton, line("a", properties={"job.retries": "3", "job.backoff": "PT10S", "job.jitter": "0"}))
        yield baton


def test_nobody_else_gets_a_leased_job(baton):
    id = baton.start("p").id
    (job,) = baton.lease_jobs(["a"], worker="w1")
    assert (job.state, job.lease_owner, job.lease_until) == ("leased", "w1", baton.now() + 60_000_000)
    assert baton.lease_jobs(["a"], worker="w2") == []
    baton.complete_job(job.id, {"x": 1}, worker="w1")
    assert baton.instance(id).status == "completed"
    assert [entry.actor for entry in baton.history(id).items if entry.event == "job-completed"] == ["w1"]


@pytest.mark.parametrize("worker, reason", [("w2", "lease-lost"), ("", "job-leased")])
def test_the_answer_of_somebody_else_is_refused_and_noted(baton, worker, reason):
    baton.start("p")
    (job,) = baton.lease_jobs(["a"], worker="w1")
    for answer in (
        lambda: baton.complete_job(job.id, worker=worker),
        lambda: baton.fail_job(job.id, "down", worker=worker),
        lambda: baton.throw_job_error(job.id, "E", worker=worker),
    ):
        with pytest.raises(CommandRejected) as refused:
            answer()
        assert refused.value.reason == reason
    assert "refused" in baton.job(job.id).last_error
    assert baton.job(job.id).lease_owner == "w1"


def test_an_operator_answers_a_job_that_nobody_holds(baton):
    id = baton.start("p").id
    baton.complete_job(baton.jobs(instance=id).items[0].id, {"x": 1}, actor="ann")
    assert baton.instance(id).status == "completed"


def test_a_lease_that_ran_out_is_a_failed_attempt_and_the_late_answer_is_refused(baton):
    id = baton.start("p").id
    (job,) = baton.lease_jobs(["a"], worker="w1", lease_seconds=5)
    baton.advance_clock(5)
    baton.drain()
    expired = baton.job(job.id)
    assert (expired.state, expired.retries, expired.lease_owner) == ("available", 2, None)
    assert expired.available_at == baton.now() + 10_000_000
    assert "w1" in expired.last_error

    with pytest.raises(CommandRejected) as refused:
        baton.complete_job(job.id, worker="w1")
    assert refused.value.reason == "lease-lost"
    assert "w1" in baton.job(job.id).last_error

    baton.advance_clock(10)
    (again,) = baton.lease_jobs(["a"], worker="w2")
    assert (again.id, again.attempt, again.idempotency_key) == (job.id, 2, job.idempotency_key)
    baton.complete_job(again.id, worker="w2")
    with pytest.raises(CommandRejected) as closed:
        baton.complete_job(job.id, worker="w1")
    assert closed.value.reason in ("job-not-open", "instance-ended")
    assert baton.verify(id).ok


def test_an_answer_after_the_time_counts_while_nobody_took_the_job_back(baton):
    id = baton.start("p").id
    (job,) = baton.lease_jobs(["a"], worker="w1", lease_seconds=5)
    baton.advance_clock(100)
    baton.complete_job(job.id, worker="w1")
    assert baton.instance(id).status == "completed"
    assert baton.drain() == 0


def test_a_job_whose_leases_keep_running_out_becomes_an_incident(baton):
    id = baton.start("p").id
    for _ in range(3):
        (_,) = baton.lease_jobs(["a"], worker="w1", lease_seconds=1)
        baton.advance_clock(1)
        baton.drain()
        baton.advance_clock(100)
    assert baton.lease_jobs(["a"], worker="w1") == []
    assert [one.kind for one in baton.incidents(instance=id).items] == ["job"]


def test_a_lease_is_extended_by_its_owner_only(baton):
    baton.start("p")
    (job,) = baton.lease_jobs(["a"], worker="w1", lease_seconds=5)
    assert baton.extend_job(job.id, 50, worker="w1").lease_until == baton.now() + 50_000_000
    with pytest.raises(CommandRejected):
        baton.extend_job(job.id, 50, worker="w2")
    baton.advance_clock(20)
    assert baton.drain() == 0
    baton.complete_job(job.id, worker="w1")


def test_workers_are_checked(baton):
    for ask in (
        lambda: baton.lease_jobs([], worker="w"),
        lambda: baton.lease_jobs(["a"], worker=""),
        lambda: baton.lease_jobs(["a"], worker="local:me"),
        lambda: baton.lease_jobs(["a"], worker="w", max=0),
        lambda: baton.lease_jobs(["a"], worker="w", lease_seconds=-1),
        lambda: baton.lease_jobs(["a"], worker="w", lease_seconds=1e9),
    ):
        with pytest.raises(InvalidRequest):
            ask()


def test_leases_survive_a_restart(database):
    with engine(database=database) as first:
        deploy(first, line("a"))
        id = first.start("p").id
        (job,) = first.lease_jobs(["a"], worker="w1")
    with engine(database=database) as second:
        with pytest.raises(CommandRejected) as refused:
            second.complete_job(job.id, worker="w2")
        assert refused.value.reason == "lease-lost"
        second.complete_job(job.id, worker="w1")
        assert second.instance(id).status == "completed"


def test_the_late_answer_of_a_local_worker_is_refused_too():
    slow, quick = Held(Completed({"x": "late"})), Completed({"x": "in time"})
    connector = Scripted(a=[slow, quick])
    with engine(connector, workers=2) as baton:
        baton.start_workers()
        deploy(baton, line("a", properties={"job.timeout": "PT5S", "job.backoff": "PT0S"}))
        id = baton.start("p").id
        assert slow.began.wait(10)
        baton.advance_clock(6)
        assert baton.wait(id, 10).variables == {"x": "in time"}
        slow.go_on.set()
        assert baton.wait_until_idle()
        assert baton.instance(id, variables=True).variables == {"x": "in time"}
        events = [entry.event for entry in baton.history(id).items]
        assert (events.count("job-failed"), events.count("job-completed")) == (1, 1)
        assert baton._house.leases.refused == 1


def test_a_late_answer_is_not_taken_for_that_of_the_next_attempt():
    first, second = Held(Completed({"x": "late"})), Held(Completed({"x": "in time"}))
    with engine(Scripted(a=[first, second]), workers=2) as baton:
        baton.start_workers()
        deploy(baton, line("a", properties={"job.timeout": "PT5S", "job.backoff": "PT0S"}))
        id = baton.start("p").id
        assert first.began.wait(10)
        baton.advance_clock(6)
        assert second.began.wait(10)
        first.go_on.set()
        assert baton._house.pulse.wait_for(lambda: baton._house.leases.refused == 1, 10)
        assert baton.instance(id).status == "running"
        second.go_on.set()
        assert baton.wait(id, 10).variables == {"x": "in time"}


def test_jobs_that_wait_for_a_thread_keep_their_lease():
    slow = Held()
    connector = Scripted(a=[slow, Completed()])
    with engine(connector, workers=1, prefetch=4) as baton:
        baton.start_workers()
        deploy(baton, line("a", properties={"job.timeout": "PT100S"}))
        first = baton.start("p").id
        assert slow.began.wait(10)
        others = [baton.start("p").id for _ in range(3)]
        baton.advance_clock(60)
        slow.go_on.set()
        assert baton.wait_until_idle()
        assert {baton.instance(id).status for id in [first, *others]} == {"completed"}
        assert [call.timeout for call in connector.calls] == [100.0] * 4
        assert not [e for id in others for e in baton.history(id).items if e.event == "job-failed"]


def test_a_waiting_job_whose_lease_ends_is_prolonged_not_failed():
    slow = Held()
    connector = Scripted(a=[slow, Completed()], b=Completed())
    with engine(connector, workers=1, prefetch=4) as baton:
        baton.start_workers()
        deploy(
            baton,
            line("a", properties={"job.timeout": "PT1000S"}),
            process("q").start().service("b", "b", properties={"job.timeout": "PT10S"}).end(),
        )
        baton.start("p")
        assert slow.began.wait(10)
        waiting = baton.start("q").id
        baton.advance_clock(11)
        # the scheduler has looked at it when its lease has a new end
        assert baton._house.pulse.wait_for(
            lambda: (baton.jobs(instance=waiting).items[0].lease_until or 0) > baton.now(), 10
        )
        slow.go_on.set()
        assert baton.wait_until_idle()
        assert baton.instance(waiting).status == "completed"
        assert "job-failed" not in [entry.event for entry in baton.history(waiting).items]
