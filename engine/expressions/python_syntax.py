"""Python syntax: text to expressions and scripts of the one evaluator."""

from __future__ import annotations

import ast

from . import python_calls, python_collections, python_operators, statements
from .evaluator import Expression, Script, Step
from .limits import Limits
from .names import assigned_names, changes_in_place, loop_names
from .python_compiler import Compiler
from .python_scripts import Definition, ScriptCompiler
from .python_source import Source
from .scope import Scope

__all__ = ["compile_expression", "compile_script", "python_calls", "python_collections", "python_operators"]

SYNTAX = "python"


def compile_expression(text: str, limits: Limits) -> Expression:
    """Compile an expression in Python syntax; raises SyntaxRefused."""
    source = Source(text, limits, expression=True)
    tree = source.tree
    if not isinstance(tree, ast.Expression):
        raise TypeError(f"Expected an expression tree but got {type(tree).__name__}")
    scope = Scope()
    node = Compiler(source, scope).compile(tree.body)
    return Expression(
        source=text,
        syntax=SYNTAX,
        node=node,
        names=frozenset(scope.reads),
        limits=limits,
        slots=scope.slots,
        at_rest=_is_at_rest(tree.body),
    )


def _is_at_rest(node: ast.expr) -> bool:
    # What is only read out of variables is a value at rest already and needs no second check.
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name | ast.Compare)


def compile_script(text: str, limits: Limits) -> Script:
    """Compile a script in Python syntax; raises SyntaxRefused."""
    source = Source(text, limits, expression=False)
    tree = source.tree
    if not isinstance(tree, ast.Module):
        raise TypeError(f"Expected a module tree but got {type(tree).__name__}")
    assigned = assigned_names(tree.body)
    local = loop_names(tree.body) | {name for name in assigned if name.startswith("_")}
    copying = changes_in_place(tree)
    scope = Scope(assigned, local, copying=copying)
    step = _compile_body(tree, Compiler(source, scope, changing=True))
    reads = frozenset(scope.reads)
    return Script(
        source=text,
        syntax=SYNTAX,
        step=step,
        reads=reads,
        writes=assigned - local | (reads if copying else frozenset()),
        limits=limits,
        local=local,
        slots=scope.slots,
    )


def _compile_body(tree: ast.Module, compiler: Compiler) -> Step:
    definitions = {node.name: Definition(node, compiler) for node in tree.body if isinstance(node, ast.FunctionDef)}
    compiler.own = definitions
    script = ScriptCompiler(compiler, tree.body)
    steps = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            definitions[node.name].compile_body(compiler)
        else:
            steps.append(script.statement(node))
    return statements.block(steps)
