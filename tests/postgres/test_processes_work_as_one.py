"""What one process commits, the others know: no stale answer, no lost wake-up, no job or run for two, nothing twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import psycopg
import pytest

from engine import CommandRejected, Completed, Engine, InvalidRequest, Settings, StoreUnavailable
from engine.runtime.clock import DatabaseClock
from engine.store import faults
from tests.runtime.parts import Held, Scripted, deploy, line
from tests.support.diagrams import process

from .conftest import Make, until


def people(id: str = "p"):
    return process(id).start().user("u").end()


def die(baton: Engine) -> None:
    """What a kill leaves behind: rows, and sessions that the server ends."""
    baton._house.listener.close()
    baton._house.store.close()


def test_an_instance_is_moved_from_both_sides(make: Make):
    one, two = make(), make()
    deploy(one, people())
    id = one.start("p").id
    for number in range(10):
        (one, two)[number % 2].set_variables(id, {"n": number})
    (task,) = two.tasks(instance=id).items
    one.complete_task(task.id)
    assert two.instance(id).status == "completed"
    assert two.verify(id).ok


def test_many_commands_for_one_instance_from_both_sides_all_succeed(make: Make):
    engines = [make(), make()]
    deploy(engines[0], people())
    id = engines[0].start("p").id

    def change(number: int) -> None:
        engines[number % 2].set_variables(id, {f"v{number}": number})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(change, range(80)))
    assert len(engines[0].variables(id)) == 80
    assert engines[1].verify(id).ok


def test_a_refusal_is_never_out_of_date(make: Make):
    one, two = make(), make()
    # Given an instance that the second process has in memory, without the task that comes next
    deploy(one, process("p").start().user("u").user("v").end())
    id = one.start("p").id
    two.set_variables(id, {"x": 1})
    (first,) = one.tasks(instance=id).items
    one.complete_task(first.id)
    # When the second process is asked for what only the stored state allows, Then it does it
    (second,) = [task for task in one.tasks(instance=id).items if task.state == "created"]
    assert two.complete_task(second.id).status == "completed"
    # And it refuses what only its memory allows
    with pytest.raises(CommandRejected):
        one.complete_task(first.id)


def test_a_new_version_counts_everywhere_at_once(make: Make):
    one, two = make(), make()
    deploy(one, people())
    assert two.start("p").version == 1
    deploy(one, process("p").start().user("other").end())
    assert two.start("p").version == 2


def test_versions_of_simultaneous_deployments_are_all_different(make: Make):
    engines = [make(), make()]

    def change(number: int) -> int:
        diagram = process("p").start().user(f"u{number}").end()
        view = engines[number % 2].deploy({"p.bpmn": diagram.xml()})
        return view.definitions[0].version

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(change, range(12))) == list(range(1, 13))


def test_one_key_starts_one_instance_wherever_it_is_repeated(make: Make):
    engines = [make(), make()]
    deploy(engines[0], people())
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda n: engines[n % 2].start("p", idempotency_key=f"k{n % 5}").id, range(40)))
    assert [len({ids[n] for n in range(key, 40, 5)}) for key in range(5)] == [1] * 5
    assert len(engines[0].instances().items) == 5


# -- jobs -------------------------------------------------------------------------------------------------------------


def test_a_job_leased_here_is_answered_there(make: Make):
    one, two = make(), make()
    deploy(one, line("a"))
    id = one.start("p").id
    (job,) = one.lease_jobs(["a"], worker="w")
    assert two.lease_jobs(["a"], worker="v") == []
    two.complete_job(job.id, {"x": 1}, worker="w")
    assert one.instance(id).status == "completed"


def test_a_lease_lost_there_is_lost_here(make: Make):
    one, two = make(threads=False), make(threads=False)
    deploy(one, line("a", properties={"job.backoff": "PT0S"}))
    one.start("p")
    (job,) = one.lease_jobs(["a"], worker="slow", lease_seconds=1)
    one.advance_clock(2)
    # When the second process takes the job back, and another worker has it
    two.drain()
    (again,) = two.lease_jobs(["a"], worker="quick")
    assert again.id == job.id
    # Then the first process, which still remembers the lease, refuses the late answer
    with pytest.raises(CommandRejected) as refused:
        one.complete_job(job.id, worker="slow")
    assert refused.value.reason == "lease-lost"
    two.complete_job(job.id, worker="quick")


def at(point: str, do: Callable[[], object]) -> AbstractContextManager[None]:
    """Do it when a commit passes the point for the first time."""
    todo = [do]

    def passed(name: str) -> None:
        if name == point and todo:
            todo.pop()()

    return faults.armed(passed)


def test_an_operator_loses_to_a_worker_that_leases_the_job_meanwhile(make: Make):
    one, two = make(threads=False), make(threads=False)
    deploy(one, line("a"))
    id = one.start("p").id
    (job,) = one.jobs().items
    # When a worker leases the job after the operator's answer was checked and before it is stored
    with at("before:begin", lambda: two.lease_jobs(["a"], worker="w")), pytest.raises(CommandRejected) as refused:
        one.complete_job(job.id, actor="ada")
    # Then the job is the worker's
    assert refused.value.reason == "job-leased"
    two.complete_job(job.id, {"x": 1}, worker="w")
    assert one.instance(id, variables=True).variables == {"x": 1}
    assert one.verify(id).ok


def test_nobody_leases_a_job_whose_answer_is_being_stored(make: Make):
    one, two = make(threads=False), make(threads=False)
    deploy(one, line("a"))
    id = one.start("p").id
    (job,) = one.jobs().items
    leased: list[object] = []
    with at("before:history", lambda: leased.extend(two.lease_jobs(["a"], worker="w"))):
        one.complete_job(job.id, actor="ada")
    assert leased == []
    assert one.instance(id).status == "completed"


def test_an_answer_loses_when_the_lease_is_lost_before_it_is_stored(make: Make):
    one, two = make(threads=False), make(threads=False)
    deploy(one, line("a", properties={"job.backoff": "PT0S"}))
    id = one.start("p").id
    (job,) = one.lease_jobs(["a"], worker="slow", lease_seconds=1)

    def take_it_away() -> None:
        two._house.store.jobs.release(id, job.key, "slow")
        assert two.lease_jobs(["a"], worker="quick")

    # When the lease changes hands while the instance does not change
    with at("before:begin", take_it_away), pytest.raises(CommandRejected) as refused:
        one.complete_job(job.id, worker="slow")
    assert refused.value.reason == "lease-lost"
    two.complete_job(job.id, worker="quick")
    assert one.instance(id).status == "completed"


def test_simultaneous_leases_give_each_job_to_one(make: Make):
    engines = [make(), make()]
    deploy(engines[0], line("a"))
    ids = {engines[0].start("p").id for _ in range(40)}
    with ThreadPoolExecutor(8) as pool:
        leased = list(pool.map(lambda n: engines[n % 2].lease_jobs(["a"], worker=f"w{n}", max=3), range(20)))
    jobs = [job.instance_id for some in leased for job in some]
    assert sorted(jobs) == sorted(ids)


def test_what_one_process_has_no_place_for_the_other_does_at_once(make: Make):
    held = Held()
    busy = make(Scripted(a=held), workers=1, prefetch=0)
    other = Scripted(a=Completed())
    make(other, workers=1, prefetch=0)
    deploy(busy, line("a"))
    first = busy.start("p").id
    assert held.began.wait(10)
    ids = [busy.start("p").id for _ in range(5)]
    try:
        for id in ids:
            busy.wait(id, 10)
        done = {busy.instance(id).status for id in ids}
    finally:
        held.go_on.set()
    assert done == {"completed"}
    assert busy.wait(first, 10).status == "completed"


def test_a_waiting_worker_is_woken_by_a_start_elsewhere(make: Make):
    one, two = make(), make()
    deploy(one, line("a"))
    leased: list[str] = []
    waiting = threading.Thread(
        target=lambda: leased.extend(job.id for job in two.lease_jobs(["a"], worker="w", wait_seconds=60))
    )
    waiting.start()
    one.start("p")
    waiting.join(30)
    assert len(leased) == 1


def test_start_and_wait_is_answered_by_what_happens_elsewhere(make: Make):
    one, two = make(), make()
    deploy(one, line("a"))
    id = one.start("p").id
    answers: list[str] = []
    waiting = threading.Thread(target=lambda: answers.append(one.wait(id, 60).status))
    waiting.start()
    (job,) = two.lease_jobs(["a"], worker="w")
    two.complete_job(job.id, worker="w")
    waiting.join(30)
    assert answers == ["completed"]


# -- death ------------------------------------------------------------------------------------------------------------


def test_jobs_of_the_living_are_left_alone_those_of_the_dead_are_free(make: Make):
    held = [Held(), Held()]
    one, two = (make(Scripted(a=each), workers=1, prefetch=0) for each in held)
    deploy(one, line("a"))
    # Given two processes with a job each
    one.start("p")
    assert held[0].began.wait(10)
    two.start("p")
    assert held[1].began.wait(10)
    owners = {job.lease_owner for job in one.jobs(state="leased").items}
    # When a third one starts, Then it frees nothing
    third = make(threads=False)
    assert {job.lease_owner for job in third.jobs(state="leased").items} == owners
    # When one dies, Then its jobs are free as soon as another looks
    die(one)
    until(lambda: not third._house.store.peers.is_alive(one._house.dispatch.owner))
    third._house.recover()
    assert one._house.dispatch.owner not in {job.lease_owner for job in third.jobs(state="leased").items}
    assert {job.lease_owner for job in third.jobs(state="leased").items} == owners - {one._house.dispatch.owner}
    for each in held:
        each.go_on.set()


def loop(turns: int):
    looping = process("p").start().script("init", "n = 0").exclusive("join").script("turn", "n = n + 1")
    return looping.exclusive("more").when(f"n < {turns}").to("join").at("more").otherwise().end()


def test_a_yielded_run_goes_on_in_one_process_only(make: Make):
    one, two = make(threads=False, steps_per_command=20), make(threads=False, steps_per_command=20)
    deploy(one, loop(60))
    id = one.start("p").id
    # Given a run that yielded in the first process, which has claimed it
    before = one.instance(id).revision
    # When the second one looks, Then it leaves the run alone
    two._house.recover()
    two.drain()
    assert two.instance(id).revision == before
    # When the first one dies, Then the second one takes the run over
    die(one)
    until(lambda: not two._house.store.peers.is_alive(one._house.dispatch.owner))
    two._house.recover()
    two.drain()
    assert two.instance(id, variables=True).variables == {"n": 60}
    assert two.verify(id).ok


# -- the server -------------------------------------------------------------------------------------------------------


def cut_off(database: str) -> None:
    """End every session of the database but this one."""
    with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid()"
        )


def test_broken_connections_are_made_anew(make: Make, database: str):
    one = make(Scripted(a=Completed()))
    deploy(one, line("a"), people("q"))
    assert one.start("p", wait_seconds=10).status == "completed"
    cut_off(database)
    for _ in range(10):
        try:
            ended = one.start("p", idempotency_key="k", wait_seconds=10)
            break
        except StoreUnavailable:
            continue
    assert ended.status == "completed"
    assert one._house.store.peers.is_alive(one._house.dispatch.owner)


def test_a_commit_whose_answer_was_lost_is_found_and_not_repeated(make: Make):
    one = make(threads=False)
    deploy(one, people())
    id = one.start("p").id

    def broken(name: str) -> None:
        if name == "after:commit":
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    # When the connection breaks after the server has committed and before the engine knows
    with faults.armed(broken):
        one.set_variables(id, {"x": 1})
    # Then the caller is told that it is done, and it is done once
    assert one.instance(id).revision == 2
    assert [view.value for view in one.variables(id)] == [1]


def test_a_database_that_is_not_there_is_a_sentence():
    with pytest.raises(StoreUnavailable) as refused:
        Engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert "answer" in refused.value.sentence
    with pytest.raises(InvalidRequest):
        Engine("mysql://host/db")


def test_time_is_the_databases(database: str):
    with Engine(database, settings=Settings(workers=0)) as baton:
        clock = baton._house.clock
        assert isinstance(clock, DatabaseClock)
        before = baton._house.store.database.now()
        between = clock.now()
        after = baton._house.store.database.now()
        assert before - 1_000_000 <= between <= after + 1_000_000


def test_a_clock_far_away_is_followed():
    far = 4_000_000_000_000_000
    clock = DatabaseClock(lambda: far)
    assert 0 <= clock.now() - far < 5_000_000
    assert clock.now() <= clock.now()


def test_a_request_that_two_processes_get_with_one_key_is_done_once(make: Make):
    # Given two processes, a task, and a job
    one, two = make(), make()
    deploy(one, process("p").start().user("u").service("s", "by-hand").user("v").end())
    id = one.start("p").id
    (task,) = one.tasks(instance=id).items

    def both(do: Callable[[Engine], object]) -> list[object]:
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(do, [one, two] * 4))

    # When both are asked for the same at the same time, Then all are told the same
    both(lambda engine: engine.claim_task(task.id, "lea", idempotency_key="claim"))
    done = both(lambda engine: engine.complete_task(task.id, {"n": 1}, idempotency_key="complete").id)
    assert set(done) == {id}
    leased = both(lambda engine: [job.id for job in engine.lease_jobs(["by-hand"], worker="w", idempotency_key="l")])
    assert leased == [leased[0]] * 8
    both(lambda engine: engine.complete_job(leased[0][0], {}, worker="w", idempotency_key="done"))
    deployed = both(lambda engine: engine.deploy({"q.bpmn": people("q").xml()}, idempotency_key="deploy").id)
    assert len(set(deployed)) == 1
    # And it was done once
    events = [entry.event for entry in two.history(id).items]
    assert [events.count(name) for name in ("user-task-claimed", "user-task-completed", "job-completed")] == [1, 1, 1]
    assert one.verify(id).ok
