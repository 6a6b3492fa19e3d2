"""Elements that do one small thing: manual tasks, none events, ends that throw, standard loops one by one."""

from __future__ import annotations

import pytest

from engine.bpmn import read
from engine.core.commands import CompleteJob

from ..support.diagrams import Diagram, process
from ..support.drawings import process as drawing
from ..support.instances import Instance


@pytest.mark.proves("manualTask", "throw:none")
def test_a_manual_task_and_a_none_event_let_their_token_pass() -> None:
    instance = Instance(process("p").start().manual("by_hand").throw_none("milestone").end().xml())
    assert instance.trace == [
        "start start", "end start", "start by_hand", "end by_hand", "start milestone", "end milestone",
        "start end", "end end",
    ]  # fmt: skip
    assert instance.status == "completed"


@pytest.mark.proves("throw:escalation", "end:escalation")
def test_escalations_that_nobody_catches_leave_their_path_as_it_was() -> None:
    instance = Instance(drawing("p").start().throw_escalation("up", "A").end_escalation("last", "B").xml())
    assert instance.path == ["start", "up", "last"]
    assert [event.code for event in instance.history if type(event).__name__ == "EscalationUncaught"] == ["A", "B"]
    assert instance.status == "completed"


@pytest.mark.proves("end:compensate")
def test_a_compensation_end_event_undoes_and_then_ends() -> None:
    diagram = process("p").start().task("book").end_compensation("undone").task("unbook", for_compensation=True)
    instance = Instance(diagram.compensation(on="book", handler="unbook").xml())
    assert instance.trace[-4:] == ["start undone", "undo unbook", "end unbook", "end undone"]
    assert instance.status == "completed"


def counting(attributes: str, condition: str) -> bytes:
    loop = f"<bpmn:standardLoopCharacteristics {attributes}><bpmn:loopCondition>{condition}</bpmn:loopCondition>"
    body = "<bpmn:script>n = n + 1</bpmn:script>\n" + loop + "</bpmn:standardLoopCharacteristics>"
    diagram: Diagram = process("p").start().node("scriptTask", "count", {}, body).end()
    return diagram.xml()


@pytest.mark.proves("standard loop tested after")
def test_a_loop_that_is_tested_after_each_turn_has_at_least_one() -> None:
    assert Instance(counting("", "False"), n=0).variables["n"] == 1
    assert Instance(counting("", "n &lt; 3"), n=0).variables["n"] == 3


@pytest.mark.proves("standard loop tested before")
def test_a_loop_that_is_tested_before_each_turn_may_have_none() -> None:
    assert Instance(counting('testBefore="true"', "False"), n=0).variables["n"] == 0
    assert Instance(counting('testBefore="true"', "n &lt; 3"), n=0).variables["n"] == 3


@pytest.mark.proves("standard loop with a maximum")
def test_a_loop_ends_at_its_maximum_whatever_its_condition_says() -> None:
    assert Instance(counting('loopMaximum="2"', "True"), n=0).variables["n"] == 2


@pytest.mark.proves("multi-instance by cardinality")
def test_a_cardinality_is_how_often_the_activity_is_done() -> None:
    loop = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>times</bpmn:loopCardinality>"
    body = "<bpmn:script>n = n + 1</bpmn:script>\n" + loop + "</bpmn:multiInstanceLoopCharacteristics>"
    xml = process("p").start().node("scriptTask", "count", {}, body).end().xml()
    assert [Instance(xml, n=0, times=times).variables["n"] for times in (0, 1, 5)] == [0, 1, 5]


@pytest.mark.proves("businessRuleTask")
def test_a_business_rule_task_is_a_job() -> None:
    rules = '<baton:properties><baton:property name="job.type" value="rate"/></baton:properties>'
    instance = Instance(process("p").start().node("businessRuleTask", "rate", extensions=rules).end().xml())
    assert instance.active == ["rate"]
    job = next(iter(instance.state.waits))
    instance.send(CompleteJob(at=0, job=job, variables={"premium": 12}))
    assert (instance.variables["premium"], instance.status) == (12, "completed")


@pytest.mark.parametrize("kind", ["choreographyTask", "subChoreography", "callChoreography"])
@pytest.mark.proves("choreographyTask", "subChoreography", "callChoreography")
def test_choreographies_are_refused_by_name_with_id_and_line(kind: str) -> None:
    diagram = process("p").start().node(kind, "talk").end()
    document = read(diagram.xml(), "talk.bpmn")
    found = [problem for problem in document.problems if problem.rule == "unsupported-element"]
    assert [(problem.severity, problem.element_id, problem.line) for problem in found] == [
        ("error", "talk", diagram.line_of("talk"))
    ]
    assert kind in found[0].sentence
