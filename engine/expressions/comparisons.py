"""The comparisons of the evaluator: what comparing costs is charged before anything is compared."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from .errors import EvaluationFailed
from .evaluator import Frame
from .operators import NUMBERS, SEQUENCES, Binary, mismatch
from .values import CONSTANT_SIZE, OrderedSet, check_key, describe, weigh


def _equality(compute: Callable[[Any, Any], Any]) -> Binary:
    def run(frame: Frame, left: Any, right: Any) -> Any:
        if type(left) not in CONSTANT_SIZE and type(right) not in CONSTANT_SIZE:
            weigh_less(frame, left, right)
        return compute(left, right)

    return run


def weigh_less(frame: Frame, left: Any, right: Any) -> None:
    """Charge what comparing two values costs: nothing when a glance tells them apart."""
    if type(left) is type(right) and len(left) == len(right):
        weigh(left, frame.charge, frame.limits)


def _order(symbol: str, compute: Callable[[Any, Any], Any], on_sets: Callable[[Any, Any], Any]) -> Binary:
    def run(frame: Frame, left: Any, right: Any) -> Any:
        kind = type(left)
        if kind in NUMBERS and type(right) in NUMBERS:
            return compute(left, right)
        if kind is not type(right):
            raise mismatch(symbol, left, right)
        if kind is OrderedSet:
            frame.charge(len(left) >> 3)
            return on_sets(left.items.keys(), right.items.keys())
        if kind is not str and kind not in SEQUENCES:
            raise mismatch(symbol, left, right)
        weigh(left if len(left) <= len(right) else right, frame.charge, frame.limits)
        return compute(left, right)

    return run


def contains(frame: Frame, item: Any, container: Any) -> bool:
    """Return whether `item` is in a list, tuple, range or set, a key of a dictionary or a part of a text."""
    kind = type(container)
    if kind is dict or kind is OrderedSet:
        check_key(item, 0, frame.charge)
    elif kind is str:
        if type(item) is not str:
            raise EvaluationFailed(f"Expected a text to look for in a text but got {describe(item)}", "use str(...)")
        frame.charge(len(container) >> 4)
    elif kind in SEQUENCES:
        frame.charge(len(container) >> 3)
        weigh_candidates(frame, item, container)
    elif kind is not range:
        raise EvaluationFailed(f"Expected a collection or a text after 'in' but got {describe(container)}")
    elif type(item) is not int:
        return type(item) in NUMBERS and item == int(item) and int(item) in container
    return item in container


def weigh_candidates(frame: Frame, item: Any, container: Any) -> None:
    """Charge what comparing `item` with every member of a list or tuple costs."""
    if type(item) in CONSTANT_SIZE:
        return
    if type(item) is str:
        for other in container:
            if type(other) is str and len(other) == len(item):
                frame.charge(len(item) >> 5)
        return
    for other in container:
        if type(other) is type(item) and len(other) == len(item):
            weigh(item, frame.charge, frame.limits)


def excludes(frame: Frame, item: Any, container: Any) -> bool:
    """Return the opposite of `contains`."""
    return not contains(frame, item, container)


COMPARE: dict[str, Binary] = {
    "==": _equality(operator.eq),
    "!=": _equality(operator.ne),
    "<": _order("<", operator.lt, operator.lt),
    "<=": _order("<=", operator.le, operator.le),
    ">": _order(">", operator.gt, operator.gt),
    ">=": _order(">=", operator.ge, operator.ge),
    "in": contains,
    "not in": excludes,
}
