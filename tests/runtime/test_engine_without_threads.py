"""An engine without threads does what is due when it is told to, in due order, and nothing by itself."""

from __future__ import annotations

from functools import partial

import pytest

from engine import (
    CommandRejected,
    Completed,
    DeploymentRefused,
    Failed,
    InvalidRequest,
    ManualClockNeeded,
    NotFound,
    ShuttingDown,
    SystemClock,
)
from engine.core.commands import CompleteTask
from engine.runtime.requests import Request
from tests.support.diagrams import process

from .parts import Scripted, deploy, engine, line

SECOND = 1_000_000


def test_nothing_runs_until_drain():
    connector = Scripted(a=Completed({"x": 1}), b=Completed({"y": 2}))
    with engine(connector) as baton:
        deploy(baton, line("a", "b"))
        started = baton.start("p")
        assert (started.status, connector.calls) == ("running", [])

        assert baton.drain() > 0

        ended = baton.instance(started.id, variables=True)
        assert (ended.status, ended.variables) == ("completed", {"x": 1, "y": 2})
        assert connector.done == ["a", "b"]
        assert baton.drain() == 0


def test_jobs_run_in_due_order_across_instances():
    connector = Scripted(a=Completed(), b=Completed())
    with engine(connector) as baton:
        deploy(baton, line("a", "b"))
        ids = []
        for _ in range(40):
            ids.append(baton.start("p").id)
            baton.advance_clock(1)
        baton.drain()
        firsts = [call.instance_id for call in connector.calls if call.type == "a"]
        assert firsts == ids
        assert connector.done == ["a"] * 40 + ["b"] * 40


def test_a_call_says_where_it_comes_from_and_repeats_its_key():
    connector = Scripted(a=[Failed("down"), Completed()])
    with engine(connector) as baton:
        deploy(baton, process("p").start().service("a", "a", inputs={"n": "n + 1"}).end())
        id = baton.start("p", variables={"n": 1}, business_key="B-7").id
        baton.drain()
        baton.advance_clock(60)
        baton.drain()
    first, second = connector.calls
    assert (first.inputs, first.business_key, first.process_id, first.element_id) == ({"n": 2}, "B-7", "p", "a")
    assert first.idempotency_key == second.idempotency_key == f"{id}/a/{first.idempotency_key.rpartition('/')[2]}"
    assert (first.attempt, second.attempt) == (1, 2)
    assert first.timeout == 60.0


@pytest.mark.parametrize(
    "chance, pauses",
    [
        (0.0, (0.9, 1.8, 3.6)),  # 1 s, 2 s, 4 s less 10 %
        (0.5, (1.0, 2.0, 4.0)),  # the middle of the jitter: no change
        (0.999999, (1.1, 2.2, 4.4)),  # 1 s, 2 s, 4 s and 10 % more
    ],
)
def test_backoff_doubles_and_its_jitter_stays_in_bounds(chance, pauses):
    from engine import SequentialIds

    connector = Scripted(a=Failed("down"))
    with engine(connector, ids=SequentialIds(chance)) as baton:
        deploy(baton, line("a", properties={"job.retries": "4", "job.backoff": "PT1S", "job.jitter": "0.1"}))
        id = baton.start("p").id
        for number, pause in enumerate(pauses, 1):
            baton.drain()
            job = baton.jobs(instance=id).items[0]
            assert len(connector.calls) == number
            assert job.available_at - baton.now() == pytest.approx(pause * SECOND, abs=10)
            baton.advance_clock(pause - 0.01)
            baton.drain()
            assert len(connector.calls) == number, "not before it is due"
            baton.advance_clock(0.02)
        baton.drain()
        incident = baton.incidents(instance=id).items[0]
        assert len(connector.calls) == 4
        assert (incident.kind, baton.instance(id).status) == ("job", "waiting")


def test_a_resolved_incident_gives_the_job_new_attempts():
    connector = Scripted(a=[Failed("down", retryable=False), Completed()])
    with engine(connector) as baton:
        deploy(baton, line("a"))
        id = baton.start("p").id
        baton.drain()
        incident = baton.incidents().items[0]
        assert baton.resolve_incident(incident.id, actor="ops").status == "resolved"
        baton.drain()
        assert baton.instance(id).status == "completed"
        assert len({call.idempotency_key for call in connector.calls}) == 1


def test_waiting_does_what_is_due_instead():
    with engine(Scripted(a=Completed({"x": 1}))) as baton:
        deploy(baton, line("a"))
        ended = baton.start("p", wait_seconds=5)
        assert (ended.status, ended.variables) == ("completed", {"x": 1})


def test_a_long_run_yields_and_drain_goes_on_with_it():
    looping = process("p").start().script("init", "n = 0").exclusive("join").script("turn", "n = n + 1")
    looping.exclusive("more").when("n < 50").to("join").at("more").otherwise().end()
    with engine(steps_per_command=20) as baton:
        deploy(baton, looping)
        id = baton.start("p").id
        assert baton.instance(id).status == "running"
        baton.drain()
        ended = baton.instance(id, variables=True)
        assert (ended.status, ended.variables) == ("completed", {"n": 50})
        assert baton.verify(id).ok


def test_user_tasks_are_claimed_and_completed():
    with engine() as baton:
        deploy(baton, process("p").start().user("approve").end())
        id = baton.start("p", wait_seconds=1).id
        task = baton.tasks(instance=id).items[0]
        assert baton.claim_task(task.id, "ann").assignee == "ann"
        with pytest.raises(CommandRejected) as refused:
            baton.claim_task(task.id, "bob")
        assert refused.value.reason == "task-claimed"
        assert baton.complete_task(task.id, {"ok": True}, actor="ann").status == "completed"
        with pytest.raises(CommandRejected) as again:
            baton.complete_task(task.id)
        assert again.value.reason in ("task-not-open", "instance-ended")
        assert [entry.actor for entry in baton.history(id).items if entry.event == "user-task-completed"] == ["ann"]


def test_cancelling_withdraws_open_work():
    with engine() as baton:
        deploy(baton, line("a"))
        id = baton.start("p").id
        assert baton.cancel(id, reason="not wanted", actor="ann").status == "cancelled"
        assert [job.state for job in baton.jobs(instance=id).items] == ["withdrawn"]
        with pytest.raises(CommandRejected) as refused:
            baton.cancel(id)
        assert refused.value.reason == "instance-ended"


def test_operators_correct_variables():
    with engine() as baton:
        deploy(baton, line("a"))
        id = baton.start("p", variables={"x": 1}).id
        baton.set_variables(id, {"x": 2, "y": [3]}, actor="ann")
        assert {one.name: one.value for one in baton.variables(id)} == {"x": 2, "y": [3]}


# -- refusals ---------------------------------------------------------------------------------------------------------


def test_an_unknown_process_gets_a_near_match():
    with engine() as baton:
        deploy(baton, line("a", id="order-saga"))
        with pytest.raises(NotFound, match="did you mean order-saga") as refused:
            baton.start("order-sage")
        assert "order-sage" in refused.value.sentence


def test_an_unknown_version_says_which_is_the_latest():
    with engine() as baton:
        deploy(baton, line("a"))
        with pytest.raises(NotFound, match="the latest is p:1"):
            baton.start("p", version=2)


def test_what_is_not_executable_cannot_be_started():
    with engine() as baton:
        deploy(baton, process("p", executable=False).start().end())
        assert not baton.definition("p:1").executable
        with pytest.raises(InvalidRequest, match="isExecutable"):
            baton.start("p")


@pytest.mark.parametrize(
    "variables, sentence",
    [
        ({"x": float("nan")}, "finite"),
        ({"x": {1: 2}}, "texts"),
        ({"x": object()}, "JSON"),
        ({"": 1}, "at least one character"),
        ({"x": "\0"}, "NUL"),
        ({"x": "\ud800"}, "surrogate"),
        ({"x": "y" * 2_000}, "at most 1000 bytes"),
        ([1], "object"),
    ],
)
def test_variables_that_cannot_be_stored_are_refused(variables, sentence):
    with engine(variable_bytes=1_000) as baton:
        deploy(baton, line("a"))
        with pytest.raises(InvalidRequest, match=sentence):
            baton.start("p", variables=variables)
        assert baton.instances().items == []


@pytest.mark.parametrize("id", ["", "x", "x.y", "1.99999999999999999999", "nothing.1", "nothing.-1", "a\0b.1"])
def test_unknown_ids_are_not_found(id):
    with engine() as baton:
        for look in (
            baton.instance,
            baton.job,
            baton.task,
            baton.incident,
            baton.definition,
            baton.history,
            baton.variables,
            baton.verify,
            baton.state,
            baton.activities,
            baton.definition_xml,
            baton.cancel,
            baton.complete_job,
            baton.complete_task,
            baton.resolve_incident,
        ):
            with pytest.raises(NotFound):
                look(id)


def test_lists_refuse_wrong_filters_limits_and_cursors():
    with engine() as baton:
        for ask in (
            lambda: baton.instances(status="odd"),
            lambda: baton.jobs(state="odd"),
            lambda: baton.tasks(state="odd"),
            lambda: baton.incidents(status="odd"),
            lambda: baton.instances(limit=0),
            lambda: baton.instances(limit=1_001),
            lambda: baton.instances(cursor="odd"),
        ):
            with pytest.raises(InvalidRequest):
                ask()


def test_the_clock_moves_only_when_it_is_manual():
    with engine(clock=SystemClock()) as baton, pytest.raises(ManualClockNeeded):
        baton.advance_clock(1)
    with engine() as baton:
        before = baton.now()
        assert baton.advance_clock(1.5) == baton.now() == before + 1_500_000
        with pytest.raises(InvalidRequest):
            baton.advance_clock(-1)


def test_a_closed_engine_refuses_and_closes_again_quietly():
    baton = engine()
    baton.close()
    baton.close()
    for ask in (baton.drain, baton.instances, lambda: baton.start("p"), lambda: baton.deploy({})):
        with pytest.raises(ShuttingDown):
            ask()


# -- deployments ------------------------------------------------------------------------------------------------------


def test_an_unchanged_document_makes_no_new_version():
    with engine() as baton:
        first = baton.deploy({"p.bpmn": line("a").xml()}).definitions
        same = baton.deploy({"other-name.bpmn": line("a").xml()}).definitions
        changed = baton.deploy({"p.bpmn": line("a", "b").xml()}).definitions
        assert [one.id for one in first + same + changed] == ["p:1", "p:1", "p:2"]
        assert [one.id for one in baton.definitions(latest=True).items] == ["p:2"]
        assert baton.definition_xml("p:1") == line("a").xml()
        assert baton.start("p").definition_id == "p:2"
        assert baton.start("p", version=1).definition_id == "p:1"


def test_a_deployment_of_several_files_is_all_or_nothing():
    with engine() as baton:
        bad = line("a", id="q").xml().replace(b'targetRef="a"', b'targetRef="nowhere"')
        with pytest.raises(DeploymentRefused) as refused:
            baton.deploy({"p.bpmn": line("a").xml(), "q.bpmn": bad})
        assert any(problem.severity == "error" for problem in refused.value.problems["q.bpmn"])
        assert baton.definitions().items == []


def test_one_process_in_two_files_is_refused():
    with engine() as baton, pytest.raises(DeploymentRefused) as refused:
        baton.deploy({"p.bpmn": line("a").xml(), "q.bpmn": line("b").xml()})
    assert [problem.rule for problem in refused.value.problems["q.bpmn"] if problem.severity == "error"] == [
        "duplicate-process"
    ]


def test_a_job_type_nobody_here_does_is_a_warning():
    with engine(Scripted(a=Completed())) as baton:
        problems = baton.deploy({"p.bpmn": line("a", "elsewhere").xml()}).problems
        found = [(one.severity, one.element_id) for one in problems if one.rule == "connector"]
        assert found == [("warning", "elsewhere")]
        assert baton.lint({"p.bpmn": line("a").xml()}) == {"p.bpmn": []}


def test_a_command_that_comes_while_a_run_waits_to_go_on_loses_none_of_its_work():
    loops = process("p").start().parallel("fork").user("u").script("i2", "m = 0").exclusive("j2")
    loops.script("t2", "m = m + 1").exclusive("x2").when("m < 20").to("j2").at("x2").otherwise().end("e2")
    loops.at("fork").script("i1", "n = 0").exclusive("j1")
    loops.script("t1", "n = n + 1").exclusive("x1").when("n < 20").to("j1").at("x1").otherwise().end("e1")
    with engine(steps_per_command=10) as baton:
        deploy(baton, loops)
        id = baton.start("p").id
        (task,) = baton.tasks(instance=id).items
        # The task's command overtakes the waiting continuation, and yields itself.
        writer = baton._house.writer
        writer._queue.appendleft(Request(id, partial(CompleteTask, task=int(task.id.rpartition(".")[2]))))
        baton.drain()
        ended = baton.instance(id, variables=True)
        assert (ended.status, ended.variables) == ("completed", {"n": 20, "m": 20})
        assert baton.verify(id).ok
