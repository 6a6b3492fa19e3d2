"""Waiting commands are committed together; a bad one fails alone; losers of a conflict run again on fresh state."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import Busy, Completed, IdempotencyConflict
from engine.runtime.requests import Work
from engine.store import Conflict
from tests.support.diagrams import process

from .parts import Scripted, counting, deploy, engine, line


class Gate:
    """Holds the writer until so many callers wait behind it."""

    def __init__(self, baton, monkeypatch):
        self.writer = baton._house.writer
        self.open = threading.Event()
        self.queued = threading.Semaphore(0)
        post = self.writer.post

        def posted(item):
            post(item)
            self.queued.release()

        began = threading.Event()

        def hold():
            began.set()
            assert self.open.wait(10)

        post(Work(hold))
        assert began.wait(10)
        monkeypatch.setattr(self.writer, "post", posted)

    def all_at_once(self, calls):
        """Make the calls on threads, let them through when all wait, and return what each gave or raised."""
        with ThreadPoolExecutor(len(calls)) as pool:
            futures = [pool.submit(call) for call in calls]
            for _ in calls:
                assert self.queued.acquire(timeout=10)
            self.open.set()
            return [future.exception(10) or future.result() for future in futures]


@pytest.fixture
def baton():
    # A group ends when nothing waits, however slow the machine is.
    with engine(workers=0, group_age=60.0, conflict_repeats=10) as baton:
        baton.start_workers()
        yield baton


def test_several_starts_are_one_transaction(baton, monkeypatch):
    deploy(baton, line("a"))
    gate, groups = Gate(baton, monkeypatch), counting(baton, monkeypatch)
    views = gate.all_at_once([lambda: baton.start("p")] * 20)
    assert groups == [20]
    assert len({view.id for view in views}) == 20
    assert {view.revision for view in views} == {1}


def test_a_group_is_bounded_in_size(monkeypatch):
    with engine(workers=0, group_size=8, group_age=60.0) as baton:
        baton.start_workers()
        deploy(baton, line("a"))
        gate, groups = Gate(baton, monkeypatch), counting(baton, monkeypatch)
        gate.all_at_once([lambda: baton.start("p")] * 20)
        assert groups == [8, 8, 4]


def test_commands_of_one_instance_in_one_group_build_on_each_other(baton, monkeypatch):
    deploy(baton, process("p").start().parallel("split").user("a").end().at("split").user("b").end("e2"))
    id = baton.start("p").id
    first, second = (task.id for task in baton.tasks(instance=id).items)
    gate, groups = Gate(baton, monkeypatch), counting(baton, monkeypatch)
    gate.all_at_once([lambda: baton.complete_task(first, {"x": 1}), lambda: baton.complete_task(second, {"y": 2})])
    ended = baton.instance(id, variables=True)
    assert groups == [2]
    assert (ended.status, ended.variables, ended.revision) == ("completed", {"x": 1, "y": 2}, 3)
    assert baton.verify(id).ok


def test_only_one_of_two_answers_in_one_group_counts(baton, monkeypatch):
    deploy(baton, line("a", properties={"job.retries": "5", "job.backoff": "PT0S"}))
    id = baton.start("p").id
    job = baton.lease_jobs(["a"], worker="w")[0].id
    gate = Gate(baton, monkeypatch)
    answers = gate.all_at_once([lambda: baton.fail_job(job, "down", worker="w")] * 3)
    assert sorted(str(getattr(answer, "reason", "accepted")) for answer in answers) == [
        "accepted",
        "job-not-open",
        "job-not-open",
    ]
    assert baton.job(job).retries == 4
    assert [entry.event for entry in baton.history(id).items].count("job-failed") == 1


def test_a_poison_command_fails_alone(baton, monkeypatch):
    deploy(baton, line("a"), line("b", id="poison"))
    broken = baton._house.executables["poison:1"]
    monkeypatch.setattr(broken.elements["b"], "enter", lambda run, activity: 1 // 0)
    gate, groups = Gate(baton, monkeypatch), counting(baton, monkeypatch)
    outcomes = gate.all_at_once([lambda: baton.start("p")] * 3 + [lambda: baton.start("poison")])
    assert [type(outcome).__name__ for outcome in outcomes] == ["InstanceView"] * 3 + ["ZeroDivisionError"]
    assert groups == [3]
    assert len(baton.instances().items) == 3


def test_a_poison_command_does_not_take_its_instances_other_commands_along(baton, monkeypatch):
    deploy(
        baton,
        process("p")
        .start()
        .parallel("split")
        .user("a")
        .script("bad", "x = 1")
        .end()
        .at("split")
        .user("b")
        .end("e2")
        .at("split")
        .user("c")
        .end("e3"),
    )
    id = baton.start("p").id
    tasks = {task.element_id: task.id for task in baton.tasks(instance=id).items}
    bad = baton._house.executables["p:1"].elements["bad"]
    monkeypatch.setattr(bad, "enter", lambda run, activity: 1 // 0)
    gate = Gate(baton, monkeypatch)
    outcomes = gate.all_at_once([lambda name=name: baton.complete_task(tasks[name]) for name in ("b", "a", "c")])
    assert [type(outcome).__name__ for outcome in outcomes] == ["InstanceView", "ZeroDivisionError", "InstanceView"]
    assert [task.element_id for task in baton.tasks(instance=id, state="created").items] == ["a"]
    assert baton.verify(id).ok


def test_after_a_failed_commit_the_group_runs_one_by_one(baton, monkeypatch):
    deploy(baton, line("a"))
    store = baton._house.store
    commit, sizes = store.commit, []

    def breaks_for_groups(steps, describe):
        sizes.append(len(steps))
        if len(steps) > 1:
            raise OSError("the disk is odd")
        return commit(steps, describe)

    gate = Gate(baton, monkeypatch)
    monkeypatch.setattr(store, "commit", breaks_for_groups)
    views = gate.all_at_once([lambda: baton.start("p")] * 3)
    assert sizes == [3, 1, 1, 1]
    assert {view.status for view in views} == {"running"}


def test_an_error_of_the_disk_reaches_the_caller_and_leaves_no_trace(baton, monkeypatch):
    deploy(baton, process("p").start().user("a").end())
    id = baton.start("p").id
    task = baton.tasks(instance=id).items[0].id
    store = baton._house.store
    with monkeypatch.context() as broken:
        broken.setattr(store, "commit", lambda steps, describe: (_ for _ in ()).throw(OSError("the disk is full")))
        with pytest.raises(OSError, match="the disk is full"):
            baton.complete_task(task)
    assert baton.instance(id).status == "waiting"
    assert baton.complete_task(task).status == "completed"
    assert baton.verify(id).ok


def test_losers_of_a_conflict_run_again_and_the_others_are_kept(baton, monkeypatch):
    deploy(baton, process("p").start().user("a").end())
    ids = [baton.start("p").id for _ in range(3)]
    tasks = {id: baton.tasks(instance=id).items[0].id for id in ids}
    store = baton._house.store
    commit, groups = store.commit, []

    def one_conflict(steps, describe):
        groups.append(sorted(step.root for step in steps))
        if len(groups) == 1:
            raise Conflict([ids[1]])
        return commit(steps, describe)

    gate = Gate(baton, monkeypatch)
    monkeypatch.setattr(store, "commit", one_conflict)
    views = gate.all_at_once([lambda id=id: baton.complete_task(tasks[id]) for id in ids])
    assert [view.status for view in views] == ["completed"] * 3
    assert groups == [sorted(ids), sorted([ids[0], ids[2]]), [ids[1]]]


def test_endless_conflicts_are_told(monkeypatch):
    with engine(conflict_repeats=3) as baton:
        deploy(baton, line("a"))
        id = baton.start("p").id
        tries = []

        def conflict(steps, describe):
            tries.append(1)
            raise Conflict([id])

        monkeypatch.setattr(baton._house.store, "commit", conflict)
        with pytest.raises(Busy):
            baton.cancel(id)
        assert len(tries) == 1 + 3  # the first try and three repeats


def test_a_full_queue_is_told(baton, monkeypatch):
    deploy(baton, line("a"))
    monkeypatch.setattr(baton._house.writer, "_settings", type(baton.settings)(queue_size=1))
    gate = Gate(baton, monkeypatch)
    baton._house.writer.post(Work(lambda: None))
    with pytest.raises(Busy):
        baton.start("p")
    gate.open.set()


# -- idempotency ------------------------------------------------------------------------------------------------------


def test_twenty_concurrent_starts_with_one_key_are_one_instance(baton, monkeypatch):
    deploy(baton, line("a"))
    gate, groups = Gate(baton, monkeypatch), counting(baton, monkeypatch)
    start = lambda: baton.start("p", variables={"x": 1, "y": 2}, idempotency_key="k")  # noqa: E731
    views = gate.all_at_once([start] * 20)
    assert len({view.id for view in views}) == 1
    assert groups == [1]
    assert len(baton.instances().items) == 1


def test_a_repeat_later_finds_the_instance_whatever_the_order_of_its_variables(baton):
    deploy(baton, line("a"))
    first = baton.start("p", variables={"x": 1, "y": 2}, idempotency_key="k")
    deploy(baton, line("a", "b"))
    again = baton.start("p", variables={"y": 2, "x": 1}, idempotency_key="k")
    assert again.id == first.id


@pytest.mark.parametrize("other", [{"variables": {"x": 2}}, {"business_key": "b"}, {"version": 1}])
def test_the_same_key_with_another_body_is_a_conflict(baton, other):
    deploy(baton, line("a"))
    first = baton.start("p", variables={"x": 1}, idempotency_key="k")
    with pytest.raises(IdempotencyConflict) as conflict:
        baton.start("p", **{"variables": {"x": 1}} | other, idempotency_key="k")
    assert conflict.value.instance == first.id
    assert len(baton.instances().items) == 1


def test_a_key_is_forgotten_after_its_time():
    with engine(idempotency_days=1) as baton:
        deploy(baton, line("a"))
        first = baton.start("p", idempotency_key="k")
        baton.advance_clock(86_401)
        baton.drain()
        assert baton.start("p", idempotency_key="k").id != first.id


def test_a_start_that_failed_leaves_its_key_free(baton, monkeypatch):
    deploy(baton, line("a"))
    broken = baton._house.executables["p:1"].elements["a"]
    with monkeypatch.context() as poison:
        poison.setattr(broken, "enter", lambda run, activity: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            baton.start("p", idempotency_key="k")
    assert baton.start("p", idempotency_key="k").status == "running"


def test_a_step_and_its_new_jobs_lease_are_one_commit(monkeypatch):
    connector = Scripted(a=Completed(), b=Completed())
    with engine(connector) as baton:
        baton.start_workers()
        deploy(baton, line("a", "b"))
        assert baton.wait_until_idle()
        groups = counting(baton, monkeypatch)
        id = baton.start("p").id
        assert baton.wait_until_idle()
        assert baton.instance(id).status == "completed"
        assert groups == [1, 1, 1]  # the start with a's lease, a's answer with b's lease, b's answer
