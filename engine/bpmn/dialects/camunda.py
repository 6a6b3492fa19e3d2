"""The dialect of Camunda 7 and its Modeler: what each of its extensions is, and how it is read."""

from __future__ import annotations

from ...model import Call
from .base import ExtensionReading
from .calls import binding, variable, version
from .camunda_jobs import AS_JOB, connector, error_definition, external, retry_cycle, task_priority
from .camunda_parameters import input_output
from .dialect import Dialect, Known, expression_setting, for_editors, kept, text_setting, unsupported, without_effect
from .filters import variable_names
from .properties import properties_reader

CAMUNDA_NAMESPACES = frozenset({"http://camunda.org/schema/1.0/bpmn", "http://activiti.org/bpmn"})
"""Camunda's own, and the one it inherited and still reads."""

_LISTENER = "draw what it does as a script or service task"
_MAPPING = "map single variables with camunda:in and camunda:out"
_SCRIPT = "write the script into the diagram"
_DECISION = "decisions are not executed yet; make it an external task with a topic"
_ALWAYS = "every job is a commit of its own anyway"
_PARAMETERS = {
    "inputParameter": "a variable of the task",
    "inputParameter@name": "its name",
    "outputParameter": "a variable around the task",
    "outputParameter@name": "its name",
    "list": "a list",
    "map": "a map",
    "entry": "of a map",
    "entry@key": "its key",
    "value": "of a list",
    "value@id": "for editors",
    "value@name": "for editors",
    "script": "one expression in Python, FEEL or JUEL",
    "script@scriptFormat": "the syntax of the expression",
    "script@resource": "refused: write the expression into the diagram",
}
_IN = {
    "@source": "the variable that goes over",
    "@sourceExpression": "the expression that goes over",
    "@target": "what it is called there",
    "@variables": '"all": everything goes over',
    "@local": "only what the activity itself holds",
    "@businessKey": "the business key there",
}


def _collection_of_loop(reading: ExtensionReading, value: str) -> None:
    """The name of a variable, or an expression."""
    reading.expression_setting("collection", value if "{" in value else "${" + value.strip() + "}")


_ELEMENTS: dict[str, Known] = {
    "properties": Known(
        read=properties_reader(),
        picky=True,
        does="properties: settings, mappings and policy by name; others are kept",
        ends="properties",
        parts={
            "property": "one of them",
            "property@name": "its name",
            "property@value": "its value",
            "property@id": "",
        },
    ),
    "inputOutput": Known(
        read=input_output,
        picky=True,
        does="variables that go in and come out",
        ends="inputs, outputs",
        parts=_PARAMETERS,
    ),
    "failedJobRetryTimeCycle": Known(
        read=retry_cycle,
        does="attempts and the pause between them, as `R3/PT10S`",
        ends='properties["job.retries"] ...',
    ),
    "executionListener": unsupported("camunda:executionListener", _LISTENER),
    "taskListener": unsupported("camunda:taskListener", _LISTENER),
    "connector": Known(
        read=connector,
        picky=True,
        does='the HTTP connector, `connectorId` "http-connector"; others are refused',
        ends="job_type, inputs, outputs",
        parts={"connectorId": "which connector", "inputOutput": "its parameters", **_PARAMETERS},
    ),
    "errorEventDefinition": Known(
        read=error_definition,
        does="throws the error when its expression over `externalTask.errorMessage` or a result is true",
        ends="errors",
        parts={"@id": "for editors", "@errorRef": "the error", "@expression": "the condition"},
    ),
    "script": unsupported("camunda:script", "draw a script task"),
    "field": for_editors("part of a Java class or expression, which is refused"),
    "in": Known(
        read=variable(out=False), does="a call activity's or signal's variable in", ends="call, inputs", parts=_IN
    ),
    "out": Known(read=variable(out=True), does="a call activity's variable out", ends="call", parts=_IN),
    "formData": kept("camunda:formData", "whoever shows the task may build its form from it"),
    "formProperty": unsupported("camunda:formProperty", "use camunda:formData or a form key"),
    "potentialStarter": without_effect("camunda:potentialStarter", "API keys with roles say who may start"),
}

_ATTRIBUTES: dict[str, Known] = {
    "type": Known(read=external, does='"external": the topic says who does the work'),
    "topic": text_setting("job_type", "the job type"),
    "resultVariable": text_setting("result_variable", "the variable for the result of a script or job"),
    "assignee": expression_setting("assignee", "who does a user task"),
    "candidateUsers": expression_setting("candidate_users", "who may do a user task"),
    "candidateGroups": expression_setting("candidate_groups", "which groups may do a user task"),
    "dueDate": expression_setting("due_date", "until when a user task is to be done"),
    "collection": Known(read=_collection_of_loop, does="what a multi-instance goes through", ends="collection"),
    "elementVariable": text_setting("element_variable", "what each value of it is called"),
    "formKey": text_setting("form_key", "the form of a user task"),
    "formRef": text_setting("form_key", "the form of a user task"),
    "versionTag": text_setting("version_tag", "the version tag of a process"),
    "class": unsupported("camunda:class", AS_JOB),
    "delegateExpression": unsupported("camunda:delegateExpression", AS_JOB),
    "expression": unsupported("camunda:expression", f"draw a script task, or {AS_JOB}"),
    "resource": unsupported("camunda:resource", _SCRIPT),
    "caseRef": unsupported("camunda:caseRef", "call a process"),
    "variableMappingClass": unsupported("camunda:variableMappingClass", _MAPPING),
    "variableMappingDelegateExpression": unsupported("camunda:variableMappingDelegateExpression", _MAPPING),
    "formHandlerClass": unsupported("camunda:formHandlerClass", "give the task a form key"),
    "decisionRef": unsupported("camunda:decisionRef", _DECISION),
    "calledElementBinding": Known(read=binding, does="latest, deployment, version or versionTag", ends="call.binding"),
    "calledElementVersion": Known(read=version, does="the version that is called", ends="call.version"),
    "calledElementVersionTag": Known(read=version, does="the version tag that is called", ends="call.version"),
    "errorCodeVariable": text_setting("code_variable", "the variable that gets the code of the error that is caught"),
    "errorMessageVariable": text_setting("message_variable", "the variable that gets its message"),
    "escalationCodeVariable": text_setting("code_variable", "the variable that gets the code of the escalation"),
    "errorMessage": expression_setting("error_message", "the message of the error where it is thrown"),
    "initiator": text_setting("initiator", "the variable that says who started the instance"),
    "variableName": Known(
        read=lambda reading, value: variable_names(reading, value, "camunda:variableName"),
        does="no effect where the condition reads the variable, else refused: write a condition over it",
    ),
    "variableEvents": without_effect("camunda:variableEvents", "a condition is looked at after every change"),
    "asyncBefore": without_effect("camunda:asyncBefore", _ALWAYS),
    "asyncAfter": without_effect("camunda:asyncAfter", _ALWAYS),
    "async": without_effect("camunda:async", _ALWAYS),
    "exclusive": without_effect("camunda:exclusive", "steps of one instance never run at the same time, its jobs may"),
    "historyTimeToLive": without_effect("camunda:historyTimeToLive", "the history is kept"),
    "isStartableInTasklist": without_effect("camunda:isStartableInTasklist", "every executable process can be started"),
    "candidateStarterGroups": without_effect("camunda:candidateStarterGroups", "API keys with roles say who may start"),
    "candidateStarterUsers": without_effect("camunda:candidateStarterUsers", "API keys with roles say who may start"),
    "calledElementTenantId": without_effect("camunda:calledElementTenantId", "there is one tenant"),
    "jobPriority": kept("camunda:jobPriority", "jobs are offered in the order in which they are due"),
    "taskPriority": Known(
        read=task_priority,
        does="how urgent the job is, as a whole number; computed ones are kept as a property",
        ends='properties["job.priority"]',
    ),
    "priority": kept("camunda:priority", "user tasks are listed in the order of their creation"),
    "followUpDate": kept("camunda:followUpDate", "the due date is what tasks are sorted and searched by"),
    **{
        name: for_editors()
        for name in ("modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon", "diagramRelationId")
    },
    **{
        name: for_editors("nothing: the form is whoever shows it's own matter")
        for name in ("formRefBinding", "formRefVersion")
    },
    **{
        name: for_editors("part of camunda:caseRef, which is refused")
        for name in ("caseBinding", "caseVersion", "caseTenantId")
    },
    **{
        name: for_editors("part of camunda:decisionRef, which is refused")
        for name in (
            "decisionRefBinding",
            "decisionRefVersion",
            "decisionRefVersionTag",
            "decisionRefTenantId",
            "mapDecisionResult",
        )
    },
}

CAMUNDA = Dialect(
    name="camunda",
    prefix="camunda",
    namespaces=CAMUNDA_NAMESPACES,
    syntax="juel",
    elements=_ELEMENTS,
    attributes=_ATTRIBUTES,
    call=Call(all_in="none", all_out="none", passes_business_key=False),
)
