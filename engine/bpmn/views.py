"""Elements as their classes see them: XML nodes turned into `ElementView`s, each once."""

from __future__ import annotations

from collections.abc import Mapping

from ..model import ElementView, Extensions
from .xml import Node

_HIDDEN = frozenset({"extensionElements", "incoming", "outgoing", "documentation"})


class Views:
    """The views of the elements of a document, made bottom-up so that nesting costs no stack."""

    def __init__(self, syntax: str) -> None:
        self._syntax = syntax
        self._views: dict[Node, ElementView] = {}

    def add(self, nodes: list[Node], extensions: Mapping[Node, Extensions]) -> None:
        """Make the views of these elements, which come in document order, so children after their parents."""
        nothing = Extensions()
        for node in reversed(nodes):
            self._views[node] = ElementView(
                kind=node.name,
                id=node.id,
                name=node.attributes.get("name", ""),
                line=node.line,
                attributes=node.attributes,
                text=node.text,
                children=tuple(self._views[child] for child in node.bpmn_children() if child.name not in _HIDDEN),
                extensions=extensions.get(node, nothing),
                syntax=self._syntax,
            )

    def of(self, node: Node) -> ElementView:
        """The view of an element; one that was not added yet stands in a process that is read later."""
        if node not in self._views:
            self.add(_with_children(node), {})
        return self._views[node]


def _with_children(top: Node) -> list[Node]:
    found, todo = [], [top]
    while todo:
        node = todo.pop()
        found.append(node)
        todo += [child for child in reversed(node.bpmn_children()) if child.name not in _HIDDEN]
    return found
