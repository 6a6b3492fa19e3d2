"""FEEL's functions on texts (DMN 1.5, Table 74)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..operators import room_for_items, room_for_text
from . import regexes
from .builtin import builtin
from .faults import FeelFrame, NoValue
from .kinds import kind_of
from .numbers import whole


@builtin("string length(string: string)", "the number of characters")
def _string_length(_frame: FeelFrame, string: str) -> Decimal:
    return Decimal(len(string))


@builtin(
    "substring(string: string, start position: number, length: number?=)",
    "the part from a position (from 1, or -1 from the end), to the end or of `length` characters",
)
def _substring(_frame: FeelFrame, string: str, start_position: Decimal, length: Decimal | None = None) -> str:
    size = len(string)
    start = whole(start_position) if start_position.adjusted() < 18 else 0
    if start == 0 or abs(start) > size:
        raise NoValue(f"Expected a position within a text of {size} characters but got {str(start_position)[:40]}")
    first = start - 1 if start > 0 else size + start
    if length is None:
        return string[first:]
    if length < 1:
        raise NoValue(f"Expected a length of at least 1 but got {str(length)[:40]}")
    return string[first : first + (whole(length) if length.adjusted() < 18 else size)]


@builtin("upper case(string: string)", "the text in upper case")
def _upper_case(frame: FeelFrame, string: str) -> str:
    room_for_text(frame, len(string))
    return string.upper()


@builtin("lower case(string: string)", "the text in lower case")
def _lower_case(frame: FeelFrame, string: str) -> str:
    room_for_text(frame, len(string))
    return string.lower()


@builtin("substring before(string: string, match: string)", "what stands before the first `match`, else an empty text")
def _substring_before(_frame: FeelFrame, string: str, match: str) -> str:
    return string.partition(match)[0] if match and match in string else ""


@builtin("substring after(string: string, match: string)", "what stands after the first `match`, else an empty text")
def _substring_after(_frame: FeelFrame, string: str, match: str) -> str:
    return string.partition(match)[2] if match else string


@builtin("contains(string: string, match: string)", "true when `match` is a part of the text")
def _contains(_frame: FeelFrame, string: str, match: str) -> bool:
    return match in string


@builtin("starts with(string: string, match: string)", "true when the text begins with `match`")
def _starts_with(_frame: FeelFrame, string: str, match: str) -> bool:
    return string.startswith(match)


@builtin("ends with(string: string, match: string)", "true when the text ends with `match`")
def _ends_with(_frame: FeelFrame, string: str, match: str) -> bool:
    return string.endswith(match)


@builtin(
    "matches(input: string, pattern: string, flags: string?=)",
    "true when the regular expression (XPath's, flags `s` `m` `i` `x` `q`) is found in the text",
)
def _matches(frame: FeelFrame, text: str, pattern: str, flags: str | None = None) -> bool:
    return next(regexes.compiled(frame, pattern, flags or "").found(frame, text), None) is not None


@builtin(
    "replace(input: string, pattern: string, replacement: string, flags: string?=)",
    "the text with everything that matches replaced; `$1` is what the first group matched",
)
def _replace(frame: FeelFrame, text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    expression = regexes.compiled(frame, pattern, flags or "")
    parts = regexes.replacement_parts(replacement, expression.groups, literal="q" in (flags or ""))
    done: list[str] = []
    at = length = 0
    for spans in _nonempty(frame, expression, text):
        new = [text[at : spans[0][0]]]
        new += [part if type(part) is str else text[slice(*spans[part])] for part in parts]
        at = spans[0][1]
        length += sum(map(len, new))
        room_for_text(frame, length)
        done += new
    return "".join((*done, text[at:]))


@builtin("split(string: string, delimiter: string)", "the parts of the text between matches of a regular expression")
def _split(frame: FeelFrame, string: str, delimiter: str) -> list[str]:
    done: list[str] = []
    at = 0
    for spans in _nonempty(frame, regexes.compiled(frame, delimiter, ""), string):
        done.append(string[at : spans[0][0]])
        at = spans[0][1]
    room_for_items(frame, len(done) + 1)
    return [*done, string[at:]]


def _nonempty(frame: FeelFrame, expression: Any, text: str) -> Any:
    if next(expression.found(frame, ""), None) is not None:
        raise NoValue("Expected a regular expression that does not match the empty text")
    return expression.found(frame, text)


@builtin("string join(list: list, delimiter: string?=)", "the texts of a list in one, with `delimiter` between them")
def _string_join(frame: FeelFrame, values: list[Any], delimiter: str | None = None) -> str:
    texts = [one for one in values if one is not None]
    for one in texts:
        if type(one) is not str:
            raise NoValue(f"Expected a list of texts but it holds a {kind_of(one)}")
    room_for_text(frame, sum(map(len, texts)) + len(delimiter or "") * len(texts))
    return (delimiter or "").join(texts)
