"""How values become text: str(), repr() and format specifications, measured before they are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from .errors import FAULTS, EvaluationFailed, Place, located
from .evaluator import Frame, Node
from .operators import room_for_text
from .secrets import Opaque, SecretText, joined_secret
from .values import OrderedSet, describe, too_long, weigh

_SPECIFICATION = re.compile(r"(?:.?[<>=^])?[-+ ]?z?#?0?(\d*)[,_]?(?:\.(\d+))?[bcdeEfFgGosxX%]?", re.DOTALL)
_NUMBER_TEXT = 400


def to_text(frame: Frame, value: Any) -> str:
    """Return `value` as Python's str() writes it."""
    if type(value) is str:
        return value
    return written(frame, value, str)


def written(frame: Frame, value: Any, write: Callable[[Any], str]) -> str:
    """Return `write(value)` for str, repr or ascii, after measuring what it may come to."""
    if type(value) is str:
        room_for_text(frame, len(value))
    elif type(value) in (list, dict, tuple, OrderedSet):
        weigh(value, frame.charge, frame.limits)
        _room_for_written(frame, value)
    text = write(value)
    if len(text) > frame.limits.string_length:
        raise too_long(frame.limits)
    return text


def _room_for_written(frame: Frame, value: Any) -> None:
    room = frame.limits.string_length
    rest = [value]
    while rest:
        item = rest.pop()
        kind = type(item)
        if kind is str:
            room -= len(item) + 2
        elif kind is dict:
            rest.extend(item)
            rest.extend(item.values())
        elif kind in (list, tuple, OrderedSet):
            rest.extend(item)
        room -= 2
        if room < 0:
            raise too_long(frame.limits)


def formatted(frame: Frame, value: Any, specification: str) -> str:
    """Return `value` as an f-string writes it with a format specification such as `>10.2f`."""
    if not specification:
        return to_text(frame, value)
    if type(value) not in (int, float, bool, str):
        raise EvaluationFailed(
            f"Expected a number or a text to format with '{specification[:40]}' but got {describe(value)}"
        )
    match = _SPECIFICATION.fullmatch(specification)
    if match is None:
        raise EvaluationFailed(
            f"Expected a format specification but got '{specification[:40]}'", "write such as >10.2f"
        )
    own = len(value) if type(value) is str else _NUMBER_TEXT
    if len(specification) > _NUMBER_TEXT:
        raise too_long(frame.limits)
    room_for_text(frame, max(own, int(match[1] or 0)) + (0 if type(value) is str else int(match[2] or 0)))
    return format(value, specification)


def field(value: Node, write: Callable[[Any], str] | None, specification: Node | None, place: Place) -> Node:
    """Compute one `{...}` of an f-string."""

    def run(frame: Frame) -> Any:
        content = value(frame)
        if type(content) is SecretText and write is None and specification is None:
            return content  # `joined` knows what to do with it
        try:
            if write is not None:
                content = written(frame, content, write)
            if specification is None:
                return to_text(frame, content)
            return formatted(frame, content, specification(frame))
        except FAULTS as error:
            raise located(error, place, "the format") from None

    return run


def joined(parts: Sequence[Node], place: Place) -> Node:
    """Join the parts of an f-string or template."""

    def run(frame: Frame) -> Any:
        texts = [part(frame) for part in parts]
        try:
            room_for_text(frame, sum(map(len, texts)))
        except Opaque:
            return joined_secret(texts, frame.limits)
        except FAULTS as error:
            raise located(error, place, "the text") from None
        return "".join(texts)

    return run
