"""The dialect of Camunda 8 (Zeebe) and its Modeler: task definitions, mappings, headers, user tasks, FEEL after `=`."""

from __future__ import annotations

from ...model import Call, FormalExpression
from ..rules.registry import quoted
from ..xml import Node
from .base import ExtensionReading
from .calls import zeebe_called_element
from .dialect import Dialect, Known, for_editors, keep, kept, say_without_effect, unsupported
from .filters import conditional_filter
from .properties import properties_reader
from .zeebe_secrets import with_secrets

ZEEBE_NAMESPACE = "http://camunda.org/schema/zeebe/1.0"


def feel_or_text(reading: ExtensionReading, source: str, line: int) -> FormalExpression:
    """A value that is FEEL after `=`, and otherwise a literal text (as a Python literal, which needs no FEEL)."""
    text = source.strip()
    if text.startswith("="):
        return reading.expression(text[1:], line, "feel")
    return reading.expression(repr(text), line, "python")


def _task_definition(reading: ExtensionReading, node: Node) -> None:
    job_type = node.attributes.get("type", "")
    if job_type.lstrip().startswith("="):
        reading.bad(f"Expected a fixed job type but got the expression {quoted(job_type)}", node.line)
        return
    reading.setting("job_type", job_type, node.line)
    if "retries" in node.attributes:
        reading.property("job.retries", node.attributes["retries"], node.line)


def _io_mapping(reading: ExtensionReading, node: Node) -> None:
    for mapping in node.children:
        if mapping.name not in ("input", "output"):
            reading.bad(f"Expected input or output inside ioMapping but got {quoted(mapping.name)}", mapping.line)
            continue
        target, *path = mapping.attributes.get("target", "").split(".")
        source = mapping.attributes.get("source", "")
        is_input = mapping.name == "input"
        value = (with_secrets(reading, source, mapping.line) if is_input else None) or feel_or_text(
            reading, source, mapping.line
        )
        add = reading.input if is_input else reading.output
        if all(path):
            add(target, value, mapping.line, path=tuple(path))
        else:
            whole = quoted(mapping.attributes["target"])
            reading.bad(f"A mapping needs a name between its dots but its target is {whole}", mapping.line)


def _assignment(reading: ExtensionReading, node: Node) -> None:
    for attribute, name in (
        ("assignee", "assignee"),
        ("candidateUsers", "candidate_users"),
        ("candidateGroups", "candidate_groups"),
    ):
        _formal(reading, node, attribute, name)


def _schedule(reading: ExtensionReading, node: Node) -> None:
    _formal(reading, node, "dueDate", "due_date")
    if node.attributes.get("followUpDate"):
        why = "the due date is what tasks are sorted and searched by"
        keep(reading, "zeebe:followUpDate", node.attributes["followUpDate"], node, why)


def _formal(reading: ExtensionReading, node: Node, attribute: str, name: str) -> None:
    if node.attributes.get(attribute, "").strip():
        reading.formal_setting(name, feel_or_text(reading, node.attributes[attribute], node.line), node.line)


def _form(reading: ExtensionReading, node: Node) -> None:
    for attribute in ("formKey", "formId", "externalReference"):
        if node.attributes.get(attribute):
            reading.setting("form_key", node.attributes[attribute], node.line)
    if node.attributes.get("bindingType", "latest") != "latest":
        why = "forms are kept by whoever shows them"
        say_without_effect(reading, "bindingType of zeebe:formDefinition", node, why)


def _priority(name: str) -> Known:
    why = "work is listed and offered in the order in which it is due"

    def read(reading: ExtensionReading, node: Node) -> None:
        keep(reading, f"zeebe:{name}", node.attributes.get("priority", ""), node, why)

    does = f"kept as a property: {why}"
    parts = {"@priority": "a number or FEEL"}
    return Known(read=read, does=does, ends=f'properties["zeebe:{name}"]', parts=parts)


def _process_form(reading: ExtensionReading, node: Node) -> None:
    reading.property(f"zeebe:userTaskForm:{node.attributes.get('id', '')}", node.text.strip(), node.line)


def _version_tag(reading: ExtensionReading, node: Node) -> None:
    reading.setting("version_tag", node.attributes.get("value", ""), node.line)


def _loop(reading: ExtensionReading, node: Node) -> None:
    _formal(reading, node, "inputCollection", "collection")
    _formal(reading, node, "outputElement", "output_element")
    for attribute, name in (("inputElement", "element_variable"), ("outputCollection", "output_collection")):
        if node.attributes.get(attribute, "").strip():
            reading.setting(name, node.attributes[attribute], node.line)


def _script(reading: ExtensionReading, node: Node) -> None:
    reading.formal_setting("script", feel_or_text(reading, node.attributes.get("expression", ""), node.line), node.line)
    reading.setting("result_variable", node.attributes.get("resultVariable", ""), node.line)


def _subscription(reading: ExtensionReading, node: Node) -> None:
    _formal(reading, node, "correlationKey", "correlation")


def _publish(reading: ExtensionReading, node: Node) -> None:
    _subscription(reading, node)
    for attribute in ("messageId", "timeToLive"):
        if node.attributes.get(attribute):
            why = "a thrown message has an id of its own and is kept for the time that the settings say"
            say_without_effect(reading, f"zeebe:publishMessage {attribute}", node, why)


def _ad_hoc(reading: ExtensionReading, node: Node) -> None:
    _formal(reading, node, "activeElementsCollection", "ad_hoc_activities")
    _formal(reading, node, "outputElement", "ad_hoc_output_element")
    if node.attributes.get("outputCollection", "").strip():
        reading.setting("ad_hoc_output_collection", node.attributes["outputCollection"], node.line)


_LISTENER = "draw what it does as a service task"
_FEEL = "FEEL after `=`, else a text"
_LISTENERS = for_editors("part of listeners, which are refused")
_MAPPED = {
    "@source": f"the value: {_FEEL}",
    "@target": "the variable, or what dots name inside it",
    "@modelerConfigurationTemplate": "for editors",
    "@modelerConfigurationName": "for editors",
}
_HEADERS = {"header": "one property", "header@key": "its name", "header@value": "its value", "header@id": "for editors"}
_PROPERTIES = {
    "property": "one of them",
    "property@name": "its name",
    "property@value": "its value",
    "property@modelerConfigurationTemplate": "for editors",
    "property@modelerConfigurationName": "for editors",
}
_COLLECTS = {"@outputCollection": "the variable that collects results", "@outputElement": "what each puts into it"}

_ELEMENTS: dict[str, Known] = {
    "properties": Known(
        read=properties_reader(),
        picky=True,
        does="properties: settings, mappings and policy by name; others are kept",
        ends="properties",
        parts=_PROPERTIES,
    ),
    "taskHeaders": Known(
        read=properties_reader("header", "key"),
        picky=True,
        does="the same as properties; the headers of the REST connector are understood",
        ends="properties",
        parts=_HEADERS,
    ),
    "taskDefinition": Known(
        read=_task_definition,
        does="who does the work, and how often it is tried",
        ends="job_type",
        parts={"@type": "the job type, a fixed text", "@retries": "the property job.retries"},
    ),
    "ioMapping": Known(
        read=_io_mapping,
        picky=True,
        does="variables that go in and come out",
        ends="inputs, outputs",
        parts={
            "input": "a variable of the activity",
            "output": "a variable around the activity",
            **{f"{kind}{name}": does for kind in ("input", "output") for name, does in _MAPPED.items()},
        },
    ),
    "assignmentDefinition": Known(
        read=_assignment,
        does=f"who does a user task: {_FEEL}",
        ends="assignee, candidate_users, candidate_groups",
        parts={"@assignee": "one person", "@candidateUsers": "people", "@candidateGroups": "groups"},
    ),
    "taskSchedule": Known(
        read=_schedule,
        does=f"until when a user task is to be done: {_FEEL}",
        ends="due_date",
        parts={"@dueDate": "until when", "@followUpDate": "no effect; kept as a property"},
    ),
    "formDefinition": Known(
        read=_form,
        does="the form of a user task",
        ends="form_key",
        parts={
            "@formKey": "its key",
            "@formId": "its key",
            "@externalReference": "its key",
            "@bindingType": "no effect: forms are kept by whoever shows them",
            "@versionTag": "no effect: forms are kept by whoever shows them",
        },
    ),
    "loopCharacteristics": Known(
        read=_loop,
        does="what a multi-instance goes through and collects",
        ends="collection, element_variable, output_collection, output_element",
        parts={"@inputCollection": "FEEL", "@inputElement": "what each value is called", **_COLLECTS},
    ),
    "adHoc": Known(
        read=_ad_hoc,
        does="what an ad-hoc sub-process starts and collects",
        ends="ad_hoc_activities, ad_hoc_output_collection, ad_hoc_output_element",
        parts={"@activeElementsCollection": "FEEL for the ids of what starts", **_COLLECTS},
    ),
    "subscription": Known(
        read=_subscription,
        does="the key that a message is told apart by",
        ends="correlation",
        parts={"@correlationKey": _FEEL},
    ),
    "publishMessage": Known(
        read=_publish,
        does="the key of a message that is thrown",
        ends="correlation",
        parts={
            "@correlationKey": _FEEL,
            "@messageId": "no effect: a thrown message has an id of its own",
            "@timeToLive": "no effect: the settings say how long messages are kept",
        },
    ),
    "versionTag": Known(
        read=_version_tag, does="the version tag of a process", ends="version_tag", parts={"@value": "the tag"}
    ),
    "calledElement": Known(
        read=zeebe_called_element,
        does="which process a call activity calls, and what goes in and out",
        ends="call",
        parts={
            "@processId": f"the process: {_FEEL}",
            "@processIdExpression": "the same, as older Modelers wrote it",
            "@propagateAllChildVariables": "whether everything comes out",
            "@propagateAllParentVariables": "whether everything goes in",
            "@bindingType": "latest, deployment or versionTag",
            "@versionTag": "the tag",
            "@businessId": f"the business key: {_FEEL}",
        },
    ),
    "script": Known(
        read=_script,
        does="the FEEL expression of a script task",
        ends="script, result_variable",
        parts={"@expression": "FEEL", "@resultVariable": "where its value goes"},
    ),
    "userTask": for_editors("nothing: every user task is the engine's own"),
    "userTaskForm": Known(
        read=_process_form,
        does="kept as a property, for whoever shows the form",
        ends='properties["zeebe:userTaskForm:ID"]',
        parts={"@id": "its id"},
    ),
    "priorityDefinition": _priority("priorityDefinition"),
    "jobPriorityDefinition": _priority("jobPriorityDefinition"),
    "agentDefinition": kept(
        "zeebe:agentDefinition", "it says which kind of agent a worker is", {"@agentType": "which"}
    ),
    "conditionalFilter": Known(
        read=conditional_filter,
        does="no effect where the condition reads the variables, else refused: write a condition over them",
        parts={"@variableNames": "the variables", "@variableEvents": "no effect: every change counts"},
    ),
    "calledDecision": unsupported(
        "zeebe:calledDecision", "decisions are not executed yet; give the task a task definition instead"
    ),
    "executionListeners": unsupported("zeebe:executionListeners", _LISTENER),
    "taskListeners": unsupported("zeebe:taskListeners", _LISTENER),
    "executionListener": _LISTENERS,
    "taskListener": _LISTENERS,
    "linkedResources": unsupported("zeebe:linkedResources", "hand the resource to the worker as an input"),
}

ZEEBE = Dialect(
    name="zeebe",
    prefix="zeebe",
    namespaces=frozenset({ZEEBE_NAMESPACE}),
    syntax="feel",
    elements=_ELEMENTS,
    attributes={
        name: for_editors()
        for name in ("modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon", "retryCounter")
    },
    call=Call(all_in="all"),
)
