"""An engine that dies is taken over by the next: jobs of its workers are free, yielded runs go on, nothing is lost."""

from __future__ import annotations

import pytest

from engine import Completed, Failed, StoreLocked
from tests.support.diagrams import process

from .parts import Scripted, deploy, engine, line


def die(baton):
    """What a kill leaves behind: a database, and nothing else."""
    baton._house.store.close()


def test_jobs_of_the_dead_predecessors_workers_are_free_at_once(database):
    first = engine(Scripted(a=Completed()), database=database)
    deploy(first, line("a"))
    first._house.dispatch.open(1)
    id = first.start("p").id
    first._house.writer.turns()
    job = first.jobs().items[0]
    assert (job.state, job.lease_owner) == ("leased", first._house.dispatch.owner)
    die(first)

    connector = Scripted(a=Completed())
    with engine(connector, database=database) as second:
        assert second.jobs().items[0].state == "available"
        second.drain()
        assert second.instance(id).status == "completed"
        assert connector.calls[0].idempotency_key == job.idempotency_key
        assert "job-failed" not in [entry.event for entry in second.history(id).items]


def test_leases_of_workers_elsewhere_stay(database):
    first = engine(database=database)
    deploy(first, line("a"))
    first.start("p")
    first.lease_jobs(["a"], worker="w1")
    die(first)
    with engine(database=database) as second:
        assert second.jobs().items[0].lease_owner == "w1"


def test_yielded_runs_go_on(database):
    looping = process("p").start().script("init", "n = 0").exclusive("join").script("turn", "n = n + 1")
    looping.exclusive("more").when("n < 100").to("join").at("more").otherwise().end()
    first = engine(database=database, steps_per_command=20)
    deploy(first, looping)
    id = first.start("p").id
    assert first.instance(id).status == "running"
    die(first)
    with engine(database=database, steps_per_command=20) as second:
        second.drain()
        ended = second.instance(id, variables=True)
        assert (ended.status, ended.variables) == ("completed", {"n": 100})
        assert second.verify(id).ok


def test_closing_in_the_middle_of_a_long_run_does_not_wait_for_its_end(database):
    endless = process("p").start().exclusive("join").script("turn", "n = 1").exclusive("more")
    endless.when("n > 0").to("join").at("more").otherwise().end()
    first = engine(database=database, steps_per_command=10, workers=0)
    first.start_workers()
    deploy(first, endless)
    id = first.start("p").id
    first.close()
    with engine(database=database, workers=0) as second:
        assert second.instance(id).status == "running"
        assert second.cancel(id).status == "cancelled"


def test_restarting_before_every_command_changes_nothing(database):
    answers = {"a": [Failed("down"), Completed({"x": 1})], "b": Completed({"y": 2}), "undo": Completed()}
    saga = process("p").start().service("a", "a").service("b", "b").user("u").end()
    connector = Scripted(answers)
    first = engine(connector, database=database)
    deploy(first, saga)
    id = first.start("p").id
    now = first.now()
    die(first)
    for _ in range(12):
        baton = engine(connector, database=database)
        baton.advance_clock((now - baton.now()) / 1_000_000 + 60)
        now = baton.now()
        baton.drain()
        for task in baton.tasks(instance=id, state="created").items:
            baton.complete_task(task.id, {"z": 3})
        die(baton)
    with engine(connector, database=database) as last:
        ended = last.instance(id, variables=True)
        assert (ended.status, ended.variables) == ("completed", {"x": 1, "y": 2, "z": 3})
        assert connector.done == ["a", "a", "b"]
        assert last.verify(id).ok


def test_idempotency_keys_survive(database):
    first = engine(database=database)
    deploy(first, line("a"))
    id = first.start("p", idempotency_key="k").id
    die(first)
    with engine(database=database) as second:
        assert second.start("p", idempotency_key="k").id == id


def test_a_second_engine_on_the_same_file_is_refused_with_a_sentence(tmp_path):
    database = f"sqlite:///{tmp_path}/baton.db"
    with engine(database=database), pytest.raises(StoreLocked) as refused:
        engine(database=database)
    assert refused.value.hint


def test_a_definition_is_read_again_from_its_document(database):
    with engine(database=database) as first:
        deploy(first, line("a"))
    with engine(Scripted(a=Completed()), database=database, definition_cache=1) as second:
        deploy(second, line("b", id="q"))
        assert second.start("p", wait_seconds=1).status == "completed"
        second.start("q")
        assert list(second._house.executables) == ["q:1"]
        assert second.start("p", wait_seconds=1).status == "completed"
