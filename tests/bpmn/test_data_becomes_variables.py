"""Which variable each data item of a diagram is, and whose scope holds it (BPMN 2.0.2, 10.4.1)."""

from __future__ import annotations

import pytest

from engine.bpmn import read
from engine.drawing import DataItem
from tests.support.drawings import process

SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
REFERENCE = '<bpmn:dataObjectReference id="r" name="The order" dataObjectRef="d"/>'
STORE = '<bpmn:dataStoreReference id="r" {} dataStoreRef="st"/>'

NAMES: dict[str, tuple[str, dict[str, str]]] = {
    "by its name": ('<bpmn:dataObject id="d" name=" order "/>', {"d": "order"}),
    "by its id": ('<bpmn:dataObject id="d"/>', {"d": "d"}),
    "by the name of its reference": ('<bpmn:dataObject id="d"/>' + REFERENCE, {"d": "The order", "r": "The order"}),
    "its own name first": ('<bpmn:dataObject id="d" name="order"/>' + REFERENCE, {"d": "order", "r": "order"}),
    "by the name of the first reference": (
        '<bpmn:dataObject id="d"/>' + REFERENCE.replace('"r"', '"q"').replace("The ", "First ") + REFERENCE,
        {"d": "First order", "q": "First order", "r": "First order"},
    ),
    "a reference to nothing": ('<bpmn:dataObjectReference id="r" name="x"/>', {"r": "x"}),
    "store": (STORE.format(""), {"r": "stock"}),
    "store by the name of the store": (STORE.format('name="other"'), {"r": "stock"}),
    "property": ('<bpmn:property id="x" name="limit"/>', {"x": "limit"}),
}


def items(inside: str) -> dict[str, DataItem]:
    diagram = process("p").root_xml("st", '<bpmn:dataStore id="st" name="stock"/>').start().end()
    return dict(read(diagram.raw("</bpmn:process>", f"{inside}</bpmn:process>").xml()).processes[0].process.data)


@pytest.mark.parametrize("name", NAMES)
def test_a_data_item_is_a_variable(name: str) -> None:
    inside, expected = NAMES[name]
    assert {id: item.variable for id, item in items(inside).items()} == expected


def test_in_a_diagram_of_spiffworkflow_data_objects_are_called_by_their_ids() -> None:
    declared = f'xmlns:spiffworkflow="{SPIFF}" id="definitions"'
    inside = '<bpmn:dataObject id="d" name="order"/>' + REFERENCE + "</bpmn:process>"
    diagram = process("p").start().end().raw("</bpmn:process>", inside).raw('id="definitions"', declared)
    document = read(diagram.xml())
    assert document.dialect == "spiffworkflow"
    assert {id: item.variable for id, item in document.processes[0].process.data.items()} == {"d": "d", "r": "d"}


def test_data_knows_its_owner_its_state_and_whether_it_is_a_collection() -> None:
    state = REFERENCE.replace("/>", '><bpmn:dataState name="paid"/></bpmn:dataObjectReference>')
    diagram = process("p").start().subprocess("s").node("dataObject", "d", {"isCollection": "true"}, connect=False)
    diagram = diagram.start("s1").node("task", "t", {}, '<bpmn:property id="x"/>').close().end()
    data = read(diagram.raw("</bpmn:process>", f"{state}</bpmn:process>").xml()).processes[0].process.data
    assert {id: (item.kind, item.owner, item.collection, item.state) for id, item in data.items()} == {
        "d": ("dataObject", "s", True, ""),
        "r": ("dataObject", "s", True, "paid"),  # wherever the reference stands
        "x": ("property", "t", False, ""),
    }
