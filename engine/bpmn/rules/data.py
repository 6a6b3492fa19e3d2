"""Rules about data: objects, inputs and outputs, the sets they come in, and the associations between them."""

from __future__ import annotations

from .registry import rule

_TOPIC = "Data"

DATA_REFERENCE = rule(
    "data-reference",
    "error",
    "A data association, a set and a loop name data of the element or of the scopes around it.",
    reason="BPMN 2.0.2, 10.4.1: data is seen where it is drawn and inside",
    topic=_TOPIC,
    hint="draw the data object in a scope that both ends see",
    drawn=False,
)
DATA_ASSOCIATION = rule(
    "data-association",
    "error",
    "A data association copies one source, or says by a transformation or assignments what its target gets.",
    reason="BPMN 2.0.2, 10.4.2",
    topic=_TOPIC,
    drawn=False,
)
DATA_NAME = rule(
    "data-name",
    "error",
    "Data inputs of one element have different names, and so have its data outputs.",
    reason="each of them is a variable",
    topic=_TOPIC,
    hint="give one of them another name",
    drawn=False,
)
DATA_DEFAULT = rule(
    "data-default",
    "error",
    "The property default of a data object or property is JSON.",
    reason="it is what the variable begins with",
    topic=_TOPIC,
    drawn=False,
)
DATA_LOCAL = rule(
    "data-local",
    "info",
    "What is written to a data object ends with the process or sub-process that it is drawn in.",
    reason="BPMN 2.0.2, 10.4.1: the life of a data object is that of its scope",
    topic=_TOPIC,
    hint="draw it in the process if it is needed after the sub-process",
    drawn=False,
)
