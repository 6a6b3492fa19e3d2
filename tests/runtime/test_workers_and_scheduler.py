"""The threads: jobs run at once, places are filled in due order, time wakes the scheduler, closing is graceful."""

from __future__ import annotations

import threading

import pytest

from engine import Completed, Engine, Failed, ManualClock, NotFound, ShuttingDown
from tests.support.diagrams import process

from .parts import Held, Scripted, deploy, engine, line


def test_start_and_wait_returns_the_ended_instance():
    with engine(Scripted(a=Completed({"x": 1}))) as baton:
        baton.start_workers()
        deploy(baton, line("a"))
        ended = baton.start("p", wait_seconds=10)
        assert (ended.status, ended.variables) == ("completed", {"x": 1})


def test_start_and_wait_returns_when_only_a_person_helps():
    with engine(Scripted(a=Completed())) as baton:
        baton.start_workers()
        deploy(baton, process("p").start().service("a", "a").user("u").end())
        assert baton.start("p", wait_seconds=10).status == "waiting"


def test_waiting_ends_in_real_time_although_the_clock_stands_still():
    held = Held()
    with engine(Scripted(a=held)) as baton:
        baton.start_workers()
        deploy(baton, line("a"))
        assert baton.start("p", wait_seconds=0.01).status == "running"
        held.go_on.set()


def test_a_retry_wakes_when_the_clock_is_moved():
    connector = Scripted(a=[Failed("down"), Completed()])
    with engine(connector) as baton:
        baton.start_workers()
        deploy(baton, line("a", properties={"job.backoff": "PT30S", "job.jitter": "0"}))
        id = baton.start("p").id
        assert baton.wait_until_idle()
        assert (baton.instance(id).status, len(connector.calls)) == ("running", 1)
        baton.advance_clock(29)
        assert baton.wait_until_idle()
        assert len(connector.calls) == 1
        baton.advance_clock(1)
        assert baton.wait(id, 10).status == "completed"
        assert len(connector.calls) == 2


def test_more_jobs_than_places_are_all_done_in_due_order():
    gate = Held()
    connector = Scripted(a=[gate, Completed()])
    with engine(connector, workers=1, prefetch=1) as baton:
        baton.start_workers()
        deploy(baton, line("a"))
        ids = [baton.start("p").id]
        assert gate.began.wait(10)
        for _ in range(12):
            baton.advance_clock(0.001)
            ids.append(baton.start("p").id)
        leased = [job for job in baton.jobs().items if job.state == "leased"]
        assert len(leased) == 2  # one thread and one job ahead of it
        gate.go_on.set()
        assert baton.wait_until_idle()
        assert [call.instance_id for call in connector.calls] == ids


def test_workers_share_the_jobs_and_each_is_done_once():
    connector = Scripted({f"t{n}": Completed() for n in range(10)})
    fork = process("p").start().parallel("fork")
    for n in range(10):
        fork.at("fork").service(f"s{n}", f"t{n}").end(f"e{n}")
    with engine(connector, workers=4) as baton:
        baton.start_workers()
        deploy(baton, fork)
        ids = [baton.start("p").id for _ in range(5)]
        assert baton.wait_until_idle()
        assert {baton.instance(id).status for id in ids} == {"completed"}
        assert len(connector.calls) == len({call.idempotency_key for call in connector.calls}) == 50


def test_what_cannot_be_stored_fails_the_job_for_good():
    with engine(Scripted(a=Completed({"x": float("inf")}))) as baton:
        baton.start_workers()
        deploy(baton, line("a"))
        id = baton.start("p", wait_seconds=10).id
        assert baton.incidents(instance=id).items[0].kind == "job"


def test_a_connector_that_raises_is_a_failed_attempt_not_the_end_of_its_thread():
    def crash(call):
        raise KeyError("odd")

    connector = Scripted(a=[crash, crash, crash, Completed()])
    with engine(connector, workers=1) as baton:
        baton.start_workers()
        deploy(baton, line("a", properties={"job.backoff": "PT0S", "job.retries": "5"}))
        assert baton.start("p", wait_seconds=10).status == "completed"


def test_drain_is_refused_while_threads_work():
    from engine import InvalidRequest

    with engine() as baton:
        baton.start_workers()
        baton.start_workers()
        with pytest.raises(InvalidRequest, match="threads"):
            baton.drain()


def test_too_many_waiting_requests_are_told():
    from engine import Busy

    with engine(waiting_requests=1) as baton:
        baton.start_workers()
        deploy(baton, line("elsewhere"))
        id = baton.start("p").id
        with baton._house.waiters.watch(id, 1), pytest.raises(Busy):
            baton.wait(id, 1)


def test_waiting_for_an_unknown_instance_is_not_found():
    with engine() as baton:
        baton.start_workers()
        with pytest.raises(NotFound):
            baton.wait("nothing", 1)


# -- closing ----------------------------------------------------------------------------------------------------------


def test_closing_lets_running_jobs_finish_and_commits_them(database):
    held = Held(Completed({"x": 1}))
    connector = Scripted(a=held, b=Completed())
    clock = ManualClock()
    baton = engine(connector, database=database, clock=clock)
    baton.start_workers()
    deploy(baton, line("a", "b"))
    id = baton.start("p").id
    assert held.began.wait(10)
    closing = threading.Thread(target=baton.close, args=(10,))
    closing.start()
    assert baton._house.pulse.wait_for(lambda: baton._house.dispatch.free < 0, 10)  # no places are left but one runs
    held.go_on.set()
    closing.join(10)
    assert connector.closed
    with Engine(database, clock=clock, connectors=[Scripted(a=Completed(), b=Completed())]) as again:
        jobs = {job.element_id: job.state for job in again.jobs(instance=id).items}
        assert jobs == {"a": "completed", "b": "available"}


def test_closing_gives_back_what_does_not_finish_in_time(database):
    held = Held()
    baton = engine(Scripted(a=held), database=database, workers=1, prefetch=3)
    baton.start_workers()
    deploy(baton, line("a"))
    ids = [baton.start("p").id for _ in range(3)]
    assert held.began.wait(10)
    baton.close(0.0)
    held.go_on.set()
    connector = Scripted(a=Completed())
    with engine(connector, database=database) as again:
        assert {job.state for job in again.jobs().items} == {"available"}
        again.drain()
        assert {again.instance(id).status for id in ids} == {"completed"}
        assert {entry.event for id in ids for entry in again.history(id).items}.isdisjoint({"job-failed"})


def test_whoever_waits_is_answered_when_the_engine_closes():
    baton = engine()
    baton.start_workers()
    deploy(baton, line("elsewhere"))
    id = baton.start("p").id
    answers = []
    began = threading.Event()

    def wait():
        began.set()
        try:
            answers.append(baton.wait(id, 60).status)
        except ShuttingDown:
            answers.append("shutting down")

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert began.wait(10)
    baton.close()
    waiting.join(10)
    assert answers in (["running"], ["shutting down"])


def test_commands_after_closing_are_refused():
    baton = engine()
    baton.start_workers()
    deploy(baton, line("a"))
    id = baton.start("p").id
    baton.close()
    for ask in (lambda: baton.cancel(id), lambda: baton.start("p"), lambda: baton.instance(id)):
        with pytest.raises(ShuttingDown):
            ask()
