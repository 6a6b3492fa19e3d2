"""What a dialect is: its namespaces, its syntax, and for each extension it knows a reader and a row of the docs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from ...model import Call
from ..rules.extensions import IGNORED_EXTENSION, KEPT_EXTENSION, UNKNOWN_EXTENSION, UNSUPPORTED_EXTENSION
from ..rules.registry import quoted
from ..xml import Node
from .base import ExtensionReading

ElementReader = Callable[[ExtensionReading, Node], None]
"""Reads one extension element of its owner."""

AttributeReader = Callable[[ExtensionReading, str], None]
"""Reads the value of one extension attribute of its owner."""

NO_PARTS: Mapping[str, str] = {}


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """One extension that a dialect knows.

    read: its reader. does: what it does, or how it is reported, for docs/dialects.md. ends: where it ends in the model.
    parts: what stands in it, each with what it is: "@name" is an attribute, "item" an element inside at any depth,
    "item@name" an attribute of that. Another part is unknown; with no parts at all, nothing inside is looked at.
    picky: the reader itself says what is wrong with elements that it does not know.
    """

    read: Callable[[ExtensionReading, Any], None]
    does: str
    ends: str = ""
    parts: Mapping[str, str] = NO_PARTS
    picky: bool = False


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """How one family of editors writes what the standard leaves open.

    name: as documentation calls it. prefix: that editors write. namespaces: of its extensions. syntax: of expressions
    that name none. elements, attributes: local name -> how it is read; what is not listed is unknown. call: how its
    call activities are where they do not say.
    """

    name: str
    prefix: str
    namespaces: frozenset[str]
    syntax: str
    elements: Mapping[str, Known]
    attributes: Mapping[str, Known] = {}
    call: Call = Call()


# -- readers that several dialects use --------------------------------------------------------------------------------


def text_setting(name: str, does: str) -> Known:
    """An attribute, or an element with a text, that is one of the texts of `Extensions`."""
    return Known(read=lambda reading, value: reading.setting(name, _text(value), _line(value)), does=does, ends=name)


def expression_setting(name: str, does: str) -> Known:
    """An attribute, or an element with a text, that is one of the expressions of `Extensions`."""
    return Known(
        read=lambda reading, value: reading.expression_setting(name, _text(value), _line(value)), does=does, ends=name
    )


def for_editors(does: str = "nothing: it is for editors", parts: Mapping[str, str] = NO_PARTS) -> Known:
    """An extension that is for editors, or part of something that is reported anyway: nothing to say about it."""
    return Known(read=lambda _reading, _value: None, does=does, parts=parts)


def without_effect(name: str, why: str) -> Known:
    """An extension that tunes another engine and does nothing here."""
    return Known(read=lambda reading, value: say_without_effect(reading, name, value, why), does=f"no effect: {why}")


def kept(name: str, why: str, parts: Mapping[str, str] = NO_PARTS) -> Known:
    """An extension that does nothing by itself and is kept as a property, which connectors and workers see."""

    def read(reading: ExtensionReading, value: Any) -> None:
        keep(reading, name, _kept_text(value), value, why)

    return Known(read=read, does=f"kept as a property: {why}", ends=f'properties["{name}"]', parts=parts)


def unsupported(name: str, hint: str) -> Known:
    """An extension that would run something Baton does not run."""
    return Known(read=lambda reading, value: refuse(reading, name, value, hint), does=f"refused: {hint}")


def refuse(reading: ExtensionReading, name: str, value: Any, hint: str) -> None:
    """Report an extension, or a value of one, that Baton does not execute."""
    sentence = f"Baton needs extensions it can execute but {name} is not one of them"
    place, line = reading.owner.id, _line(value) or reading.owner.line
    reading.findings.add(UNSUPPORTED_EXTENSION.problem(sentence, element_id=place, line=line, hint=hint))


def keep(reading: ExtensionReading, name: str, text: str, value: Any, why: str) -> None:
    """Keep an extension, or a value of one, as a property, and say so."""
    sentence = f"{name} is known but has no effect in Baton by itself; it is kept as the property {quoted(name)}"
    place, line = reading.owner.id, _line(value) or reading.owner.line
    reading.findings.add(KEPT_EXTENSION.problem(sentence, element_id=place, line=line, hint=why))
    reading.property(name, text, line)


def say_without_effect(reading: ExtensionReading, name: str, value: Any, why: str) -> None:
    """Report an extension, or a value of one, that is known and does nothing."""
    sentence = f"{name} is known but has no effect in Baton"
    place, line = reading.owner.id, _line(value) or reading.owner.line
    reading.findings.add(IGNORED_EXTENSION.problem(sentence, element_id=place, line=line, hint=why))


def _text(value: Node | str) -> str:
    return value.text if isinstance(value, Node) else value


def _line(value: Any) -> int:
    return value.line if isinstance(value, Node) else 0


def _kept_text(value: Node | str) -> str:
    """A text as it is; an element with something in it as JSON."""
    if isinstance(value, str):
        return value
    if not value.children and not value.attributes:
        return value.text.strip()
    return msgspec.json.encode(_plain(value)).decode()


def _plain(top: Node) -> dict[str, Any]:
    """Attributes, text and children of an element, made bottom-up so that nesting costs no stack."""
    order, waiting = [], [top]
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting += node.children
    made: dict[Node, dict[str, Any]] = {}
    for node in reversed(order):
        inside: dict[str, Any] = dict(node.attributes)
        for child in node.children:
            inside.setdefault(child.name, []).append(made[child])
        if node.text.strip():
            inside["text"] = node.text.strip()
        made[node] = inside
    return made[top]


# -- what stands in an extension element ------------------------------------------------------------------------------


def check_parts(reading: ExtensionReading, node: Node, known: Known, dialect: Dialect) -> None:
    """Report every attribute and element inside an extension element that its dialect does not know."""
    if not known.parts:
        return
    elements = {name.partition("@")[0] for name in known.parts}
    waiting = [node]
    while waiting:
        one = waiting.pop()
        owner = "" if one is node else one.name
        for name in one.attributes:
            if f"{owner}@{name}" not in known.parts:
                unknown(reading, f"attribute {quoted(name)} of {quoted(one.name)}", dialect, one)
        for child in one.children:
            if child.name in elements or child.namespace not in dialect.namespaces:
                waiting.append(child)
            elif not known.picky:
                unknown(reading, f"element {quoted(child.name)} in {quoted(one.name)}", dialect, child)


def unknown(reading: ExtensionReading, what: str, dialect: Dialect, place: Node) -> None:
    """Report something in the namespace of a dialect that it does not have."""
    sentence = f"Expected an extension that Baton knows but the {what} of the {dialect.name} dialect is not one"
    line = place.line or reading.owner.line
    reading.findings.add(UNKNOWN_EXTENSION.problem(sentence, element_id=reading.owner.id, line=line))
