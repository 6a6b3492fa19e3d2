"""Checks of what callers hand in, before it becomes a command: texts, variables, limits, times."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from ..expressions import ExpressionError, to_json_value
from .errors import InvalidRequest
from .settings import Settings


class Checks:
    """The engine's limits on input."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def text(self, name: str, value: str, *, empty: bool = True) -> str:
        """Return the short text; raises InvalidRequest when it is too long, cannot be stored, or may not be empty."""
        return self._text(name, value, self._settings.text_length, empty=empty)

    def optional(self, name: str, value: str | None) -> str | None:
        """Return the short text or None."""
        return None if value is None else self.text(name, value)

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


def fingerprint(body: Any) -> str:
    """Return the SHA-256 of the body as canonical JSON (keys sorted), so that equal bodies have equal fingerprints."""
    return hashlib.sha256(msgspec.json.encode(body, order="sorted")).hexdigest()
