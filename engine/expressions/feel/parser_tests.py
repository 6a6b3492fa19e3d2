"""Unary tests, and the tests after `in`: ranges, comparisons with one operand, values, `-` and `not(...)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..evaluator import Node
from . import nodes_calls

if TYPE_CHECKING:
    from .parser import Parser

OPERATORS = ("<", "<=", ">", ">=", "=", "!=")
INPUT = "?"


def in_tests(parser: Parser) -> list[Node]:
    """Parse what follows `in`: one test, or several between parentheses."""
    if not parser.at("("):
        return [_comparison_or(parser)]
    parser.take()
    parser.deeper()
    plain = not parser.at(*OPERATORS)
    tests = [_test(parser)]
    if parser.accept(".."):
        tests = [range_after(parser, tests[0], included=False)]
        plain = False
    else:
        while parser.accept(","):
            tests.append(_test(parser))
        parser.expect(")")
    parser.depth -= 1
    if plain and len(tests) == 1:
        # What looked like tests in parentheses is the beginning of an expression: `x in (a + b) * 2`.
        return [parser.binary(4, parser.followed(tests[0]))]
    return tests


def _comparison_or(parser: Parser) -> Node:
    return one_sided(parser) if parser.at(*OPERATORS) else parser.binary(4)


def _test(parser: Parser) -> Node:
    return one_sided(parser) if parser.at(*OPERATORS) else parser.expression()


def one_sided(parser: Parser) -> Node:
    """Parse a comparison with one operand, such as `< 10`: a range."""
    symbol = parser.take().text
    return nodes_calls.one_sided_range(symbol, parser.binary(4))


def range_after(parser: Parser, start: Node, *, included: bool) -> Node:
    """Parse the end of a range after `..`; `[` and `)` leave its endpoint out."""
    place = parser.source.place(parser.here)
    before, parser.closes_range = parser.closes_range, True
    end = parser.binary(4)
    parser.closes_range = before
    closing = parser.accept("]", ")", "[")
    if closing is None:
        raise parser.refusal(f"Expected the bracket that ends the range but found {parser.shown(parser.here)}")
    return nodes_calls.interval(start, end, (included, closing.text == "]"), place)


def unary_tests(parser: Parser, value: int) -> Node:
    """Parse unary tests on the input in the slot `value` (DMN 1.5, 10.3.1.2, rules 13 to 17)."""
    place = parser.source.place(parser.here)
    negated = parser.at("not") and parser.ahead().text == "(" and _closes_last(parser)
    if negated:
        parser.take()
        parser.take()
    tests: list[tuple[Node, bool]] = []
    if parser.at("-") and parser.ahead().kind == "end":
        parser.take()
        tests.append((lambda _frame: True, True))
    else:
        tests.append(_unary_test(parser))
        while parser.accept(","):
            tests.append(_unary_test(parser))
    if negated:
        parser.expect(")")
    return nodes_calls.unary(tests, value, negated=negated, place=place)


def _unary_test(parser: Parser) -> tuple[Node, bool]:
    before, parser.reads_input = parser.reads_input, False
    node = _test(parser)
    reads, parser.reads_input = parser.reads_input, before
    return node, reads


def _closes_last(parser: Parser) -> bool:
    depth = 0
    for token in parser.tokens[parser.position + 1 : -2]:
        if token.kind == "mark":
            depth += token.text in "([{"
            depth -= token.text in ")]}"
        if not depth:
            return False
    return parser.tokens[-2].text == ")"
