"""Operands: literals, names, what stands in brackets or follows a keyword; the dots, filters, calls after them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..errors import Place
from ..evaluator import Node
from ..nodes import Constant
from . import nodes, nodes_lists, numbers, temporal_texts
from .faults import NoValue
from .lexer import Token
from .names import KEYWORDS
from .parser_brackets import bracketed, context, parenthesised
from .parser_calls import call, call_of_builtin
from .parser_keywords import KEYWORD_FORMS
from .parser_names import declared_name, longer_name, property_name, reading
from .parser_tests import one_sided

if TYPE_CHECKING:
    from .parser import Parser

_LITERALS = {"true": True, "false": False, "null": None}
_ONE_SIDED = frozenset({"<", "<=", ">", ">="})
_ENDS_RANGE = frozenset({"=", "!=", "<", "<=", ">", ">=", ")", "]", "}", ",", "*", "/", "+", "**", ":", "."})
_ENDS_RANGE_WORDS = frozenset({"and", "or", "then", "else", "in", "between", "instance", "return", "satisfies"})


def operand(parser: Parser) -> Node:
    """Parse an operand with everything that follows it closely."""
    return followed(parser, call_of_builtin(parser) or _primary(parser))


def followed(parser: Parser, node: Node) -> Node:
    """Parse the dots, filters and calls that follow an operand."""
    steps = 0
    while parser.here.kind == "mark" and parser.here.text in (".", "[", "("):
        if parser.here.text == "[" and parser.closes_range and _ends_range(parser):
            break
        parser.deeper()
        steps += 1
        token = parser.take()
        if token.text == ".":
            node = nodes.path(node, property_name(parser), parser.source.place(token))
        elif token.text == "[":
            node = _filter(parser, node, token)
        else:
            node = call(parser, node, token)
    parser.depth -= steps
    return node


def _ends_range(parser: Parser) -> bool:
    after = parser.ahead()
    if after.kind == "name":
        return after.text in _ENDS_RANGE_WORDS
    return after.kind == "end" or (after.kind == "mark" and after.text in _ENDS_RANGE)


def _primary(parser: Parser) -> Node:
    token = parser.here
    if token.kind == "number":
        return Constant(_number(parser, parser.take()))
    if token.kind == "string":
        return Constant(parser.take().value)
    if token.kind == "mark":
        return _marked(parser, token)
    if token.kind == "end":
        raise parser.refusal("Expected an expression but the text ends")
    return _word(parser, token)


def _number(parser: Parser, token: Token) -> Decimal:
    try:
        return numbers.literal(token.text)
    except ArithmeticError:
        raise parser.refusal("Expected a number of at most 6,145 digits but it is larger", "", token) from None


def _marked(parser: Parser, token: Token) -> Node:
    if token.text == "(":
        return parenthesised(parser)
    if token.text in ("[", "]"):
        return bracketed(parser)
    if token.text == "{":
        return context(parser)
    if token.text in _ONE_SIDED:
        return one_sided(parser)
    if token.text == "@" and parser.ahead().kind == "string":
        parser.take()
        return _at_literal(parser, parser.take())
    before = parser.tokens[parser.position - 1].text if parser.position else ""
    hint = {"==": "write = to compare", "<>": "write != to compare"}.get(before + token.text, "")
    raise parser.refusal(f"Expected an expression but found {parser.shown(token)}", hint)


def _at_literal(parser: Parser, token: Token) -> Node:
    try:
        return Constant(temporal_texts.any_from(token.value))
    except NoValue as reason:
        return _nothing(reason.sentence, parser.source.place(token))


def _nothing(sentence: str, place: Place) -> Node:
    def run(frame: Any) -> None:
        frame.warn(sentence, place)

    return run


def _word(parser: Parser, token: Token) -> Node:
    name, count = declared_name(parser)
    if not name and token.kind == "quoted":
        name, count = str(token.value), 1
    if not name:
        if token.text in KEYWORD_FORMS and (token.text != "function" or parser.ahead().text == "("):
            return KEYWORD_FORMS[token.text](parser)
        if token.text in _LITERALS:
            parser.take()
            return Constant(_LITERALS[token.text])
        if token.text in KEYWORDS - {"of", "function"}:
            raise parser.refusal(f"Expected an expression but found {parser.shown(token)}")
    name, count = longer_name(parser, (name, count))
    parser.position += count
    return reading(parser, name, token)


def _filter(parser: Parser, holder: Node, token: Token) -> Node:
    first = parser.position
    item = parser.scope.slot()
    parser.scope.open(item).declare("item", item)
    if isinstance(holder, nodes.Read):
        parser.raw.add(item)
    test = parser.expression()
    parser.scope.close()
    parser.expect("]")
    cost = 1 + (parser.position - first >> 2)
    return nodes_lists.filtered(holder, test, item, cost, parser.source.place(token))
