"""What an activity or event does with its data: inputs when it begins, outputs when it completes (10.4, 13.3.2).

All of it becomes variables: a data input, a data output and a property is a variable of the activity instance, a data
object one of the process or sub-process that it is drawn in. So what is read here ends as input and output mappings,
which stand before those of the dialects.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from ...drawing import DataItem
from ...model import FlowNode
from ..run import Stuck
from ..state import Value, VariableChain, Variables
from .data_associations import DataAssociation, value_of


class Evaluates(Protocol):
    """Anything whose value follows from variables and the time: an expression, or a part of what is defined here."""

    def evaluate(self, variables: Any, now: int) -> Any: ...


Mappings = tuple[tuple[str, Evaluates], ...]
"""Variables and what each of them gets; behind the name "" stand several variables at once."""


class Data(msgspec.Struct, frozen=True):
    """What the standard's data elements say about a flow node, as mappings. names: of the data inputs."""

    inputs: Mappings = ()
    outputs: Mappings = ()
    names: tuple[str, ...] = ()


class DataSet(msgspec.Struct, frozen=True):
    """An input set or output set: the ids of what has to be there, and of what belongs to it."""

    required: tuple[str, ...]
    members: frozenset[str]


class DataInputs:
    """What an activity instance holds when it begins: its properties, its data objects, and its data inputs."""

    def __init__(
        self,
        node: FlowNode,
        held: Variables,
        fed: Mapping[str, list[DataAssociation]],
        items: Mapping[str, DataItem],
        sets: tuple[DataSet, ...],
    ) -> None:
        self.node = node
        self.held = held
        self.fed = fed
        self.items = items
        self.sets = sets

    def evaluate(self, variables: Any, now: int) -> Variables:
        """Every variable with its value; raises Stuck when no input set is available (13.3.2)."""
        below = beneath(variables)
        ready = {id for id, fed in self.fed.items() if all(one.available(below) for one in fed)}
        chosen = _chosen(self.sets, ready)
        if chosen is None:
            raise self._unavailable(ready)
        values = dict(self.held)
        for id, fed in self.fed.items():
            if id in ready and (id in chosen or id not in self.items):
                values[fed[0].target.variable] = _value(fed, None, below, now)
        return values

    def _unavailable(self, ready: set[str]) -> Stuck:
        missing = [id for id in self.sets[0].required if id not in ready]
        names = [self.items[id].variable for id in missing]
        sources = sorted({source.variable for id in missing for one in self.fed[id] for source in one.sources})
        name = self.node.name or self.node.id
        sentence = f'"{name}" needs the data {listed(names)} but nothing is in {listed(sources)} yet'
        return Stuck("data", sentence, missing=names)


class DataOutputs:
    """What an activity instance leaves behind when it completes: its data outputs, put where associations lead."""

    def __init__(
        self,
        node: FlowNode,
        own: frozenset[str],
        fed: Mapping[str, list[DataAssociation]],
        items: Mapping[str, DataItem],
        sets: tuple[DataSet, ...],
    ) -> None:
        self.node = node
        self.own = own
        self.fed = fed
        self.items = items
        self.sets = sets

    def evaluate(self, variables: Any, now: int) -> Variables:
        """Every target with its new value; raises Stuck when no output set is available (13.3.2)."""
        below = beneath(variables)
        ready = {id for id, item in self.items.items() if value_of(item, below) is not None}
        chosen = _chosen(self.sets, ready)
        if chosen is None:
            raise self._unavailable(ready)
        values: Variables = {}
        for fed in self.fed.values():
            target = fed[0].target
            given = [one for one in fed if all(self._is_given(source, chosen, ready) for source in one.sources)]
            if given:
                outside = beneath(below) if target.variable in self.own else below
                values[target.variable] = _value(given, value_of(target, outside), below, now)
        return values

    def _is_given(self, source: DataItem, chosen: frozenset[str], ready: set[str]) -> bool:
        return source.id not in self.items or (source.id in chosen and source.id in ready)

    def _unavailable(self, ready: set[str]) -> Stuck:
        missing = [id for id in self.sets[0].required if id not in ready]
        names = [self.items[id].variable for id in missing]
        sentence = f'"{self.node.name or self.node.id}" needs to give the data {listed(names)} but it did not'
        return Stuck("data", sentence, missing=names)


def _value(fed: list[DataAssociation], current: Value, variables: Any, now: int) -> Value:
    for one in fed:
        current = one.value(current, variables, now)
    return current


def beneath(variables: Any) -> Any:
    """The variables without the innermost layer: that of the mappings being evaluated, or that of the instance."""
    return VariableChain(variables.layers[1:])


def _chosen(sets: tuple[DataSet, ...], ready: set[str]) -> frozenset[str] | None:
    """The members of the first set whose required data is there; None where no set is available."""
    if not sets:
        return frozenset()
    return next((one.members for one in sets if all(id in ready for id in one.required)), None)


def listed(names: list[str]) -> str:
    """The names in a sentence, a few of them."""
    return ", ".join(f'"{name:.80}"' for name in names[:5]) + (" and others" if len(names) > 5 else "")
