"""Multiple events: one of the triggers is enough, or all are needed; what is thrown is thrown in one order."""

from __future__ import annotations

import pytest

from engine.core import events as e

from ..support.event_drawings import EventDrawing, process
from ..support.waiting import HOUR, Waiting


def line() -> EventDrawing:
    return process("p").start()


FOUR = ("message:m", "signal:s", "timer:PT1H", "condition:x > 1")
HAPPENINGS = {
    "message": lambda instance: instance.message("m", y=1),
    "signal": lambda instance: instance.signal("s"),
    "timer": lambda instance: instance.fire("c"),
    "condition": lambda instance: instance.set(x=2),
}


@pytest.mark.parametrize("first", HAPPENINGS)
def test_the_first_trigger_is_enough_and_the_others_are_withdrawn(first: str) -> None:
    instance = HAPPENINGS[first](Waiting(line().catch("c", *FOUR).end().xml()))
    assert instance.told.count("withdraw c") == 3
    assert (instance.path, instance.status) == (["start", "c", "end"], "completed")


@pytest.mark.parametrize("order", ["message signal timer condition", "condition timer signal message"])
def test_a_parallel_multiple_event_goes_on_when_all_have_happened_in_any_order(order: str) -> None:
    instance = Waiting(line().catch("c", *FOUR, parallel=True).end().xml())
    for left, one in enumerate(reversed(order.split())):
        assert len(instance.waiting) == 4 - left
        assert instance.active == ["c"]
        HAPPENINGS[one](instance)
    assert (instance.path, instance.status) == (["start", "c", "end"], "completed")


@pytest.mark.proves("catch:multiple", "catch:parallelMultiple")
def test_both_kinds_of_intermediate_event() -> None:
    diagram = line().catch("one", "message:a", "message:b").catch("all", "message:a", "message:b", parallel=True).end()
    instance = Waiting(diagram.xml())
    assert instance.message("b").active == ["all"]
    assert instance.message("b").active == ["all"]
    assert instance.message("a").status == "completed"


def test_what_the_parts_brought_is_there_when_the_outputs_are_evaluated() -> None:
    diagram = line().catch("c", "message:a", "message:b", parallel=True, output__sum="one + two").end()
    instance = Waiting(diagram.xml()).message("a", one=1)
    assert instance.message("b", two=2).told[:4] == ["received c", "two = 2", "sum = 3", "end c"]
    plain = Waiting(line().catch("c", "message:a", "message:b", parallel=True).end().xml())
    assert plain.message("a", one=1).variables == {"one": 1}


@pytest.mark.proves("boundary:multiple", "boundary:parallelMultiple")
def test_interrupting_boundary_events() -> None:
    one = line().user("u").end().boundary("b", "message:a", "timer:PT1H", on="u").end("be")
    assert Waiting(one.xml()).fire("b").path == ["start", "b", "be"]
    every = line().user("u").end().boundary("b", "message:a", "timer:PT1H", on="u", parallel=True).end("be")
    assert Waiting(every.xml()).fire("b").active == ["u"]
    assert Waiting(every.xml()).fire("b").message("a").path == ["start", "b", "be"]


@pytest.mark.proves("boundary non-interrupting:multiple")
def test_a_non_interrupting_event_is_triggered_by_each() -> None:
    diagram = line().user("u").end().boundary("b", "message:a", "timer:PT1H", on="u", interrupting=False).end("be")
    instance = Waiting(diagram.xml()).message("a").fire("b").message("a")
    assert (instance.path.count("be"), instance.waiting) == (3, ["message b"])


@pytest.mark.proves("boundary non-interrupting:parallelMultiple")
def test_a_non_interrupting_parallel_event_waits_for_all_of_them_anew() -> None:
    diagram = line().user("u").end().boundary("b", "message:a", "message:b", on="u", interrupting=False, parallel=True)
    instance = Waiting(diagram.end("be").xml())
    instance.message("a")
    assert (instance.path.count("b"), instance.waiting) == (0, ["message b"])
    instance.message("b")
    assert (instance.path.count("b"), instance.waiting) == (1, ["message b", "message b"])
    assert instance.message("b").message("a").path.count("b") == 2


def test_conditions_of_a_parallel_event_have_to_become_false_before_they_count_again() -> None:
    diagram = line().user("u").end()
    diagram = diagram.boundary(
        "b", "condition:x > 1", "condition:x > 2", on="u", interrupting=False, parallel=True
    ).end("be")
    instance = Waiting(diagram.xml(), x=9)
    assert instance.path.count("b") == 1
    assert instance.set(x=8).path.count("b") == 1
    assert instance.set(x=0).set(x=3).path.count("b") == 2


def test_a_parallel_event_that_cannot_wait_anew_is_an_incident_of_its_scope_and_waits_when_mended() -> None:
    diagram = line().user("u").end().boundary(
        "b", "message:a", "timer:when", on="u", interrupting=False, parallel=True
    ).end("be")  # fmt: skip
    instance = Waiting(diagram.xml(), when="PT1H").set(when="nonsense").message("a").fire("b")
    assert (instance.incident("b").activity, instance.waiting, instance.active) == (0, [], ["u"])
    assert instance.resolve(variables={"when": "PT1H"}).waiting == ["message b", "timer b"]
    assert instance.timer("b").due == 2 * HOUR


@pytest.mark.proves("event sub-process start:multiple", "event sub-process start:parallelMultiple")
def test_interrupting_starts_of_event_sub_processes() -> None:
    one = line().user("u").end().event_subprocess("h").start_on("hs", "message:a", "signal:s").end("he").close()
    assert Waiting(one.xml()).signal("s").path == ["start", "hs", "he", "h"]
    every = (
        line()
        .user("u")
        .end()
        .event_subprocess("h")
        .start_on("hs", "message:a", "signal:s", parallel=True)
        .end("he")
        .close()
    )
    assert Waiting(every.xml()).signal("s").active == ["u"]
    assert Waiting(every.xml()).signal("s").message("a").path == ["start", "hs", "he", "h"]


@pytest.mark.proves("event sub-process start non-interrupting:multiple")
@pytest.mark.proves("event sub-process start non-interrupting:parallelMultiple")
def test_non_interrupting_starts_of_event_sub_processes() -> None:
    diagram = line().user("u").end()
    diagram = (
        diagram.event_subprocess("h").start_on("hs", "message:a", "signal:s", interrupting=False).end("he").close()
    )
    diagram = diagram.event_subprocess("k").start_on("ks", "message:c", "signal:d", interrupting=False, parallel=True)
    instance = Waiting(diagram.end("ke").close().xml()).signal("s").message("a").message("c").signal("d").message("c")
    assert (instance.path.count("h"), instance.path.count("k")) == (2, 1)
    assert sorted(instance.waiting) == ["message hs", "signal hs", "signal ks"]


def test_what_is_thrown_inside_the_instance_triggers_a_multiple_event_too() -> None:
    diagram = line().worker("w").end().boundary("b", "message:m", "error:E", "error:F", on="w").end("be")
    assert Waiting(diagram.xml()).error("w", "F").path == ["start", "b", "be"]
    assert Waiting(diagram.xml()).message("m").path == ["start", "b", "be"]
    other = Waiting(diagram.xml()).error("w", "G")
    assert other.incident().element == "w"
    inside = line().worker("w").end().event_subprocess("h").start_on("hs", "message:m", "error:E").end("he").close()
    assert Waiting(inside.xml()).error("w", "E").path == ["start", "hs", "he", "h"]
    assert Waiting(inside.xml()).message("m").path == ["start", "hs", "he", "h"]


# -- throwing ---------------------------------------------------------------------------------------------------------


@pytest.mark.proves("throw:multiple")
def test_everything_is_thrown_in_the_order_of_its_drawing_and_undoing_comes_last() -> None:
    diagram = line().task("a").throw("t", "compensate:", "message:m", "escalation:E", "signal:s").end()
    diagram = diagram.compensation(on="a", handler="una").task("una", for_compensation=True)
    instance = Waiting(diagram.xml())
    told = [one for one in instance.tell() if "throw" in one or one in ("EscalationThrown", "undo una", "end t")]
    assert told == ["throw m", "EscalationThrown", "throw s", "undo una", "end t"]
    assert instance.status == "completed"


ENDINGS = {
    "error:F": "failed:F",
    "terminate:": "completed:terminated",
    "compensate:": "completed",
}


@pytest.mark.parametrize("last", ENDINGS)
@pytest.mark.parametrize("first", ["message:m", "signal:s"])
def test_an_end_event_throws_first_and_ends_then(first: str, last: str) -> None:
    diagram = line().task("a").end_with("e", last, first)
    diagram = diagram.compensation(on="a", handler="una").task("una", for_compensation=True)
    instance = Waiting(diagram.xml())
    assert f"throw {first[-1]}" in instance.tell()
    assert instance.status == ENDINGS[last]
    assert ("undo una" in instance.trace) == (last == "compensate:")


@pytest.mark.parametrize("last", ["error:F", "terminate:"])
def test_an_end_event_undoes_before_it_ends(last: str) -> None:
    diagram = line().task("a").end_with("e", last, "compensate:")
    instance = Waiting(diagram.compensation(on="a", handler="una").user("una", for_compensation=True).xml())
    assert instance.active == ["e", "una"]
    assert instance.complete("una").status == ENDINGS[last]


@pytest.mark.proves("end:multiple")
def test_cancelling_among_others_undoes_its_transaction() -> None:
    diagram = line().transaction("t").start("s").task("a").end_with("e", "message:m", "cancel:", "compensate:")
    diagram = diagram.compensation(on="a", handler="una").user("una", for_compensation=True).close().end()
    instance = Waiting(diagram.cancel_boundary("off", on="t").end("ce").xml())
    assert "throw m" in instance.tell()
    assert instance.complete("una").path[-2:] == ["off", "ce"]


def test_what_interrupts_the_thrower_stops_what_it_has_not_thrown() -> None:
    diagram = line().subprocess("sub").start("s").end_with("e", "signal:s", "message:m").close().end()
    instance = Waiting(diagram.boundary("b", "signal:s", on="sub").end("be").xml())
    assert not [one for one in instance.history if isinstance(one, e.MessageThrown)]
    assert instance.path == ["start", "s", "b", "be"]


def test_nothing_is_thrown_before_every_name_and_key_is_known_and_nothing_twice() -> None:
    diagram = line().throw("t", "message:m", "message:n", message__correlation="key").end()
    instance = Waiting(diagram.xml())
    assert not [one for one in instance.history if isinstance(one, e.MessageThrown)]
    instance.resolve(variables={"key": "K"})
    assert [(one.name, one.correlation) for one in instance.history if isinstance(one, e.MessageThrown)] == [
        ("m", "K"), ("n", "K"),
    ]  # fmt: skip
