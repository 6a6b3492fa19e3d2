"""Loops: standard loop, multi-instance sequential and parallel, over numbers and collections (13.3.6, 13.3.7)."""

from __future__ import annotations

import pytest

from engine.core import events as e
from engine.core.interpreter import Limits

from ..support.diagrams import Diagram, process
from ..support.instances import Instance

PARALLEL = '<bpmn:multiInstanceLoopCharacteristics isSequential="false">{}</bpmn:multiInstanceLoopCharacteristics>'
SEQUENTIAL = PARALLEL.replace("false", "true")
STANDARD = "<bpmn:standardLoopCharacteristics {}>{}</bpmn:standardLoopCharacteristics>"
LINES = {"loop.collection": "lines", "loop.element": "line"}
RESULTS = {**LINES, "loop.output.collection": "results", "loop.output.element": "line * 10"}


def cardinality(number: str) -> str:
    return f"<bpmn:loopCardinality>{number}</bpmn:loopCardinality>"


def until(condition: str) -> str:
    return f"<bpmn:completionCondition>{condition}</bpmn:completionCondition>"


def looping(kind: str, loop: str, properties: dict[str, str] | None = None, body: str = "") -> Diagram:
    """A diagram with one looping activity "a" between start and end."""
    shown = "".join(f'<baton:property name="{name}" value="{value}"/>' for name, value in (properties or {}).items())
    extensions = f"<baton:properties>{shown}</baton:properties>" if shown else ""
    return process("p").start().node(kind, "a", {}, body + loop, extensions=extensions).end()


def user(loop: str, **properties: str) -> bytes:
    return looping("userTask", loop, {name.replace("_", "."): value for name, value in properties.items()}).xml()


def complete(instance: Instance, counter: int, **variables: object) -> None:
    """Complete the iteration with this counter."""
    key = next(
        key
        for key, activity in instance.state.activities.items()
        if activity.iteration and instance.state.scopes[key].variables["loopCounter"] == counter
    )
    wait = next(iter(instance.state.activities[key].waits))
    from engine.core.commands import CompleteTask

    assert instance.send(CompleteTask(at=0, task=wait, variables=variables)).rejected is None


@pytest.mark.proves("multi-instance parallel", "multi-instance behavior All")
def test_parallel_instances_are_alive_at_once_and_end_in_any_order() -> None:
    instance = Instance(user(PARALLEL.format(cardinality("3"))))
    assert instance.active == ["a", "a", "a", "a"]
    for counter in (3, 1, 2):
        complete(instance, counter)
    assert instance.path == ["start", "a", "a", "a", "a", "end"]
    assert instance.status == "completed"
    assert not instance.state.loops


@pytest.mark.proves("multi-instance sequential")
def test_sequential_instances_come_one_after_the_other() -> None:
    instance = Instance(user(SEQUENTIAL.format(cardinality("n + 1"))), n=1)
    assert instance.active == ["a", "a"]
    complete(instance, 1)
    assert instance.active == ["a", "a"]
    complete(instance, 2)
    assert instance.status == "completed"


@pytest.mark.parametrize("loop", [PARALLEL, SEQUENTIAL])
@pytest.mark.proves("multi-instance over a collection", "multi-instance with an output collection")
def test_each_instance_sees_its_element_and_results_are_collected_by_index(loop: str) -> None:
    xml = looping("scriptTask", loop.format(""), RESULTS, "<bpmn:script>seen = line</bpmn:script>\n").xml()
    instance = Instance(xml, lines=[3, 1, 2])
    assert instance.variables["results"] == [30, 10, 20]
    assert instance.status == "completed"
    assert instance.variables.keys() == {"lines", "seen", "results"}


def test_the_output_collection_keeps_the_order_of_the_collection_whatever_ends_first() -> None:
    properties = {**LINES, "loop.output.collection": "results", "loop.output.element": "line + answer"}
    instance = Instance(looping("userTask", PARALLEL.format(""), properties).xml(), lines=["a", "b"], answer="")
    complete(instance, 2, answer="2")
    assert "results" not in instance.variables
    complete(instance, 1, answer="1")
    assert instance.variables["results"] == ["a1", "b2"]


def test_an_empty_collection_is_done_at_once() -> None:
    xml = looping("userTask", PARALLEL.format(""), RESULTS).xml()
    instance = Instance(xml, lines=[])
    assert instance.path == ["start", "a", "end"]
    assert instance.variables["results"] == []


@pytest.mark.proves("multi-instance with a completion condition")
def test_a_true_completion_condition_interrupts_the_others() -> None:
    xml = user(PARALLEL.format(cardinality("3") + until("numberOfCompletedInstances >= 2")))
    instance = Instance(xml)
    complete(instance, 3)
    assert instance.status == "active"
    complete(instance, 1)
    assert instance.status == "completed"
    assert instance.trace.count("terminate a") == 1
    assert not instance.state.waits


def test_a_completion_condition_stops_a_sequence() -> None:
    body = "<bpmn:script>n = n + 1</bpmn:script>\n"
    instance = Instance(
        looping("scriptTask", SEQUENTIAL.format(cardinality("10") + until("n == 4")), None, body).xml(), n=0
    )
    assert instance.variables["n"] == 4


@pytest.mark.parametrize("bad", ["-1", "'x'", "1.5", "True"])
def test_a_wrong_cardinality_is_an_incident_that_can_be_resolved(bad: str) -> None:
    instance = Instance(user(SEQUENTIAL.format(cardinality(f"{bad} if wrong else 1"))), wrong=True)
    assert instance.incident("a").kind == "expression"
    instance.resolve("a", variables={"wrong": False})
    complete(instance, 1)
    assert instance.status == "completed"


def test_an_error_of_one_instance_ends_them_all_at_the_boundary() -> None:
    diagram = process("p").start().node(
        "serviceTask", "a", {}, PARALLEL.format(cardinality("3")),
        extensions='<baton:properties><baton:property name="job.type" value="work"/></baton:properties>',
    ).end().error_boundary("oops", on="a", code="E").end("caught")  # fmt: skip
    instance = Instance(diagram.xml())
    from engine.core.commands import ThrowJobError

    job = list(instance.state.waits)[1]
    instance.send(ThrowJobError(at=0, job=job, code="E"))
    assert instance.path == ["start", "oops", "caught"]
    assert instance.trace.count("terminate a") == 3
    assert instance.trace.count("fail a") == 1
    assert not instance.state.waits


def test_each_instance_is_undone_with_its_own_variables() -> None:
    diagram = looping("scriptTask", PARALLEL.format(""), LINES, "<bpmn:script>done = line</bpmn:script>\n")
    diagram.at("a").throw_compensation("undo").end("e2")
    diagram.compensation(on="a", handler="una").script("una", "undone = undone + [line]", for_compensation=True)
    instance = Instance(diagram.xml(), lines=[1, 2, 3], undone=[])
    written = [event.variables for event in instance.history if isinstance(event, e.VariablesSet)]
    assert [one["undone"] for one in written if "undone" in one] == [[3], [2], [1]]  # each sees the past: undone == []
    assert instance.trace.count("undo una") == 3


def test_a_multi_instance_sub_process() -> None:
    diagram = process("p").start().subprocess("a").start("s").script("b", "seen = seen + [line]").end("e").close().end()
    xml = diagram.xml().replace(
        b'<bpmn:subProcess id="a">',
        b'<bpmn:subProcess id="a">' + SEQUENTIAL.format("<bpmn:loopDataInputRef>lines</bpmn:loopDataInputRef>"
        '<bpmn:inputDataItem id="line"/>').encode(),
    )  # fmt: skip
    instance = Instance(xml, lines=["x", "y"], seen=[])
    assert instance.variables["seen"] == ["x", "y"]
    assert instance.path == ["start", "s", "b", "e", "a", "s", "b", "e", "a", "a", "end"]


@pytest.mark.parametrize(
    "attributes, condition, turns",
    [
        ("", "n &lt; 3", 3),
        ('testBefore="true"', "n &lt; 3", 3),
        ("", "False", 1),
        ('testBefore="true"', "False", 0),
        ('loopMaximum="2"', "True", 2),
    ],
)
def test_a_standard_loop_tests_before_or_after_up_to_its_maximum(attributes: str, condition: str, turns: int) -> None:
    loop = STANDARD.format(attributes, f"<bpmn:loopCondition>{condition}</bpmn:loopCondition>")
    xml = looping("scriptTask", loop, None, "<bpmn:script>n = n + 1</bpmn:script>\n").xml()
    instance = Instance(xml, n=0)
    assert (instance.variables["n"], instance.status) == (turns, "completed")


def test_wide_and_long_loops_yield_and_leave_the_same_trace() -> None:
    for loop in (PARALLEL, SEQUENTIAL):
        xml = looping(
            "scriptTask", loop.format(cardinality("40")), None, "<bpmn:script>n = n + 1</bpmn:script>\n"
        ).xml()
        whole, pieces = Instance(xml, n=0), Instance(xml, Limits(max_steps=3), n=0)
        own = (e.RunYielded, e.RunContinued)
        assert len(pieces.steps) > 10
        assert [one for one in pieces.history if not isinstance(one, own)] == whole.history
        assert whole.variables == {"n": 40}


@pytest.mark.parametrize("again, turns", [(False, 1), (True, 2)])
def test_a_loop_whose_condition_fails_goes_on_where_it_was_and_does_nothing_again(again: bool, turns: int) -> None:
    # Given a loop whose condition cannot be evaluated after its first turn
    loop = STANDARD.format('loopMaximum="2"', "<bpmn:loopCondition>again</bpmn:loopCondition>")
    xml = looping("scriptTask", loop, None, "<bpmn:script>n = n + 1</bpmn:script>\n").xml()
    instance = Instance(xml, n=0)
    assert (instance.incident("a").kind, instance.variables["n"]) == ("expression", 1)
    # When it is resolved, then the loop asks again and knows how often it was done
    instance.resolve("a", variables={"again": again})
    assert (instance.variables["n"], instance.status) == (turns, "completed")
    assert sum(isinstance(one, e.LoopStarted) for one in instance.history) == 1


def test_what_may_be_alive_at_once_holds_for_iterations_too() -> None:
    # Given more iterations than may be alive
    instance = Instance(user(PARALLEL.format(cardinality("5"))), Limits(max_alive=5))
    # Then the limit says so (the process and the loop count), and the others wait
    assert (instance.incident("a").kind, instance.active) == ("limit", ["a"] * 4)
    # When some are done and the incident is resolved, then the rest starts, once
    for counter in (1, 2, 3):
        complete(instance, counter)
    instance.resolve("a")
    complete(instance, 4)
    complete(instance, 5)
    assert (instance.status, instance.trace.count("start a")) == ("completed", 6)
