"""After an event-based gateway the first event decides; where it begins a process, what follows it starts an instance."""

# ruff: noqa: E501 - a drawing, or a row of a table, reads best on one line
from __future__ import annotations

import pytest

from ..support.event_drawings import EventDrawing, process
from ..support.waiting import HOUR, Waiting


def line() -> EventDrawing:
    return process("p").start()


def choosing(diagram: EventDrawing) -> EventDrawing:
    """A gateway before a message, a timer, a signal, a condition and a receive task, which end differently."""
    diagram = diagram.choice("g").catch("m", "message:m").end("em").at("g").catch("t", "timer:PT1H").end("et")
    diagram = diagram.at("g").catch("s", "signal:s").end("es").at("g").catch("c", "condition:x > 1").end("ec")
    return diagram.at("g").receive("r", "r").end("er")


@pytest.mark.proves("eventBasedGateway")
def test_it_waits_for_everything_after_it_and_starts_nothing() -> None:
    instance = Waiting(choosing(line()).xml())
    assert instance.active == ["g"]
    assert instance.waiting == ["message m", "timer t", "signal s", "condition c", "message r"]


HAPPENINGS = {
    "m": lambda instance: instance.message("m", y=1),
    "t": lambda instance: instance.fire("t"),
    "s": lambda instance: instance.signal("s", y=1),
    "c": lambda instance: instance.set(x=2),
    "r": lambda instance: instance.message("r", y=1),
}


@pytest.mark.parametrize("first", HAPPENINGS)
def test_the_first_event_takes_the_token_and_the_others_are_withdrawn(first: str) -> None:
    instance = HAPPENINGS[first](Waiting(choosing(line()).xml()))
    others = [f"withdraw {one}" for one in HAPPENINGS if one != first]
    happened = {"t": ["fired t"], "c": ["x = 2", "met c"]}.get(first, [f"received {first}"])
    brought = [] if first in "tc" else ["y = 1"]
    assert instance.told == [
        *happened, *others, "end g", f"start {first}", *brought, f"end {first}",
        f"start e{first}", f"end e{first}", "ProcessCompleted",
    ]  # fmt: skip


def test_a_condition_that_is_true_already_decides_at_once() -> None:
    assert Waiting(choosing(line()).xml(), x=2).path == ["start", "g", "c", "ec"]


def test_what_follows_has_its_mappings() -> None:
    diagram = line().choice("g").receive("r", "m", input__more="n + 1", output__sum="got + more").end("er")
    diagram = diagram.at("g").catch("c", "message:o", output__sum="got").end("ec")
    assert "sum = 7" in Waiting(diagram.xml(), n=1).message("m", got=5).told
    assert "sum = 5" in Waiting(diagram.xml(), n=1).message("o", got=5).told


def test_an_expression_that_fails_is_an_incident_of_the_gateway_and_nothing_is_waited_for() -> None:
    diagram = (
        line()
        .choice("g")
        .catch("t", "timer:PT1H")
        .end("et")
        .at("g")
        .catch("m", "message:m", message__correlation="k")
        .end("em")
    )
    instance = Waiting(diagram.xml())
    assert (instance.waiting, instance.incident().element) == ([], "g")
    assert instance.resolve(variables={"k": "K"}).waiting == ["timer t", "message m"]
    assert instance.message("m", correlation="K").path == ["start", "g", "m", "em"]


def test_a_receive_task_whose_inputs_fail_after_its_message_keeps_it_and_does_not_wait_again() -> None:
    diagram = (
        line().choice("g").receive("r", "m", input__more="n + 1").end("er").at("g").catch("t", "timer:PT1H").end("et")
    )
    instance = Waiting(diagram.xml()).message("m", got=5)
    assert (instance.active, instance.incident().element) == (["r"], "r")
    assert instance.variables == {"got": 5}
    assert instance.resolve(variables={"n": 1}).status == "completed"


def test_in_a_loop_it_waits_anew_each_time() -> None:
    diagram = line().exclusive("again").choice("g").catch("m", "message:m").to("again")
    diagram = diagram.at("g").catch("t", "timer:PT1H").end("et")
    instance = Waiting(diagram.xml())
    for turn in range(1, 4):
        instance.now = turn * 1000
        assert instance.message("m").timer("t").due == HOUR + turn * 1000
    assert instance.fire("t").status == "completed"
    assert instance.path.count("m") == 3


def test_a_parallel_multiple_event_after_it_decides_when_all_of_it_has_happened() -> None:
    diagram = line().choice("g").catch("both", "message:a", "signal:b", parallel=True).end("eb")
    diagram = diagram.at("g").catch("t", "timer:PT1H").end("et")
    instance = Waiting(diagram.xml()).message("a", x=1)
    assert (instance.active, instance.waiting) == (["g"], ["signal both", "timer t"])
    assert instance.signal("b").path == ["start", "g", "both", "eb"]
    assert Waiting(diagram.xml()).message("a").fire("t").path == ["start", "g", "t", "et"]


def test_an_inclusive_join_waits_for_what_may_still_come_from_it() -> None:
    diagram = line().inclusive("f").when("True").choice("g").catch("m", "message:m").inclusive("j").user("then").end()
    diagram = diagram.at("g").catch("t", "timer:PT1H").end("et").at("f").when("True").user("u").to("j")
    instance = Waiting(diagram.xml()).complete("u")
    assert instance.active == ["g"]
    assert instance.fire("t").active == ["then"]
    other = Waiting(diagram.xml()).complete("u").message("m")
    assert other.active == ["then"]


def test_a_boundary_event_around_it_withdraws_all_of_it() -> None:
    diagram = line().subprocess("sub").start("s").choice("g").catch("m", "message:m").end("em")
    diagram = (
        diagram.at("g")
        .catch("t", "timer:PT1H")
        .end("et")
        .close()
        .end()
        .boundary("b", "signal:stop", on="sub")
        .end("be")
    )
    assert Waiting(diagram.xml()).signal("stop").told[:5] == [
        "received b", "withdraw m", "withdraw t", "terminate g", "terminate sub",
    ]  # fmt: skip


# -- at the beginning of a process ------------------------------------------------------------------------------------


def beginning() -> bytes:
    diagram = process("p").choice("g", instantiate=True, parallel=True).catch("a", "message:a").task("at").parallel("j")
    return diagram.end().at("g").receive("b", "b").to("j").xml()


@pytest.mark.proves("eventBasedGateway instantiating")
def test_an_exclusive_one_starts_an_instance_with_what_happened() -> None:
    xml = (
        process("p")
        .choice("g", instantiate=True)
        .catch("a", "message:a")
        .end("ae")
        .at("g")
        .receive("b", "b")
        .end("be")
        .xml()
    )
    instance = Waiting(xml, "b", y=1)
    assert instance.tell() == [
        "ProcessStarted",
        "start g",
        "end g",
        "start b",
        "end b",
        "start be",
        "end be",
        "ProcessCompleted",
    ]
    assert instance.variables == {"y": 1}
    assert Waiting(xml, "a").path == ["g", "a", "ae"]


@pytest.mark.proves("eventBasedGateway instantiating parallel")
def test_a_parallel_one_goes_on_waiting_for_all_the_others() -> None:
    instance = Waiting(beginning(), "b")
    assert instance.tell() == ["ProcessStarted", "start g", "wait a", "start b", "end b"]
    assert instance.waiting == ["message a"]
    assert instance.message("a").told[:6] == ["received a", "end g", "start a", "end a", "start at", "end at"]
    assert instance.status == "completed"


def test_an_instance_of_a_process_that_begins_with_it_is_not_started_plainly() -> None:
    refused = Waiting(beginning()).refused
    assert refused is not None
    assert refused.reason == "needs-trigger"
    assert '"a"' in refused.sentence
    assert '"b"' in refused.sentence
