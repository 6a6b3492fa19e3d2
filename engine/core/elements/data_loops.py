"""Which data a multi-instance activity goes through, and where its results go, in the standard's words (10.3.8)."""

from __future__ import annotations

from typing import Any

import msgspec

from ...drawing import DataItem
from ...model import FlowNode
from ..run import Stuck
from .data import Evaluates
from .data_associations import DataAssociation, read_association, value_of
from .data_reading import reference
from .reading import Reading


class LoopValue:
    """The value of a data item: what the associations that lead to it make of it, or what it holds without any."""

    def __init__(self, fed: tuple[DataAssociation, ...], item: DataItem) -> None:
        self.fed = fed
        self.item = item

    def evaluate(self, variables: Any, now: int) -> Any:
        """The value as these variables make it; raises ExpressionError."""
        value = None if self.fed else value_of(self.item, variables)
        for one in self.fed:
            value = one.value(value, variables, now)
        return value


class LoopData(msgspec.Struct, frozen=True):
    """What the multi-instance characteristics refer to; None where they name no data of the process.

    collection: what is gone through. results: the variable that gets the output collection. result: what each iteration
    puts into it.
    """

    collection: Evaluates | None = None
    results: str | None = None
    result: Evaluates | None = None


def read_loop_data(node: FlowNode, reading: Reading) -> LoopData:
    """LoopDataInputRef, loopDataOutputRef and outputDataItem of the node, with the associations that concern them."""
    data = reading.process.data
    source = data.get(reference(node, "loopDataInputRef") or "")
    target = data.get(reference(node, "loopDataOutputRef") or "")
    into = [one for one in _read(node, reading, "dataInputAssociation") if source and one.target.id == source.id]
    out = _read(node, reading, "dataOutputAssociation")
    return LoopData(
        None if source is None else LoopValue(tuple(into), source),
        None if target is None else _where_to(target, out, node, reading),
        next((LoopValue((one,), one.target) for one in out if one.target.kind == "outputDataItem"), None),
    )


def _read(node: FlowNode, reading: Reading, kind: str) -> list[DataAssociation]:
    """The associations of that kind; what is wrong with them is reported where the activity reads them."""
    silent = Reading(reading.process)
    read = [read_association(view, node, silent) for view in node.view.children if view.kind == kind]
    return [one for one in read if one is not None]


def _where_to(item: DataItem, out: list[DataAssociation], node: FlowNode, reading: Reading) -> str:
    """The variable that the results end in: that of the data object which the data output is copied to."""
    leading = [one for one in out if item in one.sources]
    if any(one.transformation is not None or one.assignments for one in leading):
        sentence = "The output collection of a multi-instance activity needs to be copied but is changed on its way"
        reading.problem("data-association", node, sentence, "change it in a task that follows", line=item.line)
    return leading[0].target.variable if leading else item.variable


def collection_of(value: Any) -> list[Any]:
    """The value of an expression as what a multi-instance activity goes through; raises Stuck."""
    if isinstance(value, list):
        return value
    raise Stuck("expression", f"A multi-instance activity needs a list as its collection but got {value!r:.80}")


def number_of(value: Any) -> int:
    """The value of an expression as a loop cardinality; raises Stuck."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Stuck("expression", f"A loop cardinality needs to be a whole number from 0 but got {value!r:.80}")
    return value
