"""Rules about what editors add to the standard: extension elements, attributes and properties of the dialects."""

from __future__ import annotations

from .registry import rule

_TOPIC = "Extensions"

UNKNOWN_EXTENSION = rule(
    "unknown-extension",
    "warning",
    "An extension in the namespace of the diagram's dialect is one that Baton knows.",
    reason="a misspelt extension would silently do nothing",
    topic=_TOPIC,
    hint="docs/dialects.md lists what is read",
    drawn=False,
)
UNSUPPORTED_EXTENSION = rule(
    "unsupported-extension",
    "error",
    "An extension that would run code or change the flow is one that Baton executes.",
    reason="nothing is skipped silently",
    topic=_TOPIC,
    drawn=False,
)
IGNORED_EXTENSION = rule(
    "ignored-extension",
    "info",
    "An extension that tunes another engine is known, and does nothing here.",
    reason="nothing is skipped silently",
    topic=_TOPIC,
    drawn=False,
)
KEPT_EXTENSION = rule(
    "kept-extension",
    "info",
    "An extension that says something to people or workers is kept as a property and does nothing by itself.",
    reason="nothing is skipped silently",
    topic=_TOPIC,
    drawn=False,
)
FOREIGN_EXTENSIONS = rule(
    "foreign-extensions",
    "info",
    "Extensions of other namespaces than the dialect's are left alone.",
    reason="BPMN 2.0.2, 8.3.3: a tool ignores extensions it does not know",
    topic=_TOPIC,
)
MUST_UNDERSTAND = rule(
    "must-understand",
    "error",
    "An extension that a reader must understand is one that Baton understands.",
    reason="BPMN 2.0.2, 8.3.3",
    topic=_TOPIC,
    hint="remove the extension, or its mustUnderstand",
)
BAD_EXTENSION = rule(
    "bad-extension",
    "error",
    "An extension has the parts and values that its definition asks for.",
    reason="the schema of its dialect",
    topic=_TOPIC,
    drawn=False,
)
STATED_TWICE = rule(
    "stated-twice",
    "error",
    "A property, a mapping or a setting of an element is given once.",
    reason="which one counts would be a guess",
    topic=_TOPIC,
    hint="remove one of them",
    drawn=False,
)
