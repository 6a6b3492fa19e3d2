"""Types as texts name them: simple ones, list<>, context<>, range<>, function<> and the types a caller knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .names import Names, run_of_names, spelled
from .types import SIMPLE_NAMES, ContextType, FunctionType, ListType, RangeType, Type, UnknownType

if TYPE_CHECKING:
    from .parser import Parser

_SIMPLE = Names((*SIMPLE_NAMES, "day time duration", "dayTimeDuration", "yearMonthDuration"))
_OTHER_NAMES = {
    "day time duration": "days and time duration",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}


def type_name(parser: Parser) -> Type:
    """Parse the name of a type; one that nobody knows is a type too, which has no instances to tell."""
    parser.deeper()
    found = _type(parser)
    parser.depth -= 1
    return found


def _type(parser: Parser) -> Type:
    token = parser.here
    if token.kind == "name" and parser.ahead().text == "<":
        if token.text in ("list", "range"):
            parser.take()
            parser.take()
            made = (ListType if token.text == "list" else RangeType)(type_name(parser))
            parser.expect(">")
            return made
        if token.text == "context":
            return _context(parser)
        if token.text == "function":
            return _function(parser)
    known, count = parser.scope.type_names.longest(parser.tokens, parser.position)
    simple, length = _SIMPLE.longest(parser.tokens, parser.position)
    if count and count >= length:
        parser.position += count
        return parser.scope.types[known]
    if length:
        parser.position += length
        return Type(_OTHER_NAMES.get(simple, simple))
    if token.text == "null":
        parser.take()
        return Type("Null")
    if token.kind != "name":
        raise parser.refusal(f"Expected the name of a type but found {parser.shown(token)}")
    return UnknownType(_unknown_name(parser))


def _unknown_name(parser: Parser) -> str:
    """A qualified name; that nobody knows it is found when it is asked for."""
    first = parser.here
    while True:
        for _ in range(run_of_names(parser.tokens, parser.position) - 1):
            parser.take()
        last = parser.take()
        if not (parser.at(".") and parser.ahead().kind == "name"):
            return spelled(parser.source, first, last)
        parser.take()


def _context(parser: Parser) -> Type:
    parser.take()
    parser.take()
    members: dict[str, Type] = {}
    while not parser.at(">"):
        first = parser.here
        for _ in range(run_of_names(parser.tokens, parser.position) - 1):
            parser.take()
        name = spelled(parser.source, first, parser.take())
        parser.expect(":")
        members[name] = type_name(parser)
        if parser.accept(",") is None:
            break
    parser.expect(">")
    return ContextType(members)


def _function(parser: Parser) -> Type:
    parser.take()
    parser.take()
    taken: list[Type] = []
    while not parser.at(">"):
        taken.append(type_name(parser))
        if parser.accept(",") is None:
            break
    parser.expect(">")
    parser.expect("->")
    return FunctionType(tuple(taken), type_name(parser))
