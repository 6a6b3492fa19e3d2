"""A multi-instance activity over a collection reads the same in every dialect that can say it."""

from __future__ import annotations

import pytest

from tests.core.test_loops import PARALLEL, looping
from tests.support.diagrams import process
from tests.support.instances import Instance

STANDARD = (
    "<bpmn:loopDataInputRef>lines</bpmn:loopDataInputRef><bpmn:loopDataOutputRef>results</bpmn:loopDataOutputRef>"
    '<bpmn:inputDataItem id="line"/><bpmn:outputDataItem id="seen"/>'
)
PROPERTIES = {
    "loop.collection": "lines",
    "loop.element": "line",
    "loop.output.collection": "results",
    "loop.output.element": "seen",
}
SCRIPT = "<bpmn:script>seen = line * 2</bpmn:script>\n"


def camunda(collection: str) -> bytes:
    loop = f'<bpmn:multiInstanceLoopCharacteristics camunda:collection="{collection}" camunda:elementVariable="line"/>'
    return process("p", dialect="camunda").start().node("userTask", "a", {}, loop).end().xml()


def test_the_standards_own_words() -> None:
    instance = Instance(looping("scriptTask", PARALLEL.format(STANDARD), None, SCRIPT).xml(), lines=[1, 2], seen=0)
    assert instance.variables["results"] == [2, 4]


def test_properties_that_every_editor_can_write() -> None:
    instance = Instance(looping("scriptTask", PARALLEL.format(""), PROPERTIES, SCRIPT).xml(), lines=[1, 2], seen=0)
    assert instance.variables["results"] == [2, 4]


@pytest.mark.parametrize("collection", ["lines", "${lines}", "${order.lines}"])
def test_camunda_names_a_variable_or_writes_an_expression(collection: str) -> None:
    instance = Instance(camunda(collection), lines=["x", "y"], order={"lines": ["x", "y"]})
    iterations = [key for key, activity in instance.state.activities.items() if activity.iteration]
    scopes = [instance.state.scopes[key].variables for key in iterations]
    assert scopes == [{"loopCounter": 0, "line": "x"}, {"loopCounter": 1, "line": "y"}]
