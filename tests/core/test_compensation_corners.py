"""Compensation that does not wait, that begins inside what it undoes, and that meets loops (10.7, 13.5.4, 13.5.5)."""

from __future__ import annotations

import pytest

from engine.core import commands as c
from engine.core.interpreter import Limits

from ..support.drawings import Drawing, process
from ..support.instances import Instance

EACH = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="{}"><bpmn:loopCardinality>{}</bpmn:loopCardinality>'
    "</bpmn:multiInstanceLoopCharacteristics>"
)
TWICE = (
    '<bpmn:standardLoopCharacteristics loopMaximum="2"><bpmn:loopCondition>True</bpmn:loopCondition>'
    "</bpmn:standardLoopCharacteristics>"
)


def handled(diagram: Drawing, *names: str) -> Drawing:
    """A job that undoes each of these activities."""
    for name in names:
        diagram.compensation(on=name, handler=f"un{name}").service(f"un{name}", "undo", for_compensation=True)
    return diagram


def undone(instance: Instance) -> list[str]:
    """What was undone or reopened, in order."""
    return [line for line in instance.trace if line.startswith(("undo ", "reopen ", "restore "))]


def answer(instance: Instance, element: str) -> None:
    """Complete the oldest open job or task of the element."""
    key = next(key for key, one in instance.state.activities.items() if one.element == element and one.waits)
    wait = instance.state.waits[next(iter(instance.state.activities[key].waits))]
    command = c.CompleteJob(at=0, job=wait.key) if hasattr(wait, "retries") else c.CompleteTask(at=0, task=wait.key)
    assert instance.send(command).rejected is None


# -- waitForCompletion="false" ----------------------------------------------------------------------------------------


def beside(*after: str) -> Drawing:
    diagram = process("p").start().service("a", "a").service("b", "b").undo_beside("undo")
    for name in after:
        diagram.service(name, name)
    return handled(diagram.end(), "a", "b")


def test_a_throw_that_does_not_wait_goes_on_while_the_handlers_run_one_at_a_time() -> None:
    instance = Instance(beside("c").xml()).complete("a").complete("b")
    assert sorted(instance.active) == ["c", "unb", "undo"]
    instance.complete("c")
    assert instance.active == ["undo", "unb"]
    assert instance.complete("unb").active == ["undo", "una"]
    assert instance.complete("una").path == ["start", "a", "b", "c", "end", "unb", "una", "undo"]
    assert instance.status == "completed"


def test_the_work_beside_may_outlast_the_undoing() -> None:
    instance = Instance(beside("c").xml()).complete("a").complete("b").complete("unb").complete("una")
    assert instance.active == ["c"]
    assert instance.complete("c").status == "completed"


def test_a_sub_process_completes_only_after_what_is_undone_beside() -> None:
    diagram = process("p").start().subprocess("sub").start("s2").service("a", "a").undo_beside("undo").end("e2")
    instance = Instance(handled(diagram, "a").close().end().xml()).complete("a")
    assert instance.active == ["sub", "undo", "una"]
    assert instance.complete("una").path[-3:] == ["undo", "sub", "end"]


def test_interrupting_the_scope_ends_what_is_undone_beside() -> None:
    diagram = process("p").start().subprocess("sub").start("s2").service("a", "a").undo_beside("undo")
    diagram = handled(diagram.service("b", "b").end("e2"), "a").close().end()
    instance = Instance(diagram.error_boundary("oops", on="sub").end("caught").xml()).complete("a").error("b", "E")
    assert instance.path[-2:] == ["oops", "caught"]
    assert {"terminate una", "terminate undo"} <= set(instance.trace)
    assert instance.status == "completed"


def test_a_failing_handler_beside_is_an_incident_that_holds_the_scope_alone() -> None:
    instance = Instance(beside("c").xml()).complete("a").complete("b").fail("unb", retryable=False).complete("c")
    assert instance.path[-1] == "end"
    assert instance.status == "active"
    instance.resolve("unb").complete("unb").complete("una")
    assert instance.status == "completed"


def test_an_inclusive_join_does_not_wait_for_a_throw_that_went_on() -> None:
    diagram = process("p").start().service("a", "a").inclusive("fork").undo_beside("undo").inclusive("join").end()
    diagram.at("fork").when("True").task("t").to("join").raw(
        '<bpmn:sequenceFlow id="fork_to_undo" sourceRef="fork" targetRef="undo"/>',
        '<bpmn:sequenceFlow id="fork_to_undo" sourceRef="fork" targetRef="undo">'
        "<bpmn:conditionExpression>True</bpmn:conditionExpression></bpmn:sequenceFlow>",
    )
    instance = Instance(handled(diagram, "a").xml()).complete("a")
    assert instance.path[-2:] == ["join", "end"]
    assert instance.complete("una").status == "completed"


# -- compensation event sub-processes ---------------------------------------------------------------------------------


def self_undoing(body: Drawing, *, inside: str = "") -> Drawing:
    """A sub-process with the undoable activities a and b and a compensation event sub-process of its own."""
    diagram = body.subprocess("sub").start("s2").service("a", "a").service("b", "b").end("e2")
    diagram = handled(diagram, "a", "b").event_subprocess("back").start_compensation("asked").service("before", "x")
    if inside:
        diagram.throw_compensation("inner", None if inside == "all" else inside)
    return diagram.service("after", "x").end("be").close().close()


def thrown(diagram: Drawing) -> Instance:
    return Instance(diagram.throw_compensation("undo").end().xml()).complete("a").complete("b")


@pytest.mark.proves("event sub-process start:compensate")
def test_a_compensation_event_sub_process_undoes_its_sub_process_in_place_of_its_activities() -> None:
    instance = thrown(self_undoing(process("p").start()))
    assert instance.active == ["undo", "sub", "back", "before"]
    instance.complete("before").complete("after")
    assert instance.path[-6:] == ["after", "be", "back", "sub", "undo", "end"]
    assert undone(instance) == ["restore sub"]
    assert instance.status == "completed"


@pytest.mark.parametrize("inside, handlers", [("all", ["unb", "una"]), ("a", ["una"])])
def test_a_throw_inside_it_sees_the_activities_of_its_sub_process(inside: str, handlers: list[str]) -> None:
    instance = thrown(self_undoing(process("p").start(), inside=inside)).complete("before")
    for handler in handlers:
        assert instance.active[-1] == handler
        instance.complete(handler)
    assert instance.complete("after").path[-2:] == ["undo", "end"]
    assert undone(instance) == ["restore sub", *(f"undo {one}" for one in handlers)]


def test_it_undoes_in_its_turn_last_completed_first() -> None:
    diagram = process("p").start().service("first", "x")
    diagram = handled(self_undoing(diagram).service("last", "x"), "first", "last").at("last")
    instance = Instance(diagram.throw_compensation("undo").end().xml())
    for name in ("first", "a", "b", "last", "unlast", "before", "after", "unfirst"):
        assert instance.active[-1] == name
        instance.complete(name)
    assert instance.status == "completed"


def test_it_sees_the_variables_as_they_were_and_writes_the_live_ones() -> None:
    diagram = process("p").start().subprocess("sub").start("s2").task("a").end("e2")
    diagram = diagram.event_subprocess("back").start_compensation("asked")
    diagram = diagram.script("look", "seen = [x, y]\nx = 'undone'").script("again", "after = x").end("be")
    diagram = diagram.close().close().script("later", "x = 'later'\ny = 'live'").throw_compensation("undo").end()
    instance = Instance(diagram.xml(), x="then")
    assert instance.variables == {"x": "undone", "y": "live", "seen": ["then", "live"], "after": "undone"}


def test_it_is_not_set_off_by_a_throw_inside_its_own_sub_process() -> None:
    diagram = process("p").start().subprocess("sub").start("s2").service("a", "a").throw_compensation("own").end("e2")
    diagram = handled(diagram, "a").event_subprocess("back").start_compensation("asked").service("x", "x").end("be")
    instance = Instance(diagram.close().close().end().xml()).complete("a")
    assert instance.active == ["sub", "own", "una"]
    assert instance.complete("una").path[-2:] == ["sub", "end"]


def test_a_job_that_fails_in_it_is_an_incident_and_it_goes_on_when_resolved() -> None:
    instance = thrown(self_undoing(process("p").start())).fail("before", retryable=False)
    assert instance.incident("before").kind == "job"
    instance.resolve("before").complete("before").complete("after")
    assert instance.status == "completed"


def test_an_error_in_it_reaches_nobody_outside_not_even_the_boundary_of_its_sub_process() -> None:
    diagram = self_undoing(process("p").start()).throw_compensation("undo").end()
    diagram = diagram.error_boundary("oops", on="sub").end("never")
    instance = Instance(diagram.xml()).complete("a").complete("b").error("before", "E")
    assert instance.incident("before").kind == "error"
    assert "oops" not in instance.path


def test_each_iteration_is_undone_by_its_own_last_completed_first() -> None:
    diagram = process("p").start().subprocess("sub").start("s2").task("a").end("e2")
    diagram = (
        diagram.event_subprocess("back").start_compensation("asked").script("look", "seen = loopCounter").end("be")
    )
    diagram = diagram.close().close().repeated("sub", EACH.format("true", 3)).throw_compensation("undo").end()
    instance = Instance(diagram.xml())
    written = [one.variables["seen"] for one in instance.history if "seen" in getattr(one, "variables", {})]
    assert written == [3, 2, 1]
    assert undone(instance) == ["reopen sub"] + ["restore sub"] * 3


def test_an_interrupted_undoing_ends_all_of_it() -> None:
    diagram = self_undoing(process("p").start().subprocess("whole").start("s1")).parallel("fork")
    diagram = diagram.throw_compensation("undo").end("e1").at("fork").service("work", "x").end("e3").close().end()
    diagram = diagram.error_boundary("oops", on="whole").end("caught")
    instance = Instance(diagram.xml()).complete("a").complete("b").error("work", "E")
    assert {"terminate before", "terminate back", "terminate sub", "terminate undo"} <= set(instance.trace)
    assert instance.status == "completed"


# -- activityRef ------------------------------------------------------------------------------------------------------


def test_activity_ref_may_name_a_sub_process() -> None:
    diagram = process("p").start().service("a", "a").subprocess("sub").start("s2").service("b", "b").end("e2")
    diagram = handled(handled(diagram, "b").close().throw_compensation("undo", "sub").end(), "a")
    instance = Instance(diagram.xml()).complete("a").complete("b")
    assert instance.active == ["undo", "sub", "unb"]
    assert instance.complete("unb").status == "completed"


def test_activity_ref_in_an_event_sub_process_may_name_an_activity_around_it() -> None:
    diagram = process("p").start().service("a", "a").service("b", "b").service("fails", "x").end()
    diagram = handled(diagram, "a", "b").event_subprocess("help").start_error("oops")
    instance = Instance(diagram.throw_compensation("undo", "a").end("he").close().xml())
    instance.complete("a").complete("b").error("fails", "E")
    assert instance.active == ["help", "undo", "una"]
    assert instance.complete("una").status == "completed"


def test_activity_ref_may_name_a_call_activity() -> None:
    child = handled(process("child").start("cs").service("a", "a").end("ce"), "a").xml()
    diagram = process("p").start().service("b", "b").call("call", "child").throw_compensation("undo", "call").end()
    instance = Instance(handled(diagram, "b").xml(), called={"child:1": child}).complete("b").complete("a")
    assert instance.active == ["undo", "call", "una"]
    assert instance.complete("una").status == "completed"


# -- loops and transactions -------------------------------------------------------------------------------------------


def test_a_multi_instance_body_is_undone_iteration_by_iteration_with_its_nested_loop() -> None:
    diagram = process("p").start().subprocess("outer").start("s1").service("a", "x").repeated("a", TWICE).end("e1")
    diagram = handled(diagram, "a").close().repeated("outer", EACH.format("true", 2)).throw_compensation("undo").end()
    instance = Instance(diagram.xml())
    for _ in range(4):
        answer(instance, "a")
    for _ in range(4):
        answer(instance, "una")
    assert undone(instance) == ["reopen outer"] + ["reopen outer", "reopen a", "undo una", "undo una"] * 2
    assert instance.status == "completed"


def test_a_throw_inside_a_multi_instance_body_sees_its_own_iteration() -> None:
    diagram = process("p").start().subprocess("sub").start("s2").service("a", "x").throw_compensation("undo").end("e2")
    diagram = handled(diagram, "a").close().repeated("sub", EACH.format("false", 2)).end()
    instance = Instance(diagram.xml())
    answer(instance, "a")
    assert instance.active.count("una") == 1
    assert instance.active.count("a") == 1


def repeated_transaction(loop: str) -> Drawing:
    diagram = process("p").start().transaction("t").start("ts").service("a", "x").user("u").exclusive("ok")
    diagram = diagram.when("loopCounter == 2").end_cancel("off").at("ok").otherwise().end("te")
    diagram = handled(diagram, "a").close().repeated("t", loop).end()
    return diagram.cancel_boundary("out", on="t").end("cancelled")


@pytest.mark.parametrize("loop", [EACH.format("true", 3), TWICE])
def test_a_repeated_transaction_is_cancelled_as_a_whole(loop: str) -> None:
    instance = Instance(repeated_transaction(loop).xml())
    for name in ("a", "u", "a", "u"):
        answer(instance, name)
    assert undone(instance) == ["undo una"]
    answer(instance, "una")
    assert undone(instance) == ["undo una", "reopen t", "undo una"]
    answer(instance, "una")
    assert instance.path[-2:] == ["out", "cancelled"]
    assert instance.status == "completed"


def test_cancelling_one_of_several_active_iterations_undoes_what_completed_in_all() -> None:
    instance = Instance(repeated_transaction(EACH.format("false", 3)).xml())
    for _ in range(3):
        answer(instance, "a")
    second = [key for key, one in instance.state.activities.items() if one.element == "u"][1]
    instance.send(c.CompleteTask(at=0, task=next(iter(instance.state.activities[second].waits))))
    assert instance.trace.count("terminate u") == 2
    for _ in range(3):
        assert instance.active.count("una") == 1
        answer(instance, "una")
    assert instance.path[-2:] == ["out", "cancelled"]


def test_an_iteration_that_did_not_complete_is_not_undone_by_the_handler_of_the_whole() -> None:
    diagram = repeated_transaction(EACH.format("false", 3))
    diagram.compensation(on="t", handler="unt").service("unt", "x", for_compensation=True)
    instance = Instance(diagram.xml())
    for name in ("a", "a", "a", "u", "u"):
        answer(instance, name)
    assert undone(instance) == ["undo una"]
    for name in ("una", "una", "unt"):
        answer(instance, name)
    assert undone(instance) == ["undo una", "reopen t", "undo una", "undo unt"]
    assert instance.path[-2:] == ["out", "cancelled"]


def test_a_failing_handler_holds_a_repeated_transaction_until_it_is_resolved() -> None:
    instance = Instance(repeated_transaction(EACH.format("true", 3)).xml())
    for name in ("a", "u", "a", "u"):
        answer(instance, name)
    instance.fail("una", retryable=False).resolve("una")
    answer(instance, "una")
    instance.fail("una", retryable=False)
    assert instance.incident("una").kind == "job"
    instance.resolve("una")
    answer(instance, "una")
    assert instance.status == "completed"


def test_a_cancelled_loop_starts_no_more_iterations_when_its_start_yielded() -> None:
    diagram = process("p").start().transaction("t").start("ts").task("a").exclusive("ok").when("loopCounter == 1")
    diagram = diagram.end_cancel("off").at("ok").otherwise().user("u").end("te").close()
    diagram = diagram.repeated("t", EACH.format("false", 30)).end().cancel_boundary("out", on="t").end("cancelled")
    instance = Instance(diagram.xml(), Limits(max_steps=3))
    assert instance.path[-2:] == ["out", "cancelled"]
    assert instance.status == "completed"
