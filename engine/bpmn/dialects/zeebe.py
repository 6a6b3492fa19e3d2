"""The dialect of Camunda 8 (Zeebe) and its Modeler: task definitions, mappings, headers, user tasks, FEEL after `=`."""

from __future__ import annotations

from ...model import FormalExpression
from ..rules.registry import quoted
from ..xml import Node
from .base import Dialect, ElementReader, ExtensionReading, known, unsupported, without_effect
from .properties import properties_reader

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
        target = mapping.attributes.get("target", "")
        if "." in target:
            hint = "map the whole variable"
            reading.bad(f"Expected a variable's name but got {quoted(target)}, which is inside one", mapping.line, hint)
            continue
        value = feel_or_text(reading, mapping.attributes.get("source", ""), mapping.line)
        (reading.input if mapping.name == "input" else reading.output)(target, value, mapping.line)


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
        without_effect("zeebe:followUpDate")(reading, node)


def _formal(reading: ExtensionReading, node: Node, attribute: str, name: str) -> None:
    if node.attributes.get(attribute, "").strip():
        reading.formal_setting(name, feel_or_text(reading, node.attributes[attribute], node.line), node.line)


def _form(reading: ExtensionReading, node: Node) -> None:
    for attribute in ("formKey", "formId", "externalReference"):
        if node.attributes.get(attribute):
            reading.setting("form_key", node.attributes[attribute], node.line)


def _version_tag(reading: ExtensionReading, node: Node) -> None:
    reading.setting("version_tag", node.attributes.get("value", ""), node.line)


def _loop(reading: ExtensionReading, node: Node) -> None:
    _formal(reading, node, "inputCollection", "collection")
    _formal(reading, node, "outputElement", "output_element")
    for attribute, name in (("inputElement", "element_variable"), ("outputCollection", "output_collection")):
        if node.attributes.get(attribute, "").strip():
            reading.setting(name, node.attributes[attribute], node.line)


_LISTENER = "draw what it does as a service task"

_ELEMENTS: dict[str, ElementReader] = {
    "properties": properties_reader(),
    "taskHeaders": properties_reader("header", "key"),
    "taskDefinition": _task_definition,
    "ioMapping": _io_mapping,
    "assignmentDefinition": _assignment,
    "taskSchedule": _schedule,
    "formDefinition": _form,
    "loopCharacteristics": _loop,
    "versionTag": _version_tag,
    "userTask": known,
    "userTaskForm": known,
    "priorityDefinition": without_effect("zeebe:priorityDefinition"),
    "script": unsupported("zeebe:script", "FEEL is not executed yet; write a script in Python into the script element"),
    "executionListeners": unsupported("zeebe:executionListeners", _LISTENER),
    "taskListeners": unsupported("zeebe:taskListeners", _LISTENER),
    "linkedResources": unsupported("zeebe:linkedResources", "hand the resource to the worker as an input"),
    # of elements that are refused by their type
    **dict.fromkeys(
        (
            "calledElement",
            "calledDecision",
            "subscription",
            "publishMessage",
            "conditionalFilter",
            "adHoc",
        ),
        known,
    ),
}

_EDITORS = ("modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon")

ZEEBE = Dialect(
    name="zeebe",
    namespaces=frozenset({ZEEBE_NAMESPACE}),
    syntax="feel",
    elements=_ELEMENTS,
    attributes=dict.fromkeys(_EDITORS, known),
)
