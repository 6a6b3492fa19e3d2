"""How data is read from the diagram: items, input and output sets, defaults, and what a process begins with (10.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from ...drawing import DataItem
from ...expressions import ExpressionError, to_json_value
from ...model import ElementView, FlowNode, Process
from ..state import Value, Variables
from .data import Data, DataInputs, DataOutputs, DataSet, Mappings, listed
from .data_associations import DataAssociation, read_association
from .reading import Reading

_HELD = frozenset({"dataInput", "dataOutput", "property", "dataObject", "dataStore"})


def read_data(node: FlowNode, reading: Reading) -> Data:
    """What the node's own data elements say; everything that is wrong with them goes to reading.problem."""
    owned = {item.id: item for item in reading.data_of(node.id)}
    if not owned and not any(one.kind in _ASSOCIATIONS for one in node.view.children):
        return Data()
    of_loop = {reference(node, "loopDataInputRef"), reference(node, "loopDataOutputRef")}
    items = {id: item for id, item in owned.items() if _is_held(item) and id not in of_loop}
    inputs = {id: item for id, item in items.items() if item.kind == "dataInput"}
    outputs = {id: item for id, item in items.items() if item.kind == "dataOutput"}
    begins = node.kind == "startEvent" and node.container == reading.process.id
    held = {
        item.variable: initial(item, node, reading)
        for id, item in items.items()
        if not (begins and id in outputs)  # what starts a process brings its variables, which the event hands on
    }
    fed_in = {id: fed for id, fed in associations(node, reading, "dataInputAssociation").items() if id not in of_loop}
    for id, item in inputs.items():
        fed_in.setdefault(id, [DataAssociation((item,), item, None, ())])
    fed_out = {
        id: kept
        for id, fed in associations(node, reading, "dataOutputAssociation").items()
        if (kept := [one for one in fed if not _is_of_loop(one, of_loop)])
    }
    sets = _sets(node, reading, "input", inputs)
    _check_names(node, reading, inputs, outputs)
    into: Mappings = (("", DataInputs(node, held, fed_in, inputs, sets)),) if held or fed_in else ()
    given = DataOutputs(node, frozenset(held), fed_out, outputs, _sets(node, reading, "output", outputs))
    return Data(into, (("", given),) if outputs or fed_out else (), tuple(item.variable for item in inputs.values()))


_ASSOCIATIONS = ("dataInputAssociation", "dataOutputAssociation")


def _is_held(item: DataItem) -> bool:
    return item.kind in _HELD and not item.placeholder


def _is_of_loop(one: DataAssociation, of_loop: set[str | None]) -> bool:
    """Whether the loop around the activity takes care of it: of the output collection and of what goes into it."""
    return one.target.kind == "outputDataItem" or any(source.id in of_loop for source in one.sources)


def reference(node: FlowNode, kind: str) -> str | None:
    """The id that loopDataInputRef or loopDataOutputRef of the node names, without a prefix; None where absent."""
    loop = node.view.child("multiInstanceLoopCharacteristics")
    child = None if loop is None else loop.child(kind)
    return None if child is None or not child.text.strip() else child.text.strip().rpartition(":")[2]


def associations(node: FlowNode, reading: Reading, kind: str) -> dict[str, list[DataAssociation]]:
    """The associations of that kind by the id of what they fill, in document order."""
    fed: dict[str, list[DataAssociation]] = {}
    for view in node.view.children:
        one = read_association(view, node, reading) if view.kind == kind else None
        if one is not None:
            fed.setdefault(one.target.id, []).append(one)
    return fed


def initial(item: DataItem, where: FlowNode | Process, reading: Reading) -> Value:
    """What the item holds at first: its default, which is JSON, or null."""
    if not item.default.strip():
        return None
    try:
        return to_json_value(msgspec.json.decode(item.default))
    except (msgspec.MsgspecError, ExpressionError, RecursionError):
        sentence = f'Expected JSON as the default of "{item.id:.80}" but got "{item.default:.80}"'
        reading.problem("data-default", where, sentence, 'a text stands in quotation marks: "new"', line=item.line)
        return None


# -- sets -------------------------------------------------------------------------------------------------------------


def _sets(node: FlowNode, reading: Reading, side: str, items: Mapping[str, DataItem]) -> tuple[DataSet, ...]:
    """The node's input or output sets in document order; where none is drawn, all items are required."""
    holder = node.view.child("ioSpecification") or node.view
    return read_sets(holder, side, items, node, reading)


def read_sets(
    holder: ElementView, side: str, items: Mapping[str, DataItem], where: FlowNode | Process, reading: Reading
) -> tuple[DataSet, ...]:
    """The sets drawn in the holder. side: "input" or "output"."""
    drawn = [child for child in holder.children if child.kind == f"{side}Set"]
    if not drawn:
        return (DataSet(tuple(items), frozenset(items)),) if items else ()
    data = "dataInputRefs" if side == "input" else "dataOutputRefs"
    optional = "optionalInputRefs" if side == "input" else "optionalOutputRefs"
    made = []
    for one in drawn:
        members = _members(one, (data, optional), items, where, reading)
        may_lack = {child.text.strip() for child in one.children if child.kind == optional}
        made.append(DataSet(tuple(id for id in members if id not in may_lack), frozenset(members)))
        _check_set(one, where, reading, is_only=len(drawn) == 1)
    return tuple(made)


def _members(
    view: ElementView,
    kinds: tuple[str, ...],
    items: Mapping[str, DataItem],
    where: FlowNode | Process,
    reading: Reading,
) -> list[str]:
    found: dict[str, None] = {}
    for child in view.children:
        id = child.text.strip()
        if child.kind in kinds and id in items:
            found[id] = None
        elif child.kind in kinds and id not in reading.process.data:
            sentence = f'Expected a {view.kind} of data of the same element but there is no "{id:.80}"'
            reading.problem("data-reference", where, sentence, line=child.line)
    return list(found)


def _check_set(view: ElementView, where: FlowNode | Process, reading: Reading, *, is_only: bool) -> None:
    for child in view.children:
        if child.kind in ("inputSetRefs", "outputSetRefs") and not is_only:
            sentence = f"The {child.kind} of a set are known but have no effect: every set is looked at by itself"
            reading.problem("ignored", where, sentence, severity="warning", line=child.line)
        if child.kind.startswith("whileExecuting"):
            sentence = f"Baton needs data before or after an activity runs but {child.kind} exchanges it meanwhile"
            reading.problem("not-executed", where, sentence, "use messages", line=child.line)


def _check_names(
    node: FlowNode, reading: Reading, inputs: Mapping[str, DataItem], outputs: Mapping[str, DataItem]
) -> None:
    twice(inputs.values(), node, reading)
    twice(outputs.values(), node, reading)
    drawn = {item.variable for item in inputs.values()}
    for one in node.view.extensions.inputs:
        if one.target in drawn:
            sentence = f'Expected the input "{one.target:.80}" to be given once but a data input is called so, too'
            reading.problem("stated-twice", node, sentence)


def twice(items: Iterable[DataItem], where: FlowNode | Process, reading: Reading) -> None:
    """Report items of one kind and owner with the same name: they would be one variable."""
    seen: dict[str, str] = {}
    for item in items:
        if seen.setdefault(item.variable, item.id) != item.id:
            sentence = f'Expected data with different names but two are called "{item.variable:.80}"'
            reading.problem("data-name", where, sentence, line=item.line)


# -- processes --------------------------------------------------------------------------------------------------------


class ProcessData:
    """What an instance of a process holds when it begins, and what it has to be given (10.4.1, 13.3.2)."""

    def __init__(self, process: Process, reading: Reading) -> None:
        owned = [item for item in reading.data_of(process.id) if _is_held(item)]
        self.held: Variables = {item.variable: initial(item, process, reading) for item in owned}
        self.inputs = {item.id: item for item in owned if item.kind == "dataInput"}
        outputs = {item.id: item for item in owned if item.kind == "dataOutput"}
        holder = process.view.child("ioSpecification")
        self.sets: tuple[DataSet, ...] = ()
        if holder is not None:
            self.sets = read_sets(holder, "input", self.inputs, process, reading)
            read_sets(holder, "output", outputs, process, reading)
        for group in (self.inputs, outputs):
            twice(group.values(), process, reading)

    def begin(self, given: Variables) -> Variables:
        """The variables of a new instance that is given these."""
        return {**self.held, **given} if self.held else given

    def lacks(self, given: Variables) -> str:
        """Names of the data inputs without which no input set is available, in words; "" when one is."""
        missing = [
            [self.inputs[id].variable for id in one.required if given.get(self.inputs[id].variable) is None]
            for one in self.sets
        ]
        return "" if not missing or not all(missing) else listed(missing[0])


NO_DATA = ProcessData(Process(id=""), Reading(Process(id="")))
"""A process that holds nothing when it begins."""
