"""The rule that a document is valid against the schemas of the standard; engine.spiff checks it."""

from __future__ import annotations

from .registry import rule

SCHEMA = rule(
    "schema",
    "warning",
    "A document is valid against the XML schemas of BPMN 2.0.",
    reason="BPMN 2.0.2, 15.1; the schemas ship with SpiffWorkflow",
    topic="The document",
    hint="most editors write valid documents: export it again",
)
