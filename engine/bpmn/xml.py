"""Hostile bytes to a plain tree: the only place where lxml parses, and where every bound of XML is kept.

A document is read twice: first past a guard that counts and refuses without building anything, then, known to be
small and flat, into a tree. `Node` is that tree without lxml, so nothing behind this module knows the library.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from lxml import etree

from ..problems import Problem
from .limits import DEFAULT_LIMITS, Limits
from .rules.documents import NOT_XML, XML_DOCTYPE, XML_LIMIT
from .rules.registry import Rule, shortened

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
"""The namespace of BPMN 2.0's elements."""

LAYOUT = "http://www.omg.org/spec/BPMN/20100524/DI"
"""The namespace of the drawn layout, which is left out of the tree."""

_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "no_network": True,
    "huge_tree": False,
    "recover": False,
    "remove_comments": True,
    "remove_pis": True,
}
_LAST_COUNTED_LINE = 65_535
_FOR_READERS = frozenset({"documentation", "text"})
_ARCHIVES = {b"\x1f\x8b": "gzip", b"PK": "zip", b"BZ": "bzip2", b"\xfd7zXZ": "xz"}


class Node(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One XML element: its namespace ("" for none) and local name, its line (0 when unknown) and what is in it.

    attributes: those without a namespace. foreign: the others by (namespace, name). text: directly inside it.
    """

    namespace: str
    name: str
    line: int
    attributes: Mapping[str, str]
    foreign: Mapping[tuple[str, str], str]
    text: str
    children: tuple[Node, ...]

    @property
    def id(self) -> str:
        """The value of the attribute "id", "" when there is none."""
        return self.attributes.get("id", "")

    @property
    def is_bpmn(self) -> bool:
        """Whether it is an element of the standard."""
        return self.namespace == BPMN

    def bpmn_children(self) -> tuple[Node, ...]:
        """The children that are elements of the standard, in document order."""
        return tuple(child for child in self.children if child.namespace == BPMN)

    def extension_elements(self) -> tuple[Node, ...]:
        """What stands inside its extensionElements (BPMN 2.0.2, 8.3.3)."""
        boxes = (child for child in self.children if child.name == "extensionElements" and child.is_bpmn)
        return tuple(extension for box in boxes for extension in box.children)


def length_of_sources(nodes: Iterable[Node]) -> int:
    """Characters that may have to be compiled: texts inside these elements, and all that their extensions say.

    nodes: elements of the standard. Documentation and annotations are for readers and do not count.
    """
    return sum(_extensions_length(node) + (0 if node.name in _FOR_READERS else len(node.text)) for node in nodes)


def _extensions_length(node: Node) -> int:
    length = sum(map(len, node.foreign.values()))
    waiting = list(node.extension_elements())
    while waiting:
        one = waiting.pop()
        length += len(one.text) + sum(map(len, one.attributes.values())) + sum(map(len, one.foreign.values()))
        waiting += one.children
    return length


class XmlDocument(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A parsed document: its root, and the namespaces that its root declares."""

    root: Node
    declared: frozenset[str]


class _Refused(Exception):
    def __init__(self, rule: Rule, sentence: str) -> None:
        super().__init__(sentence)
        self.rule = rule
        self.sentence = sentence


def parse(data: bytes, limits: Limits = DEFAULT_LIMITS) -> XmlDocument | Problem:
    """Return the document, or the one problem why it is not read; never raises, whatever the bytes are."""
    tree = parse_tree(data, limits)
    if isinstance(tree, Problem):
        return tree
    declared = frozenset(namespace for namespace in tree.nsmap.values() if namespace)
    return XmlDocument(root=_plain(tree), declared=declared)


def parse_tree(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Any:
    """Return lxml's root element of the document for a validator that needs it, or a Problem like `parse`."""
    try:
        _refuse_early(data, limits)
        guard: Any = _Guard(limits)
        etree.fromstring(data, etree.XMLParser(target=guard, **_SAFE))
        return etree.fromstring(data, etree.XMLParser(**_SAFE))
    except _Refused as refused:
        return refused.rule.problem(refused.sentence)
    except etree.XMLSyntaxError as error:
        return _syntax_problem(error)
    except (ValueError, LookupError) as error:
        return NOT_XML.problem(f"Expected an XML document but {shortened(str(error))}")


def _refuse_early(data: bytes, limits: Limits) -> None:
    if len(data) > limits.bytes:
        raise _Refused(XML_LIMIT, f"Expected at most {limits.bytes} bytes but the document has {len(data)}")
    if not data.strip(b" \t\r\n\0"):
        raise _Refused(NOT_XML, "Expected an XML document but it is empty")
    for magic, name in _ARCHIVES.items():
        if data.startswith(magic):
            raise _Refused(NOT_XML, f"Expected an XML document but it is a {name} archive")


class _Guard:
    """Counts what the parser meets and stops it at the first bound, or at a DOCTYPE before its entities are read."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._elements = 0
        self._depth = 0
        self._text = 0

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise _Refused(XML_DOCTYPE, f"Expected a document without a DOCTYPE but it declares {shortened(name)!r}")

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        limits = self._limits
        self._elements += 1
        self._depth += 1
        self._text = 0
        if self._elements > limits.elements:
            raise _over(limits.elements, "elements")
        if self._depth > limits.depth:
            raise _over(limits.depth, "levels of nested elements")
        if len(attributes) > limits.attributes:
            raise _over(limits.attributes, f"attributes on one element, {shortened(tag)!r},")
        for value in attributes.values():
            if len(value) > limits.text_length:
                raise _over(limits.text_length, "characters in one attribute")

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._text = 0

    def data(self, text: str) -> None:
        self._text += len(text)
        if self._text > self._limits.text_length:
            raise _over(self._limits.text_length, "characters in one text")

    def close(self) -> None:
        """Called at the end of the document; the guard keeps nothing."""


def _over(limit: int, what: str) -> _Refused:
    return _Refused(XML_LIMIT, f"Expected at most {limit} {what} but the document has more")


def _syntax_problem(error: etree.XMLSyntaxError) -> Problem:
    message = (error.msg or "it is not well-formed").split(", line ")[0]
    line = error.lineno or None
    if "Excessive depth" in message:
        return XML_LIMIT.problem(
            f"Expected at most {DEFAULT_LIMITS.depth} levels of elements but there are more", line=line
        )
    return NOT_XML.problem(f"Expected a well-formed XML document but the parser says: {shortened(message)}", line=line)


def _plain(tree: Any) -> Node:
    """Build the plain tree bottom-up in reverse document order, so that depth costs no stack."""
    made: dict[Any, Node] = {}
    for element in reversed(list(_without_layout(tree))):
        children = tuple(made.pop(child) for child in element if child in made)
        made[element] = _node(element, children)
    return made[tree]


def _without_layout(tree: Any) -> Any:
    stack = [tree]
    while stack:
        element = stack.pop()
        yield element
        stack.extend(
            child
            for child in element.iterchildren(reversed=True)
            if isinstance(child.tag, str) and not child.tag.startswith("{" + LAYOUT)
        )


def _node(element: Any, children: tuple[Node, ...]) -> Node:
    namespace, name = _split(element.tag)
    attributes: dict[str, str] = {}
    foreign: dict[tuple[str, str], str] = {}
    for key, value in element.attrib.items():
        if key[0] == "{":
            foreign[_split(key)] = value
        else:
            attributes[key] = value
    line = element.sourceline or 0
    return Node(
        namespace=namespace,
        name=name,
        line=line if line < _LAST_COUNTED_LINE else 0,
        attributes=attributes,
        foreign=foreign,
        text="".join([element.text or "", *(child.tail or "" for child in element)]),
        children=children,
    )


def _split(tag: str) -> tuple[str, str]:
    if tag[0] != "{":
        return "", tag
    namespace, _, name = tag[1:].partition("}")
    return namespace, name
