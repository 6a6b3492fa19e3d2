"""The root elements beside processes: what event definitions point to, what only describes, what is not executed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..model import EventDefinition, Extensions, RootElement
from ..problems import Problem
from .collaborations import CollaborationChecks
from .contents import check_attributes
from .rules.collaborations import NOT_A_PROCESS
from .rules.documents import UNKNOWN_ELEMENT
from .rules.extensions import MUST_UNDERSTAND
from .rules.identity import MISSING_ID, resolve
from .rules.registry import quoted
from .standard import DESCRIPTIVE_ROOTS, EVENT_DEFINITIONS, REFERENCED_ROOTS, TRUTH, UNEXECUTED_ROOTS
from .views import Views
from .xml import BPMN, Node

_NO_EXTENSIONS = Extensions()


def root_elements(definitions: Node, extensions: Mapping[Node, Extensions]) -> dict[str, RootElement]:
    """Errors, messages, signals and escalations of the document by id (8.4), with what the dialects say about them."""
    return {
        node.id: RootElement(
            kind=node.name,
            id=node.id,
            name=node.attributes.get("name", "").strip(),
            code=node.attributes.get(REFERENCED_ROOTS[node.name], "").strip() if REFERENCED_ROOTS[node.name] else "",
            line=node.line,
            extensions=extensions.get(node, _NO_EXTENSIONS),
        )
        for node in definitions.bpmn_children()
        if node.name in REFERENCED_ROOTS and node.id
    }


def event_definitions(
    event: Node, by_id: Mapping[str, Node], roots: Mapping[str, RootElement], views: Views
) -> tuple[EventDefinition, ...]:
    """The event definitions of an event in document order, those it refers to (10.5.5) included."""
    found = []
    for child in event.bpmn_children():
        node: Node | None = child
        if child.name == "eventDefinitionRef":
            node = resolve(child.text, by_id)
        if node is not None and node.name in EVENT_DEFINITIONS:
            found.append(event_definition(node, by_id, roots, views))
    return tuple(found)


def event_definition(
    node: Node, by_id: Mapping[str, Node], roots: Mapping[str, RootElement], views: Views
) -> EventDefinition:
    """The event definition that the element is, with what it refers to."""
    kind = EVENT_DEFINITIONS[node.name]
    return EventDefinition(kind=kind, view=views.of(node), reference=reference(node, kind, by_id, roots))


def reference(node: Node, kind: str, by_id: Mapping[str, Node], roots: Mapping[str, RootElement]) -> RootElement | None:
    """The root element of that kind that the element names, None where it names none."""
    target = resolve(node.attributes.get(f"{kind}Ref", ""), by_id)
    return roots.get(target.id) if target is not None and target.name == kind else None


def check_roots(definitions: Node, collaborations: CollaborationChecks) -> Iterator[Problem]:
    """Findings about everything directly inside definitions, processes excepted."""
    for node in definitions.children:
        if node.namespace != BPMN:
            continue
        if node.name in UNEXECUTED_ROOTS:
            yield NOT_A_PROCESS.at(node, f"Expected processes and collaborations but got {UNEXECUTED_ROOTS[node.name]}")
        elif node.name not in DESCRIPTIVE_ROOTS:
            yield UNKNOWN_ELEMENT.at(
                node, f"Expected what the standard allows in definitions but got {quoted(node.name)}"
            )
        elif node.name in REFERENCED_ROOTS:
            yield from check_attributes(node)
            if not node.id:
                yield MISSING_ID.at(node, f"A root element {node.name} needs an id but has none", severity="warning")
        elif node.name == "collaboration":
            yield from collaborations.check(node)
        elif node.name == "extension" and TRUTH.get(node.attributes.get("mustUnderstand", "false").strip(), True):
            what = quoted(node.attributes.get("definition", ""))
            yield MUST_UNDERSTAND.at(node, f"Expected extensions that Baton understands but {what} must be understood")
