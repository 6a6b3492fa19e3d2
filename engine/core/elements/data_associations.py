"""Data associations: how a value gets from one data item into another (BPMN 2.0.2, 10.4.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...drawing import DataItem
from ...expressions import Expression
from ...model import ElementView, FlowNode, FormalExpression
from ..state import Value
from .reading import Reading, formal, value_or_none

_KNOWN = ("python", "juel", "feel")
_XPATH = re.compile(r"\bget(DataObject|DataInput|DataOutput|ProcessProperty|ActivityProperty|EventProperty)\s*\(")
_SEGMENT = re.compile(r"[^\s.]+")
_SET_BY_PATH = 'write the target\'s name, or a place inside it such as "order.total"'


class DataAssociation:
    """One association: a copy of its only source, a transformation, or assignments to places inside its target.

    sources: the items it reads. target: the item it fills. assignments: (keys inside the target, expression).
    """

    __slots__ = ("assignments", "sources", "target", "transformation")

    def __init__(
        self,
        sources: tuple[DataItem, ...],
        target: DataItem,
        transformation: Expression | None,
        assignments: tuple[tuple[tuple[str, ...], Expression], ...],
    ) -> None:
        self.sources = sources
        self.target = target
        self.transformation = transformation
        self.assignments = assignments

    def available(self, variables: Any) -> bool:
        """Whether every source holds something (13.3.2)."""
        return all(value_of(source, variables) is not None for source in self.sources)

    def value(self, current: Value, variables: Any, now: int) -> Value:
        """What the target holds afterwards, `current` being what it holds now; raises ExpressionError."""
        if self.transformation is not None:
            current = self.transformation.evaluate(variables, now)
        elif not self.assignments:
            current = value_of(self.sources[0], variables)
        for keys, expression in self.assignments:
            current = placed(current, keys, expression.evaluate(variables, now))
        return current


def value_of(item: DataItem, variables: Any) -> Value:
    """What the item holds, None for nothing."""
    return value_or_none(variables, item.variable)


def placed(whole: Value, keys: tuple[str, ...], value: Value) -> Value:
    """The whole with the value at that place in it; what is no object on the way there becomes one."""
    if not keys:
        return value
    top: dict[str, Value] = dict(whole) if isinstance(whole, Mapping) else {}
    inner = top
    for key in keys[:-1]:
        below = inner.get(key)
        inner[key] = dict(below) if isinstance(below, Mapping) else {}
        inner = inner[key]
    inner[keys[-1]] = value
    return top


def read_association(view: ElementView, node: FlowNode, reading: Reading) -> DataAssociation | None:
    """The association as it is drawn; None when it only shows where data goes, or (and a problem) when it is wrong."""
    sources = [item_of(child.text, node, reading, view.line) for child in view.children if child.kind == "sourceRef"]
    targets = [item_of(child.text, node, reading, view.line) for child in view.children if child.kind == "targetRef"]
    if len(targets) != 1:
        reading.problem("data-association", node, "A data association needs one target but has none", line=view.line)
        return None
    target = targets[0]
    only_drawn = view.kind == "dataOutputAssociation" and not sources and not _says_how(view)
    if target is None or target.placeholder or only_drawn or any(source is None for source in sources):
        return None
    if (view.kind == "dataInputAssociation") != (target.owner == node.id and target.kind in _OWN):
        sentence = f'A {view.kind} needs to lead to data of the {_SIDE[view.kind]} but "{target.id:.80}" is not there'
        reading.problem("data-association", node, sentence, line=view.line)
        return None
    if len(sources) != 1 and not _says_how(view):
        sentence = f"A data association that copies needs one source but has {len(sources)}"
        reading.problem("data-association", node, sentence, line=view.line)
        return None
    transformation = _expression(view.child("transformation"), "transformation", node, reading)
    assignments = _assignments(view, target, node, reading)
    if transformation is None and not assignments and _says_how(view):
        return None
    return DataAssociation(tuple(one for one in sources if one), target, transformation, assignments)


_OWN = frozenset({"dataInput", "property"})
_SIDE = {"dataInputAssociation": "element itself", "dataOutputAssociation": "scopes around it"}


def _says_how(view: ElementView) -> bool:
    return view.child("transformation") is not None or view.child("assignment") is not None


def item_of(reference: str, node: FlowNode, reading: Reading, line: int = 0) -> DataItem | None:
    """The data item that the node names; None (and a problem) when there is none or it is out of its reach."""
    reference = reference.strip()
    data = reading.process.data
    item = data.get(reference) or data.get(reference.rpartition(":")[2])
    if item is None:
        sentence = f'Expected data of this process but there is no "{reference:.80}"'
        reading.problem("data-reference", node, sentence, line=line)
    elif not _reaches(node, item, reading):
        sentence = f'Expected data of the scopes around the {node.kind} but "{item.id:.80}" belongs to another'
        reading.problem("data-reference", node, sentence, line=line)
        return None
    return item


def _reaches(node: FlowNode, item: DataItem, reading: Reading) -> bool:
    if item.owner == node.id:
        return True
    containers = reading.process.containers
    container = containers.get(node.container)
    while container is not None and container.id != item.owner:
        container = containers.get(container.parent or "")
    return container is not None


def _assignments(
    view: ElementView, target: DataItem, node: FlowNode, reading: Reading
) -> tuple[tuple[tuple[str, ...], Expression], ...]:
    found = []
    for child in view.children:
        if child.kind != "assignment":
            continue
        expression = _expression(child.child("from"), "assignment", node, reading)
        to = _formal(child.child("to"), "assignment's target", node, reading)
        keys = None if to is None else _keys(to.source, target)
        if to is not None and keys is None:
            sentence = f'Expected a place in "{target.variable:.80}" but the assignment goes to "{to.source:.80}"'
            reading.problem("data-association", node, sentence, _SET_BY_PATH, line=child.line)
        if expression is None or keys is None:
            _say_what_is_missing(child, node, reading)
        else:
            found.append((keys, expression))
    return tuple(found)


def _say_what_is_missing(assignment: ElementView, node: FlowNode, reading: Reading) -> None:
    for end in ("from", "to"):
        part = assignment.child(end)
        if part is None or not part.text.strip():
            sentence = f"An assignment needs both from and to but its {end} is empty"
            reading.problem("data-association", node, sentence, line=assignment.line)


def _keys(text: str, target: DataItem) -> tuple[str, ...] | None:
    """The keys inside the target that a text such as "order.total" names, None for a place elsewhere."""
    text = text.removeprefix("${").removesuffix("}").strip()
    for name in (target.variable, target.id):
        if text == name:
            return ()
        inside = text.removeprefix(f"{name}.")
        if inside != text and all(_SEGMENT.fullmatch(key) for key in inside.split(".")):
            return tuple(inside.split("."))
    return None


def _expression(child: ElementView | None, what: str, node: FlowNode, reading: Reading) -> Expression | None:
    return reading.expression(_formal(child, what, node, reading), node, what)


def _formal(child: ElementView | None, what: str, node: FlowNode, reading: Reading) -> FormalExpression | None:
    """The text in its syntax; XPath, the standard's own, is refused with what to write instead."""
    made = formal(child)
    if child is None or made is None:
        return None
    language = child.attributes.get("language", "").strip()
    is_xpath = "xpath" in language.lower() or _XPATH.search(made.source) is not None
    if is_xpath or (language and not any(known in language.lower() for known in _KNOWN)):
        written = "XPath" if is_xpath else f'"{language:.80}"'
        sentence = f"Expected the {what} in one of {', '.join(_KNOWN)} but it is written in {written}"
        hint = "a data object is the variable of its name: write order.total for getDataObject('order')/total"
        reading.problem("syntax-not-available", node, sentence, hint, line=child.line)
        return None
    source = made.source.removeprefix("=").strip() if made.syntax == "feel" else made.source
    return FormalExpression(source, made.syntax, made.line)
