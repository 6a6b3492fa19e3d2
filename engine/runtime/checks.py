"""Checks of what callers hand in, before it becomes a command: texts, variables, limits, times."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ..core.elements.triggers import LONGEST_NAME
from ..expressions import ExpressionError, to_json_value
from ..store.search import LONGEST_ORDERED_TEXT, OPERATORS, VariableFilter
from ..traces import is_trace
from .errors import InvalidRequest
from .settings import Settings

MOST_FILTERS = 10
"""Variables that one search may ask about."""

MOST_VALUES = 100
"""Values that one filter "in" may list."""


class Checks:
    """The engine's limits on input."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def text(self, name: str, value: str, *, empty: bool = True) -> str:
        """Return the short text; raises InvalidRequest when it is too long, cannot be stored, or may not be empty."""
        return self._text(name, value, self._settings.text_length, empty=empty)

    def name(self, what: str, value: str, *, empty: bool = False) -> str:
        """Return the name of a message or signal, or a correlation key; these are as long as diagrams may make them."""
        return self._text(what, value, LONGEST_NAME, empty=empty)

    def optional(self, name: str, value: str | None) -> str | None:
        """Return the short text or None."""
        return None if value is None else self.text(name, value)

    def trace(self, value: str | None) -> str | None:
        """Return the trace id or None; raises InvalidRequest for anything else."""
        if value is None or is_trace(value):
            return value
        raise InvalidRequest(
            f"Expected a trace id of 32 lower-case hexadecimal digits, not all zero, but got {value[:50]!r}"
        )

    def message(self, value: str) -> str:
        """Return the message without what cannot be stored, cut visibly when it is too long."""
        longest = self._settings.message_length
        text = value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
        return text if len(text) <= longest else f"{text[:longest]} ... ({len(text) - longest} more characters)"

    def _text(self, name: str, value: str, longest: int, *, empty: bool) -> str:
        if not isinstance(value, str):
            raise InvalidRequest(f"Expected {name} to be a text but got {type(value).__name__}")
        if not value and not empty:
            raise InvalidRequest(f"{name} needs at least one character but is empty")
        if len(value) > longest:
            raise InvalidRequest(f"Expected {name} of at most {longest} characters but got {len(value)}")
        try:
            if "\0" in value or not value.encode("utf-8").decode("utf-8").isprintable():
                raise InvalidRequest(f"Expected {name} of printable characters but it contains others")
        except UnicodeError:
            raise InvalidRequest(
                f"Expected {name} of whole characters but it contains half of a surrogate pair"
            ) from None
        return value

    def variables(self, value: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the variables as values at rest; raises InvalidRequest naming what cannot be stored, or the size."""
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise InvalidRequest(f"Expected variables as an object of values by name but got {type(value).__name__}")
        for name in value:
            self.text("a variable's name", name, empty=False)
        try:
            stored: Any = to_json_value(dict(value))
        except ExpressionError as error:
            raise InvalidRequest(f"Expected variables that can be stored but {error.sentence}", error.hint) from None
        size = len(msgspec.json.encode(stored))
        if size > self._settings.variable_bytes:
            raise InvalidRequest(
                f"Expected at most {self._settings.variable_bytes} bytes of variables but got {size}",
                "keep large documents elsewhere and pass a reference",
            )
        return dict(stored)

    def filters(self, filters: Sequence[VariableFilter]) -> tuple[VariableFilter, ...]:
        """Return the filters; raises InvalidRequest for one that cannot be answered, and for too many."""
        if len(filters) > MOST_FILTERS:
            raise InvalidRequest(f"Expected at most {MOST_FILTERS} variables to search by but got {len(filters)}")
        for one in filters:
            self.text("a variable's name", one.name, empty=False)
            problem = _problem_of(one)
            if problem:
                raise InvalidRequest(f"Expected {problem} for {one.op!r} of variable {one.name[:80]!r}")
        return tuple(filters)

    def limit(self, value: int) -> int:
        """Return the number of items of a page."""
        return self.whole("limit", value, 1, self._settings.page_size)

    def whole(self, name: str, value: Any, least: int, most: int) -> int:
        """Return the whole number; raises InvalidRequest when it is out of bounds."""
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise InvalidRequest(f"Expected {name} between {least} and {most} but got {value!r}")
        return value

    def seconds(self, name: str, value: Any, most: float) -> float:
        """Return the number of seconds; raises InvalidRequest when it is negative, too large or not a number."""
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= most:
            raise InvalidRequest(f"Expected {name} between 0 and {most:g} but got {value!r}")
        return float(value)


def _problem_of(one: VariableFilter) -> str | None:
    """What the filter's value should be instead, None when it is well."""
    if one.op not in OPERATORS:
        return f"one of the operators {', '.join(OPERATORS)}"
    if one.op == "in":
        good = isinstance(one.value, list) and 0 < len(one.value) <= MOST_VALUES and all(map(_is_plain, one.value))
        return None if good else f"a list of 1 to {MOST_VALUES} texts, numbers, true, false or null"
    if one.op in ("eq", "ne"):
        return None if _is_plain(one.value) else "a text, a number, true, false or null"
    if isinstance(one.value, str) and len(one.value) <= LONGEST_ORDERED_TEXT:
        return None
    if one.op == "starts-with":
        return f"a text of at most {LONGEST_ORDERED_TEXT} characters"
    good = _is_plain(one.value) and isinstance(one.value, int | float) and not isinstance(one.value, bool)
    return None if good else f"a number or a text of at most {LONGEST_ORDERED_TEXT} characters"


def _is_plain(value: Any) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return math.isfinite(float(value))
        except OverflowError:
            return False
    return value is None or isinstance(value, bool | str)


def fingerprint(body: Any) -> str:
    """Return the SHA-256 of the body as canonical JSON (keys sorted), so that equal bodies have equal fingerprints."""
    return hashlib.sha256(msgspec.json.encode(body, order="sorted")).hexdigest()
