"""Reads JSON as strictly as values at rest demand: one meaning per document, bounded in depth and number length."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

DEPTH = 100
"""Levels of arrays and objects, where nobody says otherwise."""

NUMBER_LENGTH = 330
"""Characters of a number, where nobody says otherwise."""


class MalformedJson(Exception):
    """The bytes are not JSON that Baton takes; the message is the sentence for the client."""


def read_json(body: bytes, *, depth: int = DEPTH, number_length: int = NUMBER_LENGTH) -> Any:
    """Return the value of a JSON document (RFC 8259) in UTF-8.

    depth: levels of arrays and objects at most. number_length: characters of a number at most. Raises MalformedJson for
    anything else, for duplicate keys, NaN and infinity, and for what exceeds these limits.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedJson(f"Expected UTF-8 but the byte at offset {error.start} is not.") from error
    if text.startswith("\ufeff"):
        raise MalformedJson("Expected JSON but the body begins with a byte order mark (BOM).")
    _check_depth(text, depth)
    reader = _Reader(number_length)
    try:
        return reader.decoder.decode(text)
    except json.JSONDecodeError as error:
        raise MalformedJson(f"Expected JSON but line {error.lineno}, column {error.colno}: {error.msg}.") from error


_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
"""A string that never ends counts as one, so that no character is looked at twice."""


def _check_depth(text: str, most: int) -> None:
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        mark = match[0]
        if mark in "[{":
            depth += 1
            if depth > most:
                raise MalformedJson(f"Expected at most {most} levels of arrays and objects but the body has more.")
        elif mark in "]}":
            depth -= 1


class _Reader:
    def __init__(self, number_length: int) -> None:
        self._number_length = number_length
        self.decoder = json.JSONDecoder(
            object_pairs_hook=self._object, parse_int=self._int, parse_float=self._float, parse_constant=self._constant
        )

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for name, value in pairs:
            if name in members:
                raise MalformedJson(f"Expected every key once but an object has `{name[:80]}` twice.")
            members[name] = value
        return members

    def _int(self, digits: str) -> int:
        self._check_length(digits)
        return int(digits)

    def _float(self, digits: str) -> float:
        self._check_length(digits)
        number = float(digits)
        if math.isinf(number):
            raise MalformedJson(f"Expected a number that a double can hold but found {digits[:40]}.")
        return number

    def _constant(self, name: str) -> NoReturn:
        raise MalformedJson(f"Expected a number but found {name}, which JSON does not have.")

    def _check_length(self, digits: str) -> None:
        if len(digits) > self._number_length:
            raise MalformedJson(
                f"Expected numbers of at most {self._number_length} characters but found {len(digits)}."
            )


def check_texts(value: Any) -> None:
    """Raise MalformedJson when a text anywhere in the value holds NUL or half of a surrogate pair."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            check_text(item)
        elif isinstance(item, dict):
            pending.extend(item.keys())
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)


def check_text(text: str) -> None:
    """Raise MalformedJson when the text cannot be stored everywhere: NUL (PostgreSQL) and lone surrogates (UTF-8)."""
    if "\0" in text:
        raise MalformedJson("Expected texts without the character NUL but found one.")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise MalformedJson("Expected whole characters but a text holds half of a surrogate pair.")
