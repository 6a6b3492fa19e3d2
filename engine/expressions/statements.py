"""The closures that scripts are made of: blocks, branches, loops, assignments and functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .comprehensions import Store
from .errors import FAULTS, EvaluationFailed, LimitExceeded, Place, located
from .evaluator import Frame, Node, Step
from .functions_collections import iterate
from .values import UNSET

BREAK: object = object()
CONTINUE: object = object()
RETURN: object = object()


def block(steps: Sequence[Step]) -> Step:
    """Carry out steps one after the other until one leaves."""
    if len(steps) == 1:
        return steps[0]

    def run(frame: Frame) -> object:
        for step in steps:
            signal = step(frame)
            if signal is not None:
                return signal
        return None

    return run


def branch(test: Node, then: Step, otherwise: Step | None) -> Step:
    """Carry out one of two blocks."""

    def run(frame: Frame) -> object:
        if test(frame):
            return then(frame)
        return otherwise(frame) if otherwise is not None else None

    return run


def for_each(store: Store, iterable: Node, body: Step, otherwise: Step | None, cost: int, place: Place) -> Step:
    """Carry out `body` for every item; `otherwise` when no turn broke off."""

    def run(frame: Frame) -> object:
        try:
            for item in iterate(iterable(frame)):
                frame.charge(cost)
                store(frame, item)
                signal = body(frame)
                if signal is BREAK:
                    return None
                if signal is RETURN:
                    return signal
        except FAULTS as error:
            raise located(error, place, "the loop") from None
        return otherwise(frame) if otherwise is not None else None

    return run


def while_true(test: Node, body: Step, otherwise: Step | None, cost: int, place: Place) -> Step:
    """Carry out `body` as long as `test` holds; `otherwise` when no turn broke off."""

    def run(frame: Frame) -> object:
        try:
            while test(frame):
                frame.charge(cost)
                signal = body(frame)
                if signal is BREAK:
                    return None
                if signal is RETURN:
                    return signal
        except FAULTS as error:
            raise located(error, place, "the loop") from None
        return otherwise(frame) if otherwise is not None else None

    return run


def leave(signal: object) -> Step:
    """Leave a loop turn: break or continue."""
    return lambda _frame: signal


def give_back(value: Node) -> Step:
    """Leave a function with a value."""

    def run(frame: Frame) -> object:
        frame.returned = value(frame)
        return RETURN

    return run


def evaluate(value: Node) -> Step:
    """Compute a value for what it changes and drop it."""

    def run(frame: Frame) -> None:
        value(frame)

    return run


def assign_name(name: str, value: Node) -> Step:
    """Assign one variable: what most scripts do most of the time."""

    def run(frame: Frame) -> None:
        frame.names[name] = value(frame)

    return run


def assign(stores: Sequence[Store], value: Node) -> Step:
    """Assign one value to one or several targets, from left to right."""

    def run(frame: Frame) -> None:
        computed = value(frame)
        for store in stores:
            store(frame, computed)

    return run


def delete_name(name: str, place: Place) -> Step:
    """Forget a variable that the script itself made; one that the process has stays, so deleting it is an error."""

    def run(frame: Frame) -> None:
        if frame.names.pop(name, UNSET) is UNSET:
            raise EvaluationFailed(f"Expected '{name}' to be assigned in this script before del", "", *place)
        try:
            frame.variables[name]
        except KeyError:
            return
        raise EvaluationFailed(
            f"Expected a variable of this script but '{name}' is the process's", "assign None", *place
        )

    return run


def call_own(function: OwnCode, arguments: Sequence[Node], place: Place) -> Node:
    """Call a function of the script."""

    def run(frame: Frame) -> Any:
        values = [argument(frame) for argument in arguments]
        try:
            return function.invoke(frame, values)
        except FAULTS as error:
            raise located(error, place, f"{function.name}(...)") from None

    return run


class OwnCode:
    """The code of a function that a script defines; compiled after its name is known, so that it may call itself."""

    __slots__ = ("body", "cost", "name", "slots")

    def __init__(self, name: str) -> None:
        self.name = name
        self.body: Step = lambda _frame: None
        self.cost = 1
        self.slots = 0

    def invoke(self, frame: Frame, values: list[Any]) -> Any:
        """Carry out the body with `values` as its arguments and return what it gives back."""
        frame.charge(self.cost)
        if frame.depth >= frame.limits.call_depth:
            raise LimitExceeded(
                "call_depth", f"Expected at most {frame.limits.call_depth} open calls but '{self.name}' calls deeper"
            )
        outer = frame.slots
        frame.slots = values + [UNSET] * (self.slots - len(values))
        frame.depth += 1
        try:
            return frame.returned if self.body(frame) is RETURN else None
        finally:
            frame.depth -= 1
            frame.slots = outer
