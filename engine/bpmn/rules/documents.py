"""Rules about the document as a whole: is it XML, is it small enough, is it BPMN, does it hold a process."""

from __future__ import annotations

from .registry import rule

_TOPIC = "The document"

NOT_XML = rule(
    "not-xml",
    "error",
    "A document is well-formed XML in an encoding it declares.",
    reason="BPMN 2.0.2, 15.1",
    topic=_TOPIC,
    hint="export the diagram again as BPMN 2.0 XML",
)
XML_DOCTYPE = rule(
    "doctype",
    "error",
    "A document has no DOCTYPE.",
    reason="entities and external files of a DOCTYPE are the classic attacks on XML readers; BPMN needs neither",
    topic=_TOPIC,
    hint="remove the DOCTYPE line",
)
XML_LIMIT = rule(
    "xml-limit",
    "error",
    "A document stays within the bounds of size, depth, elements, attributes, text and expressions.",
    reason="everything has a limit",
    topic=_TOPIC,
    hint="split the diagram, or raise the limit in the settings",
)
NOT_BPMN = rule(
    "not-bpmn",
    "error",
    "The root element is `definitions` of the BPMN 2.0 namespace.",
    reason="BPMN 2.0.2, 8.2.1",
    topic=_TOPIC,
    hint="export the diagram as BPMN 2.0 XML",
)
NO_PROCESS = rule(
    "no-process",
    "error",
    "A document holds at least one process.",
    reason="there would be nothing to deploy",
    topic=_TOPIC,
)
MORE_PROBLEMS = rule(
    "more-problems",
    "info",
    "Only so many problems of one document are listed.",
    reason="everything has a limit",
    topic=_TOPIC,
    hint="mend these and look again",
)
BAD_ATTRIBUTE = rule(
    "bad-attribute",
    "error",
    "An attribute has a value that its type allows.",
    reason="BPMN 2.0.2, the XML schemas of each element",
    topic=_TOPIC,
)
UNKNOWN_ATTRIBUTE = rule(
    "unknown-attribute",
    "warning",
    "An attribute without a namespace is one that the standard gives to the element.",
    reason="a misspelt attribute would silently do nothing",
    topic=_TOPIC,
    hint="correct its name or remove it",
)
UNKNOWN_ELEMENT = rule(
    "unknown-element",
    "error",
    "An element of the BPMN namespace is one of the standard, at a place where it belongs.",
    reason="a misspelt or misplaced element would silently do nothing",
    topic=_TOPIC,
    hint="correct its name or place, or remove it",
)
UNKNOWN_LANGUAGE = rule(
    "unknown-language",
    "warning",
    "expressionLanguage of the document names a syntax that Baton knows.",
    reason="BPMN 2.0.2, 8.2.1",
    topic=_TOPIC,
    hint='write "python" or "juel", or remove the attribute',
    drawn=False,
)
SYNTAX_NOT_AVAILABLE = rule(
    "syntax-not-available",
    "error",
    "An expression is written in a syntax that Baton evaluates.",
    reason="nothing is skipped silently",
    topic=_TOPIC,
    drawn=False,
)
NOT_EXECUTED = rule(
    "not-executed",
    "error",
    "What a process uses beyond its flow nodes is something that Baton executes.",
    reason="nothing is skipped silently",
    topic=_TOPIC,
    drawn=False,
)
NO_EFFECT = rule(
    "no-effect",
    "info",
    "What only documents the process is known, and does nothing when the process runs.",
    reason="nothing is skipped silently",
    topic=_TOPIC,
    drawn=False,
)
IGNORED = rule(
    "ignored",
    "warning",
    "What would change how a process runs elsewhere, but does nothing here, is named.",
    reason="nothing is skipped silently",
    topic=_TOPIC,
    drawn=False,
)
