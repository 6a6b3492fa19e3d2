"""What in a process holds data, and which variable each of it is (BPMN 2.0.2, 10.4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..drawing import DataItem
from .rules.identity import resolve
from .standard import FLOW_NODES, SUB_PROCESSES, TRUTH
from .views import Views
from .xml import Node

PLACEHOLDER = "__targetRef_placeholder"
"""The name of the property that bpmn-js makes for the end of a data association that is only drawn."""

_IN_SETS = ("dataInput", "dataOutput")
_OF_LOOPS = ("inputDataItem", "outputDataItem")


class DataReading:
    """The data of one process being read.

    process: its element. nodes: all elements in it. by_id: those of the document. views: of all of them. names_by_id:
    whether a data object is called by its id whatever its name is, as SpiffWorkflow does.
    """

    def __init__(
        self, process: Node, nodes: Iterable[Node], by_id: Mapping[str, Node], views: Views, *, names_by_id: bool
    ) -> None:
        self._process = process
        self._by_id = by_id
        self._views = views
        self._names_by_id = names_by_id
        self._holders = [node for node in nodes if node is process or node.name in FLOW_NODES]
        self._named: dict[Node, str] = {}
        self._homes: dict[Node, Node] = {}

    def read(self) -> dict[str, DataItem]:
        """Every item by id; where an id is used twice, which is reported elsewhere, the first one counts."""
        for holder in self._holders:
            for child in holder.bpmn_children():
                self._homes.setdefault(child, holder)
                self._note_name(child)
        items: dict[str, DataItem] = {}
        for holder in self._holders:
            for item in self._items(holder):
                items.setdefault(item.id, item)
        return items

    def _note_name(self, reference: Node) -> None:
        """A data object without a name is called like the first reference to it that has one."""
        referred = self._referred(reference)
        name = reference.attributes.get("name", "").strip()
        if referred is not None and name:
            self._named.setdefault(referred, name)

    def _referred(self, reference: Node) -> Node | None:
        attribute = {"dataObjectReference": "dataObjectRef", "dataStoreReference": "dataStoreRef"}.get(reference.name)
        return None if attribute is None else resolve(reference.attributes.get(attribute, ""), self._by_id)

    def _items(self, holder: Node) -> Iterator[DataItem]:
        is_container = holder is self._process or holder.name in SUB_PROCESSES
        for child in holder.bpmn_children():
            if child.name == "property" or child.name in _IN_SETS:
                yield self._item(child, child.name, holder, child)
            elif child.name == "dataObject" and is_container:
                yield self._item(child, "dataObject", holder, child)
            elif child.name == "dataObjectReference" and is_container:
                held = self._referred(child) or child
                yield self._item(child, "dataObject", self._homes.get(held, holder), held)
            elif child.name == "dataStoreReference" and is_container:
                yield self._item(child, "dataStore", self._process, self._referred(child) or child)
            elif child.name in ("ioSpecification", "multiInstanceLoopCharacteristics"):
                for one in child.bpmn_children():
                    if one.name in _IN_SETS or one.name in _OF_LOOPS:
                        yield self._item(one, one.name, holder, one)

    def _item(self, node: Node, kind: str, owner: Node, held: Node) -> DataItem:
        view = self._views.of(held)
        name = node.attributes.get("name", "").strip()
        return DataItem(
            kind=kind,
            id=node.id or f"{owner.id}/{name}",
            variable=self._variable(node, held),
            owner=owner.id,
            collection=TRUTH.get(held.attributes.get("isCollection", "").strip(), False),
            state=next((one.attributes.get("name", "") for one in node.bpmn_children() if one.name == "dataState"), ""),
            default=view.extensions.properties.get("default", ""),
            placeholder=name == PLACEHOLDER,
            line=node.line,
        )

    def _variable(self, node: Node, held: Node) -> str:
        own, name = held.id or node.id, held.attributes.get("name", "").strip()
        if self._names_by_id and held.name == "dataObject" and own:
            return own
        return name or self._named.get(held) or node.attributes.get("name", "").strip() or own
