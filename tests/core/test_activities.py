"""Activities: implicit split and merge, conditional and default flows, scripts, jobs, user tasks, sub-processes."""

from __future__ import annotations

import pytest

from ..support.diagrams import process
from ..support.instances import Instance


@pytest.mark.proves("task")
def test_every_token_starts_an_activity_of_its_own_and_all_flows_are_taken() -> None:
    xml = (
        process("p").start().task("a").task("b").task("d").end()
        .at("a").task("c").to("d").xml()
    )  # fmt: skip
    instance = Instance(xml)
    assert instance.path == ["start", "a", "b", "c", "d", "d", "end", "end"]
    assert instance.status == "completed"


@pytest.mark.proves("conditional flow out of an activity", "default flow")
def test_conditional_flows_of_an_activity_take_what_is_true_else_the_default() -> None:
    xml = (
        process("p").start().task("a").when("x > 0").task("b").end("e1")
        .at("a").when("x > 1").task("c").end("e2").at("a").otherwise().task("d").end("e3").xml()
    )  # fmt: skip
    assert Instance(xml, x=2).path == ["start", "a", "b", "c", "e1", "e2"]
    assert Instance(xml, x=0).path == ["start", "a", "d", "e3"]


@pytest.mark.proves("scriptTask")
def test_a_script_writes_variables_and_a_broken_one_is_an_incident_that_can_be_resolved() -> None:
    xml = process("p").start().script("s", "total = price * amount\norder = {'total': total}").end().xml()
    assert Instance(xml, price=2, amount=3).variables["order"] == {"total": 6}
    broken = Instance(xml, price=2)
    assert broken.incident("s").kind == "expression"
    assert "amount" in broken.incident("s").message
    assert broken.resolve("s", variables={"amount": 4}).variables["total"] == 8


def test_a_script_never_changes_a_value_in_place() -> None:
    xml = process("p").start().script("s", "items.append(3)").user("u").end().xml()
    given = [1, 2]
    instance = Instance(xml, items=given)
    assert given == [1, 2]
    assert instance.variables["items"] == [1, 2, 3]


def test_bpmn_error_in_a_script_goes_to_the_boundary() -> None:
    xml = (
        process("p").start().script("s", "bpmn_error('E', 'no')").end()
        .error_boundary("oops", on="s", code="E").end("caught").xml()
    )  # fmt: skip
    assert Instance(xml).path == ["start", "oops", "caught"]


@pytest.mark.proves("serviceTask", "start:none", "end:none")
def test_a_service_task_passes_its_inputs_and_maps_its_result() -> None:
    xml = (
        process("p").start().service("s", "charge", inputs={"amount": "order.total"}, outputs={"id": "receipt.id"})
        .end().xml()
    )  # fmt: skip
    instance = Instance(xml, order={"total": 7})
    created = next(event for event in instance.history if type(event).__name__ == "JobCreated")
    assert (created.type, created.inputs) == ("charge", {"amount": 7})  # type: ignore[attr-defined]
    instance.complete("s", receipt={"id": "r-1"})
    assert instance.variables == {"order": {"total": 7}, "id": "r-1"}


def test_a_service_task_without_mappings_sees_everything_and_writes_its_whole_result() -> None:
    xml = process("p").start().service("s", "charge").end().xml()
    instance = Instance(xml, a=1).complete("s", b=2)
    assert instance.variables == {"a": 1, "b": 2}


def test_a_result_variable_gets_the_whole_answer_of_a_worker() -> None:
    properties = {"result.variable": "receipt"}
    xml = process("p").start().service("s", "charge", properties=properties).end().xml()
    assert Instance(xml, a=1).complete("s", id=2).variables == {"a": 1, "receipt": {"id": 2}}


def test_retries_back_off_and_end_as_an_incident_that_gives_the_same_job_new_attempts() -> None:
    properties = {"job.retries": "3", "job.backoff": "PT2S", "job.jitter": "0"}
    instance = Instance(process("p").start().service("s", "charge", properties=properties).end().xml())
    instance.now = 10_000_000
    key = next(iter(instance.state.waits))
    instance.fail("s")
    instance.fail("s")
    due = [event.available_at for event in instance.history if type(event).__name__ == "JobFailed"]  # type: ignore[attr-defined]
    assert due == [12_000_000, 14_000_000]  # 10 s + 2 s, then 10 s + 2 * 2 s
    assert not instance.state.incidents
    instance.fail("s", "down")
    assert (instance.incident("s").kind, instance.incident("s").message) == ("job", "down")
    instance.resolve("s")
    assert next(iter(instance.state.waits)) == key
    assert instance.complete("s").status == "completed"


def test_resolving_with_changes_makes_a_new_job() -> None:
    xml = process("p").start().service("s", "charge", inputs={"amount": "n"}).end().xml()
    instance = Instance(xml, n=1)
    key = next(iter(instance.state.waits))
    instance.fail("s", retryable=False)
    instance.resolve("s", variables={"n": 2})
    created = [event for event in instance.history if type(event).__name__ == "JobCreated"]
    assert [one.inputs for one in created] == [{"amount": 1}, {"amount": 2}]  # type: ignore[attr-defined]
    assert key not in instance.state.waits


def test_used_up_retries_become_the_error_that_the_diagram_names() -> None:
    properties = {"job.retries": "2", "job.error": "NO_SHIP"}
    xml = (
        process("p").start().service("s", "ship", properties=properties).end()
        .error_boundary("oops", on="s", code="NO_SHIP").end("caught").xml()
    )  # fmt: skip
    assert Instance(xml).fail("s").fail("s").path == ["start", "oops", "caught"]


@pytest.mark.proves("userTask")
def test_a_user_task_waits_for_a_person() -> None:
    xml = process("p").start().user("u").end().xml()
    instance = Instance(xml)
    assert (instance.status, instance.active) == ("active", ["u"])
    instance.complete("u", approved=True)
    assert (instance.status, instance.variables) == ("completed", {"approved": True})


@pytest.mark.proves("subProcess")
def test_a_sub_process_completes_when_nothing_is_alive_inside() -> None:
    xml = (
        process("p").start().subprocess("sub").start("s2").parallel("fork").user("a").end("e1")
        .at("fork").user("b").end("e2").close().task("after").end().xml()
    )  # fmt: skip
    instance = Instance(xml).complete("a")
    assert instance.active == ["sub", "b"]
    instance.complete("b")
    assert instance.path == ["start", "s2", "fork", "a", "e1", "b", "e2", "sub", "after", "end"]


def test_an_empty_variable_name_space_is_shared_with_the_sub_process() -> None:
    xml = (
        process("p").start().subprocess("sub").start("s2").script("a", "x = x + 1\ny = x").end("e1").close()
        .script("b", "z = y").end().xml()
    )  # fmt: skip
    assert Instance(xml, x=1).variables == {"x": 2, "y": 2, "z": 2}


def test_a_terminate_end_event_ends_its_sub_process_only() -> None:
    xml = (
        process("p").start().subprocess("sub").start("s2").parallel("fork").user("a").end("e1")
        .at("fork").user("b").end_terminate("stop").close().task("after").end().xml()
    )  # fmt: skip
    instance = Instance(xml).complete("b")
    assert instance.trace[-8:] == [
        "start stop", "terminate a", "end stop", "end sub", "start after", "end after", "start end", "end end",
    ]  # fmt: skip
    assert instance.status == "completed"


@pytest.mark.proves("end:terminate")
def test_a_terminate_end_event_ends_the_process() -> None:
    xml = process("p").start().parallel("fork").user("a").end("e1").at("fork").user("b").end_terminate("stop").xml()
    instance = Instance(xml).complete("b")
    assert instance.status == "completed:terminated"
    assert not instance.state.waits
