"""FEEL values as texts: what `string(...)` gives, and how values inside of lists and contexts are written."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from ..values import too_long, value_too_deep
from .faults import FeelFrame
from .kinds import kind_of
from .numbers import number_text
from .ranges import Range
from .temporal import Date, DateTime, DaysTime, Time, YearsMonths
from .temporal_texts import date_text, date_time_text, days_time_text, time_text, years_months_text

_WRITTEN: dict[type, Any] = {
    Decimal: number_text,
    Date: date_text,
    Time: time_text,
    DateTime: date_time_text,
    DaysTime: days_time_text,
    YearsMonths: years_months_text,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _value: "null",
}


def text_of(frame: FeelFrame, value: Any) -> str:
    """Return the value as text: a text as it is, inside of lists and contexts in quotes."""
    return value if type(value) is str else _Writer(frame).written(value, 0)


class _Writer:
    def __init__(self, frame: FeelFrame) -> None:
        self._frame = frame
        self._length = 0

    def written(self, value: Any, depth: int) -> str:
        """Write a value; raises LimitExceeded when all of it together is too long or too deep."""
        kind = type(value)
        if kind is list or kind is dict or kind is Range:
            if depth > self._frame.limits.nesting:
                raise value_too_deep(self._frame.limits)
            self._frame.charge(1)
            return self._collection(value, depth + 1)
        if kind is str:
            return self._counted(json.dumps(value, ensure_ascii=False))
        write = _WRITTEN.get(kind)
        return self._counted(write(value) if write is not None else kind_of(value))

    def _counted(self, text: str) -> str:
        self._length += len(text) + 2
        if self._length > self._frame.limits.string_length:
            raise too_long(self._frame.limits)
        self._frame.charge(1 + (len(text) >> 5))
        return text

    def _collection(self, value: Any, depth: int) -> str:
        if type(value) is list:
            return f"[{', '.join([self.written(one, depth) for one in value])}]"
        if type(value) is dict:
            return f"{{{', '.join([f'{self._key(key)}: {self.written(one, depth)}' for key, one in value.items()])}}}"
        if value.operator:
            end = value.start if value.start is not None else value.end
            return f"{value.operator}{self.written(end, depth)}"
        opening, closing = "[" if value.start_included else "(", "]" if value.end_included else ")"
        return f"{opening}{self.written(value.start, depth)}..{self.written(value.end, depth)}{closing}"

    def _key(self, key: str) -> str:
        return self._counted(key if key.isidentifier() else json.dumps(key, ensure_ascii=False))
