"""Signals reach everything that waits for them, in the instance that throws them at once and only what waited before."""

# ruff: noqa: E501 - a drawing, or a row of a table, reads best on one line
from __future__ import annotations

import pytest

from engine.core import commands as c
from engine.core import events as e

from ..support.event_drawings import EventDrawing, process
from ..support.waiting import Waiting


def line(dialect: str = "plain") -> EventDrawing:
    return process("p", dialect=dialect).start()


@pytest.mark.proves("catch:signal")
def test_an_intermediate_event_waits_for_its_signal() -> None:
    instance = Waiting(line().catch("c", "signal:go").end().xml())
    assert instance.tell()[3:] == ["start c", "wait c"]
    assert instance.signal("go", x=1).told[:3] == ["received c", "x = 1", "end c"]


def test_a_signal_reaches_everything_that_waits_for_it_first_opened_first() -> None:
    diagram = line().parallel("f").catch("a", "signal:go").end().at("f").catch("b", "signal:other").end("be")
    instance = Waiting(diagram.at("f").catch("d", "signal:go").end("de").xml()).signal("go")
    assert [one for one in instance.told if one.startswith("received")] == ["received a", "received d"]
    assert instance.active == ["b"]


def test_a_signal_that_nobody_waits_for_is_refused() -> None:
    instance = Waiting(line().catch("c", "signal:go").end().xml())
    refused = instance.send(c.DeliverSignal(at=0, name="other")).rejected
    assert refused is not None
    assert refused.reason == "nobody-waits"


@pytest.mark.proves("event sub-process start:signal", "event sub-process start non-interrupting:signal")
def test_a_signal_starts_event_sub_processes_and_an_interrupting_one_ends_the_others() -> None:
    diagram = line().user("u").end()
    diagram = (
        diagram.event_subprocess("beside").start_on("b", "signal:go", interrupting=False).user("bu").end("be").close()
    )
    diagram = diagram.event_subprocess("instead").start_on("i", "signal:go").user("iu").end("ie").close()
    instance = Waiting(diagram.xml()).signal("go")
    assert instance.told == [
        "received b", "wait b", "start beside", "ScopeOpened", "start b", "end b",
        "received i", "withdraw b", "terminate beside", "withdraw u", "terminate u",
        "start instead", "ScopeOpened", "start i", "end i", "start iu", "ask iu",
    ]  # fmt: skip
    assert instance.complete("iu").status == "completed"


@pytest.mark.proves("boundary:signal")
def test_a_signal_interrupts_the_activity_that_it_is_drawn_on() -> None:
    instance = Waiting(line().user("u").end().boundary("stop", "signal:stop", on="u").end("se").xml())
    assert instance.signal("stop").path == ["start", "stop", "se"]


@pytest.mark.proves("boundary non-interrupting:signal")
def test_a_signal_starts_a_path_beside_the_activity_once_each_time() -> None:
    diagram = line().user("u").end().boundary("b", "signal:go", on="u", interrupting=False).end("be")
    assert Waiting(diagram.xml()).signal("go").signal("go").path.count("be") == 2


def test_one_signal_triggers_a_wait_that_it_opens_again_only_once() -> None:
    diagram = line().user("u").end().boundary("b", "signal:go", on="u", interrupting=False)
    instance = Waiting(diagram.catch("next", "signal:go").end("be").xml()).signal("go")
    assert instance.told == ["received b", "wait b", "start b", "end b", "start next", "wait next"]


# -- thrown -----------------------------------------------------------------------------------------------------------


@pytest.mark.proves("throw:signal", "end:signal")
def test_signals_are_thrown_with_their_mapped_variables() -> None:
    diagram = line().throw("t", "signal:a", input__sum="x + 1").end_with("e", "signal:b")
    found = [one for one in Waiting(diagram.xml(), x=1).history if isinstance(one, e.SignalThrown)]
    assert [(one.name, one.variables) for one in found] == [("a", {"sum": 2}), ("b", {})]


def test_what_waits_in_the_same_instance_has_the_signal_before_the_thrower_goes_on() -> None:
    diagram = line().parallel("f").catch("c", "signal:go").end().at("f").user("u").throw("t", "signal:go").end("te")
    instance = Waiting(diagram.xml()).complete("u")
    assert instance.told == [
        "done u", "end u", "start t", "throw go", "received c", "end c", "end t",
        "start end", "end end", "start te", "end te", "ProcessCompleted",
    ]  # fmt: skip


def test_what_begins_to_wait_after_the_throw_does_not_have_it() -> None:
    diagram = (
        line().parallel("f").throw("t", "signal:go").end("te").at("f").task("a").task("b").catch("c", "signal:go").end()
    )
    instance = Waiting(diagram.xml())
    assert instance.active == ["c"]
    assert instance.signal("go").status == "completed"


def test_a_thrower_that_its_own_signal_interrupts_goes_nowhere() -> None:
    diagram = line().subprocess("sub").start("s").throw("t", "signal:go").user("never").end("ue").close().end()
    instance = Waiting(diagram.boundary("b", "signal:go", on="sub").user("then").end("be").xml())
    assert instance.active == ["then"]
    assert [one for one in instance.trace if one.startswith("terminate")] == ["terminate t", "terminate sub"]


def test_a_signal_thrown_in_a_handler_may_start_it_again() -> None:
    diagram = line().user("u").end().event_subprocess("h").start_on("hs", "signal:go", interrupting=False)
    diagram = diagram.exclusive("x").when("n < 3").script("count", "n = n + 1").throw("t", "signal:go").end("te")
    instance = Waiting(diagram.at("x").otherwise().end("he").close().xml(), n=0).signal("go")
    assert (instance.variables["n"], instance.path.count("h")) == (3, 4)
    assert instance.active == ["u"]


def test_a_wait_that_the_first_receiver_ends_does_not_have_the_signal() -> None:
    diagram = line().subprocess("sub").start("s").catch("inner", "signal:go").end("ie").close().end()
    instance = Waiting(diagram.boundary("b", "signal:go", on="sub").end("be").xml()).signal("go")
    assert [one for one in instance.told if one.startswith("received")] == ["received b"]
    assert "withdraw inner" in instance.told


@pytest.mark.parametrize("dialect, name", [("camunda", "go-${area}"), ("zeebe", '="go-" + area')])
def test_names_are_expressions_of_the_diagram(dialect: str, name: str) -> None:
    diagram = (
        line(dialect).parallel("f").catch("c", f"signal:{name}").end().at("f").user("u").throw("t", f"signal:{name}")
    )
    instance = Waiting(diagram.end("te").xml(), area="north")
    assert [one.name for one in instance.subscriptions("signal", "go-north")] == ["go-north"]
    assert instance.complete("u").status == "completed"


def test_a_name_that_cannot_be_evaluated_is_an_incident() -> None:
    instance = Waiting(line("camunda").catch("c", "signal:${area}").end().xml())
    assert instance.incident().element == "c"
    assert instance.resolve(variables={"area": "north"}).signal("north").status == "completed"
