"""The text of a range between two literals, for `range(from)`: nothing in it is computed (DMN 1.5, Table 72)."""

from __future__ import annotations

from typing import Any

from ..errors import SyntaxRefused
from . import numbers, temporal_texts
from .comparing import less
from .faults import FeelFrame, NoValue
from .lexer import Source, Token
from .ranges import Range

_LONGEST = 2_000
_READ: dict[tuple[str, ...], Any] = {
    ("date",): temporal_texts.date_from,
    ("time",): temporal_texts.time_from,
    ("date", "and", "time"): temporal_texts.date_time_from,
    ("duration",): temporal_texts.duration_from,
}


def range_from(frame: FeelFrame, text: str) -> Range:
    """Return the range that a text shows. Raises NoValue when it is none, or when its ends are not in order."""
    refusal = NoValue(f"Expected the text of a range between two literals but got '{text[:60]}'")
    if len(text) > _LONGEST:
        raise refusal
    try:
        tokens = Source(text).tokens[:-1]
    except SyntaxRefused:
        raise refusal from None
    middle = next((at for at, token in enumerate(tokens) if token.text == ".." and token.kind == "mark"), 0)
    if middle < 1 or tokens[0].text not in ("[", "(", "]") or tokens[-1].text not in ("]", ")", "["):
        raise refusal
    start, end = _literal(tokens[1:middle], refusal), _literal(tokens[middle + 1 : -1], refusal)
    if less(frame, end, start) is not False:
        raise NoValue("Expected ends of one type, the first not after the second")
    return Range(start, end, tokens[0].text == "[", tokens[-1].text == "]")


def _literal(tokens: list[Token], refusal: NoValue) -> Any:
    if not tokens:
        raise refusal
    first, texts = tokens[0], tuple(token.text for token in tokens)
    if len(tokens) == 1 and first.kind == "number":
        return numbers.literal(first.text)
    if len(tokens) == 1 and first.kind == "string":
        return first.value
    if texts == ("null",):
        return None
    if len(tokens) == 2 and tokens[1].kind == "number" and first.text == "-":
        return -numbers.literal(tokens[1].text)
    if len(tokens) == 2 and tokens[1].kind == "string" and first.text == "@":
        return temporal_texts.any_from(tokens[1].value)
    if (
        len(tokens) > 3
        and texts[-1] == ")"
        and texts[-3] == "("
        and tokens[-2].kind == "string"
        and texts[:-3] in _READ
    ):
        return _READ[texts[:-3]](tokens[-2].value)
    raise refusal
