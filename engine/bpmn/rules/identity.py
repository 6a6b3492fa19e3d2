"""Rules about ids: there is one where it is needed, it is well-formed, it is unique, and references find theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ...problems import Problem
from .registry import quoted, rule

if TYPE_CHECKING:
    from ..xml import Node

_TOPIC = "Ids and references"
_WELL_FORMED = re.compile(r"\w[\w.\-]*")

MISSING_ID = rule(
    "missing-id",
    "error",
    "A process, a flow node and a root element that is referenced have an id.",
    reason="BPMN 2.0.2, table 8.5: required where it is referenced; history and tokens refer to every flow node",
    topic=_TOPIC,
    hint="give it a unique id",
)
INVALID_ID = rule(
    "invalid-id",
    "error",
    "An id consists of letters, digits, '_', '-' and '.', and is not too long.",
    reason="xsd:ID; ids become keys, parts of addresses and file names",
    topic=_TOPIC,
    hint="choose another id",
)
DUPLICATE_ID = rule(
    "duplicate-id",
    "error",
    "An id is used once in a document.",
    reason="BPMN 2.0.2, table 8.5; xsd:ID",
    topic=_TOPIC,
    hint="give one of them another id",
)
DANGLING_REFERENCE = rule(
    "dangling-reference",
    "error",
    "A reference names an element of the document.",
    reason="BPMN 2.0.2, 15.3: references by id within the document",
    topic=_TOPIC,
    hint="draw it again or remove the reference",
)
WRONG_REFERENCE = rule(
    "wrong-reference",
    "error",
    "A reference names an element of the kind it needs.",
    reason="BPMN 2.0.2, the class diagrams of each element",
    topic=_TOPIC,
)

REFERENCES: Mapping[str, tuple[tuple[str, frozenset[str]], ...]] = {
    "boundaryEvent": (("attachedToRef", frozenset()),),
    "errorEventDefinition": (("errorRef", frozenset({"error"})),),
    "escalationEventDefinition": (("escalationRef", frozenset({"escalation"})),),
    "messageEventDefinition": (("messageRef", frozenset({"message"})),),
    "signalEventDefinition": (("signalRef", frozenset({"signal"})),),
    "compensateEventDefinition": (("activityRef", frozenset()),),
    "dataObjectReference": (("dataObjectRef", frozenset({"dataObject"})),),
    "dataStoreReference": (("dataStoreRef", frozenset({"dataStore"})),),
    "sendTask": (("messageRef", frozenset({"message"})),),
    "receiveTask": (("messageRef", frozenset({"message"})),),
    "association": (("sourceRef", frozenset()), ("targetRef", frozenset())),
    "sequenceFlow": (("sourceRef", frozenset()), ("targetRef", frozenset())),
}
"""Kind of element -> its references, each with the kinds it may name (none: any, or a rule of its own says which)."""

REQUIRED = frozenset({"sequenceFlow.sourceRef", "sequenceFlow.targetRef", "boundaryEvent.attachedToRef"})


def check_ids(nodes: list[Node], longest: int) -> Iterator[Problem]:
    """Findings about the ids of all BPMN elements of the document, given in document order."""
    first: dict[str, Node] = {}
    for node in nodes:
        if not node.id:
            continue
        if not _WELL_FORMED.fullmatch(node.id) or len(node.id) > longest:
            yield INVALID_ID.at(
                node, f"Expected an id of at most {longest} letters, digits, _, - and . but got {quoted(node.id)}"
            )
        earlier = first.setdefault(node.id, node)
        if earlier is not node:
            sentence = (
                f"Expected a unique id but line {earlier.line} has a {earlier.name} with the id {quoted(node.id)} too"
            )
            yield DUPLICATE_ID.at(node, sentence)


def check_references(nodes: list[Node], by_id: Mapping[str, Node]) -> Iterator[Problem]:
    """Findings about the references of these elements; `by_id` holds every element of the document."""
    for node in nodes:
        for attribute, kinds in REFERENCES.get(node.name, ()):
            reference = node.attributes.get(attribute)
            if reference is None:
                if f"{node.name}.{attribute}" in REQUIRED:
                    yield DANGLING_REFERENCE.at(node, f"A {node.name} needs the attribute {attribute} but has none")
                continue
            target = resolve(reference, by_id)
            if target is None:
                yield DANGLING_REFERENCE.at(
                    node,
                    f"Expected {attribute} to name an element of this document but there is no {quoted(reference)}",
                )
            elif kinds and target.name not in kinds:
                expected = " or ".join(sorted(kinds))
                sentence = (
                    f"Expected {attribute} to name a root element {expected} but {quoted(reference)} is a {target.name}"
                )
                yield WRONG_REFERENCE.at(node, sentence)


def resolve(reference: str, by_id: Mapping[str, Node]) -> Node | None:
    """The element a reference names; a QName's prefix is of no consequence inside one document."""
    reference = reference.strip()
    return by_id.get(reference) or by_id.get(reference.rpartition(":")[2])
