"""A multi-instance activity throws when its instances complete: None for each, One the first, Complex some (10.30)."""

from __future__ import annotations

import pytest

from engine.core import commands as c
from engine.core import events as e
from engine.core.state import UserTask

from ..support.drawings import Drawing, process
from ..support.instances import Instance

EACH = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="{}" {}><bpmn:loopCardinality>3</bpmn:loopCardinality>{}'
    "</bpmn:multiInstanceLoopCharacteristics>"
)
THROWN = '<bpmn:escalationEventDefinition id="told" escalationRef="esc"/>'
ESCALATION = '<bpmn:escalation id="esc" name="done" escalationCode="DONE"/>'
COMPLEX = (
    "<bpmn:complexBehaviorDefinition><bpmn:condition>{}</bpmn:condition><bpmn:event>{}</bpmn:event>"
    "</bpmn:complexBehaviorDefinition>"
)


def reviews(loop: str) -> Drawing:
    diagram = process("p").start().user("review").repeated("review", loop).end()
    return diagram.root_xml("esc", ESCALATION).root_xml("told", THROWN)


def named(behavior: str, sequential: str = "false") -> Drawing:
    reference = {"None": "noneBehaviorEventRef", "One": "oneBehaviorEventRef"}[behavior]
    return reviews(EACH.format(sequential, f'behavior="{behavior}" {reference}="told"', ""))


def beside(diagram: Drawing) -> Drawing:
    return (
        diagram.escalation_boundary("noted", on="review", code="DONE", interrupting=False).task("note").end("noted_end")
    )


def complete(instance: Instance) -> None:
    """Complete the oldest open review."""
    wait = next(key for key, one in instance.state.waits.items() if isinstance(one, UserTask))
    assert instance.send(c.CompleteTask(at=0, task=wait)).rejected is None


@pytest.mark.proves("multi-instance behavior None")
def test_none_throws_an_event_for_each_instance_that_completes() -> None:
    instance = Instance(beside(named("None")).xml())
    for number in (1, 2, 3):
        complete(instance)
        assert instance.path.count("note") == number
    assert instance.status == "completed"


@pytest.mark.proves("multi-instance behavior One")
def test_one_throws_it_for_the_first_only() -> None:
    instance = Instance(beside(named("One", "true")).xml())
    for _ in range(3):
        complete(instance)
        assert instance.path.count("note") == 1
    assert instance.status == "completed"


def test_an_interrupting_boundary_event_ends_them_all_at_the_first_result() -> None:
    diagram = named("One").escalation_boundary("first", on="review", code="DONE").task("go_on").end("early")
    instance = Instance(diagram.xml())
    complete(instance)
    assert instance.path == ["start", "first", "go_on", "early"]
    assert instance.trace.count("terminate review") == 4
    assert instance.status == "completed"
    assert not instance.state.loops


def test_what_nobody_catches_is_recorded_and_the_work_goes_on() -> None:
    instance = Instance(named("None").xml())
    for _ in range(3):
        complete(instance)
    assert sum(isinstance(one, e.EscalationUncaught) for one in instance.history) == 3
    assert instance.status == "completed"


@pytest.mark.proves("multi-instance behavior Complex")
def test_complex_throws_each_event_whose_condition_is_true() -> None:
    half = COMPLEX.format("numberOfCompletedInstances == 2", THROWN.replace("told", "half"))
    last = COMPLEX.format("numberOfActiveInstances == 0", '<bpmn:signalEventDefinition id="s" signalRef="sig"/>')
    diagram = reviews(EACH.format("false", 'behavior="Complex"', half + last))
    diagram = beside(diagram.root_xml("sig", '<bpmn:signal id="sig" name="all-done"/>'))
    instance = Instance(diagram.xml())
    told: list[list[str]] = []
    for _ in range(3):
        complete(instance)
        told.append([type(one).__name__ for one in instance.steps[-1] if "Thrown" in type(one).__name__])
    assert told == [[], ["EscalationThrown"], ["SignalThrown"]]
    assert instance.path.count("note") == 1


def test_a_signal_carries_the_counts_and_reaches_the_boundary_event_of_the_activity() -> None:
    loop = EACH.format("false", 'behavior="One" oneBehaviorEventRef="ring"', "")
    diagram = process("p").start().user("review").repeated("review", loop).end()
    diagram = diagram.root_xml("sig", '<bpmn:signal id="sig" name="first"/>')
    diagram = diagram.root_xml("ring", '<bpmn:signalEventDefinition id="ring" signalRef="sig"/>')
    diagram._boundary("heard", "review", '<bpmn:signalEventDefinition signalRef="sig"/>')
    instance = Instance(diagram.end("early").xml())
    complete(instance)
    [thrown] = [one for one in instance.history if isinstance(one, e.SignalThrown)]
    assert thrown.variables["numberOfInstances"] == 3
    assert thrown.variables["numberOfCompletedInstances"] == 1
    assert thrown.variables["loopCounter"] == 1
    assert instance.path == ["start", "heard", "early"]


def test_a_message_leaves_the_instance() -> None:
    loop = EACH.format("true", 'behavior="None" noneBehaviorEventRef="send"', "")
    diagram = process("p").start().user("review").repeated("review", loop).end()
    diagram = diagram.root_xml("msg", '<bpmn:message id="msg" name="reviewed"/>')
    instance = Instance(diagram.root_xml("send", '<bpmn:messageEventDefinition id="send" messageRef="msg"/>').xml())
    for _ in range(3):
        complete(instance)
    thrown = [one for one in instance.history if isinstance(one, e.MessageThrown)]
    assert [(one.name, one.variables["loopCounter"]) for one in thrown] == [("reviewed", n) for n in (1, 2, 3)]


def test_a_condition_that_fails_is_an_incident_and_nothing_is_counted_twice() -> None:
    loop = EACH.format("true", 'behavior="Complex"', COMPLEX.format("limit > 1", THROWN.replace("told", "some")))
    instance = Instance(beside(reviews(loop)).xml())
    complete(instance)
    assert instance.incident("review").kind == "expression"
    instance.resolve("review", variables={"limit": 0})
    complete(instance)
    complete(instance)
    assert sum(isinstance(one, e.IterationCompleted) for one in instance.history) == 3
    assert instance.status == "completed"
