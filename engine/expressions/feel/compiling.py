"""Text to a compiled FEEL expression, and the frame it is evaluated in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from ..errors import Place, SyntaxRefused
from ..evaluator import Node, Variables
from ..limits import Limits
from ..python_source import check_length
from .faults import FeelFrame
from .lexer import Source
from .parser import Parser
from .parser_tests import INPUT, unary_tests
from .scope import Scope
from .types import Type


class Compiled(msgspec.Struct, frozen=True):
    """What compiling gives: the node, how many slots it needs, the names it reads, and the slot of the input.

    `keys` are those of a text that is a context, None for any other text.
    """

    source: str
    node: Node
    slots: int
    names: frozenset[str]
    externals: tuple[Place, ...]
    input: int | None
    keys: frozenset[str] | None = None


def compiled(
    text: str,
    limits: Limits,
    *,
    names: Iterable[str] = (),
    keys: Iterable[str] = (),
    types: Mapping[str, Type] | None = None,
    unary: bool = False,
) -> Compiled:
    """Compile an expression or unary tests. Raises SyntaxRefused with line and column."""
    check_length(text, limits)
    scope = Scope(types)
    parser = Parser(Source(text), scope, limits, names, keys)
    input_slot = scope.slot() if unary else None
    if input_slot is not None:
        scope.open().declare(INPUT, input_slot)
    try:
        node = parser.expression() if input_slot is None else unary_tests(parser, input_slot)
    except RecursionError:
        sentence = "Expected text that nests less deeply but it needs more levels than Python allows here"
        raise SyntaxRefused(sentence, "split it into several expressions", 1, 1, text) from None
    if parser.here.kind != "end":
        raise parser.refusal(f"Expected an operator or the end but found {parser.shown(parser.here)}")
    reads, externals = frozenset(scope.reads), tuple(parser.externals)
    return Compiled(text, node, scope.size, reads, externals, input_slot, parser.contexts.get(node))


def new_frame(of: Compiled, variables: Variables, now: int | None, limits: Limits) -> FeelFrame:
    """Return the frame for one evaluation; `now` in microseconds since the epoch, None when nobody knows."""
    frame = FeelFrame(variables, now or 0, limits, of.slots)
    frame.warnings = []
    frame.calls = 0
    frame.has_time = now is not None
    return frame
