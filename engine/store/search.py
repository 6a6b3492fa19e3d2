"""Which instances have which variables: filters on the process's own variables as conditions of a query."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select

from ..core.state import ROOT
from . import tables as t
from .rows import SEARCHABLE_TEXT, json_text

Operator = Literal["eq", "ne", "gt", "gte", "lt", "lte", "starts-with", "in"]
OPERATORS: tuple[Operator, ...] = ("eq", "ne", "gt", "gte", "lt", "lte", "starts-with", "in")
LONGEST_ORDERED_TEXT = SEARCHABLE_TEXT - 1
"""Characters of a text to compare with in order: one fewer than are kept, so that the rest never decides."""

VARIABLE = t.variable.c
_OF_PROCESS: ColumnElement[bool] = VARIABLE.scope == literal_column(str(ROOT))
"""Written out, so that the queries find the partial index."""
_NO_TEXT: ColumnElement[bool] = VARIABLE.text_value.is_(None)
_IS_TEXT: ColumnElement[bool] = func.substr(VARIABLE.value, 1, 1) == '"'
_EXACT = 2**53
"""Above it a double no longer holds every integer."""


class VariableFilter(msgspec.Struct, frozen=True):
    """What a variable of the process itself must be like.

    value: null, true, false, a number or a text; for "in" a list of those. A text is compared by code points, texts and
    numbers never with each other. An instance without the variable is never found.
    """

    name: str
    op: Operator
    value: Any


def having(filters: tuple[VariableFilter, ...]) -> list[ColumnElement[bool]]:
    """The conditions on the instance's id, all of which must hold."""
    return [t.instance.c.id.in_(_instances(one)) for one in filters]


def _instances(one: VariableFilter) -> Any:
    return select(VARIABLE.instance_id).where(_OF_PROCESS, VARIABLE.name == one.name, _condition(one.op, one.value))


def _condition(op: Operator, value: Any) -> ColumnElement[bool]:
    if op == "in":
        return or_(*(_equal(item) for item in value))
    if op == "eq":
        return _equal(value)
    if op == "ne":
        return _different(value)
    if op == "starts-with":
        return _starts_with(value)
    if isinstance(value, str):
        return and_(_ordered(VARIABLE.text_value, op, value), _IS_TEXT)
    return and_(_NO_TEXT, _ordered(VARIABLE.number_value, op, float(value)))


def _equal(value: Any) -> ColumnElement[bool]:
    if isinstance(value, str):
        return and_(VARIABLE.text_value == value[:SEARCHABLE_TEXT], VARIABLE.value == json_text(value))
    if isinstance(value, bool):
        text = "true" if value else "false"
        return and_(VARIABLE.text_value == text, VARIABLE.value == text)
    if value is None:
        return and_(_NO_TEXT, VARIABLE.number_value.is_(None), VARIABLE.value == "null")
    same = and_(_NO_TEXT, VARIABLE.number_value == float(value))
    return and_(same, VARIABLE.value == json_text(value)) if _is_wide(value) else same


def _different(value: Any) -> ColumnElement[bool]:
    if value is None or isinstance(value, bool | str) or _is_wide(value):
        return VARIABLE.value != json_text(value)
    return or_(VARIABLE.number_value.is_(None), VARIABLE.number_value != float(value))


def _is_wide(value: Any) -> bool:
    return isinstance(value, int) and abs(value) > _EXACT


def _starts_with(prefix: str) -> ColumnElement[bool]:
    """A range rather than LIKE: the index serves it, and no database folds its letters."""
    found = and_(_IS_TEXT, VARIABLE.text_value >= prefix)
    stem = prefix.rstrip("\U0010ffff")
    if not stem:
        return found
    following = ord(stem[-1]) + 1
    behind = stem[:-1] + chr(0xE000 if following == 0xD800 else following)
    return and_(found, VARIABLE.text_value < behind)


def _ordered(column: ColumnElement[Any], op: Operator, value: Any) -> ColumnElement[bool]:
    compare = {"gt": column.__gt__, "gte": column.__ge__, "lt": column.__lt__, "lte": column.__le__}[op]
    condition: ColumnElement[bool] = compare(value)
    return condition
