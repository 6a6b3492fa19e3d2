"""What is known about names while a text is compiled: where each is kept and which variables are read and written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .comprehensions import Store
from .errors import EvaluationFailed, Place
from .evaluator import Frame, Node, private_copy
from .nodes import slot, unknown_name, variable
from .values import UNSET


class Scope:
    """Names of one text, or of one function of a script.

    `assigned` are the names that the script assigns outside its functions, `local` those of them that are no process
    variables; `copying` says that the script may change values in place and so works on copies. `reads` collects the
    process variables that may be read, `sure` holds the names that certainly have been assigned at this point.
    """

    def __init__(
        self, assigned: frozenset[str] = frozenset(), local: frozenset[str] = frozenset(), *, copying: bool = False
    ) -> None:
        self.assigned = assigned
        self.local = local
        self.copying = copying
        self.reads: set[str] = set()
        self.sure: set[str] = set()
        self.slots = 0
        self._maps: list[dict[str, int]] = []

    def function(self, names: list[str]) -> Scope:
        """Return the scope of a function whose parameters and own names are `names`, in this order of slots."""
        inner = Scope(self.assigned, self.local, copying=self.copying)
        inner.reads = self.reads
        inner.sure = set(self.sure)
        inner.slots = len(names)
        inner._maps = [{name: number for number, name in enumerate(names)}]
        return inner

    @contextmanager
    def block(self) -> Iterator[dict[str, int]]:
        """Open a block whose names (of a comprehension or a lambda) are seen only in it."""
        names: dict[str, int] = {}
        self._maps.append(names)
        yield names
        self._maps.pop()

    def declare(self, name: str) -> int:
        """Give `name` a slot in the innermost block and return its number."""
        number = self._maps[-1][name] = self.slots
        self.slots += 1
        return number

    def load(self, name: str, place: Place) -> Node:
        """Return the node that reads `name`."""
        number = self._slot(name)
        if number is not None:
            return slot(number, name, place)
        if name in self.local:
            return _local(name, place)
        if name not in self.sure:
            self.reads.add(name)
        if name in self.assigned:
            return _written(name, place, copying=self.copying)
        return _copied(name, place) if self.copying else variable(name, place)

    def store(self, name: str) -> Store:
        """Return what assigns `name`."""
        number = self._slot(name)
        if number is not None:
            return _slot_store(number)
        self.sure.add(name)

        def run(frame: Frame, value: Any) -> None:
            frame.names[name] = value

        return run

    def is_slot(self, name: str) -> bool:
        """Return whether `name` is kept in a slot, so that it is no process variable."""
        return self._slot(name) is not None

    def _slot(self, name: str) -> int | None:
        for names in reversed(self._maps):
            if name in names:
                return names[name]
        return None


def _slot_store(number: int) -> Store:
    def run(frame: Frame, value: Any) -> None:
        frame.slots[number] = value

    return run


def _local(name: str, place: Place) -> Node:
    def run(frame: Frame) -> Any:
        value = frame.names.get(name, UNSET)
        if value is UNSET:
            raise EvaluationFailed(
                f"Expected '{name}' to have a value but it is local to the script and not assigned yet",
                "names that start with _ and targets of 'for' are local",
                *place,
            )
        return value

    return run


def _written(name: str, place: Place, *, copying: bool) -> Node:
    outside = _copied(name, place) if copying else variable(name, place)

    def run(frame: Frame) -> Any:
        value = frame.names.get(name, UNSET)
        return value if value is not UNSET else outside(frame)

    return run


def _copied(name: str, place: Place) -> Node:
    def run(frame: Frame) -> Any:
        try:
            value = frame.variables[name]
        except KeyError:
            raise unknown_name(name, frame).at(*place) from None
        return private_copy(frame, name, value)

    return run
