"""A document per dialect and subject, with every kind of extension that Baton reads."""

# ruff: noqa: E501 - a diagram reads best on one line
from __future__ import annotations

from ..spelled import caught, extended, spelled

_C7_JOB = """<camunda:properties><camunda:property name="job.timeout" value="PT5S"/></camunda:properties>
<camunda:inputOutput><camunda:inputParameter name="a">${x}</camunda:inputParameter>
<camunda:inputParameter name="b"><camunda:list><camunda:value>1</camunda:value><camunda:value>${y}</camunda:value></camunda:list></camunda:inputParameter>
<camunda:inputParameter name="c"><camunda:map><camunda:entry key="k">v</camunda:entry></camunda:map></camunda:inputParameter>
<camunda:inputParameter name="d"><camunda:script scriptFormat="python">{"k": x}</camunda:script></camunda:inputParameter>
<camunda:outputParameter name="o">${r}</camunda:outputParameter></camunda:inputOutput>
<camunda:failedJobRetryTimeCycle>R3/PT10S</camunda:failedJobRetryTimeCycle>
<camunda:errorEventDefinition id="ee" errorRef="E" expression="${externalTask.errorMessage == 'x'}"/>"""
_C7_CALL = """<camunda:in businessKey="#{execution.processBusinessKey}"/><camunda:in variables="all"/>
<camunda:in source="a" target="b" local="true"/><camunda:in sourceExpression="${a + 1}" target="c"/>
<camunda:out source="d" target="e"/><camunda:out variables="all"/>"""
_C7_CONNECTOR = """<camunda:connector><camunda:inputOutput><camunda:inputParameter name="url">http://x</camunda:inputParameter>
<camunda:outputParameter name="s">${statusCode}</camunda:outputParameter></camunda:inputOutput>
<camunda:connectorId>http-connector</camunda:connectorId></camunda:connector>"""
_C7_FORM = (
    """<camunda:formData><camunda:formField id="f" label="F" type="string" defaultValue="d"/></camunda:formData>"""
)
_C8_JOB = """<zeebe:taskDefinition type="work" retries="5"/><zeebe:ioMapping><zeebe:input source="=x" target="a.b"/>
<zeebe:input source="text" target="c"/><zeebe:output source="=r" target="o"/></zeebe:ioMapping>
<zeebe:taskHeaders><zeebe:header key="resultVariable" value="v"/></zeebe:taskHeaders>
<zeebe:properties><zeebe:property name="job.timeout" value="PT5S"/></zeebe:properties><zeebe:jobPriorityDefinition priority="5"/>"""
_C8_USER = """<zeebe:userTask/><zeebe:formDefinition formKey="form"/>
<zeebe:assignmentDefinition assignee="=clerk" candidateUsers="ann, bob" candidateGroups="sales"/>
<zeebe:taskSchedule dueDate="=deadline" followUpDate="=later"/><zeebe:priorityDefinition priority="50"/>"""
_C8_LOOP = """<multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=items" inputElement="item"
 outputCollection="results" outputElement="=item"/></extensionElements></multiInstanceLoopCharacteristics>"""
_SPIFF_JOB = """<spiffworkflow:preScript>a = 1
b = 2</spiffworkflow:preScript><spiffworkflow:postScript>c = 3</spiffworkflow:postScript>
<spiffworkflow:serviceTaskOperator id="http/Get" resultVariable="answer"><spiffworkflow:parameters>
<spiffworkflow:parameter id="url" type="str" value="'http://x'"/></spiffworkflow:parameters>
<spiffworkflow:retry retries="2" backoff_base="3"/></spiffworkflow:serviceTaskOperator>
<spiffworkflow:properties><spiffworkflow:property name="job.timeout" value="PT5S"/></spiffworkflow:properties>"""
_SPIFF_USER = """<spiffworkflow:properties><spiffworkflow:property name="formJsonSchemaFilename" value="f.json"/></spiffworkflow:properties>
<spiffworkflow:instructionsForEndUser>Look here</spiffworkflow:instructionsForEndUser><spiffworkflow:allowGuest>true</spiffworkflow:allowGuest>"""
_SPIFF_MESSAGE = """<spiffworkflow:messageVariable>order</spiffworkflow:messageVariable><spiffworkflow:processVariableCorrelation>
<spiffworkflow:propertyId>order_id</spiffworkflow:propertyId><spiffworkflow:expression>order.id</spiffworkflow:expression>
</spiffworkflow:processVariableCorrelation>"""
_CORRELATION = """<message id="M" name="m"/><correlationProperty id="order_id" name="order_id">
<correlationPropertyRetrievalExpression messageRef="M"><messagePath>id</messagePath></correlationPropertyRetrievalExpression>
</correlationProperty><collaboration id="c"><participant id="pool" processRef="p"/><correlationKey id="k" name="order">
<correlationPropertyRef>order_id</correlationPropertyRef></correlationKey></collaboration>"""


def _catch(definition: str) -> str:
    return f'<intermediateCatchEvent id="t">{definition}</intermediateCatchEvent>'


SAMPLES: dict[str, bytes] = {
    "plain": spelled("plain", "<task id='t'/>".replace("'", '"')),
    "camunda job": spelled(
        "camunda",
        extended(
            "serviceTask",
            "t",
            _C7_JOB,
            'camunda:type="external" camunda:topic="work" camunda:asyncBefore="true" camunda:taskPriority="5"',
        ),
        roots='<error id="E" name="gone" errorCode="GONE" camunda:errorMessage="sold out"/>',
        start='<startEvent id="s" camunda:initiator="starter"/>',
    ),
    "camunda user task": spelled(
        "camunda",
        extended(
            "userTask",
            "t",
            _C7_FORM,
            'camunda:assignee="${a}" camunda:candidateUsers="ann, bob" camunda:candidateGroups="sales" camunda:dueDate="${d}" camunda:formKey="f" camunda:followUpDate="${f}" camunda:priority="5"',
        ),
    ),
    "camunda call": spelled(
        "camunda",
        extended(
            "callActivity",
            "t",
            _C7_CALL,
            'calledElement="q" camunda:calledElementBinding="version" camunda:calledElementVersion="3"',
        ),
    ),
    "camunda connector": spelled("camunda", extended("serviceTask", "t", _C7_CONNECTOR)),
    "camunda loop": spelled(
        "camunda",
        '<userTask id="t"><multiInstanceLoopCharacteristics camunda:collection="items" camunda:elementVariable="item"><completionCondition>${nrOfCompletedInstances > 1}</completionCondition></multiInstanceLoopCharacteristics></userTask>',
    ),
    "camunda events": spelled(
        "camunda",
        '<userTask id="u"/>',
        '<intermediateThrowEvent id="m"><messageEventDefinition messageRef="M" camunda:type="external" camunda:topic="send"/></intermediateThrowEvent>',
        beside=caught(
            "b",
            "u",
            '<errorEventDefinition errorRef="E" camunda:errorCodeVariable="code" camunda:errorMessageVariable="said"/>',
            "t",
        ),
        roots='<error id="E" name="gone" errorCode="GONE"/><message id="M" name="m-${x}"/>',
    ),
    "zeebe job": spelled("zeebe", extended("serviceTask", "t", _C8_JOB)),
    "zeebe user task": spelled("zeebe", extended("userTask", "t", _C8_USER)),
    "zeebe loop": spelled("zeebe", f'<userTask id="t">{_C8_LOOP}</userTask>'),
    "zeebe script": spelled(
        "zeebe", extended("scriptTask", "t", '<zeebe:script expression="=1 + 1" resultVariable="r"/>')
    ),
    "zeebe call": spelled(
        "zeebe",
        extended(
            "callActivity",
            "t",
            '<zeebe:calledElement processId="q" propagateAllChildVariables="false" propagateAllParentVariables="true" bindingType="versionTag" versionTag="v1"/>',
        ),
    ),
    "zeebe message": spelled(
        "zeebe",
        _catch('<messageEventDefinition messageRef="M"/>'),
        roots=extended("message", "M", '<zeebe:subscription correlationKey="=order.id"/>', 'name="m"'),
    ),
    "spiffworkflow job": spelled("spiffworkflow", extended("serviceTask", "t", _SPIFF_JOB)),
    "spiffworkflow user task": spelled("spiffworkflow", extended("userTask", "t", _SPIFF_USER)),
    "spiffworkflow message": spelled(
        "spiffworkflow",
        _catch(extended("messageEventDefinition", "d", _SPIFF_MESSAGE, 'messageRef="M"')),
        roots=_CORRELATION,
    ),
    "spiffworkflow loop": spelled(
        "spiffworkflow",
        '<manualTask id="t"><multiInstanceLoopCharacteristics spiffworkflow:scriptsOnInstances="true"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></manualTask>',
    ),
}
