"""FEEL text to closures in one pass: by precedence, with names resolved in the scope where they stand (10.3.1.2)."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import Place, SyntaxRefused
from ..evaluator import Node
from ..limits import Limits
from . import nodes, nodes_calls, nodes_logic
from .lexer import Source, Token
from .names import Names
from .parser_operands import followed, operand
from .parser_tests import in_tests
from .parser_types import type_name
from .properties import NAMES as PROPERTY_NAMES
from .scope import Scope

_LEVELS = {"or": 1, "and": 2, "+": 4, "-": 4, "*": 5, "/": 5, "**": 6}
_COMPARE = 3
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_COMPARING = COMPARISONS | {"in", "between", "instance"}


class Parser:
    """Goes through the tokens of one text. `names` are variables known beforehand, `keys` entries of contexts."""

    def __init__(self, source: Source, scope: Scope, limits: Limits, names: Iterable[str], keys: Iterable[str]) -> None:
        self.source = source
        self.tokens = source.tokens
        self.scope = scope
        self.limits = limits
        self.supplied = Names(names)
        self.keys = Names((*PROPERTY_NAMES, *keys))
        self.position = 0
        self.depth = 0
        self.closes_range = False
        self.reads_input = False
        self.partials: set[int] = set()
        self.raw: set[int] = set()
        self.externals: list[Place] = []
        self.contexts: dict[Node, frozenset[str]] = {}

    # -- tokens ------------------------------------------------------------------------------------------------------

    @property
    def here(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.position]

    def ahead(self, count: int = 1) -> Token:
        """Return the token after the next one, or further."""
        return self.tokens[min(self.position + count, len(self.tokens) - 1)]

    def take(self) -> Token:
        """Go past the next token."""
        token = self.tokens[self.position]
        if token.kind != "end":
            self.position += 1
        return token

    def at(self, *texts: str) -> bool:
        """Return whether one of these marks or words comes next."""
        token = self.tokens[self.position]
        return token.text in texts and token.kind in ("mark", "name")

    def accept(self, *texts: str) -> Token | None:
        """Go past one of these marks or words if it comes next."""
        return self.take() if self.at(*texts) else None

    def expect(self, text: str) -> Token:
        """Go past this mark or word. Raises SyntaxRefused when something else comes next."""
        token = self.accept(text)
        if token is None:
            raise self.refusal(f"Expected '{text}' but found {self.shown(self.here)}")
        return token

    def shown(self, token: Token) -> str:
        """Return a token as a sentence names it."""
        return f"'{token.text[:40]}'" if token.kind != "end" else "the end of the text"

    def refusal(self, sentence: str, hint: str = "", token: Token | None = None) -> SyntaxRefused:
        """Return the error that refuses the text at a token, or at the next one."""
        return SyntaxRefused(sentence, hint, *self.source.place(token or self.here), self.source.text)

    def deeper(self) -> None:
        """Count one more level of nesting. Raises SyntaxRefused when there are too many."""
        self.depth += 1
        if self.depth > self.limits.nesting:
            raise self.refusal(
                f"Expected text nested at most {self.limits.nesting} levels deep but it is deeper",
                "split it into several expressions",
            )

    # -- expressions -------------------------------------------------------------------------------------------------

    def expression(self) -> Node:
        """Parse any expression."""
        self.deeper()
        closes, self.closes_range = self.closes_range, False
        node = self.binary(1)
        self.closes_range = closes
        self.depth -= 1
        return node

    def binary(self, weakest: int, left: Node | None = None) -> Node:
        """Parse operators that bind at least as strongly as a level; those of one level are one node.

        `left` is the first operand when it was parsed already.
        """
        left = left or self.unary()
        chained = 0
        while (level := self._level()) >= weakest:
            if level == _COMPARE:
                self.deeper()
                chained += 1
                left = self._comparison(left)
                continue
            links: list[tuple[Token, Node]] = []
            while self._level() == level:
                token = self.take()
                links.append((token, self.binary(level + 1)))
            left = self._joined(level, left, links)
        self.depth -= chained
        return left

    def followed(self, node: Node) -> Node:
        """Parse the dots, filters and calls that follow an operand which was parsed already."""
        return followed(self, node)

    def _level(self) -> int:
        token = self.tokens[self.position]
        if token.kind not in ("mark", "name"):
            return 0
        if token.text in _COMPARING:
            return _COMPARE if token.text != "instance" or self.ahead().text == "of" else 0
        return _LEVELS.get(token.text, 0)

    def _joined(self, level: int, left: Node, links: list[tuple[Token, Node]]) -> Node:
        if level <= 2:
            first = links[0][0]
            return nodes_logic.junction([left, *(node for _, node in links)], self.source.place(first), first.text)
        return nodes.chain(left, [(token.text, node, self.source.place(token)) for token, node in links])

    def _comparison(self, left: Node) -> Node:
        token = self.take()
        place = self.source.place(token)
        if token.text in COMPARISONS:
            return nodes.comparison(token.text, left, self.binary(_COMPARE + 1), place)
        if token.text == "between":
            low = self.binary(_COMPARE + 1)
            self.expect("and")
            return nodes_logic.between(left, low, self.binary(_COMPARE + 1), place)
        if token.text == "in":
            return nodes_calls.membership(left, in_tests(self), place)
        self.expect("of")
        return nodes_calls.instance_of(left, type_name(self), place)

    def unary(self) -> Node:
        """Parse signs, and what they stand before."""
        signs = []
        while self.at("-"):
            self.deeper()
            signs.append(self.take())
        node = operand(self)
        for token in reversed(signs):
            node = nodes.opposite(node, self.source.place(token))
        self.depth -= len(signs)
        return node
