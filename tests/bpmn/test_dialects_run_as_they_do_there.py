"""What each dialect adds to the standard does, when it runs, what it does in the engine it was made for."""

# ruff: noqa: E501 - a diagram reads best on one line

from __future__ import annotations

import pytest

from engine.bpmn import read
from engine.core import commands as c
from engine.core import events as e
from tests.support.instances import Instance

from .spelled import caught, extended, spelled

EXTERNAL = 'camunda:type="external" camunda:topic="pay"'
SOLD_OUT = '<error id="E" name="gone" errorCode="SOLD_OUT"/>'
REFUSED = '<error id="R" name="refused" errorCode="REFUSED"/>'


def paying(*errors: str) -> bytes:
    """A Camunda 7 external task with error event definitions: (error id, expression) pairs, and what catches them."""
    said = "".join(f'<camunda:errorEventDefinition id="d{number}" {one}/>' for number, one in enumerate(errors))
    catching = (
        caught("sold", "pay", '<errorEventDefinition errorRef="E" camunda:errorCodeVariable="code" '
               'camunda:errorMessageVariable="said"/>', "after")
        + caught("no", "pay", '<errorEventDefinition errorRef="R"/>', "other")
    )  # fmt: skip
    return spelled("camunda", extended("serviceTask", "pay", said, EXTERNAL), beside=catching, roots=SOLD_OUT + REFUSED)


DETAILS = 'errorRef="E" expression="${externalTask.getErrorDetails().contains(\'stock\')}"'
RESULT = 'errorRef="R" expression="${approved == false}"'


def test_camunda_makes_a_bpmn_error_of_a_failure_and_says_which():
    # Given an external task whose failure with certain details is an error
    instance = Instance(paying(DETAILS))
    # When it fails otherwise, then it is tried again
    instance.fail("pay", "timeout")
    assert instance.active == ["pay"]
    # When it fails with those details, then the error is caught, and its code and message are variables
    instance.fail("pay", "no luck", detail={"errorDetails": "nothing in stock"})
    assert instance.status == "completed"
    assert "after" in instance.path
    assert instance.variables == {"code": "SOLD_OUT", "said": "no luck"}


def test_camunda_makes_a_bpmn_error_of_a_result():
    # Given an external task whose result may be an error
    for approved, path in ((False, "other"), (True, "pay")):
        instance = Instance(paying(DETAILS.replace("getErrorDetails()", "errorMessage"), RESULT))
        # When the worker answers
        instance.complete("pay", approved=approved)
        # Then the first condition that is true says so
        assert instance.status == "completed"
        assert path in instance.path


def test_a_condition_of_an_error_that_has_no_answer_is_part_of_the_failure():
    instance = Instance(paying('errorRef="E" expression="${nobody &lt; 1}"'))
    instance.fail("pay", "timeout")
    failed = next(event for event in instance.history if isinstance(event, e.JobFailed))
    assert "nobody" in failed.detail["error_condition"]
    assert instance.active == ["pay"]


def test_camunda_says_who_started_the_instance():
    start = '<startEvent id="s" camunda:initiator="starter"/>'
    xml = spelled("camunda", '<userTask id="t" camunda:assignee="${starter}"/>', start=start)
    instance = Instance(xml)
    assert instance.variables == {"starter": None}
    again = Instance(xml)
    again.state, again.history, again.steps = e.blank_state(), [], []
    again.send(c.Start(at=0, actor="ada", instance="i-2", definition="p:1", variables={}))
    assert again.variables == {"starter": "ada"}


def test_camunda_sends_a_message_by_an_external_task():
    # Given a throw event whose message an external worker sends
    definition = f'<messageEventDefinition messageRef="M" {EXTERNAL}/>'
    xml = spelled(
        "camunda",
        f'<intermediateThrowEvent id="t">{definition}</intermediateThrowEvent>',
        roots='<message id="M" name="m"/>',
    )
    instance = Instance(xml)
    # Then it is a job of that type
    job = next(event for event in instance.history if isinstance(event, e.JobCreated))
    assert job.type == "pay"
    instance.complete("t")
    assert instance.status == "completed"


SIGNALS = {
    "all variables": ('<camunda:in variables="all"/>', {"a": 1, "b": 2}),
    "one variable": ('<camunda:in source="a" target="x"/>', {"x": 1}),
    "an expression": ('<camunda:in sourceExpression="${a + b}" target="x"/>', {"x": 3}),
    "none that is there": ('<camunda:in source="zz" target="x"/>', {"x": None}),
}


@pytest.mark.parametrize("name", SIGNALS)
def test_camunda_signals_carry_what_their_in_mappings_say(name):
    said, carried = SIGNALS[name]
    definition = extended("signalEventDefinition", "d", said, 'signalRef="S"')
    xml = spelled(
        "camunda",
        f'<intermediateThrowEvent id="t">{definition}</intermediateThrowEvent>',
        roots='<signal id="S" name="s"/>',
    )
    instance = Instance(xml, a=1, b=2)
    thrown = next(event for event in instance.history if isinstance(event, e.SignalThrown))
    assert thrown.variables == carried


def test_camunda_names_the_variable_for_the_code_of_an_escalation():
    inner = """<subProcess id="sub"><startEvent id="i"/><endEvent id="up"><escalationEventDefinition escalationRef="X"/>
</endEvent><sequenceFlow id="f" sourceRef="i" targetRef="up"/></subProcess>"""
    definition = '<escalationEventDefinition camunda:escalationCodeVariable="which"/>'
    xml = spelled(
        "camunda", inner, beside=caught("b", "sub", definition, "t"), roots='<escalation id="X" escalationCode="HELP"/>'
    )
    instance = Instance(xml)
    assert instance.variables == {"which": "HELP"}


def test_camunda_connectors_map_around_the_http_call():
    # Given a connector inside a task, both with parameters
    said = """<camunda:connector><camunda:inputOutput>
<camunda:inputParameter name="url">${base}/x</camunda:inputParameter>
<camunda:inputParameter name="method">GET</camunda:inputParameter>
<camunda:outputParameter name="status">${statusCode}</camunda:outputParameter>
</camunda:inputOutput><camunda:connectorId>http-connector</camunda:connectorId></camunda:connector>
<camunda:inputOutput><camunda:inputParameter name="base">http://${host}</camunda:inputParameter>
<camunda:outputParameter name="good">${status == 200}</camunda:outputParameter></camunda:inputOutput>"""
    xml = spelled("camunda", extended("serviceTask", "call", said))
    instance = Instance(xml, host="h")
    # Then the connector's inputs see those of the task,
    job = next(event for event in instance.history if isinstance(event, e.JobCreated))
    assert job.type == "http-connector"
    assert job.inputs["url"] == "http://h/x"
    # and the task's outputs see those of the connector
    instance.complete("call", response="", statusCode=200, headers={})
    assert instance.variables["good"] is True


# -- Camunda 8 --------------------------------------------------------------------------------------------------------


def test_zeebe_runs_scripts_and_maps_parts_of_variables():
    # Given a FEEL script, and a job whose mappings name parts of variables
    script = extended("scriptTask", "sum", '<zeebe:script expression="=a + 1" resultVariable="total"/>')
    mapping = """<zeebe:taskDefinition type="work"/><zeebe:ioMapping>
<zeebe:input source="=total" target="order.amount"/><zeebe:input source="EUR" target="order.price.unit"/>
<zeebe:input source="=order.amount * 2" target="double"/>
<zeebe:output source="=answer" target="seen.state.last"/></zeebe:ioMapping>"""
    xml = spelled("zeebe", script, extended("serviceTask", "work", mapping))
    instance = Instance(xml, a=1, seen={"id": 7, "state": {"first": 0}})
    # Then the inputs are a new variable beside the one outside,
    job = next(event for event in instance.history if isinstance(event, e.JobCreated))
    assert job.inputs == {"order": {"amount": 2, "price": {"unit": "EUR"}}, "double": 4}
    # and the output is put into the one outside
    instance.complete("work", answer="ok")
    assert instance.variables["seen"] == {"id": 7, "state": {"first": 0, "last": "ok"}}
    assert instance.variables["total"] == 2


THROWN = {
    "error": '<error id="X" errorCode="=&quot;E&quot; + string(count_)"/>',
    "escalation": '<escalation id="X" escalationCode="=&quot;E&quot; + string(count_)"/>',
}


@pytest.mark.parametrize("kind", THROWN)
def test_zeebe_throws_codes_that_are_expressions(kind):
    inner = f"""<subProcess id="sub"><startEvent id="i"/><endEvent id="up"><extensionElements><zeebe:ioMapping>
<zeebe:input source="=count_ * 10" target="carried"/></zeebe:ioMapping></extensionElements>
<{kind}EventDefinition {kind}Ref="X"/></endEvent><sequenceFlow id="f" sourceRef="i" targetRef="up"/></subProcess>"""
    catch = f'<{kind}EventDefinition {kind}Ref="C"/>'
    fixed = THROWN[kind].replace('id="X"', 'id="C"').replace("=&quot;E&quot; + string(count_)", "E4")
    xml = spelled("zeebe", inner, beside=caught("b", "sub", catch, "t"), roots=THROWN[kind] + fixed)
    instance = Instance(xml, count_=4)
    assert "t" in instance.path
    assert instance.variables == {"count_": 4, "carried": 40}


@pytest.mark.parametrize("kind", THROWN)
def test_zeebe_catches_fixed_codes_only(kind):
    catch = f'<{kind}EventDefinition {kind}Ref="X"/>'
    xml = spelled("zeebe", '<userTask id="u"/>', beside=caught("b", "u", catch, "t"), roots=THROWN[kind])
    assert ("unsupported-attribute", "b") in {(one.rule, one.element_id) for one in read(xml).problems}


def test_zeebe_waits_for_messages_with_keys_and_for_times_that_are_feel():
    message = '<message id="M" name="=&quot;paid-&quot; + shop"><extensionElements>'
    message += '<zeebe:subscription correlationKey="=order.id"/></extensionElements></message>'
    waiting = '<intermediateCatchEvent id="m"><messageEventDefinition messageRef="M"/></intermediateCatchEvent>'
    timer = "<timerEventDefinition><timeDuration>=duration(pause)</timeDuration></timerEventDefinition>"
    xml = spelled("zeebe", waiting, f'<intermediateCatchEvent id="t">{timer}</intermediateCatchEvent>', roots=message)
    instance = Instance(xml, shop="s", order={"id": "o-1"}, pause="PT1H")
    subscribed = next(event for event in instance.history if isinstance(event, e.Subscribed))
    assert (subscribed.name, subscribed.correlation) == ("paid-s", "o-1")
    instance.send(c.DeliverMessage(at=0, subscription=subscribed.key))
    scheduled = next(event for event in instance.history if isinstance(event, e.TimerScheduled))
    assert scheduled.due == 3_600_000_000


# -- SpiffWorkflow ----------------------------------------------------------------------------------------------------


def scripts(before: str, after: str) -> str:
    return f"<spiffworkflow:preScript>{before}</spiffworkflow:preScript><spiffworkflow:postScript>{after}</spiffworkflow:postScript>"


def test_the_script_before_an_activity_runs_once_also_when_what_follows_is_stuck():
    # Given a parameter that cannot be evaluated after the script before it has counted
    said = scripts("n = n + 1", "").replace("<spiffworkflow:postScript></spiffworkflow:postScript>", "")
    said += """<spiffworkflow:serviceTaskOperator id="work"><spiffworkflow:parameters>
<spiffworkflow:parameter id="x" type="int" value="missing"/></spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"""
    instance = Instance(spelled("spiffworkflow", extended("serviceTask", "t", said)), n=0)
    assert (instance.incident("t").stage, instance.variables["n"]) == ("prepared", 1)
    # When the cause is mended at the second attempt
    instance.resolve("t")
    assert (instance.incident("t").stage, instance.variables["n"]) == ("prepared", 1)
    instance.resolve("t", variables={"missing": 7})
    # Then the work goes on, and the script has run once
    job = next(event for event in instance.history if isinstance(event, e.JobCreated))
    assert job.inputs == {"x": 7}
    assert instance.variables["n"] == 1


def test_spiffworkflow_runs_scripts_before_and_after():
    said = scripts("a = 1\nb = a + 1", "c = answer + b")
    said += """<spiffworkflow:serviceTaskOperator id="work" resultVariable="answer"><spiffworkflow:parameters>
<spiffworkflow:parameter id="x" type="int" value="b * 2"/></spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"""
    instance = Instance(spelled("spiffworkflow", extended("serviceTask", "t", said)))
    job = next(event for event in instance.history if isinstance(event, e.JobCreated))
    assert job.inputs == {"x": 4}
    instance.send(c.CompleteJob(at=0, job=job.key, variables={"n": 5}))
    assert instance.incident("t").kind == "expression"
    assert instance.variables == {"a": 1, "b": 2, "answer": {"n": 5}}


@pytest.mark.parametrize("each", [True, False])
def test_spiffworkflow_runs_scripts_once_or_for_each_instance(each):
    flag = 'spiffworkflow:scriptsOnInstances="true"' if each else ""
    loop = f'<multiInstanceLoopCharacteristics isSequential="true" {flag}><loopCardinality>3</loopCardinality>'
    task = extended(
        "manualTask", "t", scripts("n = n + 1", "m = m + 1"), inside=loop + "</multiInstanceLoopCharacteristics>"
    )
    instance = Instance(spelled("spiffworkflow", task), n=0, m=0)
    assert instance.status == "completed"
    assert instance.variables == ({"n": 3, "m": 3} if each else {"n": 1, "m": 1})


def test_spiffworkflow_scripts_belong_to_sub_processes_too():
    inside = '<startEvent id="i"/><scriptTask id="x"><script>b = a + 1</script></scriptTask>'
    inside += '<sequenceFlow id="f" sourceRef="i" targetRef="x"/>'
    task = extended("subProcess", "t", scripts("a = 1", "c = b + 1"), inside=inside)
    assert Instance(spelled("spiffworkflow", task)).variables == {"a": 1, "b": 2, "c": 3}


MESSAGE = '<message id="M" name="m"/>'
SENT = '<sendTask id="t" messageRef="M"><extensionElements><spiffworkflow:messagePayload>{}'
SENT += "</spiffworkflow:messagePayload></extensionElements></sendTask>"


def test_spiffworkflow_messages_carry_their_payload():
    instance = Instance(spelled("spiffworkflow", SENT.format("{'total': n + 1}"), roots=MESSAGE), n=1)
    thrown = next(event for event in instance.history if isinstance(event, e.MessageThrown))
    assert thrown.variables == {"total": 2}


def test_a_payload_that_is_no_dictionary_is_an_incident():
    instance = Instance(spelled("spiffworkflow", SENT.format("n + 1"), roots=MESSAGE), n=1)
    assert "dictionary" in instance.incident("t").message


def test_spiffworkflow_messages_become_one_variable():
    said = "<spiffworkflow:messageVariable>order</spiffworkflow:messageVariable>"
    definition = extended("messageEventDefinition", "d", said, 'messageRef="M"')
    xml = spelled(
        "spiffworkflow", f'<intermediateCatchEvent id="t">{definition}</intermediateCatchEvent>', roots=MESSAGE
    )
    instance = Instance(xml)
    subscribed = next(event for event in instance.history if isinstance(event, e.Subscribed))
    instance.send(c.DeliverMessage(at=0, subscription=subscribed.key, variables={"total": 2}))
    assert instance.variables == {"order": {"total": 2}}


def test_spiffworkflow_messages_that_start_become_one_variable():
    said = "<spiffworkflow:messageVariable>order</spiffworkflow:messageVariable>"
    definition = extended("messageEventDefinition", "d", said, 'messageRef="M"')
    xml = spelled(
        "spiffworkflow", '<userTask id="u"/>', start=f'<startEvent id="s">{definition}</startEvent>', roots=MESSAGE
    )
    instance = Instance(xml)
    instance.state, instance.history, instance.steps = e.blank_state(), [], []
    started = c.Start(at=0, instance="i-1", definition="p:1", variables={"total": 2}, element="s")
    assert instance.send(started).rejected is None
    assert instance.variables == {"order": {"total": 2}}


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_spiffworkflow_errors_and_escalations_carry_their_payload(kind):
    inner = f"""<subProcess id="sub"><startEvent id="i"/><endEvent id="up"><{kind}EventDefinition {kind}Ref="X"/></endEvent>
<sequenceFlow id="f" sourceRef="i" targetRef="up"/></subProcess>"""
    said = "<spiffworkflow:payloadExpression>{'n': n + 1}</spiffworkflow:payloadExpression>"
    said += "<spiffworkflow:variableName>got</spiffworkflow:variableName>"
    root = extended(kind, "X", said, f'{kind}Code="E"')
    catch = f'<{kind}EventDefinition {kind}Ref="X"/>'
    xml = spelled("spiffworkflow", inner, beside=caught("b", "sub", catch, "t"), roots=root)
    assert Instance(xml, n=1).variables == {"n": 1, "got": {"n": 2}}


def test_spiffworkflow_throws_nothing_before_every_payload_is_known():
    # Given a message and a signal whose payload cannot be evaluated yet
    said = "<spiffworkflow:payloadExpression>{'n': n}</spiffworkflow:payloadExpression>"
    thrown = '<messageEventDefinition messageRef="M"/><signalEventDefinition signalRef="X"/>'
    roots = MESSAGE + extended("signal", "X", said, 'name="x"')
    throw = f'<intermediateThrowEvent id="t">{thrown}</intermediateThrowEvent>'
    instance = Instance(spelled("spiffworkflow", throw, roots=roots))

    def sent():
        found = [one for one in instance.history if isinstance(one, e.MessageThrown | e.SignalThrown)]
        return [(type(one), one.variables) for one in found]

    # Then nothing is thrown, and when it can be, each once
    assert instance.state.incidents
    assert sent() == []
    instance.resolve(variables={"n": 1})
    assert sent() == [(e.MessageThrown, {}), (e.SignalThrown, {"n": 1})]


def test_spiffworkflow_correlates_by_what_the_event_binds():
    # Given a key with one property, and a receive task that says what the property is in its instance
    said = """<spiffworkflow:processVariableCorrelation><spiffworkflow:propertyId>order_id</spiffworkflow:propertyId>
<spiffworkflow:expression>order.id</spiffworkflow:expression></spiffworkflow:processVariableCorrelation>"""
    definition = extended("messageEventDefinition", "d", said, 'messageRef="M"')
    roots = (
        MESSAGE
        + """<correlationProperty id="order_id" name="order_id"><correlationPropertyRetrievalExpression messageRef="M">
<messagePath>id</messagePath></correlationPropertyRetrievalExpression></correlationProperty>
<collaboration id="c"><participant id="pool" processRef="p"/><correlationKey id="k" name="order">
<correlationPropertyRef>order_id</correlationPropertyRef></correlationKey></collaboration>"""
    )
    xml = spelled("spiffworkflow", f'<intermediateCatchEvent id="t">{definition}</intermediateCatchEvent>', roots=roots)
    # When an instance waits, then its key is what the event binds
    instance = Instance(xml, order={"id": "o-1"})
    subscribed = next(event for event in instance.history if isinstance(event, e.Subscribed))
    assert subscribed.correlation == "o-1"


def test_camunda_errors_have_messages_that_are_expressions():
    # Given an error with a message that reads a variable, thrown inside and caught by an event sub-process
    inner = """<subProcess id="sub"><startEvent id="i"/><endEvent id="up"><errorEventDefinition errorRef="E"/></endEvent>
<sequenceFlow id="f" sourceRef="i" targetRef="up"/></subProcess>"""
    beside = """<subProcess id="help" triggeredByEvent="true"><startEvent id="h"><errorEventDefinition errorRef="E"
 camunda:errorCodeVariable="code" camunda:errorMessageVariable="said"/></startEvent></subProcess>"""
    roots = '<error id="E" name="gone" errorCode="GONE" camunda:errorMessage="no ${what} left"/>'
    instance = Instance(spelled("camunda", inner, beside=beside, roots=roots), what="tea")
    assert instance.status == "completed"
    assert instance.variables == {"what": "tea", "code": "GONE", "said": "no tea left"}


def test_camunda_gives_the_message_of_the_error_to_what_a_failure_becomes():
    catching = caught("b", "pay", '<errorEventDefinition errorRef="E" camunda:errorMessageVariable="said"/>', "t")
    said = '<camunda:errorEventDefinition id="d" errorRef="E" expression="${externalTask.retries == 3}"/>'
    roots = '<error id="E" errorCode="GONE" camunda:errorMessage="sold out: ${externalTask.errorMessage}"/>'
    xml = spelled("camunda", extended("serviceTask", "pay", said, EXTERNAL), beside=catching, roots=roots)
    assert Instance(xml).fail("pay", "no tea").variables == {"said": "sold out: no tea"}


def test_an_error_that_nobody_catches_ends_the_instance_with_its_code():
    throw = '<subProcess id="sub"><startEvent id="i"/><endEvent id="up"><errorEventDefinition errorRef="X"/></endEvent>'
    throw += '<sequenceFlow id="f" sourceRef="i" targetRef="up"/></subProcess>'
    roots = '<error id="X" errorCode="=&quot;E&quot; + string(count_)"/>'
    assert Instance(spelled("zeebe", throw, roots=roots), count_=4).status == "failed:E4"


@pytest.mark.parametrize(
    "condition, refused", [("${x &gt; 1}", False), ("${true}", True), ("${xx &gt; 1}", True), ("${a.x == 1}", True)]
)
def test_camunda_filters_of_conditions_matter_only_where_the_condition_does_not_read_the_variable(condition, refused):
    definition = f"""<conditionalEventDefinition camunda:variableName="x" camunda:variableEvents="create">
<condition>{condition}</condition></conditionalEventDefinition>"""
    document = read(spelled("camunda", f'<intermediateCatchEvent id="t">{definition}</intermediateCatchEvent>'))
    assert ("unsupported-extension" in {one.rule for one in document.problems}) == refused
