"""FEEL's conversions between numbers, texts and contexts, and `not` and `is` (DMN 1.5, Tables 72, 73 and 77)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from . import numbers
from .builtin import builtin
from .faults import FeelFrame, NoValue
from .kinds import kind_of
from .temporal import DateTime, Time
from .texts import text_of

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?", re.ASCII)
_LONGEST_NUMBER = 10_000


@builtin(
    "number(from: string | number)",
    "the number that a text shows; with separators of groups (`space`, `,` or `.`) and decimals (`.` or `,`)",
)
def _number_alone(_frame: FeelFrame, from_: Any) -> Decimal:
    return _number(from_) if type(from_) is str else from_


@builtin("number(from: string, grouping separator: string?, decimal separator: string?=)")
def _number_grouped(
    _frame: FeelFrame, from_: str, grouping_separator: str | None, decimal_separator: str | None = None
) -> Decimal:
    if grouping_separator not in (None, " ", ",", ".") or decimal_separator not in (None, ".", ","):
        raise NoValue("Expected ' ', ',' or '.' between groups and '.' or ',' before decimals")
    if grouping_separator is not None and grouping_separator == decimal_separator:
        raise NoValue("Expected two different separators but both are the same")
    text = from_.replace(grouping_separator, "") if grouping_separator else from_
    return _number(text.replace(decimal_separator, ".") if decimal_separator else text)


def _number(text: str) -> Decimal:
    if len(text) > _LONGEST_NUMBER or _NUMBER.fullmatch(text) is None:
        raise NoValue(f"Expected the text of a number but got '{text[:60]}'")
    return numbers.literal(text)


@builtin("string(from: Any)", "the value as text; null stays null")
def _string(frame: FeelFrame, from_: Any) -> str:
    return text_of(frame, from_)


@builtin("not(negand: Any?)", "the opposite of true or false; null for anything else")
def _not(_frame: FeelFrame, negand: Any) -> bool | None:
    if type(negand) is not bool and negand is not None:
        raise NoValue(f"Expected true or false but got {kind_of(negand)}")
    return None if negand is None else not negand


@builtin("is(value1: Any?, value2: Any?)", "true when both are the very same value: same type, same offset or zone")
def _is(frame: FeelFrame, value1: Any, value2: Any) -> bool:
    if type(value1) is not type(value2):
        return False
    if type(value1) is Time or type(value1) is DateTime:
        return bool(value1 == value2)
    frame.charge(1)
    return value1 is value2 or identical(frame, value1, value2)


def identical(frame: FeelFrame, one: Any, other: Any) -> bool:
    """Return whether two values of one type are the same in all their parts."""
    if type(one) is not type(other):
        return False
    if type(one) is list:
        frame.charge(len(one))
        return len(one) == len(other) and all(identical(frame, a, b) for a, b in zip(one, other, strict=True))
    if type(one) is dict:
        frame.charge(len(one))
        return one.keys() == other.keys() and all(identical(frame, value, other[key]) for key, value in one.items())
    return bool(one == other)
