"""Which tokens are a name: names may hold spaces and marks, so only what is in scope tells (DMN 1.5, 10.3.1.4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..errors import SyntaxRefused
from .lexer import Source, Token

KEYWORDS = frozenset(
    {
        *("and", "between", "else", "every", "external", "false", "for", "function", "if", "in", "instance", "null"),
        *("of", "or", "return", "satisfies", "some", "then", "true"),
    }
)
"""Words that end a name nobody declared; names in scope may hold them."""


class Names:
    """Known names by their tokens, so that the longest one that a text goes on with is found."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        # By the first token, then by the second and so on; where a name ends, it stands under "".
        self._tree: dict[str, Any] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Make a name known; texts that are no sequence of tokens can be keys, never names."""
        parts = parts_of(name)
        node = self._tree
        for part in parts:
            node = node.setdefault(part, {})
        if parts:
            node[""] = name

    def longest(self, tokens: Sequence[Token], position: int) -> tuple[str, int]:
        """Return the longest name that begins at the position and the number of its tokens; "" and 0 for none."""
        node, best, count = self._tree, ("", 0), 0
        while tokens[position + count].kind in ("name", "number", "mark"):
            below = node.get(tokens[position + count].text)
            if below is None:
                break
            node, count = below, count + 1
            if "" in node:
                best = node[""], count
        return best


def parts_of(name: str) -> tuple[str, ...]:
    """Return the tokens that a name is written with; none when it cannot be written as a name."""
    if name.isascii() and name.isidentifier():
        return (name,)
    try:
        tokens = Source(name).tokens[:-1]
    except SyntaxRefused:
        return ()
    if any(token.kind not in ("name", "number", "mark") for token in tokens):
        return ()
    return tuple(token.text for token in tokens)


def run_of_names(tokens: Sequence[Token], position: int) -> int:
    """Return how many tokens a name has that nobody declared: pieces of names side by side, up to a keyword."""
    end = position + 1
    while tokens[end].kind == "name" and tokens[end].text not in KEYWORDS:
        end += 1
    return end - position


def spelled(source: Source, first: Token, last: Token) -> str:
    """Return a name as it is written, with single spaces."""
    return " ".join(source.text[first.start : last.end].split())
