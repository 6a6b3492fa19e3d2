"""Input and output parameters of Camunda 7: texts, expressions, lists, maps and scripts, each as one expression."""

from __future__ import annotations

import re

from ...model import FormalExpression
from ..languages import syntax_of
from ..rules.registry import quoted
from ..xml import Node
from .base import ExtensionReading
from .dialect import refuse

_PIECE = r"""[^{}'"]|'(?:[^'\\]|\\.)*+'|"(?:[^"\\]|\\.)*+\""""
_MAP = rf"\{{(?:{_PIECE}|\{{(?:{_PIECE}|\{{(?:{_PIECE})*+\}})*+\}})*+\}}"
_EMBEDDED = re.compile(rf"[$#]\{{((?:{_PIECE}|{_MAP})*+)\}}", re.DOTALL)
"""`${...}` with maps in it, three within each other at most."""


def input_output(reading: ExtensionReading, node: Node) -> None:
    """`camunda:inputOutput` of an element."""
    for parameter in node.children:
        value = parameter_value(reading, parameter)
        if value is None:
            continue
        name = parameter.attributes.get("name", "")
        if parameter.name == "inputParameter":
            reading.input(name, value, parameter.line)
        elif parameter.name == "outputParameter":
            reading.output(name, value, parameter.line)
        else:
            reading.bad(f"Expected inputParameter or outputParameter but got {quoted(parameter.name)}", parameter.line)


def parameter_value(reading: ExtensionReading, parameter: Node) -> FormalExpression | None:
    """Text without ${...} is a literal text; a list or map is written as one expression of the diagram's syntax."""
    if not parameter.children:
        return reading.expression(parameter.text, parameter.line)
    value = parameter.children[0]
    if value.name == "script":
        return _script(reading, value)
    try:
        return reading.expression("${" + _collection(value) + "}", value.line)
    except ValueError as error:
        reading.bad(str(error), value.line, "use text, expressions, camunda:list or camunda:map")
        return None


def _script(reading: ExtensionReading, node: Node) -> FormalExpression | None:
    """A script in a parameter is one expression in the syntax it names: element templates write dictionaries so."""
    if node.attributes.get("resource"):
        refuse(reading, "camunda:script with a resource", node, "write the expression into the diagram")
        return None
    language = node.attributes.get("scriptFormat", "")
    return reading.expression(node.text, node.line, syntax_of(language) or language or None)


def _collection(node: Node) -> str:
    """A camunda:list or camunda:map, and those inside it, as a literal of the syntax."""
    if node.name == "list":
        return "[" + ", ".join(_item(child) for child in node.children) + "]"
    if node.name == "map":
        entries = (f"{_literal(child.attributes.get('key', ''))}: {_item(child)}" for child in node.children)
        return "{" + ", ".join(entries) + "}"
    raise ValueError(f"Expected camunda:list or camunda:map but got {quoted(node.name)}")


def _item(node: Node) -> str:
    if node.name in ("list", "map"):
        return _collection(node)
    if node.name not in ("value", "entry"):
        raise ValueError(f"Expected values in a list or map but got {quoted(node.name)}")
    if node.children:
        return _collection(node.children[0])
    return _text(node.text.strip())


def _text(text: str) -> str:
    """A text with any number of ${...} in it, inside an expression."""
    pieces = _EMBEDDED.split(text)
    if any("${" in literal or "#{" in literal for literal in pieces[::2]):
        raise ValueError(f"Expected a closing brace for every opening one but got {quoted(text)}")
    if len(pieces) == 3 and not pieces[0] and not pieces[2]:
        return f"({pieces[1]})"
    parts = [f"({piece})" if number % 2 else _literal(piece) for number, piece in enumerate(pieces)]
    return " += ".join(part for part in parts if part != "''") or "''"


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
