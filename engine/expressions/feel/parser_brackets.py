"""What stands in brackets: parentheses, lists, ranges and contexts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..evaluator import Node
from . import nodes_lists
from .names import spelled
from .parser_tests import OPERATORS, one_sided, range_after

if TYPE_CHECKING:
    from .parser import Parser

_KEY_MARKS = frozenset({"'", "’", "+", "-", "*", "/", ".", "**"})  # noqa: RUF001 - the standard's own mark


def parenthesised(parser: Parser) -> Node:
    """Parse what begins with `(`: an expression, a range without its start, or a comparison with one operand."""
    parser.take()
    if parser.at(*OPERATORS):
        node = one_sided(parser)
        parser.expect(")")
        return node
    node = parser.expression()
    if parser.accept(".."):
        return range_after(parser, node, included=False)
    parser.expect(")")
    return node


def bracketed(parser: Parser) -> Node:
    """Parse what begins with `[` or `]`: a list or a range."""
    opening = parser.take()
    if opening.text == "[" and parser.at("]") and not _begins_range(parser):
        parser.take()
        return nodes_lists.list_of([])
    first = _item(parser)
    if parser.accept(".."):
        return range_after(parser, first, included=opening.text == "[")
    if opening.text == "]":
        raise parser.refusal(f"Expected '..' of a range but found {parser.shown(parser.here)}")
    items = [first]
    while parser.accept(","):
        items.append(_item(parser))
    parser.expect("]")
    return nodes_lists.list_of(items)


def _begins_range(parser: Parser) -> bool:
    """Whether the bracket that comes next opens a range inside of a list: `[]1..2]]`."""
    after = parser.ahead()
    return after.kind in ("number", "string") or (after.text in ("@", "-") and parser.ahead(3).text == "..")


def _item(parser: Parser) -> Node:
    if not parser.at(*OPERATORS):
        return parser.expression()
    return one_sided(parser)


def context(parser: Parser) -> Node:
    """Parse a context: entries see the ones before them."""
    place = parser.source.place(parser.take())
    level = parser.scope.open()
    entries: list[tuple[str, int, Node]] = []
    keys: set[str] = set()
    doubled = ""
    while not parser.at("}"):
        key = _key(parser)
        doubled = doubled or (key if key in keys else "")
        keys.add(key)
        slot = parser.scope.slot()
        if parser.at("function"):
            level.declare(key, slot)
        value = parser.expression()
        level.declare(key, slot)
        parser.keys.add(key)
        entries.append((key, slot, value))
        if parser.accept(",") is None:
            break
    parser.expect("}")
    parser.scope.close()
    node = nodes_lists.context_of(entries, doubled, place)
    parser.contexts[node] = frozenset(keys)
    return node


def _key(parser: Parser) -> str:
    token = parser.here
    if token.kind in ("string", "quoted"):
        parser.take()
        parser.expect(":")
        return str(token.value)
    last = token
    while parser.here.kind in ("name", "number") or (parser.here.kind == "mark" and parser.here.text in _KEY_MARKS):
        last = parser.take()
    if last is token and token.kind != "name":
        raise parser.refusal(f"Expected a key but found {parser.shown(token)}", "keys are names or texts", token)
    name = spelled(parser.source, token, last)
    parser.expect(":")
    return name
