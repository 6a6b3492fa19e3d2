"""The values of http.* properties: JSON is a constant, everything else an expression in the diagram's language."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from ...expressions import Expression, ExpressionError, to_json_value
from ...model import FlowNode, FormalExpression
from .reading import Reading

PREFIX = "http."

LONGEST_SCHEMA = 65_536
"""Characters of a JSON Schema that stands in the diagram."""

_STANDING = ("{", "true", "false")


class HttpValue(msgspec.Struct, frozen=True):
    """A value that is known, or evaluated when it is needed."""

    constant: Any = None
    expression: Expression | None = None

    @property
    def known(self) -> bool:
        """Whether the diagram says the value itself."""
        return self.expression is None

    def of(self, variables: Any, now: int) -> Any:
        """The value for these variables; raises ExpressionError."""
        return self.constant if self.expression is None else self.expression.evaluate(variables, now)


def read_value(text: str, node: FlowNode, reading: Reading, what: str) -> HttpValue | None:
    """Read the value; None (and a problem) when it is neither JSON nor an expression."""
    try:
        return HttpValue(to_json_value(json.loads(text, parse_constant=_refuse)))
    except (ValueError, RecursionError, ExpressionError):
        expression = read_expression(text, node, reading, what)
        return None if expression is None else HttpValue(expression=expression)


def read_expression(text: str, node: FlowNode, reading: Reading, what: str) -> Expression | None:
    """Compile the text in the diagram's language; None (and a problem) when it does not compile."""
    if not text.strip():
        reading.problem("route", node, f"The property {what} needs a value but it is empty")
        return None
    return reading.expression(FormalExpression(text.strip(), node.view.syntax, node.line), node, f"property {what}")


def schema_text(text: str) -> str:
    """The JSON Schema that a property says, or the name of its file; raises ValueError with a sentence."""
    if not text or len(text) > LONGEST_SCHEMA:
        raise ValueError(f"a JSON Schema of at most {LONGEST_SCHEMA} characters but got {len(text)}")
    if not text.startswith(_STANDING) and not text.endswith(".json"):
        raise ValueError(f"a JSON Schema, or the name of a .json file that is deployed too, but got {text[:80]!r}")
    return text


def file_of_schema(schema: str) -> str:
    """The name of the file that holds the schema, "" when it stands in the diagram or there is none."""
    return "" if schema.startswith(_STANDING) else schema


def http_properties(node: FlowNode, prefix: str = PREFIX) -> dict[str, str]:
    """The node's http.* properties that begin so, by their whole names, in document order."""
    given = node.view.extensions.properties
    return {name: text for name, text in given.items() if name.startswith(prefix)}


def _refuse(name: str) -> Any:
    raise ValueError(name)
