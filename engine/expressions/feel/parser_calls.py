"""Calls: of FEEL's own functions by name, and of whatever function an operand turns out to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..evaluator import Node
from ..nodes import Constant
from . import nodes, nodes_calls, temporal_texts
from .faults import NoValue
from .lexer import Token
from .names import Names, spelled
from .own_functions import BUILTINS
from .parser_names import declared_name

if TYPE_CHECKING:
    from .parser import Parser

_LONG_NAMES = Names(name for name in BUILTINS if " " in name)
_LITERAL_CALLS = frozenset({"date", "time", "date and time", "duration"})


def call_of_builtin(parser: Parser) -> Node | None:
    """Parse a call of one of FEEL's own functions by its name; None when something else comes next."""
    name, count = _LONG_NAMES.longest(parser.tokens, parser.position)
    if not name and parser.here.kind == "name" and parser.here.text in BUILTINS:
        name, count = parser.here.text, 1
    declared = declared_name(parser)
    if (
        not name
        or parser.ahead(count).text != "("
        or declared[1] > count
        or parser.scope.find(declared[0])[0] is not None
    ):
        return None
    place = parser.source.place(parser.here)
    parser.position += count + 1
    positional, named = _arguments(parser)
    function = BUILTINS[name]
    if declared[1]:
        callee = nodes.function_or(name, function)
        return nodes_calls.call_named(callee, named, place) if named else nodes_calls.call(callee, positional, place)
    if named:
        return nodes_calls.call_named(Constant(function), named, place)
    if name in _LITERAL_CALLS and len(positional) == 1:
        literal = _literal(name, positional[0])
        if literal is not None:
            return Constant(literal)
    return nodes_calls.call_builtin(function, positional, place)


def _literal(name: str, argument: Node) -> Any:
    if not isinstance(argument, Constant) or type(argument.value) is not str:
        return None
    read = {
        "date": temporal_texts.date_from,
        "time": temporal_texts.time_from,
        "date and time": temporal_texts.date_time_from,
        "duration": temporal_texts.duration_from,
    }[name]
    try:
        return read(argument.value)
    except NoValue:
        return None


def call(parser: Parser, callee: Node, token: Token) -> Node:
    """Parse the arguments of a call after its opening parenthesis."""
    positional, named = _arguments(parser)
    place = parser.source.place(token)
    if named:
        return nodes_calls.call_named(callee, named, place)
    return nodes_calls.call(callee, positional, place)


def _arguments(parser: Parser) -> tuple[list[Node], dict[str, Node]]:
    """Parse arguments up to the closing parenthesis: all by position or all by name."""
    positional: list[Node] = []
    named: dict[str, Node] = {}
    while not parser.at(")"):
        name = _argument_name(parser)
        if name:
            named[name] = parser.expression()
        else:
            positional.append(parser.expression())
        if named and positional:
            raise parser.refusal("Expected all arguments by position or all by name but got both")
        if parser.accept(",") is None:
            break
    parser.expect(")")
    return positional, named


def _argument_name(parser: Parser) -> str:
    """The name before a colon, "" when an expression comes next."""
    if parser.here.kind not in ("name", "quoted", "string"):
        return ""
    end = parser.position
    while parser.tokens[end].kind in ("name", "number", "quoted", "string") or parser.tokens[end].text in "'+-*/.’":  # noqa: RUF001
        if parser.tokens[end].kind == "end":
            return ""
        end += 1
    if parser.tokens[end].text != ":" or parser.tokens[end].kind != "mark":
        return ""
    first, last = parser.here, parser.tokens[end - 1]
    parser.position = end + 1
    return str(first.value) if first is last else spelled(parser.source, first, last)
