"""From whatever the editor wrote to the one model: which dialect a diagram is in, and what its extensions say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from ...model import Extensions, RootElement
from ..findings import Findings
from ..rules.extensions import FOREIGN_EXTENSIONS
from ..rules.registry import quoted
from ..xml import BPMN, Node, XmlDocument
from .base import NO_ROOTS, ExtensionReading
from .calls import called_element
from .camunda import CAMUNDA
from .dialect import Dialect, check_parts, unknown
from .plain import PLAIN
from .spiffworkflow import SPIFFWORKFLOW
from .zeebe import ZEEBE

DIALECTS: tuple[Dialect, ...] = (CAMUNDA, ZEEBE, SPIFFWORKFLOW, PLAIN)

_PLATFORM = ("http://camunda.org/schema/modeler/1.0", "executionPlatform")
_PLATFORMS: Mapping[str, Dialect] = {"Camunda Platform": CAMUNDA, "Camunda Cloud": ZEEBE}
_BY_NAMESPACE = {namespace: dialect for dialect in DIALECTS for namespace in dialect.namespaces}


class Said(msgspec.Struct, frozen=True):
    """What the extensions of one element say: the model's part, and the version tag that processes have."""

    extensions: Extensions
    version_tag: str = ""


_NOTHING = Said(Extensions())


def dialect_of(document: XmlDocument, inside_processes: Iterable[Node]) -> Dialect:
    """The dialect of a document: the one its editor names, else the one most used, else one declared, else plain."""
    named = _PLATFORMS.get(document.root.foreign.get(_PLATFORM, ""))
    if named is not None:
        return named
    used = Counter(dialect.name for node in inside_processes for dialect in _used(node) if dialect is not PLAIN)
    declared = [dialect.name for dialect in DIALECTS if dialect.namespaces & document.declared]
    name = (used.most_common(1)[0][0] if used else "") or (declared[0] if declared else PLAIN.name)
    return next(dialect for dialect in DIALECTS if dialect.name == name)


def _used(node: Node) -> list[Dialect]:
    namespaces = [namespace for namespace, _ in node.foreign]
    namespaces += [extension.namespace for extension in node.extension_elements()]
    return [_BY_NAMESPACE[namespace] for namespace in namespaces if namespace in _BY_NAMESPACE]


def read_extensions(
    node: Node, dialect: Dialect, syntax: str, findings: Findings, roots: Mapping[str, RootElement] = NO_ROOTS
) -> Said:
    """What the extensions of the element say in the diagram's dialect and in Baton's own namespace.

    roots: the root elements of the document by id, as far as extensions may refer to them.
    """
    elements = node.extension_elements()
    is_call = node.name == "callActivity"
    if not node.foreign and not elements and not is_call:
        return _NOTHING
    reading = ExtensionReading(node, syntax, findings, roots)
    if is_call:
        reading.calls = dialect.call
        called_element(reading, dialect.syntax)
    for (namespace, name), value in node.foreign.items():
        chosen = _chosen(namespace, dialect)
        if chosen is not None and name in chosen.attributes:
            chosen.attributes[name].read(reading, value)
        elif chosen is not None:
            unknown(reading, f"attribute {quoted(name)}", chosen, node)
    for extension in elements:
        chosen = _chosen(extension.namespace, dialect)
        if chosen is not None and extension.name in chosen.elements:
            known = chosen.elements[extension.name]
            known.read(reading, extension)
            check_parts(reading, extension, known, chosen)
        elif chosen is not None:
            unknown(reading, f"element {quoted(extension.name)}", chosen, extension)
    return Said(reading.result(), reading.text("version_tag") or "")


def _chosen(namespace: str, dialect: Dialect) -> Dialect | None:
    if namespace in dialect.namespaces:
        return dialect
    return PLAIN if namespace in PLAIN.namespaces else None


def note_foreign(nodes: Iterable[Node], dialect: Dialect, findings: Findings) -> None:
    """Say once per namespace that its extensions are left alone."""
    first: dict[str, Node] = {}
    for node in nodes:
        spaces = [namespace for namespace, _ in node.foreign]
        spaces += [extension.namespace for extension in node.extension_elements()]
        for namespace in spaces:
            if _chosen(namespace, dialect) is None and namespace not in ("", BPMN, *_HARMLESS):
                first.setdefault(namespace, node)
    for namespace, node in first.items():
        sentence = f"The extensions of {quoted(namespace)} are left alone in this diagram of the {dialect.name} dialect"
        findings.add(FOREIGN_EXTENSIONS.at(node, sentence))


_HARMLESS = (
    "http://www.w3.org/2001/XMLSchema-instance",
    "http://www.w3.org/XML/1998/namespace",
    "http://camunda.org/schema/modeler/1.0",
    "http://bpmn.io/schema/bpmn/biocolor/1.0",
    "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
)
"""Namespaces of schemas, colours and editors, which nobody expects to do anything."""

__all__ = [
    "CAMUNDA",
    "DIALECTS",
    "PLAIN",
    "SPIFFWORKFLOW",
    "ZEEBE",
    "Dialect",
    "dialect_of",
    "note_foreign",
    "read_extensions",
]
