"""Compensation is strictly last-completed-first, one handler at a time, each seeing the past (BPMN 2.0.2, 13.5.5)."""

from __future__ import annotations

import pytest

from ..support.diagrams import Diagram, process
from ..support.instances import Instance


def undoable(diagram: Diagram, *names: str) -> Diagram:
    for name in names:
        diagram.service(name, name)
    return diagram


def handlers(diagram: Diagram, *names: str) -> Diagram:
    for name in names:
        diagram.compensation(on=name, handler=f"un{name}").service(f"un{name}", f"un{name}", for_compensation=True)
    return diagram


@pytest.mark.proves("boundary:compensate", "isForCompensation", "throw:compensate")
def test_handlers_run_one_at_a_time_in_reverse_order_of_completion() -> None:
    xml = handlers(undoable(process("p").start(), "a", "b", "c").throw_compensation("undo").end(), "a", "b", "c").xml()
    instance = Instance(xml).complete("a").complete("b").complete("c")
    for expected in ("unc", "unb", "una"):
        assert instance.active == ["undo", expected]
        instance.complete(expected)
    assert instance.path == ["start", "a", "b", "c", "unc", "unb", "una", "undo", "end"]


def test_parallel_branches_are_undone_in_the_order_of_their_completion() -> None:
    diagram = (
        process("p").start().parallel("fork").service("a", "a").parallel("join").throw_compensation("undo").end()
        .at("fork").service("b", "b").to("join")
    )  # fmt: skip
    xml = handlers(diagram, "a", "b").xml()
    instance = Instance(xml).complete("b").complete("a")
    assert instance.active == ["undo", "una"]
    assert instance.complete("una").active == ["undo", "unb"]


def test_only_what_completed_is_undone() -> None:
    diagram = undoable(process("p").start(), "a", "b").end().error_boundary("oops", on="b", code="E")
    diagram.throw_compensation("undo").end("undone")
    xml = handlers(diagram, "a", "b").xml()
    instance = Instance(xml).complete("a").error("b", "E").complete("una")
    assert instance.path == ["start", "a", "oops", "una", "undo", "undone"]


def test_a_loop_is_undone_once_per_turn_with_the_variables_of_that_turn() -> None:
    diagram = (
        process("p").start().script("turn", "n = n + 1").service("a", "a").exclusive("more").when("n < 3").to("turn")
        .at("more").otherwise().throw_compensation("undo").end()
        .compensation(on="a", handler="una")
        .service("una", "una", for_compensation=True, inputs={"what": "n"})
    )  # fmt: skip
    instance = Instance(diagram.xml(), n=0).complete("a").complete("a").complete("a")
    seen = []
    while instance.status == "active":
        job = instance.activity("una").key
        seen.append(instance.state.scopes[job].variables["what"])
        instance.complete("una")
    assert seen == [3, 2, 1]


def test_a_handler_writes_to_the_live_variables_and_then_sees_what_it_wrote() -> None:
    diagram = (
        process("p").start().task("a").script("later", "x = 'later'\ny = 'live'").throw_compensation("undo").end()
        .compensation(on="a", handler="una")
        .script("una", "seen = [x, y]\nx = 'undone'\nafter = x", for_compensation=True)
    )  # fmt: skip
    instance = Instance(diagram.xml(), x="then")
    assert instance.variables == {"x": "undone", "y": "live", "seen": ["then", "live"], "after": "undone"}


def test_a_sub_process_is_undone_by_its_activities_unless_it_has_a_handler() -> None:
    def diagram() -> Diagram:
        inner = process("p").start().service("a", "a").subprocess("sub").start("s2")
        handlers(undoable(inner, "b", "c").end("e2"), "b", "c").close().throw_compensation("undo").end()
        return handlers(inner, "a")

    instance = Instance(diagram().xml()).complete("a").complete("b").complete("c")
    for expected in ("unc", "unb", "una"):
        assert instance.active[-1] == expected
        instance.complete(expected)
    assert "reopen sub" in instance.trace
    assert instance.status == "completed"

    own = diagram().compensation(on="sub", handler="unsub").service("unsub", "unsub", for_compensation=True)
    instance = Instance(own.xml()).complete("a").complete("b").complete("c")
    assert instance.active == ["undo", "unsub"]
    instance.complete("unsub")
    assert instance.active == ["undo", "una"]


def test_activity_ref_undoes_that_activity_only() -> None:
    diagram = undoable(process("p").start(), "a", "b").throw_compensation("undo", "a").throw_compensation("rest").end()
    instance = Instance(handlers(diagram, "a", "b").xml()).complete("a").complete("b")
    assert instance.active == ["undo", "una"]
    instance.complete("una")
    assert instance.active == ["rest", "unb"]


def test_nothing_is_undone_twice() -> None:
    diagram = undoable(process("p").start(), "a").throw_compensation("undo").throw_compensation("again").end()
    instance = Instance(handlers(diagram, "a").xml()).complete("a").complete("una")
    assert instance.path == ["start", "a", "una", "undo", "again", "end"]


def test_a_failing_handler_is_an_incident_and_the_saga_goes_on_when_it_is_resolved() -> None:
    diagram = undoable(process("p").start(), "a", "b").end_compensation("undo")
    instance = Instance(handlers(diagram, "a", "b").xml()).complete("a").complete("b")
    instance.fail("unb", retryable=False)
    assert instance.active == ["undo", "unb"]
    assert instance.incident("unb").kind == "job"
    instance.resolve("unb").complete("unb").complete("una")
    assert instance.path == ["start", "a", "b", "unb", "una", "undo"]
    assert instance.status == "completed"


def test_an_error_inside_a_handler_stays_inside() -> None:
    diagram = undoable(process("p").start(), "a").throw_compensation("undo").end()
    xml = handlers(diagram, "a").xml()
    instance = Instance(xml).complete("a").error("una", "E")
    assert instance.incident("una").kind == "error"
    assert instance.active == ["undo", "una"]


@pytest.mark.parametrize("depth", [1, 3])
def test_nested_sub_processes_are_undone_from_the_inside(depth: int) -> None:
    diagram = process("p").start()
    for level in range(depth):
        diagram.subprocess(f"sub{level}").start(f"s{level}").service(f"a{level}", "a")
    for level in reversed(range(depth)):
        diagram.end(f"e{level}")
        handlers(diagram, f"a{level}")
        diagram.at(f"e{level}").close()
    instance = Instance(diagram.throw_compensation("undo").end().xml())
    for level in range(depth):
        instance.complete(f"a{level}")
    for level in reversed(range(depth)):
        instance.complete(f"una{level}")
    assert instance.path[-depth - 2 :] == [*instance.path[-depth - 2 : -2], "undo", "end"]
    assert instance.status == "completed"


def test_a_scope_left_by_an_error_cannot_be_undone_from_outside() -> None:
    diagram = process("p").start().subprocess("sub").start("s2").service("a", "a").end_error("bad", "E")
    handlers(diagram, "a")
    diagram.at("bad").close().end().error_boundary("oops", on="sub", code="E").throw_compensation("undo").end("e2")
    instance = Instance(diagram.xml()).complete("a")
    assert instance.path[-3:] == ["oops", "undo", "e2"]


@pytest.mark.parametrize("own_handler", [False, True])
def test_a_scope_that_a_terminate_end_event_left_cannot_be_undone(own_handler: bool) -> None:
    # Given a sub-process in which a completed and that ended by terminate
    diagram = process("p").start().subprocess("sub").start("s2").task("a").end_terminate("stop")
    diagram.compensation(on="a", handler="una").task("una", for_compensation=True).close()
    diagram.throw_compensation("undo").end("e2")
    if own_handler:
        diagram.compensation(on="sub", handler="unsub").task("unsub", for_compensation=True)
    # When the path behind it undoes what was done, then there is nothing to undo
    instance = Instance(diagram.xml())
    assert instance.path == ["start", "s2", "a", "stop", "sub", "undo", "e2"]
    assert instance.status == "completed"


def test_what_a_handler_undoes_inside_itself_is_seen_by_the_rest_of_it() -> None:
    diagram = (
        process("p").start().task("a").script("later", "x = 'later'").throw_compensation("undo").end()
        .compensation(on="a", handler="una")
        .subprocess("una", for_compensation=True).start("s2").task("b").throw_compensation("inner")
        .script("rest", "seen = x").end("e2").compensation(on="b", handler="unb")
        .script("unb", "x = 'undone'", for_compensation=True).close()
    )  # fmt: skip
    instance = Instance(diagram.xml(), x="then")
    assert instance.variables == {"x": "undone", "seen": "undone"}


def test_a_local_variable_inside_a_handler_does_not_bring_the_outer_one_back_to_life() -> None:
    diagram = (
        process("p").start().task("a").script("later", "x = 'later'").throw_compensation("undo").end()
        .compensation(on="a", handler="una")
        .subprocess("una", for_compensation=True).start("s2")
        .node("subProcess", "sub", extensions='<baton:properties>\n<baton:property name="input.x" value="1"/>\n'
              "</baton:properties>")
    )  # fmt: skip
    diagram._open.append(diagram._nodes["sub"])
    diagram._current = None
    diagram.start("s3").script("local", "x = 2").end("e3").close().script("rest", "seen = x").end("e2").close()
    instance = Instance(diagram.xml(), x="then")
    assert instance.variables == {"x": "later", "seen": "then"}
