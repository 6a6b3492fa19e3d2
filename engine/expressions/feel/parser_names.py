"""Names where they are read: which tokens belong to one, and what it means there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..evaluator import Node
from . import nodes
from .lexer import Token
from .names import run_of_names, spelled
from .own_functions import BUILTINS
from .parser_tests import INPUT

if TYPE_CHECKING:
    from .parser import Parser


def declared_name(parser: Parser) -> tuple[str, int]:
    """Return the longest declared name that comes next and its number of tokens; "" and 0 for none."""
    tokens, position = parser.tokens, parser.position
    best = parser.supplied.longest(tokens, position)
    for level in parser.scope.levels:
        found = level.names.longest(tokens, position)
        best = found if found[1] > best[1] else best
    if any(level.item is not None for level in parser.scope.levels):
        found = parser.keys.longest(tokens, position)
        best = found if found[1] > best[1] else best
    return best


def free_name(parser: Parser) -> tuple[str, int]:
    """Return a name nobody declared: pieces of names side by side, as two operands side by side would mean nothing."""
    count = run_of_names(parser.tokens, parser.position)
    last = parser.tokens[parser.position + count - 1]
    return spelled(parser.source, parser.here, last), count


def reading(parser: Parser, name: str, token: Token) -> Node:
    """Return the node that reads a name where it stands."""
    if name == INPUT:
        parser.reads_input = True
    number, items = parser.scope.find(name)
    place = parser.source.place(token)
    if number is not None:
        partial = name == "partial" and number in parser.partials
        node: Node = nodes.slot_copy(number) if partial else nodes.slot(number)
        if number in parser.raw:
            node = nodes.raw_slot(number)
    elif name in BUILTINS:
        node = nodes.variable_or(name, BUILTINS[name])
    else:
        parser.scope.reads.add(name)
        node = nodes.variable(name, place)
    return nodes.key_or(items, name, node) if items else node


def property_name(parser: Parser) -> str:
    """Parse the name after a dot."""
    if parser.here.kind == "quoted":
        return str(parser.take().value)
    name, count = longer_name(parser, parser.keys.longest(parser.tokens, parser.position))
    if not name:
        raise parser.refusal(f"Expected a name after '.' but found {parser.shown(parser.here)}")
    parser.position += count
    return name


def longer_name(parser: Parser, known: tuple[str, int]) -> tuple[str, int]:
    """Return a known name, or the undeclared one that goes on beyond it."""
    if parser.here.kind != "name":
        return known
    free = free_name(parser)
    return free if free[1] > known[1] else known
