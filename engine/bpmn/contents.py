"""What stands inside processes beyond flow nodes: known and descriptive, not executed, misplaced or misspelt."""

from __future__ import annotations

from collections.abc import Iterator

from ..core.elements.reading import MAX_QUANTITY, whole_number
from ..problems import Problem
from .rules.data import DATA_LOCAL
from .rules.documents import BAD_ATTRIBUTE, IGNORED, UNKNOWN_ATTRIBUTE, UNKNOWN_ELEMENT
from .rules.registry import quoted
from .standard import (
    ATTRIBUTES,
    BOOLEANS,
    DATA,
    DESCRIPTIVE,
    EVENT_DEFINITIONS,
    FLOW_NODES,
    ON_PAPER,
    OWN_CHILDREN,
    QUANTITIES,
    SUB_PROCESSES,
    TRUTH,
)
from .xml import BPMN, Node

_CONTAINERS = SUB_PROCESSES | {"process", "subChoreography"}
_FLOW_ELEMENTS = FLOW_NODES | DATA | {"sequenceFlow"}
_CHECKED_INSIDE = FLOW_NODES | {"process", "sequenceFlow"}


def check_contents(nodes: list[Node]) -> Iterator[Problem]:
    """Findings about the elements and attributes of a process, all of whose BPMN elements are given."""
    for node in nodes:
        yield from check_attributes(node)
        if node.name in _CHECKED_INSIDE:
            for child in node.children:
                yield from _child(node, child)


def _child(owner: Node, child: Node) -> Iterator[Problem]:
    name = child.name
    in_container = owner.name in _CONTAINERS
    if child.namespace != BPMN:
        yield _not_bpmn(owner, child)
    elif name in DESCRIPTIVE or name in OWN_CHILDREN.get(owner.name, ()):
        return
    elif in_container and name in _FLOW_ELEMENTS:
        yield from _local_data(owner, child)
    elif name in ON_PAPER:
        sentence = f"A {name} is known but has no effect in Baton"
        yield IGNORED.problem(sentence, element_id=owner.id, line=child.line, hint=ON_PAPER[name])
    else:
        sentence = f"Expected what the standard allows in a {owner.name} but got {quoted(name)}"
        yield UNKNOWN_ELEMENT.problem(sentence, element_id=child.id or owner.id, line=child.line)


def _local_data(owner: Node, child: Node) -> Iterator[Problem]:
    if child.name == "dataObject" and owner.name in SUB_PROCESSES:
        name = child.attributes.get("name", "") or child.id
        sentence = f"Expected the data object {quoted(name)} to be of use inside {quoted(owner.id)} only"
        yield DATA_LOCAL.at(child, f"{sentence} but it may be meant to last longer")


def _not_bpmn(owner: Node, child: Node) -> Problem:
    where = quoted(child.namespace) if child.namespace else "no namespace"
    sentence = f"Expected elements of BPMN in a {owner.name} but {quoted(child.name)} is of {where}"
    hint = "extensions belong into extensionElements"
    return UNKNOWN_ELEMENT.problem(sentence, element_id=owner.id, line=child.line, hint=hint)


def check_attributes(node: Node) -> Iterator[Problem]:
    """Findings about the attributes of one element: unknown ones, and values that they cannot have here."""
    allowed = ATTRIBUTES.get(node.name)
    for name, value in node.attributes.items():
        if allowed is not None and name not in allowed:
            sentence = f"Expected an attribute of the standard on a {node.name} but got {quoted(name)}"
            yield UNKNOWN_ATTRIBUTE.at(node, sentence)
        elif name in BOOLEANS and value.strip() not in TRUTH:
            yield BAD_ATTRIBUTE.at(node, f"Expected {name} to be true or false but got {quoted(value)}")
        elif name in QUANTITIES and not 1 <= (whole_number(value) or 0) <= MAX_QUANTITY:
            yield BAD_ATTRIBUTE.at(
                node, f"Expected {name} to be a whole number from 1 to {MAX_QUANTITY} but got {quoted(value)}"
            )
    for namespace, name in node.foreign:
        if namespace == BPMN:
            sentence = f"Expected the attribute {quoted(name)} without a prefix but it has BPMN's"
            yield UNKNOWN_ATTRIBUTE.at(node, sentence, hint="the standard's attributes have no prefix")
    if node.name in EVENT_DEFINITIONS or node.name == "serviceTask":
        yield from _operation(node)


def _operation(node: Node) -> Iterator[Problem]:
    if node.attributes.get("operationRef"):
        sentence = "operationRef is known but has no effect in Baton"
        yield IGNORED.at(node, sentence, hint="the job type says who does the work")
