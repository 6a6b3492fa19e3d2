"""What follows a keyword: `if`, `for`, `some`, `every` and `function`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..evaluator import Node
from . import nodes_calls, nodes_lists, nodes_logic
from .functions import Parameter
from .names import spelled
from .nodes_lists import Domain
from .parser_types import type_name
from .types import ANY

if TYPE_CHECKING:
    from .parser import Parser


def _if(parser: Parser) -> Node:
    parser.take()
    test = parser.expression()
    parser.expect("then")
    then = parser.expression()
    parser.expect("else")
    return nodes_logic.conditional(test, then, parser.expression())


def _for(parser: Parser) -> Node:
    first = parser.position
    parser.take()
    results = parser.scope.slot()
    domains = _domains(parser, "return")
    parser.scope.levels[-1].declare("partial", results)
    parser.partials.add(results)
    body = parser.expression()
    _close(parser, domains)
    return nodes_lists.iterated(domains, body, results, _cost(parser, first))


def _quantified(parser: Parser) -> Node:
    first = parser.position
    some = parser.take().text == "some"
    domains = _domains(parser, "satisfies")
    test = parser.expression()
    _close(parser, domains)
    return nodes_lists.quantified(domains, test, _cost(parser, first), some=some)


def _cost(parser: Parser, first: int) -> int:
    return 1 + (parser.position - first >> 2)


def _domains(parser: Parser, end: str) -> list[Domain]:
    domains: list[Domain] = []
    while True:
        name = _iterator_name(parser)
        place = parser.source.place(parser.expect("in"))
        start = parser.expression()
        last = parser.expression() if parser.accept("..") else None
        slot = parser.scope.slot()
        domains.append(Domain(slot, start, last, place))
        if domains[-1].is_raw:
            parser.raw.add(slot)
        parser.scope.open().declare(name, slot)
        if parser.accept(",") is None:
            break
    parser.expect(end)
    return domains


def _close(parser: Parser, domains: list[Domain]) -> None:
    for _ in domains:
        parser.scope.close()


def _iterator_name(parser: Parser) -> str:
    first = last = parser.here
    if first.kind == "quoted":
        return str(parser.take().value)
    while parser.here.kind in ("name", "number") and (parser.here is first or parser.here.text != "in"):
        last = parser.take()
    if first.kind != "name":
        raise parser.refusal(f"Expected a name to go through a list with but found {parser.shown(first)}", "", first)
    return spelled(parser.source, first, last)


def _function(parser: Parser) -> Node:
    first = parser.position
    place = parser.source.place(parser.take())
    parser.expect("(")
    level = parser.scope.open()
    parameters: list[Parameter] = []
    slots: list[int] = []
    while not parser.at(")"):
        parameter = _parameter(parser)
        slot = parser.scope.slot()
        level.declare(parameter.name, slot)
        parameters.append(parameter)
        slots.append(slot)
        if parser.accept(",") is None:
            break
    parser.expect(")")
    external = parser.accept("external")
    body: Node | None = parser.expression()
    parser.scope.close()
    if external is not None:
        parser.externals.append(place)
        body = None
    return nodes_calls.definition(parameters, slots, body, _cost(parser, first), place)


def _parameter(parser: Parser) -> Parameter:
    first = last = parser.here
    while parser.here.kind in ("name", "number") or parser.at("'", "+", "-", "*", "/", "."):
        last = parser.take()
    if first.kind not in ("name", "quoted"):
        raise parser.refusal(f"Expected the name of a parameter but found {parser.shown(first)}", "", first)
    if first.kind == "quoted":
        parser.take()
    name = str(first.value) if first.kind == "quoted" else spelled(parser.source, first, last)
    return Parameter(name, type_name(parser) if parser.accept(":") else ANY)


KEYWORD_FORMS: dict[str, Callable[[Parser], Node]] = {
    "if": _if,
    "for": _for,
    "some": _quantified,
    "every": _quantified,
    "function": _function,
}
