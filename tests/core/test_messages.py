"""Messages: who waits for one goes on with what it brings, and what throws one says its name, key and variables."""

# ruff: noqa: E501 - a drawing, or a row of a table, reads best on one line
from __future__ import annotations

from typing import Any

import pytest

from engine.core import commands as c
from engine.core import events as e

from ..support.event_drawings import EventDrawing, process
from ..support.waiting import Waiting

LOOP = '<bpmn:standardLoopCharacteristics loopMaximum="2"/>'
EACH = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"


def line(dialect: str = "plain") -> EventDrawing:
    return process("p", dialect=dialect).start()


def thrown(instance: Waiting) -> list[tuple[str, str, dict[str, Any]]]:
    """The messages that left the instance: name, correlation key and variables."""
    found = [one for one in instance.history if isinstance(one, e.MessageThrown)]
    return [(one.name, one.correlation, one.variables) for one in found]


# -- waiting ----------------------------------------------------------------------------------------------------------


@pytest.mark.proves("catch:message")
def test_an_intermediate_event_waits_for_its_message_and_goes_on_with_its_variables() -> None:
    instance = Waiting(line().catch("paid", "message:payment").end().xml())
    assert instance.tell()[3:] == ["start paid", "wait paid"]
    assert instance.message("payment", amount=5).told == [
        "received paid", "amount = 5", "end paid", "start end", "end end", "ProcessCompleted",
    ]  # fmt: skip


@pytest.mark.proves("receiveTask")
def test_a_receive_task_waits_for_its_message() -> None:
    instance = Waiting(line().receive("paid", "payment").end().xml())
    assert instance.message("payment", amount=5).told[:3] == ["received paid", "amount = 5", "end paid"]


def test_a_receive_task_that_repeats_waits_once_for_each_turn() -> None:
    instance = Waiting(line().receive("paid", "payment").repeated("paid", LOOP).end().xml())
    assert instance.waiting == ["message paid"]
    assert instance.message("payment").waiting == ["message paid"]
    assert instance.message("payment").status == "completed"


def test_each_instance_of_a_receive_task_has_its_own_key() -> None:
    diagram = line().receive("paid", "payment", message__correlation="loopCounter").repeated("paid", EACH).end()
    instance = Waiting(diagram.xml())
    assert [one.correlation for one in instance.subscriptions("message", "payment")] == ["1", "2"]
    instance.message("payment", correlation="2")
    assert [one.correlation for one in instance.subscriptions("message", "payment")] == ["1"]
    assert instance.message("payment", correlation="1").status == "completed"


def test_a_receive_task_with_boundary_events_waits_for_all_of_them() -> None:
    diagram = line().receive("paid", "payment").user("u").end().boundary("late", "timer:PT1H", on="paid").end("le")
    assert Waiting(diagram.xml()).fire("late").told[:3] == ["fired late", "withdraw paid", "terminate paid"]
    assert Waiting(diagram.xml()).message("payment").told[:3] == ["received paid", "withdraw late", "end paid"]


def test_boundary_events_go_on_waiting_while_the_result_of_a_receive_task_is_stuck() -> None:
    diagram = line().receive("paid", "payment", output__sum="amount + 1").end()
    instance = Waiting(diagram.boundary("late", "timer:PT1H", on="paid").end("le").xml()).message("payment")
    assert (instance.incident().element, instance.waiting) == ("paid", ["timer late"])
    assert instance.fire("late").told[:3] == ["fired late", "withdraw incident paid", "terminate paid"]


@pytest.mark.proves("event sub-process start:message")
def test_an_interrupting_message_start_ends_the_rest_of_its_scope() -> None:
    diagram = (
        line()
        .user("u")
        .end()
        .event_subprocess("help")
        .start_on("asked", "message:help")
        .user("answer")
        .end("he")
        .close()
    )
    instance = Waiting(diagram.xml())
    assert instance.tell()[:2] == ["ProcessStarted", "wait asked"]
    assert instance.message("help", why="x").told == [
        "received asked", "withdraw u", "terminate u", "start help", "ScopeOpened", "start asked", "why = 'x'", "end asked",
        "start answer", "ask answer",
    ]  # fmt: skip
    assert instance.complete("answer").status == "completed"


@pytest.mark.proves("event sub-process start non-interrupting:message")
def test_a_non_interrupting_message_start_runs_beside_its_scope_once_for_each_message() -> None:
    diagram = line().subprocess("sub").start("s").user("u").end("ue").event_subprocess("help")
    diagram = (
        diagram.start_on("asked", "message:help", interrupting=False).user("answer").end("he").close().close().end()
    )
    instance = Waiting(diagram.xml()).message("help").message("help")
    assert instance.active == ["sub", "u", "help", "answer", "help", "answer"]
    assert instance.complete("u").waiting == ["message asked"]
    assert "sub" not in instance.path


@pytest.mark.proves("boundary:message")
def test_a_message_interrupts_the_activity_that_it_is_drawn_on() -> None:
    instance = Waiting(line().user("u").end().boundary("stop", "message:stop", on="u").end("se").xml())
    assert instance.message("stop").path == ["start", "stop", "se"]


@pytest.mark.proves("boundary non-interrupting:message")
def test_a_message_may_start_a_path_beside_the_activity_that_it_is_drawn_on() -> None:
    diagram = line().user("u").end().boundary("more", "message:more", on="u", interrupting=False).end("me")
    assert Waiting(diagram.xml()).message("more").message("more").complete("u").path == [
        "start", "more", "me", "more", "me", "u", "end",
    ]  # fmt: skip


# -- names, keys, variables -------------------------------------------------------------------------------------------


def test_a_key_is_evaluated_when_the_waiting_begins() -> None:
    diagram = line().catch("paid", "message:payment", message__correlation="order['id']").end()
    instance = Waiting(diagram.xml(), order={"id": "A-7"})
    assert [one.correlation for one in instance.subscriptions("message", "payment")] == ["A-7"]
    instance.set(order={"id": "B"})
    assert instance.message("payment", correlation="A-7").status == "completed"


@pytest.mark.parametrize("value", [None, True, 1.5, "", "x" * 501, [1]])
def test_a_key_is_a_text_or_a_whole_number_and_anything_else_is_an_incident(value: Any) -> None:
    instance = Waiting(line().catch("paid", "message:payment", message__correlation="key").end().xml(), key=value)
    assert "correlation key" in instance.incident("paid").message
    assert instance.resolve(variables={"key": 42}).subscriptions("message", "payment")[0].correlation == "42"


@pytest.mark.parametrize(
    "dialect, name, key", [("camunda", "paid-${shop}", "${order}"), ("zeebe", '="paid-" + shop', "=order")]
)
def test_names_and_keys_are_expressions_of_the_diagram(dialect: str, name: str, key: str) -> None:
    diagram = line(dialect).catch("paid", f"message:{name}", message__correlation=key).end()
    instance = Waiting(diagram.xml(), shop="north", order="A-7")
    assert [one.correlation for one in instance.subscriptions("message", "paid-north")] == ["A-7"]


def test_outputs_see_what_the_message_brought_and_keep_the_rest_from_the_process() -> None:
    diagram = line().catch("paid", "message:payment", output__total="amount * 2").end()
    assert Waiting(diagram.xml(), amount=1).message("payment", amount=5).told[:4] == [
        "received paid", "ScopeOpened", "total = 10", "end paid",
    ]  # fmt: skip


def test_outputs_that_fail_are_an_incident_after_which_the_message_is_not_waited_for_again() -> None:
    instance = Waiting(line().catch("paid", "message:payment", output__total="amount + 1").end().xml()).message(
        "payment"
    )
    assert (instance.active, instance.waiting) == (["paid"], [])
    assert instance.resolve(variables={"amount": 1}).told == [
        "resolve incident paid", "amount = 1", "total = 2", "end paid", "start end", "end end", "ProcessCompleted",
    ]  # fmt: skip


def test_inputs_of_a_receive_task_are_seen_by_its_key() -> None:
    diagram = line().receive("paid", "payment", input__key="'K' + n", message__correlation="key").end()
    assert Waiting(diagram.xml(), n="1").message("payment", correlation="K1").status == "completed"


# -- rejections -------------------------------------------------------------------------------------------------------


def test_a_message_for_what_no_longer_waits_is_refused() -> None:
    instance = Waiting(line().parallel("f").catch("paid", "message:payment").end().at("f").user("u").end("ue").xml())
    [one] = instance.subscriptions("message", "payment")
    deliver = c.DeliverMessage(at=0, subscription=one.key)
    assert instance.send(deliver).rejected is None
    for key in (one.key, 999, instance.open("u")[0].key):
        refused = instance.send(c.DeliverMessage(at=0, subscription=key)).rejected
        assert refused is not None
        assert refused.reason == "subscription-not-open"


# -- throwing ---------------------------------------------------------------------------------------------------------


@pytest.mark.proves("throw:message", "end:message", "sendTask")
def test_messages_are_thrown_with_their_mapped_variables_and_the_path_goes_on() -> None:
    diagram = line().throw("t", "message:first", input__sum="x + 1").send_task("s", "second")
    instance = Waiting(diagram.end_with("e", "message:third", message__correlation="x").xml(), x=1)
    assert thrown(instance) == [("first", "", {"sum": 2}), ("second", "", {}), ("third", "1", {})]
    assert instance.path == ["start", "t", "s", "e"]


@pytest.mark.parametrize("kind", ["send_task", "throw", "end_with"])
def test_with_a_job_type_a_worker_sends_the_message(kind: str) -> None:
    definition = "" if kind == "send_task" else "message:m"
    diagram = getattr(line(), kind)("t", definition, job__type="mail", input__to="who")
    instance = Waiting(diagram.xml() if kind == "end_with" else diagram.end().xml(), who="ada")
    [job] = [one for one in instance.history if isinstance(one, e.JobCreated)]
    assert (job.type, job.inputs) == ("mail", {"to": "ada"})
    assert instance.complete("t").status == "completed"
    assert thrown(instance) == []


def test_a_message_whose_key_fails_is_thrown_once_it_is_mended() -> None:
    instance = Waiting(line().throw("t", "message:m", message__correlation="key").end().xml())
    assert (thrown(instance), instance.incident().element) == ([], "t")
    instance.resolve(variables={"key": "K"})
    assert thrown(instance) == [("m", "K", {})]


def test_a_message_that_the_same_instance_waits_for_leaves_it_first() -> None:
    # Given a path that waits for the message that another path of the same instance throws
    diagram = line().parallel("f").catch("c", "message:m").end().at("f").throw("t", "message:m").end("te")
    # Then it is for the outbox to bring it back, like every message
    assert Waiting(diagram.xml()).active == ["c"]


@pytest.mark.parametrize("blank", ['name=""', 'name=" "', ""])
def test_a_message_whose_name_is_blank_is_called_by_its_id(blank: str) -> None:
    diagram = line().node("receiveTask", "paid", {"messageRef": "payment"}).end()
    instance = Waiting(diagram.root_xml("payment", f'<bpmn:message id="payment" {blank}/>').xml())
    assert instance.message("payment").told[-1] == "ProcessCompleted"
