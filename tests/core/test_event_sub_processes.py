"""An event sub-process runs inside the scope it is drawn in; interrupting, it stops everything else there at once."""

from __future__ import annotations

import pytest

from engine.core import commands as c
from engine.core import events as e

from ..support.drawings import Drawing, process
from ..support.instances import Instance


def with_handler(diagram: Drawing) -> Drawing:
    """An event sub-process for the error E that asks a person."""
    return diagram.event_subprocess("help").start_error("oops", "E").user("mend").end("mended").close()


def failing(diagram: Drawing) -> Drawing:
    """A user task beside a job that may fail."""
    return diagram.parallel("fork").user("u").end("ue").at("fork").service("work", "work").end("we")


@pytest.mark.proves("event sub-process start:error", "event subProcess")
def test_an_error_stops_everything_else_in_the_process_which_completes_with_its_handler() -> None:
    instance = Instance(with_handler(failing(process("p").start())).xml())
    instance.error("work", "E", variables={"why": "broken"})
    assert instance.active == ["help", "mend"]
    assert [line for line in instance.trace if line.startswith("terminate")] == ["terminate work", "terminate u"]
    assert instance.variables == {"why": "broken"}
    assert instance.complete("mend").path[-3:] == ["mend", "mended", "help"]
    assert instance.status == "completed"


def test_the_enclosing_sub_process_completes_when_its_handler_does() -> None:
    diagram = with_handler(failing(process("p").start().subprocess("sub").start("s2"))).close().end()
    instance = Instance(diagram.error_boundary("outside", on="sub").end("never").xml()).error("work", "E")
    assert instance.active == ["sub", "help", "mend"]
    assert instance.state.activities[instance.activity("help").key].scope == instance.activity("sub").key
    assert instance.complete("mend").path[-4:] == ["mended", "help", "sub", "end"]


def test_the_event_sub_process_comes_before_the_boundary_event_of_the_same_scope() -> None:
    diagram = process("p").start().subprocess("sub").start("s2").service("work", "work").end("e2")
    diagram = diagram.event_subprocess("any").start_error("oops").end("ae").close().close().end()
    xml = diagram.error_boundary("exact", on="sub", code="E").end("never").xml()
    assert Instance(xml).error("work", "E").path == ["start", "s2", "oops", "ae", "any", "sub", "end"]


def test_the_boundary_event_of_the_activity_itself_comes_first_and_exact_before_catch_all() -> None:
    diagram = process("p").start().service("work", "work").end().error_boundary("own", on="work", code="A").end("oe")
    diagram = diagram.event_subprocess("any").start_error("any_start").end("ae").close()
    xml = diagram.event_subprocess("exact").start_error("exact_start", "B").end("be").close().xml()
    assert Instance(xml).error("work", "A").path[-1] == "oe"
    assert Instance(xml).error("work", "B").path[-1] == "exact"
    assert Instance(xml).error("work", "C").path[-1] == "any"


def test_an_error_in_a_handler_is_not_caught_by_its_own_scope_but_goes_outwards() -> None:
    diagram = process("p").start().subprocess("sub").start("s2").service("work", "work").end("e2")
    diagram = diagram.event_subprocess("help").start_error("oops", "E").end_error("again", "E").close()
    diagram = diagram.event_subprocess("all").start_error("any").end("ae").close().close().end()
    instance = Instance(diagram.error_boundary("outside", on="sub").end("caught").xml()).error("work", "E")
    assert instance.path == ["start", "s2", "oops", "outside", "caught"]

    alone = process("p").start().service("work", "work").end()
    alone = alone.event_subprocess("help").start_error("oops").end_error("again", "F").close()
    assert Instance(alone.xml()).error("work", "E").status == "failed:F"


def test_an_error_inside_an_activity_of_the_handler_may_be_caught_there() -> None:
    diagram = process("p").start().service("work", "work").end()
    diagram = diagram.event_subprocess("help").start_error("oops").service("try", "try").end("he")
    xml = diagram.error_boundary("retry", on="try").end("gave_up").close().xml()
    assert Instance(xml).error("work", "E").error("try", "F").path[-3:] == ["retry", "gave_up", "help"]


def asking(*, interrupting: bool) -> Drawing:
    diagram = process("p").start().subprocess("sub").start("s2").throw_escalation("first", "H")
    diagram = diagram.throw_escalation("second", "H").user("u").end("e2")
    diagram = diagram.event_subprocess("help").start_escalation("asked", "H", interrupting=interrupting)
    return diagram.user("answer").end("answered").close().close().end()


@pytest.mark.proves("event sub-process start non-interrupting:escalation")
def test_a_non_interrupting_escalation_start_runs_beside_the_scope_once_for_each_escalation() -> None:
    instance = Instance(asking(interrupting=False).xml())
    assert sorted(instance.active) == ["answer", "answer", "help", "help", "sub", "u"]
    instance.complete("u")
    assert "sub" not in instance.path  # the scope waits for what runs inside it
    for key in [one.key for one in instance.state.activities.values() if one.element == "answer"]:
        [task] = instance.state.activities[key].waits
        instance.send(c.CompleteTask(at=0, task=task))
    assert instance.path[-2:] == ["sub", "end"]
    assert instance.status == "completed"


@pytest.mark.proves("event sub-process start:escalation")
def test_an_interrupting_escalation_start_ends_the_rest_of_the_scope() -> None:
    instance = Instance(asking(interrupting=True).xml())
    assert instance.active == ["sub", "help", "answer"]
    assert "terminate first" in instance.trace
    assert "second" not in "".join(instance.trace)
    assert instance.complete("answer").path == ["start", "s2", "asked", "answer", "answered", "help", "sub", "end"]


def test_escalations_of_a_handler_go_outwards_too() -> None:
    diagram = process("p").start().subprocess("sub").start("s2").throw_escalation("first", "H").end("e2")
    diagram = diagram.event_subprocess("help").start_escalation("asked", "H", interrupting=False)
    diagram = diagram.throw_escalation("further", "H").end("he").close().close().end()
    instance = Instance(diagram.escalation_boundary("outside", on="sub", interrupting=False).end("told").xml())
    caught = [one.element for one in instance.history if isinstance(one, e.EscalationCaught)]
    assert caught == ["asked", "outside"]
    assert instance.status == "completed"


def undoing(throw: str | None = None) -> Drawing:
    """Two undoable jobs, then one that fails; the handler does an undoable job and undoes."""
    diagram = process("p").start().service("a", "a").service("b", "b").service("work", "work").end()
    for name in ("a", "b"):
        diagram = diagram.compensation(on=name, handler=f"un{name}").service(f"un{name}", "u", for_compensation=True)
    diagram = diagram.event_subprocess("help").start_error("oops").service("c", "c").throw_compensation("undo", throw)
    diagram = diagram.end("undone")
    return diagram.compensation(on="c", handler="unc").service("unc", "u", for_compensation=True).close()


def test_a_compensation_throw_in_a_handler_undoes_its_own_level_and_that_of_the_scope_around_it() -> None:
    instance = Instance(undoing().xml()).complete("a").complete("b").error("work", "E").complete("c")
    root = instance.state.activities[1].key
    for handler in ("unc", "unb", "una"):
        assert instance.active[-1] == handler
        assert (instance.activity(handler).scope == root) is (handler != "unc")
        instance.complete(handler)
    assert instance.path[-3:] == ["undo", "undone", "help"]
    assert instance.status == "completed"


def test_a_compensation_throw_in_a_handler_may_name_an_activity_of_either_level() -> None:
    instance = Instance(undoing("a").xml()).complete("a").complete("b").error("work", "E").complete("c")
    assert instance.active == ["help", "undo", "una"]
    assert instance.complete("una").path[-2:] == ["undone", "help"]
    own = Instance(undoing("c").xml()).complete("a").complete("b").error("work", "E").complete("c")
    assert own.active == ["help", "undo", "unc"]


def test_ending_a_handler_ends_what_it_undoes_in_the_scope_around_it() -> None:
    diagram = process("p").start().subprocess("sub").start("s2").service("a", "a").service("work", "work").end("e2")
    diagram = diagram.compensation(on="a", handler="una").service("una", "u", for_compensation=True)
    diagram = diagram.event_subprocess("help").start_error("oops").parallel("both").throw_compensation("undo").end("he")
    diagram = diagram.at("both").user("enough").end_terminate("stop").close().close().end()
    instance = Instance(diagram.xml()).complete("a").error("work", "E")
    assert sorted(instance.active) == ["enough", "help", "sub", "una", "undo"]
    instance.complete("enough")
    assert instance.status == "completed"
    assert "terminate una" in instance.trace
    assert instance.path[-4:] == ["stop", "help", "sub", "end"]


def test_what_a_handler_did_is_undone_with_the_scope_it_belongs_to() -> None:
    diagram = process("p").start().subprocess("sub").start("s2").service("a", "a").service("work", "work").end("e2")
    diagram = diagram.compensation(on="a", handler="una").task("una", for_compensation=True)
    diagram = diagram.event_subprocess("help").start_error("oops").service("c", "c").end("he")
    diagram = diagram.compensation(on="c", handler="unc").task("unc", for_compensation=True).close().close()
    instance = Instance(diagram.throw_compensation("undo").end().xml()).complete("a").error("work", "E").complete("c")
    assert [line for line in instance.trace if line.startswith("undo")] == ["undo unc", "undo una"]
    assert instance.status == "completed"


def test_what_an_interrupted_compensation_did_not_undo_is_left_for_the_handler() -> None:
    # Given a process that is undoing b, with a still to come, when a job beside it fails
    diagram = process("p").start().service("a", "a").service("b", "b").parallel("fork").throw_compensation("undo")
    diagram = diagram.end().at("fork").service("work", "work").end("we")
    for name in ("a", "b"):
        diagram = diagram.compensation(on=name, handler=f"un{name}").service(f"un{name}", "u", for_compensation=True)
    diagram = diagram.event_subprocess("help").start_error("oops").throw_compensation("rest").end("he").close()
    instance = Instance(diagram.xml()).complete("a").complete("b")
    assert instance.active == ["undo", "work", "unb"]
    # When the error interrupts that
    instance.error("work", "E")
    # Then what was not begun is undone by the handler
    assert "terminate unb" in instance.trace
    assert instance.active == ["help", "rest", "una"]
    assert instance.complete("una").status == "completed"
