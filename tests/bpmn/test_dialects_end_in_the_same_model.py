"""Whatever editor wrote it, the same service task, user task and script task end in the same `Extensions`."""

# ruff: noqa: E501 - a diagram, or a row of a table of diagrams, reads best on one line
from __future__ import annotations

import pytest
from msgspec import structs

from engine.bpmn import read
from engine.bpmn.limits import DEFAULT_LIMITS
from engine.model import Assignment, Extensions, FormalExpression
from tests.support.diagrams import process

ROOTS = {
    "plain": 'xmlns:baton="https://baton.dev/schema/1.0"',
    "camunda": 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"',
    "activiti": 'xmlns:camunda="http://activiti.org/bpmn"',
    "zeebe": 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"',
    "spiffworkflow": 'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"',
}


def document(dialect, task, declarations="", platform=""):
    return read(
        f"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" {ROOTS[dialect]} {declarations}
 xmlns:modeler="http://camunda.org/schema/modeler/1.0" {platform}><process id="p">
<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>
{task}
</process></definitions>""".encode()
    )


def extensions(dialect, task, **more):
    """What task t says, with lines and syntaxes of no consequence, and the rules found."""
    read_ = document(dialect, task, **more)
    said = read_.processes[0].process.nodes["t"].view.extensions
    return _plain(said), [one.rule for one in read_.problems]


def _plain(said: Extensions) -> Extensions:
    fields = {name: _bare(value) for name, value in structs.asdict(said).items()}
    return Extensions(**fields)


def _bare(value):
    if isinstance(value, FormalExpression):
        return FormalExpression(value.source.removeprefix("${").removesuffix("}").strip("'"), "")
    if isinstance(value, tuple):
        return tuple(Assignment(one.target, _bare(one.expression)) for one in value)
    return value


def service(extension_elements, attributes=""):
    return f'<serviceTask id="t" {attributes}><extensionElements>{extension_elements}</extensionElements></serviceTask>'


CHARGE = Extensions(
    job_type="charge",
    inputs=(Assignment("url", FormalExpression("http://pay", "")), Assignment("amount", FormalExpression("total", ""))),
    outputs=(Assignment("payment", FormalExpression("response.id", "")),),
    properties={"job.retries": "5", "http.error.409": "TAKEN"},
)

SERVICE_TASKS = {
    "camunda": (
        "camunda",
        service(
            """<camunda:inputOutput>
<camunda:inputParameter name="url">http://pay</camunda:inputParameter>
<camunda:inputParameter name="amount">${total}</camunda:inputParameter>
<camunda:outputParameter name="payment">${response.id}</camunda:outputParameter>
</camunda:inputOutput>
<camunda:properties><camunda:property name="job.retries" value="5"/>
<camunda:property name="http.error.409" value="TAKEN"/></camunda:properties>""",
            'camunda:type="external" camunda:topic="charge"',
        ),
    ),
    "camunda by properties": (
        "camunda",
        service(
            """<camunda:properties>
<camunda:property name="job.type" value="charge"/>
<camunda:property name="input.url" value="http://pay"/>
<camunda:property name="input.amount" value="${total}"/>
<camunda:property name="output.payment" value="${response.id}"/>
<camunda:property name="job.retries" value="5"/>
<camunda:property name="http.error.409" value="TAKEN"/></camunda:properties>"""
        ),
    ),
    "zeebe": (
        "zeebe",
        service(
            """<zeebe:taskDefinition type="charge" retries="5"/>
<zeebe:ioMapping><zeebe:input source="http://pay" target="url"/><zeebe:input source="= total" target="amount"/>
<zeebe:output source="=response.id" target="payment"/></zeebe:ioMapping>
<zeebe:taskHeaders><zeebe:header key="http.error.409" value="TAKEN"/></zeebe:taskHeaders>"""
        ),
    ),
    "zeebe by properties": (
        "zeebe",
        service(
            """<zeebe:taskDefinition type="charge"/>
<zeebe:ioMapping><zeebe:input source="http://pay" target="url"/><zeebe:input source="= total" target="amount"/>
<zeebe:output source="=response.id" target="payment"/></zeebe:ioMapping>
<zeebe:properties><zeebe:property name="job.retries" value="5"/>
<zeebe:property name="http.error.409" value="TAKEN"/></zeebe:properties>"""
        ),
    ),
    "plain": (
        "plain",
        service(
            """<baton:properties><baton:property name="job.type" value="charge"/>
<baton:property name="input.url" value="'http://pay'"/><baton:property name="input.amount" value="total"/>
<baton:property name="output.payment" value="response.id"/>
<baton:property name="job.retries" value="5"/><baton:property name="http.error.409" value="TAKEN"/>
</baton:properties>"""
        ),
    ),
    "spiffworkflow": (
        "spiffworkflow",
        service(
            """<spiffworkflow:serviceTaskOperator id="charge"><spiffworkflow:parameters>
<spiffworkflow:parameter id="url" type="str" value="'http://pay'"/>
<spiffworkflow:parameter id="amount" type="int" value="total"/></spiffworkflow:parameters>
</spiffworkflow:serviceTaskOperator><spiffworkflow:properties>
<spiffworkflow:property name="output.payment" value="response.id"/>
<spiffworkflow:property name="job.retries" value="5"/><spiffworkflow:property name="http.error.409" value="TAKEN"/>
</spiffworkflow:properties>"""
        ),
    ),
}


@pytest.mark.parametrize("spelling", SERVICE_TASKS)
def test_a_service_task_is_the_same_in_every_spelling(spelling):
    dialect, task = SERVICE_TASKS[spelling]
    said, rules = extensions(dialect, task)
    assert said == CHARGE
    assert list(rules) == []


REVIEW = Extensions(
    assignee=FormalExpression("clerk", ""),
    candidate_users=FormalExpression("ann, bob", ""),
    candidate_groups=FormalExpression("sales", ""),
    due_date=FormalExpression("deadline", ""),
    form_key="review-form",
)

USER_TASKS = {
    "camunda": (
        "camunda",
        """<userTask id="t" camunda:assignee="${clerk}" camunda:candidateUsers="ann, bob" camunda:candidateGroups="sales"
 camunda:dueDate="${deadline}" camunda:formKey="review-form"/>""",
    ),
    "zeebe": (
        "zeebe",
        """<userTask id="t"><extensionElements><zeebe:userTask/><zeebe:formDefinition formKey="review-form"/>
<zeebe:assignmentDefinition assignee="=clerk" candidateUsers="ann, bob" candidateGroups="sales"/>
<zeebe:taskSchedule dueDate="= deadline"/></extensionElements></userTask>""",
    ),
    "plain": (
        "plain",
        """<userTask id="t"><extensionElements><baton:properties>
<baton:property name="task.assignee" value="clerk"/><baton:property name="task.candidate.users" value="'ann, bob'"/>
<baton:property name="task.candidate.groups" value="'sales'"/><baton:property name="task.due" value="deadline"/>
<baton:property name="task.form" value="review-form"/></baton:properties></extensionElements></userTask>""",
    ),
}


@pytest.mark.parametrize("spelling", USER_TASKS)
def test_a_user_task_is_the_same_in_every_spelling(spelling):
    said, _ = extensions(*USER_TASKS[spelling])
    assert said == REVIEW


@pytest.mark.parametrize(
    "dialect, syntax",
    [("camunda", "juel"), ("activiti", "juel"), ("zeebe", "feel"), ("spiffworkflow", "python"), ("plain", "python")],
)
def test_the_dialect_chooses_the_syntax_of_conditions(dialect, syntax):
    read_ = document(
        dialect, '<task id="t"/><sequenceFlow id="g" sourceRef="t" targetRef="t"><conditionExpression>x</conditionExpression></sequenceFlow>'
    )  # fmt: skip
    process_ = read_.processes[0].process
    assert process_.flows["g"].condition.syntax == syntax
    assert process_.nodes["t"].view.syntax == syntax


@pytest.mark.parametrize(
    "language, syntax",
    [
        ("python", "python"), ("juel", "juel"), ("feel", "feel"), ("FEEL", "feel"), ("text/x-python", "python"),
        ("https://www.omg.org/spec/DMN/20191111/FEEL/", "feel"), ("http://java.sun.com/products/jsp/", "juel"),
    ],
)  # fmt: skip
def test_an_expression_may_name_its_own_syntax(language, syntax):
    flow = f'<sequenceFlow id="g" sourceRef="t" targetRef="t"><conditionExpression language="{language}">x</conditionExpression></sequenceFlow>'
    assert document("camunda", '<task id="t"/>' + flow).processes[0].process.flows["g"].condition.syntax == syntax


@pytest.mark.parametrize(
    "language, syntax", [("feel", "feel"), ("http://www.w3.org/1999/XPath", "python"), ("", "python"), ("juel", "juel")]
)
def test_the_document_may_name_the_syntax(language, syntax):
    diagram = (
        process().start().task("t").end().raw(' id="definitions"', f' id="definitions" expressionLanguage="{language}"')
    )
    assert read(diagram.xml(), limits=DEFAULT_LIMITS).processes[0].process.nodes["t"].view.syntax == syntax


def test_the_platform_that_the_editor_names_decides_the_dialect():
    both = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    task = '<task id="t" camunda:asyncBefore="true" camunda:asyncAfter="true"/>'
    for platform, dialect in (("Camunda Cloud", "zeebe"), ("Camunda Platform", "camunda"), ("Other", "camunda")):
        named = f'modeler:executionPlatform="{platform}"'
        assert document("camunda", task, declarations=both, platform=named).dialect == dialect


def test_the_namespace_most_used_decides_where_the_editor_names_none():
    both = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    task = (
        '<task id="t" zeebe:modelerTemplate="x"/><task id="u" zeebe:modelerTemplate="x" camunda:modelerTemplate="x"/>'
    )
    assert document("camunda", task, declarations=both).dialect == "zeebe"
    assert document("camunda", '<task id="t"/>', declarations=both).dialect == "camunda"
    assert document("plain", '<task id="t"/>').dialect == "plain"


def test_batons_properties_are_read_in_every_dialect():
    task = service('<baton:properties><baton:property name="job.type" value="x"/></baton:properties>')
    for dialect in ("camunda", "zeebe", "spiffworkflow"):
        said, rules = extensions(dialect, task, declarations=ROOTS["plain"])
        assert said.job_type == "x"
        assert rules == []


@pytest.mark.parametrize(
    "value, expected",
    [
        ("<camunda:list><camunda:value>a</camunda:value><camunda:value>${n}</camunda:value></camunda:list>", ["a", 7]),
        ("<camunda:map><camunda:entry key=\"k's\">it's</camunda:entry></camunda:map>", {"k's": "it's"}),
        ('<camunda:map><camunda:entry key="k">Bearer ${token}!</camunda:entry></camunda:map>', {"k": "Bearer T!"}),
        ('<camunda:map><camunda:entry key="k"> </camunda:entry></camunda:map>', {"k": ""}),
        (
            '<camunda:map><camunda:entry key="k"><camunda:list><camunda:value>${n}</camunda:value></camunda:list></camunda:entry></camunda:map>',
            {"k": [7]},
        ),
        ("<camunda:list/>", []),
        ("<camunda:map/>", {}),
        ("${n}", 7),
        ("n is ${n}", "n is 7"),
        ("plain", "plain"),
        ('<camunda:script scriptFormat="python">{"k": [n]}</camunda:script>', {"k": [7]}),
    ],
)
def test_camunda_parameters_have_the_values_they_have_there(value, expected):
    # Given an input parameter as the Camunda Modeler writes it
    parameter = (
        f'<camunda:inputOutput><camunda:inputParameter name="x">{value}</camunda:inputParameter></camunda:inputOutput>'
    )
    read_ = document("camunda", service(parameter, 'camunda:type="external" camunda:topic="x"'))
    # Then the process is good, and the parameter has its value
    assert read_.problems == ()
    ((target, expression),) = read_.processes[0].executable.elements["t"].inputs
    assert target == "x"
    assert expression.evaluate({"n": 7, "token": "T"}) == expected


def test_a_retry_cycle_is_the_policy_of_equal_pauses():
    said, _ = extensions(
        "camunda",
        service("<camunda:failedJobRetryTimeCycle>R3/PT10S</camunda:failedJobRetryTimeCycle>", 'camunda:topic="x"'),
    )
    assert said.properties == {"job.retries": "3", "job.backoff": "PT10S", "job.backoff.max": "PT10S"}


def test_processes_have_properties_and_a_version_tag():
    for dialect, tag in (("camunda", ' camunda:versionTag="v7"'), ("zeebe", "")):
        inside = '<extensionElements><zeebe:versionTag value="v7"/></extensionElements>' if dialect == "zeebe" else ""
        xml = f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" {ROOTS[dialect]}><process id="p"{tag}>{inside}<startEvent id="s"/></process></definitions>'
        assert read(xml.encode()).processes[0].process.version_tag == "v7"
    assert read(process(properties={"a": "b"}).start().xml()).processes[0].process.properties == {"a": "b"}


def test_property_names_are_case_sensitive_and_near_misses_are_named():
    said, rules = extensions(
        "plain",
        service(
            '<baton:properties><baton:property name="Job.Type" value="x"/><baton:property name="job.type" value="y"/>'
            '<baton:property name="job.retry" value="1"/><baton:property name="Mine" value="2"/>'
            '<baton:property name="mine" value="3"/></baton:properties>'
        ),
    )
    assert said.job_type == "y"
    assert said.properties == {"Job.Type": "x", "job.retry": "1", "Mine": "2", "mine": "3"}
    assert rules == ["unknown-extension", "unknown-extension"]
