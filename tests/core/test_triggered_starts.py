"""What starts a process from outside starts it at one place: messages, signals, timers, conditions, receive tasks."""

from __future__ import annotations

import pytest

from engine.core import commands as c

from ..support.event_drawings import EventDrawing, process
from ..support.instances import executable
from ..support.waiting import HOUR, SECOND, Waiting


def starting(*definitions: str, **fields: object) -> EventDrawing:
    return process("p").start_on("s", *definitions, **fields).user("u").end()  # type: ignore[arg-type]


KINDS = {"message:m": "message", "signal:s": "signal", "timer:PT1H": "timer", "condition:x > 1": "condition"}


@pytest.mark.parametrize("definition", KINDS)
def test_a_process_starts_where_it_was_triggered(definition: str) -> None:
    xml = starting(definition).xml()
    assert Waiting(xml, "s", x=2).tell() == ["ProcessStarted", "start s", "end s", "start u", "ask u"]
    [one] = executable(xml).triggers
    assert (one.element, one.index, one.kind) == ("s", 0, KINDS[definition])


@pytest.mark.proves("start:message", "start:signal", "start:timer", "start:conditional")
def test_every_start_event_of_a_process_starts_it_alone() -> None:
    diagram = process("p")
    for name, definition in zip("abcd", KINDS, strict=True):
        diagram = diagram.start_on(name, definition).user(f"u{name}").end(f"e{name}")
    xml = diagram.start("none").user("un").end("en").xml()
    for name in "abcd":
        assert Waiting(xml, name).active == [f"u{name}"]
    assert Waiting(xml).active == ["un"]


@pytest.mark.parametrize("definition", KINDS)
def test_a_process_without_none_start_is_not_started_plainly(definition: str) -> None:
    refused = Waiting(starting(definition).xml()).refused
    assert refused is not None
    assert refused.reason == "needs-trigger"


def test_a_start_at_something_else_is_refused() -> None:
    for element, index in (("u", 0), ("s", 1), ("nothing", 0)):
        refused = Waiting(starting("message:m").xml(), element, index).refused
        assert refused is not None
        assert refused.reason == "no-such-start"


def test_names_times_and_conditions_are_known_at_deployment() -> None:
    diagram = starting("message:m", "signal:s", "cycle:R3/PT1H", "condition:x > 1")
    message, signal, timer, condition = executable(diagram.xml()).triggers
    assert (message.name, signal.name, timer.name) == ("m", "s", "")
    firing = timer.first(5 * SECOND)
    assert firing is not None
    assert (firing.due, firing.repeats) == (HOUR + 5 * SECOND, 2)
    assert [condition.holds(given, 0) for given in ({"x": 2}, {"x": 1}, {"y": 2}, {})] == [True, False, False, False]


@pytest.mark.parametrize("dialect, name", [("camunda", "m-${1 + 1}"), ("zeebe", '="m-" + "2"')])
def test_a_name_without_variables_may_be_an_expression(dialect: str, name: str) -> None:
    [one] = executable(process("p", dialect=dialect).start_on("s", f"message:{name}").end().xml()).triggers
    assert one.name == "m-2"


def test_outputs_of_a_start_event_see_the_variables_it_came_with() -> None:
    instance = Waiting(starting("message:m", output__sum="x + 1").xml(), "s", x=1)
    assert instance.variables == {"x": 1, "sum": 2}


@pytest.mark.proves("start:multiple")
def test_each_trigger_of_a_multiple_start_event_starts_an_instance() -> None:
    xml = starting("message:m", "signal:s").xml()
    for index in (0, 1):
        assert Waiting(xml, "s", index).tell()[1:4] == ["start s", "end s", "start u"]


@pytest.mark.proves("start:parallelMultiple")
def test_a_parallel_multiple_start_event_waits_in_its_instance_for_the_others() -> None:
    xml = starting("message:m", "signal:s", "timer:PT1H", parallel=True).xml()
    instance = Waiting(xml, "s", 1)
    assert (instance.active, instance.waiting) == (["s"], ["message s", "timer s"])
    assert instance.message("m", x=1).active == ["s"]
    assert instance.fire("s").active == ["u"]


def test_a_parallel_multiple_start_event_that_cannot_wait_is_an_incident_and_waits_for_all_when_mended() -> None:
    xml = starting("message:m", "message:n", parallel=True, message__correlation="key").xml()
    instance = Waiting(xml, "s", 1)
    assert (instance.waiting, instance.incident().element) == ([], "s")
    assert instance.resolve(variables={"key": "K"}).waiting == ["message s", "message s"]


@pytest.mark.proves("receiveTask instantiating")
def test_a_receive_task_that_instantiates_has_its_message_when_it_begins() -> None:
    diagram = process("p").receive("r", "m", instantiate=True, output__sum="x + 1").user("u").end()
    instance = Waiting(diagram.xml(), "r", x=1)
    assert instance.tell() == ["ProcessStarted", "start r", "ScopeOpened", "sum = 2", "end r", "start u", "ask u"]
    refused = Waiting(diagram.xml()).refused
    assert refused is not None
    assert refused.reason == "needs-trigger"


def test_event_sub_processes_of_the_process_wait_from_the_start() -> None:
    diagram = starting("message:m").event_subprocess("h").start_on("hs", "message:m").end("he").close()
    instance = Waiting(diagram.xml(), "s")
    assert instance.tell()[:3] == ["ProcessStarted", "wait hs", "start s"]
    assert [one.kind for one in executable(diagram.xml()).triggers] == ["message"]
    assert instance.message("m").path == ["s", "hs", "he", "h"]


def test_an_instance_that_was_triggered_can_be_cancelled_while_it_waits_for_the_rest() -> None:
    instance = Waiting(starting("message:m", "signal:s", parallel=True).xml(), "s")
    assert instance.send(c.Cancel(at=0)).rejected is None
    assert (instance.status, instance.state.waits, instance.state.activities) == ("cancelled", {}, {})
