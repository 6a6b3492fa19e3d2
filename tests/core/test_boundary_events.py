"""A boundary event waits while its activity is active; then it interrupts it, or starts a path beside it."""

# ruff: noqa: E501 - a drawing, or a row of a table, reads best on one line
from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.core import commands as c
from engine.core import events as e

from ..support.event_drawings import EventDrawing, process
from ..support.waiting import Waiting

TRIGGERS: dict[str, tuple[str, Callable[[Waiting], Waiting]]] = {
    "message": ("message:told", lambda instance: instance.message("told", news=1)),
    "timer": ("timer:PT1H", lambda instance: instance.fire("b")),
    "date": ("date:1970-01-02T00:00:00Z", lambda instance: instance.fire("b")),
    "signal": ("signal:alarm", lambda instance: instance.signal("alarm")),
    "conditional": ("condition:x > 1", lambda instance: instance.set(x=2)),
}
"""What triggers the event b: its definition, and what has to happen."""

MULTI = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
SEQUENTIAL = MULTI.replace("Characteristics><bpmn:loop", 'Characteristics isSequential="true"><bpmn:loop')
LOOP = '<bpmn:standardLoopCharacteristics loopMaximum="3"/>'


def line() -> EventDrawing:
    return process("p").start()


HOSTS: dict[str, tuple[Callable[[], EventDrawing], list[str]]] = {
    "user task": (lambda: line().user("host"), ["host"]),
    "service task": (lambda: line().worker("host"), ["host"]),
    "send task with a job": (lambda: line().send_task("host", job__type="send"), ["host"]),
    "receive task": (lambda: line().receive("host", "other"), ["host"]),
    "task in a standard loop": (lambda: line().user("host").repeated("host", LOOP), ["host", "host"]),
    "parallel multi-instance": (lambda: line().user("host").repeated("host", MULTI), ["host"] * 3),
    "sequential multi-instance": (lambda: line().user("host").repeated("host", SEQUENTIAL), ["host"] * 2),
    "sub-process": (lambda: line().subprocess("host").start("s").user("u").end("ue").close(), ["host", "u"]),
    "sub-process of parallel work": (
        lambda: line().subprocess("host").start("s").parallel("f").user("u").end("ue").at("f").worker("v").end("ve").close(),
        ["host", "u", "v"],
    ),
    "nested sub-process": (
        lambda: line().subprocess("host").start("s").subprocess("in").start("t").user("u").end("ue").close().close(),
        ["host", "in", "u"],
    ),
    "multi-instance sub-process": (
        lambda: line().subprocess("host").start("s").user("u").end("ue").close().repeated("host", MULTI),
        ["host", "host", "host", "u", "u"],
    ),
    "transaction": (lambda: line().transaction("host").start("s").user("u").end("ue").close(), ["host", "u"]),
    "ad-hoc sub-process": (lambda: line().ad_hoc("host").user("u").close(), ["host"]),
}  # fmt: skip
"""Every kind of activity that waits: how it is drawn, and what is active then."""


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("host", HOSTS)
def test_an_interrupting_event_ends_its_activity_and_all_in_it(host: str, trigger: str) -> None:
    # Given an activity that waits, with the event on it
    draw, active = HOSTS[host]
    definition, happen = TRIGGERS[trigger]
    instance = Waiting(draw().end().boundary("b", definition, on="host").task("then").end("be").xml(), x=0)
    assert (sorted(instance.active), [one.partition(" ")[2] for one in instance.waiting][:1]) == (sorted(active), ["b"])
    # When it is triggered, then everything inside ends, innermost first, and the path of the event is taken
    happen(instance)
    told = [one for one in instance.told if one.startswith(("start", "terminate", "end"))]
    ended = [one for one in told if one.startswith("terminate")]
    assert ended[-1] == "terminate host"
    assert len(ended) == len(active)
    assert told[len(ended) :] == ["start b", "end b", "start then", "end then", "start be", "end be"]
    assert instance.status == "completed"
    assert instance.state.waits == {}


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("host", HOSTS)
def test_a_non_interrupting_event_starts_its_path_beside_its_activity(host: str, trigger: str) -> None:
    draw, active = HOSTS[host]
    definition, happen = TRIGGERS[trigger]
    diagram = draw().end().boundary("b", definition, on="host", interrupting=False).user("then").end("be")
    instance = happen(Waiting(diagram.xml(), x=0))
    # Then nothing of the activity ends, and the event waits again unless its time is over
    assert sorted(instance.active) == sorted([*active, "then"])
    assert [one for one in instance.waiting if one.endswith(" b")] == ([] if instance.now else instance.waiting[-1:])
    # And what still waits is withdrawn with the activity
    instance.complete("then")
    assert "be" in instance.path
    assert instance.status == "active"


def test_the_waits_open_when_the_activity_has_its_inputs_and_close_when_it_ends() -> None:
    diagram = (
        line().worker("host", input__limit="x + 1").end().boundary("b", "condition:limit > 5", on="host").end("be")
    )
    instance = Waiting(diagram.xml(), x=1)
    assert instance.tell()[3:] == ["start host", "ScopeOpened", "wait b", "ask host"]
    assert instance.complete("host").told == [
        "done host",
        "withdraw b",
        "end host",
        "start end",
        "end end",
        "ProcessCompleted",
    ]


def test_a_late_answer_of_an_interrupted_job_is_refused_and_changes_nothing() -> None:
    instance = Waiting(
        line().worker("host").end().boundary("b", "message:stop", on="host").user("then").end("be").xml()
    )
    [job] = [one.key for one in instance.state.waits.values() if type(one).__name__ == "Job"]
    instance.message("stop")
    before = list(instance.history)
    for late in (
        c.CompleteJob(at=0, job=job, variables={"x": 1}),
        c.FailJob(at=0, job=job, message="late"),
        c.ThrowJobError(at=0, job=job, code="E"),
    ):
        refused = instance.send(late).rejected
        assert refused is not None
        assert refused.reason == "job-not-open"
    assert instance.history == before


def test_incidents_of_the_interrupted_activity_are_withdrawn() -> None:
    instance = Waiting(
        line().worker("host", job__retries="1").end().boundary("b", "message:stop", on="host").end("be").xml()
    )
    instance.fail("host")
    assert instance.incident().element == "host"
    told = instance.message("stop").told
    assert told[:4] == ["received b", "withdraw host", "withdraw incident host", "terminate host"]
    assert instance.state.incidents == {}


def test_a_scope_that_is_stuck_inside_is_ended_with_its_incident() -> None:
    diagram = line().subprocess("host").start("s").exclusive("x").when("True").parallel("j").end("ue")
    diagram = diagram.at("x").otherwise().to("j").close().end().boundary("b", "signal:stop", on="host").end("be")
    instance = Waiting(diagram.xml())
    assert instance.incident().kind == "stuck"
    assert instance.signal("stop").told[:3] == ["received b", "withdraw incident host", "terminate host"]


def test_a_compensation_inside_is_interrupted_with_its_handler() -> None:
    diagram = line().subprocess("host").start("s").task("a").task("c").throw_compensation("undo").end("ue")
    for name in ("a", "c"):
        diagram = diagram.compensation(on=name, handler=f"un{name}").user(f"un{name}", for_compensation=True)
    diagram = diagram.close().end().boundary("b", "timer:PT1H", on="host").user("then").end("be")
    instance = Waiting(diagram.xml())
    assert instance.active == ["host", "undo", "unc"]
    told = instance.fire("b").told
    assert [line for line in told if line.startswith("terminate")] == [
        "terminate unc",
        "terminate undo",
        "terminate host",
    ]
    assert instance.active == ["then"]
    assert instance.state.compensations == {}


def test_two_events_on_one_activity_are_withdrawn_together() -> None:
    diagram = line().user("host").end().boundary("first", "timer:PT1H", on="host").end("fe")
    diagram = diagram.boundary("second", "message:stop", on="host").end("se")
    instance = Waiting(diagram.xml())
    assert instance.waiting == ["timer first", "message second"]
    told = instance.message("stop").told
    assert told[:4] == ["received second", "withdraw first", "withdraw host", "terminate host"]


def test_a_non_interrupting_message_may_come_again_and_again() -> None:
    diagram = line().user("host").end().boundary("b", "message:told", on="host", interrupting=False)
    instance = Waiting(diagram.user("then").end("be").xml())
    for _ in range(3):
        assert instance.message("told").told == ["received b", "wait b", "start b", "end b", "start then", "ask then"]
    assert instance.active == ["host", "then", "then", "then"]
    instance.complete("host")
    assert instance.waiting == []


def test_what_came_with_a_message_is_written_like_a_result_or_mapped() -> None:
    plain = line().user("host").end().boundary("b", "message:told", on="host").end("be")
    assert Waiting(plain.xml(), x=1).message("told", x=2, y=3).told.count("x = 2, y = 3") == 1
    mapped = (
        line().user("host").end().boundary("b", "message:told", on="host", output__got="x + 1").user("then").end("be")
    )
    assert Waiting(mapped.xml(), x=1).message("told", x=5).variables == {"x": 1, "got": 6}


def test_an_output_mapping_that_fails_is_an_incident_of_the_event_which_goes_on_when_it_is_mended() -> None:
    diagram = (
        line().user("host").end().boundary("b", "message:told", on="host", output__got="x + 1").user("then").end("be")
    )
    instance = Waiting(diagram.xml()).message("told", x="text")
    assert (instance.active, instance.incident().element) == (["b"], "b")
    assert instance.resolve(variables={"x": 5}).told[-4:] == ["got = 6", "end b", "start then", "ask then"]


def test_nothing_is_armed_when_one_of_the_expressions_fails_and_nothing_twice_when_it_is_mended() -> None:
    diagram = line().worker("host").end().boundary("soon", "timer:PT1H", on="host", interrupting=False).end("fe")
    diagram = diagram.boundary("due", "timer:when", on="host").end("se")
    instance = Waiting(diagram.xml())
    assert instance.tell()[3:] == ["start host", "incident host"]
    assert instance.resolve(variables={"when": "nonsense"}).told[-1] == "incident host"
    assert instance.resolve(variables={"when": "PT2H"}).told == [
        "resolve incident host", "when = 'PT2H'", "wait soon", "wait due", "ask host",
    ]  # fmt: skip


def test_a_job_that_is_retried_with_other_variables_does_not_arm_what_has_fired() -> None:
    diagram = line().worker("host", job__retries="1").end()
    instance = Waiting(diagram.boundary("b", "timer:PT1H", on="host", interrupting=False).user("then").end("be").xml())
    instance.fire("b").fail("host")
    assert instance.resolve(variables={"x": 1}).told == ["resolve incident host", "x = 1", "withdraw host", "ask host"]
    assert instance.error("host", "E").resolve().told == ["resolve incident host", "ask host"]
    assert instance.waiting == []


def test_a_task_that_fails_after_it_was_armed_is_armed_once() -> None:
    diagram = line().node(
        "userTask",
        "host",
        extensions='<baton:properties><baton:property name="task.assignee" value="who"/></baton:properties>',
    )
    instance = Waiting(diagram.end().boundary("b", "timer:PT1H", on="host", interrupting=False).end("be").xml())
    assert instance.tell()[3:] == ["start host", "wait b", "incident host"]
    instance.fire("b")
    assert instance.resolve(variables={"who": "ada"}).told == ["resolve incident host", "who = 'ada'", "ask host"]


def test_the_handler_of_what_a_non_interrupting_event_started_runs_before_that_of_its_activity() -> None:
    diagram = line().user("host").throw_compensation("undo").end()
    diagram = diagram.boundary("b", "message:more", on="host", interrupting=False).task("extra").end("be")
    for name in ("host", "extra"):
        diagram = diagram.compensation(on=name, handler=f"un{name}").task(f"un{name}", for_compensation=True)
    instance = Waiting(diagram.xml()).message("more").complete("host")
    assert [line for line in instance.trace if line.startswith("undo")] == ["undo unextra", "undo unhost"]


def test_a_boundary_event_on_a_compensation_handler_lets_the_compensation_go_on() -> None:
    diagram = line().task("a").task("b").throw_compensation("undo").end()
    diagram = diagram.compensation(on="a", handler="una").user("una", for_compensation=True)
    diagram = diagram.compensation(on="b", handler="unb").user("unb", for_compensation=True)
    diagram = diagram.boundary("late", "timer:PT1H", on="unb").task("given_up").end("ge")
    instance = Waiting(diagram.xml())
    assert instance.fire("late").active == ["undo", "una"]
    assert "given_up" in instance.path
    assert instance.complete("una").status == "completed"


@pytest.mark.parametrize("kind", ["timer:PT1H", "message:stop", "signal:stop"])
def test_a_cancelled_transaction_no_longer_waits_while_it_is_undone(kind: str) -> None:
    diagram = line().transaction("t").start("s").task("a").user("u").end_cancel("off")
    diagram = diagram.compensation(on="a", handler="una").user("una", for_compensation=True)
    diagram = diagram.event_subprocess("help").start_on("asked", "message:help").end("he").close().close().end()
    diagram = diagram.cancel_boundary("cancelled", on="t").end("ce").boundary("b", kind, on="t").end("be")
    instance = Waiting(diagram.xml())
    assert len(instance.waiting) == 2
    assert instance.complete("u").waiting == []
    assert instance.complete("una").path[-2:] == ["cancelled", "ce"]


def test_the_join_after_a_boundary_event_waits_for_it() -> None:
    # Given an inclusive join of the normal path and that of a non-interrupting event
    diagram = line().user("host").inclusive("join").end().boundary("b", "message:more", on="host", interrupting=False)
    diagram = diagram.user("extra").to("join")
    instance = Waiting(diagram.xml()).message("more").complete("host")
    # Then the join waits as long as the path of the event may still arrive
    assert instance.active == ["extra"]
    assert instance.complete("extra").path.count("join") == 1


def test_terminating_ends_every_wait() -> None:
    diagram = line().parallel("f").user("host").end().at("f").user("stop").end_terminate("all")
    diagram = diagram.boundary("b", "timer:PT1H", on="host").end("be")
    assert Waiting(diagram.xml()).complete("stop").told[-5:] == [
        "withdraw b", "withdraw host", "terminate host", "end all", "ProcessCompleted",
    ]  # fmt: skip


def test_cancelling_the_instance_ends_every_wait() -> None:
    instance = Waiting(line().user("host").end().boundary("b", "timer:PT1H", on="host").end("be").xml())
    instance.send(c.Cancel(at=0))
    assert instance.state.waits == {}
    assert isinstance(instance.history[-1], e.ProcessCancelled)
