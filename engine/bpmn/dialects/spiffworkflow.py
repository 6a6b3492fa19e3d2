"""The dialect of SpiffWorkflow and its bpmn-js extension: properties and the service task operator."""

from __future__ import annotations

from ..xml import Node
from .base import Dialect, ExtensionReading, known, unsupported, without_effect
from .properties import properties_reader

SPIFFWORKFLOW_NAMESPACE = "http://spiffworkflow.org/bpmn/schema/1.0/core"


def _service_task_operator(reading: ExtensionReading, node: Node) -> None:
    """`<serviceTaskOperator id="http/GetRequest" resultVariable="answer"><parameters><parameter id value/>...`."""
    reading.setting("job_type", node.attributes.get("id", ""), node.line)
    if node.attributes.get("resultVariable"):
        reading.setting("result_variable", node.attributes["resultVariable"], node.line)
    for box in node.children:
        for parameter in box.children:
            value = reading.expression(parameter.attributes.get("value", ""), parameter.line)
            reading.input(parameter.attributes.get("id", ""), value, parameter.line)


_IN_MAPPINGS = "map variables with the properties input.NAME and output.NAME"

SPIFFWORKFLOW = Dialect(
    name="spiffworkflow",
    namespaces=frozenset({SPIFFWORKFLOW_NAMESPACE}),
    syntax="python",
    elements={
        "properties": properties_reader(),
        "serviceTaskOperator": _service_task_operator,
        "preScript": unsupported("spiffworkflow:preScript", f"{_IN_MAPPINGS}, or draw a script task before it"),
        "postScript": unsupported("spiffworkflow:postScript", f"{_IN_MAPPINGS}, or draw a script task after it"),
        "calledDecisionId": known,
        "instructionsForEndUser": without_effect("spiffworkflow:instructionsForEndUser"),
        "guestConfirmation": without_effect("spiffworkflow:guestConfirmation"),
        "signalButtonLabel": without_effect("spiffworkflow:signalButtonLabel"),
        "allowGuest": without_effect("spiffworkflow:allowGuest"),
        "unitTests": known,
        "messagePayload": known,
        "messageVariable": known,
        "processVariableCorrelation": known,
        "category": known,
    },
    attributes={
        "scriptsOnInstances": without_effect("spiffworkflow:scriptsOnInstances"),
        "isMatchingCorrelation": known,
    },
)
