"""JUEL text cut into literal text and `${...}` parts, and those into tokens."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from typing import NamedTuple

from .errors import Place, SyntaxRefused

_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"""|(?P<name>[^\W\d][\w$]*)|(?P<mark>&&|\|\||[=!<>+]=|->|[-+*/%<>!?:.,()\[\]=;{}])""",
    re.DOTALL,
)
_WORDS = {
    "and": "&&", "or": "||", "not": "!", "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=",
    "div": "/", "mod": "%",
}  # fmt: skip
KEYWORDS = frozenset({"empty", "true", "false", "null", "instanceof"})


class Token(NamedTuple):
    """One token: `kind` is number, text, name, word (a keyword), mark (an operator or bracket) or end."""

    kind: str
    text: str
    place: Place


class Part(NamedTuple):
    """A stretch of literal text, or the tokens of one `${...}`."""

    text: str
    tokens: list[Token] | None


class Text:
    """A text that knows where its lines start, so that the place of every token is found at once."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._starts = [0, *(match.end() for match in re.finditer("\n", source))]

    def place(self, offset: int) -> Place:
        """Return line and column of an offset."""
        line = bisect.bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def parts(self) -> Iterator[Part]:
        r"""Cut the text into its literal and its `${...}` parts; `\${` is literal."""
        literal: list[str] = []
        position = 0
        for opening in re.finditer(r"\\[$#]\{|[$#]\{", self.source):
            if opening.start() < position:
                continue
            literal.append(self.source[position : opening.start()])
            position = opening.end()
            if opening[0].startswith("\\"):
                literal.append(opening[0][1:])
                continue
            if any(literal):
                yield Part("".join(literal), None)
            literal = []
            tokens, position = self._tokens(position)
            yield Part("", tokens)
        literal.append(self.source[position:])
        if any(literal):
            yield Part("".join(literal), None)

    def _tokens(self, start: int) -> tuple[list[Token], int]:
        found: list[Token] = []
        position, open_maps = start, 0
        while position < len(self.source):
            match = _TOKEN.match(self.source, position)
            place = self.place(position)
            if match is None:
                raise SyntaxRefused(f"Expected an expression but found '{self.source[position]}'", "", *place)
            position = match.end()
            if match[0] == "}" and not open_maps:
                return [*found, Token("end", "}", place)], position
            open_maps += {"{": 1, "}": -1}.get(match[0], 0)
            if match.lastgroup != "space":
                found.append(_token(str(match.lastgroup), match[0], place))
        raise SyntaxRefused("Expected '}' at the end of the expression but there is none", "", *self.place(start - 1))


def _token(kind: str, text: str, place: Place) -> Token:
    if kind == "name" and text in _WORDS:
        return Token("mark", _WORDS[text], place)
    if kind == "name" and text in KEYWORDS:
        return Token("word", text, place)
    return Token(kind, text, place)
