"""Interrupting in the middle of everything: nothing of the scope runs after, and what it left behind fits together."""

# ruff: noqa: E501 - a drawing, or a row of a table, reads best on one line
from __future__ import annotations

import pytest

from engine.core import commands as c
from engine.core import events as e
from engine.core.interpreter import Limits, execute
from engine.core.state import Job

from ..support.event_drawings import EventDrawing, process
from ..support.waiting import Waiting


def line() -> EventDrawing:
    return process("p").start()


def stopping(diagram: EventDrawing) -> EventDrawing:
    """An event sub-process that ends the rest of the open container."""
    return diagram.event_subprocess("stop").start_on("ss", "message:stop").user("after").end("se").close()


INSIDE = {
    "a job": lambda: line().worker("w").end(),
    "a job with an incident": lambda: line().worker("w", job__retries="1").end(),
    "parallel work": lambda: line().parallel("f").user("u").end().at("f").worker("w").end("we"),
    "waits of every kind": lambda: line().parallel("f").catch("a", "message:m").end().at("f").catch("b", "timer:PT1H").end("be")
    .at("f").catch("d", "signal:s").end("de").at("f").catch("g", "condition:x").end("ge"),
    "an event-based gateway": lambda: line().choice("g").catch("a", "message:m").end().at("g").catch("b", "timer:PT1H").end("be"),
    "a sub-process with its own handlers": lambda: line().subprocess("sub").start("s").user("u").end("ue").event_subprocess("in")
    .start_on("is", "signal:s").end("ie").close().close().end().boundary("b", "timer:PT1H", on="sub").end("be"),
    "an incident of an expression": lambda: line().script("bad", "x = missing").end(),
    "a call that is stuck at its output": lambda: line().worker("w", output__x="missing").end(),
    "a join that waits": lambda: line().parallel("f").task("a").parallel("j").end().at("f").user("u").to("j"),
    "compensation": lambda: line().task("a").throw_compensation("undo").end().compensation(on="a", handler="una")
    .user("una", for_compensation=True),
    "a transaction that is cancelled": lambda: line().transaction("t").start("s").task("a").end_cancel("off")
    .compensation(on="a", handler="una").user("una", for_compensation=True).close().end().cancel_boundary("c", on="t").end("ce"),
    "multi-instance": lambda: line().user("u").repeated(
        "u", "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    ).end(),
    "another event sub-process": lambda: line().user("u").end().event_subprocess("other")
    .start_on("os", "signal:other", interrupting=False).user("ou").end("oe").close(),
}  # fmt: skip
"""What a process is doing when it is interrupted."""

FIRST = {
    "a job with an incident": lambda instance: instance.fail("w"),
    "a call that is stuck at its output": lambda instance: instance.complete("w"),
    "another event sub-process": lambda instance: instance.signal("other").signal("other"),
}


@pytest.mark.parametrize("inside", INSIDE)
def test_everything_ends_and_only_the_handler_runs(inside: str) -> None:
    # Given a process in the middle of something
    instance = FIRST.get(inside, lambda instance: instance)(Waiting(stopping(INSIDE[inside]()).xml()))
    jobs = [one.key for one in instance.state.waits.values() if isinstance(one, Job)]
    # When it is interrupted
    instance.message("stop")
    # Then only the handler is active, waits for nothing but its own, and nothing is stuck
    assert instance.active == ["stop", "after"]
    assert [type(one).__name__ for one in instance.state.waits.values()] == ["UserTask"]
    assert (instance.state.incidents, instance.state.compensations, instance.state.loops) == ({}, {}, {})
    assert (instance.state.scopes.keys(), instance.state.scopes[1].tokens) == ({1, instance.activity("stop").key}, {})
    # And late answers are refused and change nothing
    before = len(instance.history)
    for job in jobs:
        refused = instance.send(c.CompleteJob(at=0, job=job)).rejected
        assert refused is not None
        assert refused.reason == "job-not-open"
    assert len(instance.history) == before
    # And the process completes with its handler
    assert instance.complete("after").status == "completed"


def test_what_runs_in_the_same_step_is_stopped_by_what_happens_in_it() -> None:
    # Given a path with a script whose change meets the condition of an event sub-process of the same scope
    diagram = line().parallel("f").script("a", "x = 2").worker("never").end().at("f").worker("other").end("oe")
    diagram = diagram.event_subprocess("h").start_on("hs", "condition:x == 2").user("then").end("he").close()
    instance = Waiting(diagram.xml(), x=0)
    assert [one.element for one in instance.history if isinstance(one, e.JobCreated)] == []
    assert instance.active == ["h", "then"]


def test_only_one_interrupting_event_sub_process_runs_in_a_scope() -> None:
    diagram = line().user("u").end().event_subprocess("a").start_on("as_", "message:a").user("au").end("ae").close()
    diagram = diagram.event_subprocess("b").start_on("bs", "signal:b", interrupting=False).end("be").close()
    instance = Waiting(diagram.xml()).message("a")
    assert (instance.active, instance.waiting) == (["a", "au"], [])


def test_an_event_sub_process_inside_an_event_sub_process() -> None:
    diagram = line().user("u").end().event_subprocess("outer").start_on("os", "message:a").user("ou").end("oe")
    diagram = diagram.event_subprocess("inner").start_on("is", "message:b").user("iu").end("ie").close().close()
    instance = Waiting(diagram.xml()).message("a")
    assert instance.waiting == ["message is"]
    assert instance.message("b").active == ["outer", "inner", "iu"]
    assert instance.complete("iu").path[-3:] == ["ie", "inner", "outer"]
    assert instance.status == "completed"


def test_an_error_of_a_triggered_event_sub_process_goes_outwards() -> None:
    diagram = line().subprocess("sub").start("s").user("u").end("ue").event_subprocess("h").start_on("hs", "message:m")
    diagram = (
        diagram.end_with("he", "error:E")
        .close()
        .event_subprocess("all")
        .start_error("any")
        .end("ae")
        .close()
        .close()
        .end()
    )
    instance = Waiting(diagram.error_boundary("b", on="sub", code="E").end("be").xml()).message("m")
    assert instance.path == ["start", "s", "hs", "b", "be"]


def test_an_error_of_the_inputs_of_an_event_sub_process_goes_outwards() -> None:
    diagram = line().subprocess("sub").start("s").user("u").end("ue")
    diagram = diagram.event_subprocess("h").start_on("hs", "message:m").end("he").close().close().end()
    diagram = diagram.error_boundary("b", on="sub", code="E").end("be")
    properties = (
        "<baton:properties><baton:property name=\"input.x\" value=\"bpmn_error('E', 'no')\"/></baton:properties>"
    )
    diagram._nodes["h"].extensions.append(properties)
    assert Waiting(diagram.xml()).message("m").path == ["start", "s", "b", "be"]


def test_inputs_of_an_event_sub_process_that_fail_keep_what_the_message_brought() -> None:
    diagram = line().user("u").end().event_subprocess("h").start_on("hs", "message:m").user("then").end("he").close()
    properties = '<baton:properties><baton:property name="input.limit" value="base + 1"/></baton:properties>'
    diagram._nodes["h"].extensions.append(properties)
    instance = Waiting(diagram.xml()).message("m", why="late")
    assert (instance.active, instance.incident().element, instance.variables) == (["h"], "h", {"why": "late"})
    assert instance.resolve(variables={"base": 1}).active == ["h", "then"]
    assert instance.complete("then").path[-4:] == ["hs", "then", "he", "h"]


def test_a_sub_process_that_only_has_to_write_its_outputs_starts_no_event_sub_process() -> None:
    diagram = line().subprocess("sub").start("s").user("u").end("ue")
    diagram = (
        diagram.event_subprocess("h").start_on("hs", "message:m", interrupting=False).end("he").close().close().end()
    )
    diagram._nodes["sub"].extensions.append(
        '<baton:properties><baton:property name="output.y" value="missing"/></baton:properties>'
    )
    instance = Waiting(diagram.xml()).complete("u")
    assert (instance.incident().element, instance.waiting) == ("sub", [])
    assert instance.resolve(variables={"missing": 1}).status == "completed"


def test_what_a_handler_did_and_what_its_scope_did_are_undone_in_reverse() -> None:
    diagram = line().subprocess("sub").start("s").task("a").user("u").end("ue")
    diagram = diagram.compensation(on="a", handler="una").task("una", for_compensation=True)
    diagram = diagram.event_subprocess("h").start_on("hs", "message:m").task("c").end("he")
    diagram = diagram.compensation(on="c", handler="unc").task("unc", for_compensation=True).close().close()
    instance = Waiting(diagram.throw_compensation("undo").end().xml()).message("m")
    assert [one for one in instance.trace if one.startswith("undo ")] == ["undo unc", "undo una"]
    assert instance.status == "completed"


def test_a_sub_process_that_is_undone_waits_for_nothing() -> None:
    diagram = line().subprocess("sub").start("s").task("a").end("ue")
    diagram = diagram.compensation(on="a", handler="una").user("una", for_compensation=True)
    diagram = diagram.event_subprocess("h").start_on("hs", "message:m").end("he").close().close()
    diagram = diagram.throw_compensation("undo").end().boundary("b", "timer:PT1H", on="sub").end("be")
    instance = Waiting(diagram.xml())
    assert (instance.active, instance.waiting) == (["undo", "sub", "una"], [])
    assert instance.complete("una").status == "completed"


def test_terminating_a_sub_process_ends_what_it_waits_for() -> None:
    diagram = (
        line().subprocess("sub").start("s").parallel("f").user("u").end("ue").at("f").catch("c", "timer:PT1H").end("ce")
    )
    diagram = diagram.at("f").user("enough").end_terminate("stop")
    diagram = diagram.event_subprocess("h").start_on("hs", "message:m").end("he").close().close().user("then").end()
    instance = Waiting(diagram.boundary("b", "timer:PT1H", on="sub").end("be").xml()).complete("enough")
    assert (instance.active, instance.waiting) == (["then"], [])


def test_a_command_between_the_parts_of_a_long_run_may_interrupt_it() -> None:
    # Given a run that yielded with work to do in the scope of an event sub-process
    diagram = line().parallel("f")
    for number in range(5):
        diagram = diagram.at("f").task(f"t{number}").user(f"u{number}").end(f"e{number}")
    instance = Waiting(stopping(diagram).xml())
    state = e.blank_state()
    history = []
    start = c.Start(at=0, instance="i-1", definition="p:1")
    outcome = execute(instance.definitions, state, start, Limits(max_steps=6))
    history += outcome.events
    assert outcome.yielded
    # When the message comes before it goes on
    [one] = [wait for wait in state.waits.values() if getattr(wait, "kind", "") == "message"]
    outcome = execute(instance.definitions, state, c.DeliverMessage(at=0, subscription=one.key))
    history += outcome.events
    # Then nothing of the scope runs after, and the history folds to the state
    assert [one.element for one in state.activities.values()][1:] == ["stop", "after"]
    assert e.fold(e.blank_state(), history) == state
    assert state.agenda == []


# -- across call activities -------------------------------------------------------------------------------------------


def called(*, handler: bool) -> bytes:
    """A called process that waits, with an event sub-process of its own if `handler`."""
    diagram = process("child").start("cs").parallel("cf").user("u").end("ce").at("cf").catch("c", "signal:s").end("ke")
    if handler:
        diagram = diagram.event_subprocess("h").start_on("hs", "message:inner").end("he").close()
    return diagram.xml()


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_boundary_event_of_a_call_ends_the_called_process_or_runs_beside_it(interrupting: bool) -> None:
    diagram = line().call("call", "child").end().boundary("b", "message:outer", on="call", interrupting=interrupting)
    instance = Waiting(diagram.user("then").end("be").xml(), called={"child:1": called(handler=True)}).message("outer")
    if interrupting:
        assert (instance.active, instance.waiting) == (["then"], [])
        assert [one for one in instance.trace if one.startswith("terminate")][-1] == "terminate call"
    else:
        assert instance.active == ["call", "u", "c", "then"]
        assert instance.waiting == ["message hs", "signal c", "message b"]


def test_an_event_sub_process_of_a_called_process_ends_that_alone() -> None:
    diagram = line().parallel("f").call("call", "child").user("after").end().at("f").user("beside").end("be")
    instance = Waiting(diagram.xml(), called={"child:1": called(handler=True)}).message("inner")
    assert instance.active == ["beside", "after"]


def test_a_signal_crosses_the_border_of_a_call_in_both_directions() -> None:
    diagram = line().parallel("f").call("call", "child").end().at("f").catch("outer", "signal:s").end("oe")
    instance = Waiting(diagram.xml(), called={"child:1": called(handler=False)}).signal("s")
    assert [one for one in instance.told if one.startswith("received")] == ["received outer", "received c"]
    assert instance.complete("u").status == "completed"
