"""An extension that does nothing, means something else, or is said twice is always named, with id and line."""

# ruff: noqa: E501 - a diagram, or a row of a table of diagrams, reads best on one line
from __future__ import annotations

import pytest

from engine.bpmn import read
from engine.bpmn.rules import all_rules

XMLNS = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:baton="https://baton.dev/schema/1.0" '
    'xmlns:other="urn:other" '
)
DIALECTS = {
    "camunda": 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"',
    "zeebe": 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"',
    "spiffworkflow": 'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"',
}
TOPIC = 'camunda:type="external" camunda:topic="x"'


def found(dialect: str, attributes: str, inside: str) -> list[tuple[str, int | None]]:
    """Rules and lines found on service task t, which begins in line 3 and has its extensions from line 5."""
    document = read(
        f"""<definitions {XMLNS} {DIALECTS[dialect]}><process id="p"><startEvent id="s"/>
<sequenceFlow id="f" sourceRef="s" targetRef="t"/>
<serviceTask id="t" {attributes}>
<extensionElements>
{inside}
</extensionElements></serviceTask></process></definitions>""".encode()
    )
    assert {one.element_id for one in document.problems} <= {"t"}
    return [(one.rule, one.line) for one in document.problems]


CASES = {
    "Java class": ("camunda", 'camunda:class="x.Y"', "", [("unsupported-extension", 3), ("missing-job-type", 3)]),
    "delegate": ("camunda", f'{TOPIC} camunda:delegateExpression="${{x}}"', "", [("unsupported-extension", 3)]),
    "expression": ("camunda", f'{TOPIC} camunda:expression="${{x}}"', "", [("unsupported-extension", 3)]),
    "listener": ("camunda", TOPIC, '<camunda:executionListener event="start"/>', [("unsupported-extension", 5)]),
    "connector": ("camunda", TOPIC, "<camunda:connector/>", [("unsupported-extension", 5)]),
    "connector for something else": (
        "camunda", TOPIC, "<camunda:connector><camunda:connectorId>soap-http-connector</camunda:connectorId></camunda:connector>",
        [("unsupported-extension", 5)],
    ),
    "connector with something else in it": (
        "camunda", "",
        '<camunda:connector><camunda:connectorId>http-connector</camunda:connectorId><camunda:inputOutput><camunda:parameter name="x"/></camunda:inputOutput></camunda:connector>',
        [("bad-extension", 5)],
    ),
    "error definition without an error": (
        "camunda", TOPIC, '<camunda:errorEventDefinition id="e" expression="${x}"/>', [("bad-extension", 5)],
    ),
    "attribute of a list that does not exist": (
        "camunda", TOPIC, '<camunda:properties>\n<camunda:property nam="a" name="b" value="1"/></camunda:properties>',
        [("unknown-extension", 6)],
    ),
    "element in a form that is kept": (
        "camunda", TOPIC, '<camunda:formData><camunda:formField id="x" type="long"/></camunda:formData>', [("kept-extension", 5)],
    ),
    "mapping of a call activity elsewhere": ("camunda", TOPIC, '<camunda:in variables="all"/>', [("bad-extension", 5)]),
    "parameter that is a script elsewhere": (
        "camunda", TOPIC,
        '<camunda:inputOutput>\n<camunda:inputParameter name="x"><camunda:script resource="x.py"/></camunda:inputParameter>\n</camunda:inputOutput>',
        [("unsupported-extension", 6)],
    ),
    "parameter that is a script in another language": (
        "camunda", TOPIC,
        '<camunda:inputOutput>\n<camunda:inputParameter name="x"><camunda:script scriptFormat="groovy">1</camunda:script></camunda:inputParameter>\n</camunda:inputOutput>',
        [("syntax-not-available", 6)],
    ),
    "parameter that is something else": (
        "camunda", TOPIC,
        '<camunda:inputOutput><camunda:inputParameter name="x"><camunda:set/></camunda:inputParameter></camunda:inputOutput>',
        [("bad-extension", 5)],
    ),
    "list with something else": (
        "camunda", TOPIC,
        '<camunda:inputOutput><camunda:inputParameter name="x"><camunda:list><camunda:script/></camunda:list></camunda:inputParameter></camunda:inputOutput>',
        [("bad-extension", 5)],
    ),
    "brace that is not closed in a map": (
        "camunda", TOPIC,
        '<camunda:inputOutput><camunda:inputParameter name="x"><camunda:map><camunda:entry key="a">${x</camunda:entry></camunda:map></camunda:inputParameter></camunda:inputOutput>',
        [("bad-extension", 5)],
    ),
    "parameter without name": (
        "camunda", TOPIC,
        "<camunda:inputOutput><camunda:inputParameter>1</camunda:inputParameter></camunda:inputOutput>",
        [("bad-extension", 5)],
    ),
    "parameter of another kind": (
        "camunda", TOPIC, '<camunda:inputOutput><camunda:parameter name="x"/></camunda:inputOutput>', [("bad-extension", 5)],
    ),
    "parameter given twice": (
        "camunda", TOPIC,
        '<camunda:inputOutput><camunda:inputParameter name="x">1</camunda:inputParameter>\n<camunda:inputParameter name="x">2</camunda:inputParameter></camunda:inputOutput>',
        [("stated-twice", 6)],
    ),
    "external task without topic": (
        "camunda", 'camunda:type="external"', "", [("bad-extension", 3), ("missing-job-type", 3)],
    ),
    "mail task": ("camunda", 'camunda:type="mail" camunda:topic="x"', "", [("bad-extension", 3)]),
    "retry cycle of another form": (
        "camunda", TOPIC, "<camunda:failedJobRetryTimeCycle>PT1M,PT5M</camunda:failedJobRetryTimeCycle>",
        [("bad-extension", 5)],
    ),
    "asynchronous continuation": ("camunda", f'{TOPIC} camunda:asyncBefore="true"', "", [("ignored-extension", 3)]),
    "priority": ("camunda", f'{TOPIC} camunda:taskPriority="5"', "", []),
    "computed priority": ("camunda", f'{TOPIC} camunda:taskPriority="${{urgent}}"', "", [("kept-extension", 3)]),
    "misspelt attribute": ("camunda", f'{TOPIC} camunda:topicc="x"', "", [("unknown-extension", 3)]),
    "misspelt element": ("camunda", TOPIC, "<camunda:inputOutputs/>", [("unknown-extension", 5)]),
    "template of an editor": ("camunda", f'{TOPIC} camunda:modelerTemplate="x"', "", []),
    "another vendor's": ("camunda", TOPIC, "<other:thing/>", [("foreign-extensions", 3)]),
    "job type given twice": (
        "camunda", TOPIC, '<camunda:properties>\n<camunda:property name="job.type" value="y"/></camunda:properties>',
        [("stated-twice", 6)],
    ),
    "job type repeated": (
        "camunda", TOPIC, '<camunda:properties><camunda:property name="job.type" value="x"/></camunda:properties>', [],
    ),
    "property given twice": (
        "camunda", TOPIC,
        '<camunda:properties><camunda:property name="a" value="1"/>\n<camunda:property name="a" value="1"/></camunda:properties>',
        [("stated-twice", 6)],
    ),
    "property given in two lists": (
        "camunda", TOPIC,
        '<camunda:properties><camunda:property name="a" value="1"/></camunda:properties>\n<baton:properties><baton:property name="a" value="2"/></baton:properties>',
        [("stated-twice", 6)],
    ),
    "property without name": (
        "camunda", TOPIC, '<camunda:properties><camunda:property value="1"/></camunda:properties>', [("bad-extension", 5)],
    ),
    "something else among properties": (
        "camunda", TOPIC, "<camunda:properties><camunda:setting/></camunda:properties>", [("bad-extension", 5)],
    ),
    "job type that is an expression": (
        "zeebe", "", '<zeebe:taskDefinition type="= x"/>', [("missing-job-type", 3), ("bad-extension", 5)],
    ),
    "empty job type": ("zeebe", "", '<zeebe:taskDefinition type=" "/>', [("missing-job-type", 3), ("bad-extension", 5)]),
    "FEEL that is none": (
        "zeebe", "",
        '<zeebe:taskDefinition type="x"/>\n<zeebe:ioMapping><zeebe:input source="= 1 +" target="a"/></zeebe:ioMapping>',
        [("expression", 6)],
    ),
    "mapping without a name between its dots": (
        "zeebe", "",
        '<zeebe:taskDefinition type="x"/><zeebe:ioMapping><zeebe:output source="1" target="a..b"/></zeebe:ioMapping>',
        [("bad-extension", 5)],
    ),
    "mapping with an attribute that does not exist": (
        "zeebe", "",
        '<zeebe:taskDefinition type="x"/><zeebe:ioMapping>\n<zeebe:output source="1" target="a" to="b"/></zeebe:ioMapping>',
        [("unknown-extension", 6)],
    ),
    "part of a mapping twice": (
        "zeebe", "",
        '<zeebe:taskDefinition type="x"/><zeebe:ioMapping><zeebe:input source="1" target="a.b"/>\n<zeebe:input source="2" target="a.b"/></zeebe:ioMapping>',
        [("stated-twice", 6)],
    ),
    "decision of Camunda 8": (
        "zeebe", "", '<zeebe:taskDefinition type="x"/><zeebe:calledDecision decisionId="d" resultVariable="r"/>',
        [("unsupported-extension", 5)],
    ),
    "priority of Camunda 8": (
        "zeebe", "", '<zeebe:taskDefinition type="x"/><zeebe:jobPriorityDefinition priority="5"/>', [("kept-extension", 5)],
    ),
    "mapping of another kind": (
        "zeebe", "", '<zeebe:taskDefinition type="x"/><zeebe:ioMapping><zeebe:both/></zeebe:ioMapping>',
        [("bad-extension", 5)],
    ),
    "listeners of Camunda 8": (
        "zeebe", "", '<zeebe:taskDefinition type="x"/><zeebe:executionListeners/>', [("unsupported-extension", 5)],
    ),
    "other dialect in a diagram": (
        "zeebe", 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:asyncBefore="true"',
        '<zeebe:taskDefinition type="x"/><zeebe:taskHeaders/>', [("foreign-extensions", 3)],
    ),
    "script before a task that does not compile": (
        "spiffworkflow", "",
        '<spiffworkflow:serviceTaskOperator id="x"/><spiffworkflow:preScript>import os</spiffworkflow:preScript>',
        [("expression", 5)],
    ),
    "parameter with an attribute that does not exist": (
        "spiffworkflow", "",
        '<spiffworkflow:serviceTaskOperator id="x"><spiffworkflow:parameters>\n<spiffworkflow:parameter id="a" kind="int" value="1"/></spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>',
        [("unknown-extension", 6)],
    ),
    "number of retries that is none": (
        "spiffworkflow", "",
        '<spiffworkflow:serviceTaskOperator id="x"><spiffworkflow:parameters/><spiffworkflow:retry retries="often"/></spiffworkflow:serviceTaskOperator>',
        [("bad-extension", 5)],
    ),
    "decision of SpiffWorkflow": (
        "spiffworkflow", "",
        '<spiffworkflow:serviceTaskOperator id="x"/><spiffworkflow:calledDecisionId>d</spiffworkflow:calledDecisionId>',
        [("unsupported-extension", 5)],
    ),
    "instructions": (
        "spiffworkflow", "",
        '<spiffworkflow:serviceTaskOperator id="x"/><spiffworkflow:instructionsForEndUser>Look</spiffworkflow:instructionsForEndUser>',
        [("kept-extension", 5)],
    ),
    "unit tests": (
        "spiffworkflow", "", '<spiffworkflow:serviceTaskOperator id="x"/><spiffworkflow:unitTests/>', [("ignored-extension", 5)],
    ),
    "correlation without its property": (
        "spiffworkflow", "",
        '<spiffworkflow:serviceTaskOperator id="x"/><spiffworkflow:processVariableCorrelation/>', [("bad-extension", 5)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_an_extension_is_read_or_named(name):
    dialect, attributes, inside, expected = CASES[name]
    assert found(dialect, attributes, inside) == expected


def test_every_rule_about_extensions_has_a_case():
    rules = {rule for *_, expected in CASES.values() for rule, _ in expected}
    about = {rule.name for rule in all_rules() if rule.topic == "Extensions"} - {"must-understand"}
    assert about <= rules
