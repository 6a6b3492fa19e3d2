"""Python's calls: listed functions, listed methods, isinstance, key functions; every other call is refused."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Sequence

from . import calls, nodes
from .errors import SyntaxRefused
from .evaluator import Node
from .functions import FUNCTIONS
from .methods import METHODS, MUTATING
from .python_collections import generator
from .python_compiler import Compiler, cost_of, handles
from .python_operators import refuse_dunder
from .python_refusals import REFUSED_METHODS, refused_call
from .registry import Function

_LAZY = frozenset({"any", "all"})
_METHOD_NAMES = frozenset(name for methods in METHODS.values() for name in methods)


@handles(ast.Call)
def _call(compiler: Compiler, node: ast.Call) -> Node:
    if any(isinstance(each, ast.Starred) for each in node.args) or any(each.arg is None for each in node.keywords):
        raise compiler.source.refusal(
            node, "Expected plain arguments but got '*'", "pass the list or dictionary itself"
        )
    if isinstance(node.func, ast.Name):
        return _call_by_name(compiler, node, node.func.id)
    if isinstance(node.func, ast.Attribute):
        return _call_method(compiler, node, node.func)
    raise compiler.source.refusal(
        node, "Expected the name of a function before '(' but got something else", "functions are not values here"
    )


def _call_by_name(compiler: Compiler, node: ast.Call, name: str) -> Node:
    if name in compiler.own:
        return compiler.own[name].compile_call(compiler, _arguments(compiler, node), node)
    if name == "isinstance":
        return _is_kind(compiler, node)
    function = FUNCTIONS.get(name)
    if function is None:
        raise _refused_call(compiler, node, name)
    _check_arguments(compiler, node, [function])
    arguments = _arguments(compiler, node, lazy=name in _LAZY)
    return calls.call(function, arguments, _keywords(compiler, node), compiler.source.place(node))


def _refused_call(compiler: Compiler, node: ast.Call, name: str) -> SyntaxRefused:
    hint = refused_call(name) or _near(name, FUNCTIONS) or "use a service task with a registered function"
    return compiler.source.refusal(node, f"Expected a function that exists here but got '{name[:80]}'", hint)


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name[:80], list(known), n=2)
    return f"did you mean {' or '.join(near)}?" if near else ""


def _arguments(compiler: Compiler, node: ast.Call, *, lazy: bool = False) -> list[Node]:
    return [
        generator(compiler, each, lazy=lazy) if isinstance(each, ast.GeneratorExp) else compiler.compile(each)
        for each in node.args
    ]


def _keywords(compiler: Compiler, node: ast.Call) -> dict[str, Node]:
    found = {}
    for each in node.keywords:
        name = str(each.arg)
        refuse_dunder(compiler, node, name)
        found[name] = _key(compiler, each.value) if name == "key" else compiler.compile(each.value)
    return found


def _check_arguments(compiler: Compiler, node: ast.Call, candidates: Sequence[Function]) -> None:
    names = tuple(str(each.arg) for each in node.keywords)
    misfits = [candidate.misfit(len(node.args), names) for candidate in candidates]
    if all(misfits):
        raise compiler.source.refusal(node, misfits[0], f"write {candidates[0].signature}")


def _call_method(compiler: Compiler, node: ast.Call, function: ast.Attribute) -> Node:
    name = function.attr
    refuse_dunder(compiler, function, name)
    if name not in _METHOD_NAMES:
        hint = (
            REFUSED_METHODS.get(name) or _near(name, _METHOD_NAMES) or "use a service task with a registered function"
        )
        raise compiler.source.refusal(node, f"Expected a method that exists here but got '.{name[:80]}(...)'", hint)
    if name in MUTATING and not compiler.changing:
        raise compiler.source.refusal(
            node,
            f"Expected an expression that changes nothing but '.{name}(...)' changes what it is called on",
            "build a new value such as items + [x] or {**order, 'key': x}, or use a script task",
        )
    _check_arguments(compiler, node, [methods[name] for methods in METHODS.values() if name in methods])
    holder = compiler.compile(function.value)
    arguments = _arguments(compiler, node)
    return calls.call_method(holder, name, arguments, _keywords(compiler, node), compiler.source.place(node))


def _is_kind(compiler: Compiler, node: ast.Call) -> Node:
    if len(node.args) != 2 or node.keywords:
        raise compiler.source.refusal(
            node, "Expected arguments like isinstance(x, str) but got others", "write isinstance(x, str)"
        )
    value, kinds = node.args
    listed = kinds.elts if isinstance(kinds, ast.Tuple) else [kinds]
    names = [each.id if isinstance(each, ast.Name) else "" for each in listed]
    if not names or not set(names) <= set(calls.KIND_NAMES):
        hint = f"use {', '.join(calls.KIND_NAMES)}"
        raise compiler.source.refusal(kinds, "Expected the name of a kind of value for isinstance", hint)
    return calls.is_kind(compiler.compile(value), names)


def _key(compiler: Compiler, node: ast.expr) -> Node:
    if isinstance(node, ast.Lambda):
        return _lambda(compiler, node)
    if isinstance(node, ast.Name):
        if node.id in compiler.own:
            return compiler.own[node.id].compile_key(compiler, node)
        function = FUNCTIONS.get(node.id)
        if function is not None and not function.misfit(1):
            return calls.key_function(function.run, compiler.source.place(node))
    if isinstance(node, ast.Constant) and node.value is None:
        return nodes.Constant(None)
    raise compiler.source.refusal(
        node, "Expected a function after key= but got something else", "use key=lambda item: ..."
    )


def _lambda(compiler: Compiler, node: ast.Lambda) -> Node:
    arguments = node.args
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    if len(names) != 1 or arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.defaults:
        raise compiler.source.refusal(
            node, "Expected a lambda of one argument but got another one", "use key=lambda item: ..."
        )
    with compiler.scope.block():
        number = compiler.scope.declare(names[0])
        body = compiler.compile(node.body)
    return calls.key_of_lambda(number, body, cost_of(node))
