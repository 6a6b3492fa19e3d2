"""Python's displays, comprehensions and f-strings, compiled to closures."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from . import comprehensions
from .comprehensions import Store, Turns
from .errors import FAULTS, EvaluationFailed, Place, located
from .evaluator import Frame, Node
from .functions_collections import as_list
from .operators import room_for_items
from .python_compiler import Compiler, cost_of, handles
from .texts import field, joined
from .values import OrderedSet, describe

_CONVERSIONS: dict[int, Callable[[Any], str]] = {ord("s"): str, ord("r"): repr, ord("a"): ascii}


@handles(ast.List)
def _list(compiler: Compiler, node: ast.List) -> Node:
    return _items(compiler, node.elts, compiler.source.place(node))


@handles(ast.Tuple)
def _tuple(compiler: Compiler, node: ast.Tuple) -> Node:
    items = _items(compiler, node.elts, compiler.source.place(node))
    return lambda frame: tuple(items(frame))


@handles(ast.Set)
def _set(compiler: Compiler, node: ast.Set) -> Node:
    place = compiler.source.place(node)
    items = _items(compiler, node.elts, place)

    def run(frame: Frame) -> OrderedSet:
        found = OrderedSet()
        for item in items(frame):
            comprehensions.put_key(frame, found.items, item, None, place)
        return found

    return run


def _items(compiler: Compiler, elements: Sequence[ast.expr], place: Place) -> Node:
    if not any(isinstance(each, ast.Starred) for each in elements):
        parts = [compiler.compile(each) for each in elements]
        return lambda frame: [part(frame) for part in parts]
    groups = [
        (isinstance(each, ast.Starred), compiler.compile(each.value if isinstance(each, ast.Starred) else each))
        for each in elements
    ]

    def run(frame: Frame) -> list[Any]:
        found: list[Any] = []
        for starred, part in groups:
            value = part(frame)
            try:
                found += as_list(frame, value) if starred else (value,)
                room_for_items(frame, len(found))
            except FAULTS as error:
                raise located(error, place, "'*'") from None
        return found

    return run


@handles(ast.Dict)
def _dict(compiler: Compiler, node: ast.Dict) -> Node:
    place = compiler.source.place(node)
    pairs = [
        (None if key is None else compiler.compile(key), compiler.compile(value))
        for key, value in zip(node.keys, node.values, strict=True)
    ]

    def run(frame: Frame) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key, value in pairs:
            if key is None:
                _merge(frame, found, value(frame), place)
            else:
                comprehensions.put_key(frame, found, key(frame), value(frame), place)
        return found

    return run


def _merge(frame: Frame, found: dict[Any, Any], value: Any, place: Place) -> None:
    if type(value) is not dict:
        raise EvaluationFailed(f"Expected a dictionary after '**' but got {describe(value)}", "", *place)
    try:
        room_for_items(frame, len(found) + len(value))
    except FAULTS as error:
        raise located(error, place, "'**'") from None
    found.update(value)


@handles(ast.ListComp)
def _list_comprehension(compiler: Compiler, node: ast.ListComp) -> Node:
    with compiler.scope.block():
        each = turns(compiler, node)
        return comprehensions.list_of(each, compiler.compile(node.elt))


@handles(ast.SetComp)
def _set_comprehension(compiler: Compiler, node: ast.SetComp) -> Node:
    with compiler.scope.block():
        each = turns(compiler, node)
        return comprehensions.set_of(each, compiler.compile(node.elt), compiler.source.place(node))


@handles(ast.DictComp)
def _dict_comprehension(compiler: Compiler, node: ast.DictComp) -> Node:
    with compiler.scope.block():
        each = turns(compiler, node)
        key, value = compiler.compile(node.key), compiler.compile(node.value)
        return comprehensions.dict_of(each, key, value, compiler.source.place(node))


def generator(compiler: Compiler, node: ast.GeneratorExp, *, lazy: bool) -> Node:
    """Compile a generator that is the argument of a call: to a list, or lazily for a call that may stop early."""
    with compiler.scope.block():
        each = turns(compiler, node)
        element = compiler.compile(node.elt)
        return comprehensions.lazily(each, element) if lazy else comprehensions.list_of(each, element)


_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def turns(compiler: Compiler, node: _Comprehension) -> Turns:
    """Compile the `for` clauses of a comprehension; the caller has opened the block of its names."""
    clauses = []
    for clause in node.generators:
        if clause.is_async:
            raise compiler.source.refusal(node, "Expected a comprehension but got an async one", "leave out async")
        iterable = compiler.compile(clause.iter)
        target = block_target(compiler, clause.target)
        clauses.append((iterable, target, [compiler.compile(test) for test in clause.ifs]))
    return comprehensions.turns(clauses, cost_of(node), compiler.source.place(node))


def block_target(compiler: Compiler, target: ast.expr) -> Store:
    """Compile a target whose names belong to the innermost block."""
    if isinstance(target, ast.Name):
        compiler.scope.declare(target.id)
        return compiler.scope.store(target.id)
    if isinstance(target, ast.Tuple | ast.List):
        return unpacking(compiler, target, lambda each: block_target(compiler, each))
    raise compiler.source.refusal(
        target, "Expected names between 'for' and 'in' but got something else", "use names: for x, y in pairs"
    )


def unpacking(compiler: Compiler, target: ast.Tuple | ast.List, store: Callable[[ast.expr], Store]) -> Store:
    """Compile a target that takes a collection apart, each part stored by `store`."""
    starred = [index for index, each in enumerate(target.elts) if isinstance(each, ast.Starred)]
    if len(starred) > 1:
        raise compiler.source.refusal(
            target, "Expected at most one '*' among the targets but got more", "take the collection apart in two steps"
        )
    parts = [store(each.value if isinstance(each, ast.Starred) else each) for each in target.elts]
    return comprehensions.unpacked(parts, starred[0] if starred else None, compiler.source.place(target))


@handles(ast.JoinedStr)
def _formatted_text(compiler: Compiler, node: ast.JoinedStr) -> Node:
    return joined([compiler.compile(part) for part in node.values], compiler.source.place(node))


@handles(ast.FormattedValue)
def _field(compiler: Compiler, node: ast.FormattedValue) -> Node:
    specification = None if node.format_spec is None else compiler.compile(node.format_spec)
    write = _CONVERSIONS.get(node.conversion)
    return field(compiler.compile(node.value), write, specification, compiler.source.place(node))
