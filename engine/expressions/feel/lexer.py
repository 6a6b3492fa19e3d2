"""FEEL text to tokens: pieces of names, numbers, texts, marks; blank space and comments are left out."""

from __future__ import annotations

import bisect
import re
from typing import Any, NamedTuple

from ..errors import Place, SyntaxRefused

_START = (
    "?A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_SPACE = "\t-\r \u0085\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
_TOKEN = re.compile(
    rf"(?P<space>[{_SPACE}]+|//[^\n\r]*|/\*(?:[^*]|\*(?!/))*+\*/)"
    rf"|(?P<name>[{_START}][{_PART}]*)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r'|(?P<string>"(?:[^"\\]|\\.)*+")'
    r"|(?P<quoted>`[^`\n]+`)"
    r"|(?P<mark>\*\*|\.\.|->|<=|>=|!=|[()\[\]{},:.+\-*/=<>@'’])",  # noqa: RUF001 - the standard's own mark
    re.DOTALL,
)
_ESCAPE = re.compile(r'\\(?:([ntr"\'\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6}))')
_SHORT = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")


class Token(NamedTuple):
    """A token: `kind` is name, quoted, number, string, mark or end; `start` and `end` are offsets in the text."""

    kind: str
    text: str
    value: Any
    start: int
    end: int


class Source:
    """A text cut into tokens, which knows the line and column of each."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = [0, *(found.end() for found in re.finditer(r"\n", text))]
        self.tokens = list(self._cut())

    def place(self, token: Token) -> Place:
        """Return line and column of a token, both counted from 1."""
        return self.place_at(token.start)

    def place_at(self, offset: int) -> Place:
        """Return line and column of an offset, both counted from 1."""
        line = bisect.bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def _cut(self) -> list[Token]:
        tokens = []
        position, end = 0, len(self.text)
        while position < end:
            found = _TOKEN.match(self.text, position)
            if found is None:
                raise self._refusal(position)
            kind = found.lastgroup or ""
            if kind != "space":
                text = found.group()
                value = _unescaped(text[1:-1]) if kind == "string" else text[1:-1] if kind == "quoted" else text
                tokens.append(Token(kind, text, value, position, found.end()))
            position = found.end()
        tokens.append(Token("end", "", None, end, end))
        return tokens

    def _refusal(self, position: int) -> SyntaxRefused:
        rest = self.text[position : position + 20]
        if rest[0] == '"':
            sentence, hint = "Expected '\"' at the end of the text but found none", ""
        elif rest.startswith("/*"):
            sentence, hint = "Expected '*/' at the end of the comment but found none", ""
        else:
            sentence = f"Expected an expression but found the character '{rest[0]}'"
            hint = {"&": "write and", "|": "write or", "!": "write not(...)"}.get(rest[0], "")
        return SyntaxRefused(sentence, hint, *self.place_at(position), self.text)


def _unescaped(text: str) -> str:
    if "\\" in text:
        text = _ESCAPE.sub(_character, text)
        # Two halves written one after the other are one character; a half alone is none.
        text = _PAIR.sub(lambda pair: pair.group().encode("utf-16", "surrogatepass").decode("utf-16"), text)
    return _HALF.sub("\ufffd", text)


def _character(found: re.Match[str]) -> str:
    if found[1]:
        return _SHORT[found[1]]
    code = int(found[2] or found[3], 16)
    return chr(code) if code <= 0x10FFFF else "\ufffd"
