"""The dialect of SpiffWorkflow and the editors made for it: what each of its extensions is, and how it is read."""

from __future__ import annotations

from ...model import FormalExpression
from ..rules.registry import quoted
from ..xml import Node
from .base import ExtensionReading
from .dialect import Dialect, Known, expression_setting, kept, text_setting, unsupported, without_effect
from .properties import properties_reader

SPIFFWORKFLOW_NAMESPACE = "http://spiffworkflow.org/bpmn/schema/1.0/core"

_FORM = "formJsonSchemaFilename"
_properties = properties_reader()


def _with_form(reading: ExtensionReading, node: Node) -> None:
    """Properties, one of which names the form of a user task."""
    _properties(reading, node)
    for child in node.children:
        if child.attributes.get("name") == _FORM and child.attributes.get("value", "").strip():
            reading.setting("form_key", child.attributes["value"], child.line)


def _service_task_operator(reading: ExtensionReading, node: Node) -> None:
    """`<serviceTaskOperator id="http/GetRequest" resultVariable="answer"><parameters><parameter id value/>...`."""
    reading.setting("job_type", node.attributes.get("id", ""), node.line)
    if node.attributes.get("resultVariable"):
        reading.setting("result_variable", node.attributes["resultVariable"], node.line)
    for box in node.children:
        if box.name == "retry":
            _retry(reading, box)
            continue
        for parameter in box.children:
            if parameter.attributes.get("value", "").strip():
                value = reading.expression(parameter.attributes["value"], parameter.line)
                reading.input(parameter.attributes.get("id", ""), value, parameter.line)


def _retry(reading: ExtensionReading, node: Node) -> None:
    """How often it is tried again, and the first pause in seconds."""
    for attribute, name, form in (("retries", "job.retries", "{}"), ("backoff_base", "job.backoff", "PT{}S")):
        text = node.attributes.get(attribute, "").strip()
        if text and not (text.isdecimal() and len(text) <= 6):
            reading.bad(f"Expected a whole number as {attribute} but got {quoted(text)}", node.line)
        elif text:
            number = int(text) + 1 if attribute == "retries" else int(text)
            reading.property(name, form.format(number), node.line)


def _script(name: str, does: str) -> Known:
    def read(reading: ExtensionReading, node: Node) -> None:
        if node.text.strip():
            reading.formal_setting(name, FormalExpression(node.text, "python", node.line), node.line)

    return Known(read=read, does=does, ends=name)


def _correlation(reading: ExtensionReading, node: Node) -> None:
    """What a property of the message's key is in the instance that waits for it, or sends it."""
    parts = {child.name: child for child in node.children}
    named, expression = parts.get("propertyId"), parts.get("expression")
    if named is None or expression is None or not expression.text.strip():
        reading.bad("A correlation needs a propertyId and an expression but lacks one", node.line)
    else:
        reading.bind(named.text.strip(), reading.expression(expression.text, expression.line), node.line)


def _scripts_on_instances(reading: ExtensionReading, value: str) -> None:
    if value.strip() == "true":
        reading.switch("scripts_on_instances")


_SHOWN = "whoever shows the task may use it"
_PROPERTY = {"property": "one of them", "property@name": "its name", "property@value": "its value"}

SPIFFWORKFLOW = Dialect(
    name="spiffworkflow",
    prefix="spiffworkflow",
    namespaces=frozenset({SPIFFWORKFLOW_NAMESPACE}),
    syntax="python",
    elements={
        "properties": Known(
            read=_with_form,
            picky=True,
            does=f"properties: settings, mappings and policy by name, {_FORM} as the form; others are kept",
            ends="properties",
            parts=_PROPERTY,
        ),
        "serviceTaskOperator": Known(
            read=_service_task_operator,
            does="who does the work, what goes in, and where the result goes",
            ends="job_type, inputs, result_variable",
            parts={
                "@id": "the job type",
                "@resultVariable": "the variable for the result",
                "parameters": "what goes in",
                "parameter": "one input",
                "parameter@id": "its name",
                "parameter@value": "its value: a Python expression",
                "parameter@type": "nothing: the value has a type",
                "retry": "how often it is tried again",
                "retry@retries": "job.retries, which counts the first attempt too",
                "retry@backoff_base": "job.backoff in seconds",
            },
        ),
        "preScript": _script("before", "a script that runs when the activity begins, before its inputs"),
        "postScript": _script("after", "a script that runs when the activity has completed, after its outputs"),
        "messagePayload": expression_setting("payload", "what is sent along: a Python expression for a dictionary"),
        "messageVariable": text_setting("payload_variable", "the variable that gets what the message brings"),
        "payloadExpression": expression_setting("payload", "what a signal, error or escalation takes along"),
        "variableName": text_setting("payload_variable", "the variable that gets what it brings"),
        "processVariableCorrelation": Known(
            read=_correlation,
            does="what a part of the message's key is in this instance",
            ends="bindings",
            parts={"propertyId": "the correlation property", "expression": "a Python expression"},
        ),
        "calledDecisionId": unsupported(
            "spiffworkflow:calledDecisionId", "decisions are not executed yet; give the task a job type instead"
        ),
        "instructionsForEndUser": kept("spiffworkflow:instructionsForEndUser", _SHOWN),
        "guestConfirmation": kept("spiffworkflow:guestConfirmation", _SHOWN),
        "allowGuest": kept("spiffworkflow:allowGuest", _SHOWN),
        "signalButtonLabel": kept("spiffworkflow:signalButtonLabel", "send the signal by its name"),
        "taskMetadataValues": kept(
            "spiffworkflow:taskMetadataValues",
            _SHOWN,
            {
                "taskMetadataValue": "one of them",
                "taskMetadataValue@name": "its name",
                "taskMetadataValue@value": "its value",
            },
        ),
        "isOutputSynced": kept("spiffworkflow:isOutputSynced", "every write is committed with its step"),
        "category": kept("spiffworkflow:category", "it groups data objects for people"),
        "unitTests": without_effect("spiffworkflow:unitTests", "`baton test` runs scenarios instead"),
    },
    attributes={
        "scriptsOnInstances": Known(
            read=_scripts_on_instances,
            does="whether the scripts run for each instance of a multi-instance or once for all",
            ends="scripts_on_instances",
        ),
        "isMatchingCorrelation": without_effect(
            "spiffworkflow:isMatchingCorrelation", "a correlation always says which instance a message is for"
        ),
        "isOutputSynced": kept("spiffworkflow:isOutputSynced", "every write is committed with its step"),
    },
)
