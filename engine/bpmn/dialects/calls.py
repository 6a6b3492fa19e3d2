"""What the dialects say about call activities: which version is called, what goes in, what comes out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ...model import Call, CallMapping, FormalExpression
from ..rules.registry import quoted
from ..standard import TRUTH
from ..xml import Node

if TYPE_CHECKING:
    from .base import ExtensionReading
    from .dialect import ElementReader

_CALLERS_KEY = re.compile(r"[$#]\{\s*execution\.(processBusinessKey|businessKey)\s*\}")


class CallSettings:
    """Collects what the extensions of one call activity say."""

    def __init__(self) -> None:
        self._fields: dict[str, Any] = {}
        self._inputs: list[CallMapping] = []
        self._outputs: list[CallMapping] = []

    def set(self, reading: ExtensionReading, name: str, value: Any, line: int) -> None:
        """Set a field of `Call`, once."""
        if self._fields.setdefault(name, value) != value:
            reading.twice(f"the {name.replace('_', ' ')} of the call", line)

    def map(self, mapping: CallMapping, *, out: bool) -> None:
        """Add a variable that goes in or comes out."""
        (self._outputs if out else self._inputs).append(mapping)

    def result(self, standard: Call) -> Call:
        """Everything that was said, over the dialect's own way where nothing was."""
        if "version" in self._fields and "binding" not in self._fields:
            self._fields["binding"] = "version"
        if self._inputs or self._outputs:
            self._fields |= {"inputs": tuple(self._inputs), "outputs": tuple(self._outputs)}
        return replace(standard, **self._fields)


def literal(text: str, line: int = 0) -> FormalExpression:
    """A text that is no expression, in the form of one."""
    return FormalExpression(repr(text.strip()), "python", line)


# -- Camunda 7 --------------------------------------------------------------------------------------------------------


def called_element(reading: ExtensionReading, syntax: str) -> None:
    """The standard's attribute calledElement, which is an expression in a diagram of Camunda 7 where it looks so."""
    text = reading.owner.attributes.get("calledElement", "").strip()
    if syntax == "juel" and "{" in text:
        reading.call.set(reading, "process", reading.expression(text), 0)


def binding(reading: ExtensionReading, value: str) -> None:
    """`calledElementBinding`."""
    reading.call.set(reading, "binding", value.strip(), 0)


def version(reading: ExtensionReading, value: str) -> None:
    """`calledElementVersion` and `calledElementVersionTag`: a number or tag, or an expression."""
    formal = reading.expression(value) if "{" in value else literal(value, reading.owner.line)
    reading.call.set(reading, "version", formal, 0)


def variable(*, out: bool) -> ElementReader:
    """Make the reader of `camunda:in` or `camunda:out`."""

    def read(reading: ExtensionReading, node: Node) -> None:
        given = node.attributes
        if reading.owner.name == "signalEventDefinition" and not out:
            _into_signal(reading, node)
            return
        if reading.owner.name != "callActivity":
            reading.bad(
                f"Expected camunda:{node.name} in a call activity but it is in a {reading.owner.name}", node.line
            )
            return
        local = TRUTH.get(given.get("local", "false").strip(), False)
        if "businessKey" in given and not out:
            _business_key(reading, given["businessKey"], node.line)
        elif "variables" in given:
            if given["variables"].strip() != "all":
                reading.bad(f'Expected variables="all" but got {quoted(given["variables"])}', node.line)
            reading.call.set(reading, "all_out" if out else "all_in", "local" if local else "all", node.line)
        else:
            _single(reading, node, local=local, out=out)

    return read


def _into_signal(reading: ExtensionReading, node: Node) -> None:
    """What a thrown signal carries: single variables, null where there is none, or all of them."""
    given, line = node.attributes, node.line
    target, text = given.get("target", "").strip(), given.get("sourceExpression", "")
    if given.get("variables", "").strip() == "all":
        reading.switch("carries_all", line)
    elif text.strip():
        reading.input(target, reading.expression(text, line), line)
    elif given.get("source", "").strip():
        reading.input(target, reading.expression(given["source"], line, "feel"), line)
    else:
        reading.bad("A camunda:in of a signal needs a source and a target but lacks one", line)


def _single(reading: ExtensionReading, node: Node, *, local: bool, out: bool) -> None:
    target = node.attributes.get("target", "").strip()
    source = node.attributes.get("source", "").strip()
    text = node.attributes.get("sourceExpression", "")
    if not target or not (source or text.strip()):
        reading.bad(f"A camunda:{node.name} needs a source and a target but lacks one", node.line)
        return
    expression = reading.expression(text, node.line) if text.strip() else None
    reading.call.map(CallMapping(target, "" if expression else source, expression, local), out=out)


def _business_key(reading: ExtensionReading, text: str, line: int) -> None:
    if _CALLERS_KEY.fullmatch(text.strip()):
        reading.call.set(reading, "passes_business_key", True, line)
    else:
        formal = reading.expression(text, line) if "{" in text else literal(text, line)
        reading.call.set(reading, "business_key", formal, line)


# -- Camunda 8 --------------------------------------------------------------------------------------------------------


def zeebe_called_element(reading: ExtensionReading, node: Node) -> None:
    """`zeebe:calledElement`; what comes out is mapped by the outputs, or all where there are none."""
    given, line = node.attributes, node.line
    process = (given.get("processId") or given.get("processIdExpression", "")).strip()
    if process.startswith("="):
        reading.call.set(reading, "process", reading.expression(process[1:], line, "feel"), line)
    elif process:
        reading.call.set(reading, "process", literal(process, line), line)
    if "bindingType" in given:
        reading.call.set(reading, "binding", given["bindingType"].strip(), line)
    business_key = given.get("businessId", "").strip()
    if business_key.startswith("="):
        reading.call.set(reading, "business_key", reading.expression(business_key[1:], line, "feel"), line)
    elif business_key:
        reading.call.set(reading, "business_key", literal(business_key, line), line)
    if given.get("versionTag", "").strip():
        reading.call.set(reading, "version", literal(given["versionTag"], line), line)
    for attribute, name, all_of_it in (
        ("propagateAllParentVariables", "all_in", "all"),
        ("propagateAllChildVariables", "all_out", "mapped"),
    ):
        propagates = TRUTH.get(given.get(attribute, "true").strip())
        if propagates is None:
            reading.bad(f"Expected {attribute} to be true or false but got {quoted(given[attribute])}", line)
        reading.call.set(reading, name, all_of_it if propagates else "local", line)


# -- properties -------------------------------------------------------------------------------------------------------


def call_property(name: str) -> Any:
    """Make the reader of a property call.*: `process` and `business_key` are expressions, the others texts."""

    def read(reading: ExtensionReading, value: str, line: int) -> None:
        if name in ("process", "business_key"):
            reading.call.set(reading, name, reading.expression(value, line), line)
        elif name == "binding":
            reading.call.set(reading, name, value.strip(), line)
        else:
            reading.call.set(reading, "version", literal(value, line), line)
            reading.call.set(reading, "binding", name, line)

    return read


CALL_PROPERTIES = {
    "call.process": call_property("process"),
    "call.binding": call_property("binding"),
    "call.version": call_property("version"),
    "call.version.tag": call_property("versionTag"),
    "call.business.key": call_property("business_key"),
}
