"""The compiler of Python expressions: finds the handler of each kind of syntax node and refuses what has none."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from .evaluator import Node
from .python_refusals import words_for
from .python_source import Source
from .scope import Scope

_Handler = TypeVar("_Handler", bound=Callable[..., Node])
_HANDLERS: dict[type[ast.AST], Callable[..., Node]] = {}
_HEAVY = 8
_HEAVY_NODES = (ast.Call, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.JoinedStr)


class OwnFunction(Protocol):
    """What the compiler knows about a function that the script itself defines."""

    def compile_call(self, compiler: Compiler, arguments: Sequence[Node], node: ast.Call, /) -> Node:
        """Compile a call; raises SyntaxRefused when the arguments do not fit."""

    def compile_key(self, compiler: Compiler, node: ast.expr, /) -> Node:
        """Compile its use as a function of one value, as in sorted(..., key=...)."""


class Compiler:
    """Compiles the expressions of one text.

    `own` are the functions a script defines itself; `changing` allows methods that change what they are called on.
    """

    def __init__(
        self, source: Source, scope: Scope, own: Mapping[str, OwnFunction] | None = None, *, changing: bool = False
    ) -> None:
        self.source = source
        self.scope = scope
        self.own = own or {}
        self.changing = changing

    def compile(self, node: ast.expr) -> Node:
        """Return the closure of an expression; raises SyntaxRefused for what does not exist here."""
        handler = _HANDLERS.get(type(node))
        if handler is None:
            what, hint = words_for(node)
            raise self.source.refusal(node, f"Expected an expression that exists here but got {what}", hint)
        return handler(self, node)


def handles(kind: type[ast.AST]) -> Callable[[_Handler], _Handler]:
    """Let the decorated function compile the expressions of this kind of syntax node."""

    def register(handler: _Handler) -> _Handler:
        _HANDLERS[kind] = handler
        return handler

    return register


def cost_of(*trees: ast.AST) -> int:
    """Return the steps of computing all of `trees` once: eight nodes are one step, and so is a call or a display."""
    nodes = (node for tree in trees for node in ast.walk(tree))
    return 1 + sum(_HEAVY if isinstance(node, _HEAVY_NODES) else 1 for node in nodes) // _HEAVY
