"""Which syntax an expression is written in: what it says itself, else the document, else the dialect."""

from __future__ import annotations

from ..expressions import supported_syntaxes
from ..model import FormalExpression
from .findings import Findings
from .rules.documents import SYNTAX_NOT_AVAILABLE, UNKNOWN_LANGUAGE
from .rules.registry import Placed, quoted
from .xml import Node

_STANDARD_DEFAULT = ("http://www.w3.org/1999/xpath", "http://www.w3.org/tr/xpath", "http://www.w3.org/2001/xmlschema")
_MARKS = (
    ("feel", "feel"),
    ("juel", "juel"),
    ("java.sun.com/products/jsp", "juel"),
    ("unified-expression", "juel"),
    ("python", "python"),
)


def syntax_of(language: str) -> str | None:
    """The evaluator's name for a language, which is a word or an address; None when Baton does not know it."""
    lowered = language.strip().lower()
    return next((syntax for mark, syntax in _MARKS if mark in lowered), None)


def document_syntax(definitions: Node, dialect_syntax: str, findings: Findings) -> str:
    """The syntax of expressions that name none: expressionLanguage (8.2.1), else the dialect's.

    XPath counts as not given: it is the standard's default, and editors write it without being asked.
    """
    language = definitions.attributes.get("expressionLanguage", "")
    if not language.strip() or language.strip().lower().startswith(_STANDARD_DEFAULT):
        return dialect_syntax
    syntax = syntax_of(language)
    if syntax is None:
        sentence = f"Expected an expressionLanguage that Baton knows but got {quoted(language)}"
        findings.add(UNKNOWN_LANGUAGE.at(definitions, f"{sentence}; {dialect_syntax} is assumed"))
    return syntax or dialect_syntax


def formal(source: str, syntax: str, line: int) -> FormalExpression:
    """The text without the blank space around it; `line` (0 when unknown) is where the untrimmed text begins."""
    leading = source[: len(source) - len(source.lstrip())]
    return FormalExpression(source.strip(), syntax, line + leading.count("\n") if line else 0)


def expression(source: str, syntax: str, place: Placed, findings: Findings, line: int = 0) -> FormalExpression:
    """An expression in that syntax, after a word to the findings when Baton does not evaluate it."""
    made = formal(source, syntax, line or place.line)
    if syntax not in supported_syntaxes():
        known = ", ".join(sorted(supported_syntaxes()))
        sentence = f"Expected an expression in one of {known} but {quoted(made.source)} is written in {quoted(syntax)}"
        hint = "write it in Python syntax or FEEL, or as ${...} in a Camunda 7 diagram"
        findings.add(SYNTAX_NOT_AVAILABLE.problem(sentence, element_id=place.id, line=made.line, hint=hint))
    return made
