"""What each dialect says about a call activity: which version, what goes in and out, which business key."""

from __future__ import annotations

from typing import Any

import pytest

from engine.bpmn import read
from engine.core import events as e
from tests.support.drawings import Drawing, process
from tests.support.instances import Instance


def camunda(inside: str = "", **attributes: str) -> Drawing:
    written = {"calledElement": "child", **{f"camunda:{name}": value for name, value in attributes.items()}}
    return process("p", dialect="camunda").start().node("callActivity", "call", written, extensions=inside).end()


def zeebe(attributes: str = "", mappings: str = "") -> Drawing:
    inside = f'<zeebe:calledElement processId="child" {attributes}/>'
    inside += f"<zeebe:ioMapping>{mappings}</zeebe:ioMapping>" if mappings else ""
    return process("p", dialect="zeebe").start().node("callActivity", "call", extensions=inside).end()


def plain(**properties: str) -> Drawing:
    return process("p").start().call("call", "ns:child", **properties).end()


CHILD = process("child").start().script("w", "x = 10\nnew = 5").user("u").end()
BEFORE = {"x": 1, "y": 2}
EVERYTHING_BACK = {"x": 10, "y": 2, "new": 5}

VARIABLES: dict[str, tuple[Drawing, dict[str, Any], dict[str, Any]]] = {
    "camunda: nothing in and nothing out unless it is said": (camunda(), {}, BEFORE),
    "camunda: single variables": (
        camunda('<camunda:in source="x" target="a"/><camunda:out source="new" target="b"/>'),
        {"a": 1}, {**BEFORE, "b": 5},
    ),
    "camunda: a variable that is not there is null": (
        camunda('<camunda:in source="nothing" target="a"/><camunda:out source="none" target="b"/>'),
        {"a": None}, {**BEFORE, "b": None},
    ),
    "camunda: expressions": (
        camunda('<camunda:in sourceExpression="${x + y}" target="a"/>'
                '<camunda:out sourceExpression="${new * 2}" target="b"/>'),
        {"a": 3}, {**BEFORE, "b": 10},
    ),
    "camunda: all": (
        camunda('<camunda:in variables="all"/><camunda:out variables="all"/>'), BEFORE, EVERYTHING_BACK,
    ),
    "camunda: only what is local": (
        camunda('<camunda:inputOutput><camunda:inputParameter name="own">${x}</camunda:inputParameter>'
                '</camunda:inputOutput><camunda:in variables="all" local="true"/>'),
        {"own": 1}, BEFORE,
    ),
    "camunda: out to the call activity's own outputs": (
        camunda('<camunda:inputOutput><camunda:outputParameter name="b">${kept + 1}</camunda:outputParameter>'
                '</camunda:inputOutput><camunda:out source="new" target="kept" local="true"/>'),
        {}, {**BEFORE, "b": 6},
    ),
    "zeebe: everything both ways": (zeebe(), BEFORE, EVERYTHING_BACK),
    "zeebe: only the inputs": (
        zeebe('propagateAllParentVariables="false"', '<zeebe:input source="= x" target="a"/>'),
        {"a": 1}, EVERYTHING_BACK,
    ),
    "zeebe: the inputs beside everything": (
        zeebe("", '<zeebe:input source="= x" target="a"/>'), {**BEFORE, "a": 1}, EVERYTHING_BACK,
    ),
    "zeebe: nothing back": (zeebe('propagateAllChildVariables="false"'), BEFORE, BEFORE),
    "zeebe: only the outputs back": (
        zeebe('propagateAllChildVariables="false"', '<zeebe:output source="= new" target="b"/>'),
        BEFORE, {**BEFORE, "b": 5},
    ),
    "plain: everything both ways, and the prefix of a qualified name is nothing": (plain(), BEFORE, EVERYTHING_BACK),
    "plain: what is mapped": (plain(input_a="x", output_b="new"), {"a": 1}, {**BEFORE, "b": 5}),
}  # fmt: skip


@pytest.mark.parametrize("diagram, given, after", VARIABLES.values(), ids=VARIABLES)
def test_what_goes_in_and_what_comes_out(diagram: Drawing, given: dict[str, Any], after: dict[str, Any]) -> None:
    instance = Instance(diagram.xml(), called={"child:1": CHILD.xml()}, **BEFORE)
    (called,) = (one for one in instance.history if isinstance(one, e.ProcessCalled))
    assert called.variables == given
    assert instance.complete("u").variables == after
    assert instance.status == "completed"


CALLS: dict[str, tuple[Drawing, str, str | None]] = {
    "camunda: latest": (camunda(calledElementBinding="latest"), "latest", None),
    "camunda: deployment": (camunda(calledElementBinding="deployment"), "deployment", None),
    "camunda: version": (camunda(calledElementBinding="version", calledElementVersion="3"), "version", "'3'"),
    "camunda: version by expression": (
        camunda(calledElementBinding="version", calledElementVersion="${v}"), "version", "${v}",
    ),
    "camunda: version tag": (
        camunda(calledElementBinding="versionTag", calledElementVersionTag="gold"), "versionTag", "'gold'",
    ),
    "zeebe: latest": (zeebe('bindingType="latest"'), "latest", None),
    "zeebe: deployment": (zeebe('bindingType="deployment"'), "deployment", None),
    "zeebe: version tag": (zeebe('bindingType="versionTag" versionTag="gold"'), "versionTag", "'gold'"),
    "plain: a version means that version": (plain(call_version="3"), "version", "'3'"),
    "plain: version tag": (plain(call_version_tag="gold"), "versionTag", "'gold'"),
    "plain: deployment": (plain(call_binding="deployment"), "deployment", None),
}  # fmt: skip


@pytest.mark.parametrize("diagram, binding, version", CALLS.values(), ids=CALLS)
def test_which_version_is_called(diagram: Drawing, binding: str, version: str | None) -> None:
    document = read(diagram.xml())
    assert document.ok, document.problems
    call = document.processes[0].process.nodes["call"].view.extensions.call
    assert call is not None
    assert (call.binding, call.version.source if call.version else None) == (binding, version)


KEYS: dict[str, tuple[Drawing, str | None]] = {
    "camunda: none": (camunda(), None),
    "camunda: the caller's": (camunda('<camunda:in businessKey="#{execution.processBusinessKey}"/>'), "key-1"),
    "camunda: its own": (camunda('<camunda:in businessKey="${x}-sub"/>'), "1-sub"),
    "zeebe: the caller's": (zeebe(), "key-1"),
    "plain: the caller's": (plain(), "key-1"),
    "plain: its own": (plain(call_business_key="'sub-' + str(x)"), "sub-1"),
}


@pytest.mark.parametrize("diagram, key", KEYS.values(), ids=KEYS)
def test_which_business_key_it_has(diagram: Drawing, key: str | None) -> None:
    instance = Instance(diagram.xml(), called={"child:1": CHILD.xml()}, business_key="key-1", **BEFORE)
    (called,) = (one for one in instance.history if isinstance(one, e.ProcessCalled))
    assert called.business_key == key


ZEEBE_NAMES_IT = '<zeebe:calledElement processId="= which"/>'
DYNAMIC = {
    "camunda": process("p", dialect="camunda").start().node("callActivity", "c", {"calledElement": "${which}"}).end(),
    "zeebe": process("p", dialect="zeebe").start().node("callActivity", "c", extensions=ZEEBE_NAMES_IT).end(),
    "plain": process("p").start().call("c", "", call_process="which").end(),
}


@pytest.mark.parametrize("diagram", DYNAMIC.values(), ids=DYNAMIC)
def test_an_expression_says_what_is_called(diagram: Drawing) -> None:
    instance = Instance(diagram.xml(), called={"child:1": CHILD.xml()}, which="child")
    assert instance.active == ["c", "u"]


SCRIPT = "<bpmn:script>done = 1</bpmn:script>"
DECIDE = '<baton:properties><baton:property name="job.type" value="decide"/></baton:properties>'
GLOBAL = {
    "globalTask": ("", [], {}),
    "globalManualTask": ("", [], {}),
    "globalUserTask": ("", ["g"], {"done": 1}),
    "globalScriptTask": (SCRIPT, [], {"done": 1}),
    "globalBusinessRuleTask": (f"<bpmn:extensionElements>{DECIDE}</bpmn:extensionElements>", ["g"], {"done": 1}),
}


@pytest.mark.proves("callActivity of a {kind}")
@pytest.mark.parametrize("kind, inside, waiting, variables", [(kind, *row) for kind, row in GLOBAL.items()], ids=GLOBAL)
def test_a_global_task_is_called_like_a_process_of_one_task(kind, inside, waiting, variables) -> None:
    xml = f'<bpmn:{kind} id="g" scriptLanguage="python">{inside}</bpmn:{kind}>'
    document = read(process("p").start().end().root_xml("g", xml).xml())
    assert document.ok, document.problems
    _, task = document.processes
    assert (task.process.id, list(task.process.nodes)) == ("g", ["g"])
    # Given a process that calls it, before it is there
    instance = Instance(process("p").start().call("call", "g").end().xml())
    assert task.executable is not None
    instance.definitions["g:1"] = task.executable
    # When the call is tried again
    instance.resolve("call")
    # Then the task is done in it
    for element in waiting:
        assert instance.active == ["call", element]
        instance.complete(element, done=1)
    assert instance.path == ["start", "g", "g", "call", "end"]
    assert (instance.variables, instance.status) == (variables, "completed")


def test_a_document_may_hold_global_tasks_alone() -> None:
    text = process("p").start().end().root_xml("g", '<bpmn:globalUserTask id="g"/>').xml().decode()
    start, rest = text.split("<bpmn:process", 1)
    document = read((start + rest.split("</bpmn:process>", 1)[1]).encode())
    assert document.ok, document.problems
    assert [one.process.id for one in document.processes] == ["g"]


@pytest.mark.parametrize("xml, rule", [
    ('<bpmn:globalScriptTask id="g"/>', "missing-script"),
    ('<bpmn:globalBusinessRuleTask id="g"/>', "missing-job-type"),
])  # fmt: skip
def test_what_a_global_task_lacks_is_reported(xml: str, rule: str) -> None:
    problems = read(process("p").start().end().root_xml("g", xml).xml()).problems
    assert [(one.rule, one.element_id) for one in problems] == [(rule, "g")]
