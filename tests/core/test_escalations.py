"""Escalations go outwards through scopes, interrupting or not; one that nobody catches is recorded and ignored."""

from __future__ import annotations

import pytest

from engine.core import events as e

from ..support.drawings import Drawing, process
from ..support.instances import Instance


def in_sub_process(*, interrupting: bool, end: bool = False) -> Drawing:
    """A sub-process that throws E beside a user task and goes on with a task."""
    diagram = process("p").start().subprocess("sub").start("s2").parallel("fork").user("u").end("ue").at("fork")
    diagram = diagram.end_escalation("up", "E") if end else diagram.throw_escalation("up", "E").task("on").end("e2")
    return diagram.close().end().escalation_boundary("asked", on="sub", code="E", interrupting=interrupting).end("help")


@pytest.mark.parametrize("end", [False, True])
@pytest.mark.proves("boundary non-interrupting:escalation")
def test_a_non_interrupting_boundary_event_starts_a_path_beside_its_activity(end: bool) -> None:
    instance = Instance(in_sub_process(interrupting=False, end=end).xml())
    assert "help" in instance.path
    assert instance.active == ["sub", "u"]
    assert instance.complete("u").path[-2:] == ["sub", "end"]
    assert instance.status == "completed"
    assert ("on" in instance.path) is not end


@pytest.mark.parametrize("end", [False, True])
@pytest.mark.proves("boundary:escalation")
def test_an_interrupting_boundary_event_stops_its_activity_and_the_thrower_at_once(end: bool) -> None:
    instance = Instance(in_sub_process(interrupting=True, end=end).xml())
    assert [line for line in instance.trace if not line.startswith(("start", "end"))] == [
        "terminate up", "terminate u", "terminate sub",
    ]  # fmt: skip
    assert instance.path == ["start", "s2", "fork", "asked", "help"]
    assert not instance.state.waits
    assert instance.status == "completed"


def nested(*catchers: tuple[str, str, str | None]) -> bytes:
    diagram = process("p").start().subprocess("outer").start("s1").subprocess("inner").start("s2")
    diagram = diagram.throw_escalation("up", "A").end("e2").close().end("e1")
    for place in ("inner", "outer"):
        for id, on, code in (one for one in catchers if one[1] == place):
            diagram = diagram.escalation_boundary(id, on=on, code=code, interrupting=False).end(f"{id}_end")
        diagram = diagram.close().end() if place == "inner" else diagram
    return diagram.xml()


@pytest.mark.parametrize("catchers, catching", [
    ([("exact", "inner", "A"), ("any", "inner", None)], "exact"),
    ([("any", "inner", None), ("exact", "inner", "A")], "exact"),
    ([("any", "inner", None), ("exact", "outer", "A")], "any"),
    ([("other", "inner", "B"), ("exact", "outer", "A")], "exact"),
    ([("other", "inner", "B"), ("any", "outer", None)], "any"),
])  # fmt: skip
def test_inner_comes_before_outer_and_exact_before_catch_all(catchers, catching) -> None:
    instance = Instance(nested(*catchers))
    assert [one.element for one in instance.history if isinstance(one, e.EscalationCaught)] == [catching]
    assert [id for id in instance.path if id.endswith("_end")] == [f"{catching}_end"]
    assert instance.status == "completed"


def test_an_escalation_that_nobody_catches_is_recorded_and_ignored() -> None:
    instance = Instance(nested(("other", "outer", "B")))
    assert instance.path == ["start", "s1", "s2", "up", "e2", "inner", "e1", "outer", "end"]
    thrown = [one for one in instance.history if isinstance(one, e.EscalationThrown | e.EscalationUncaught)]
    assert [type(one).__name__ for one in thrown] == ["EscalationThrown", "EscalationUncaught"]
    assert {one.code for one in thrown} == {"A"}


def test_an_escalation_without_a_code_is_known_by_its_name() -> None:
    xml = in_sub_process(interrupting=False).raw(' escalationCode="E"', "").xml()
    assert "help" in Instance(xml).path


def test_each_turn_of_a_loop_escalates_through_the_loop() -> None:
    loop = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"  # noqa: E501
    diagram = process("p").start().subprocess("sub").start("s2").throw_escalation("up", "E").end("e2").close().end()
    diagram = diagram.escalation_boundary("asked", on="sub", interrupting=False).end("help")
    instance = Instance(diagram.raw("</bpmn:subProcess>", loop + "</bpmn:subProcess>").xml())
    assert instance.path.count("help") == 2
    assert instance.status == "completed"


def test_what_a_non_interrupting_boundary_event_started_is_undone_before_its_activity() -> None:
    # Given a sub-process a that is still running when what its boundary event started has completed
    diagram = process("p").start().service("before", "b").subprocess("a").start("s2").throw_escalation("up", "E")
    diagram = diagram.user("u").end("e2").close().throw_compensation("undo").end()
    diagram = diagram.escalation_boundary("asked", on="a", interrupting=False).service("b", "b").end("be")
    for name in ("before", "a", "b"):
        diagram = diagram.compensation(on=name, handler=f"un{name}").task(f"un{name}", for_compensation=True)
    # When a completes last and everything is undone
    instance = Instance(diagram.xml()).complete("before").complete("b").complete("u")
    # Then b, which a's boundary event started, is undone before a
    assert [line for line in instance.trace if line.startswith("undo")] == ["undo unb", "undo una", "undo unbefore"]


def test_an_escalation_in_a_compensation_handler_does_not_reach_what_is_being_undone() -> None:
    diagram = process("p").start().subprocess("sub").start("s2").task("a").throw_compensation("undo").end("e2")
    diagram = diagram.compensation(on="a", handler="una").subprocess("una", for_compensation=True)
    diagram = diagram.start("s3").throw_escalation("up", "E").end("e3").close().close().at("sub").end()
    instance = Instance(diagram.escalation_boundary("asked", on="sub").end("help").xml())
    assert instance.path[-1] == "end"
    assert any(isinstance(one, e.EscalationUncaught) for one in instance.history)
