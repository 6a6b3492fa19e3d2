"""Python's literals, names, operators, dots and subscripts, compiled to closures."""

from __future__ import annotations

import ast

from . import calls, lookups, nodes
from .evaluator import Node
from .nodes import Constant
from .python_compiler import Compiler, handles
from .python_refusals import words_for
from .python_source import Source

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.LShift: "<<", ast.RShift: ">>", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
    ast.USub: "-", ast.UAdd: "+", ast.Invert: "~",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
}  # fmt: skip


_CONSTANTS = {complex: "use float(...)", bytes: "use a text without b", type(...): "use None"}


def symbol_of(operator: ast.AST) -> str:
    """Return how a Python operator is written."""
    return _OPERATORS[type(operator)]


def arithmetic_symbol(source: Source, node: ast.BinOp | ast.AugAssign) -> str:
    """Return how the operator between two values is written; raises SyntaxRefused for one that does not exist here."""
    if type(node.op) not in _OPERATORS:
        what, hint = words_for(node.op)
        raise source.refusal(node, f"Expected an operator that exists here but got {what}", hint)
    return symbol_of(node.op)


@handles(ast.Constant)
def _constant(compiler: Compiler, node: ast.Constant) -> Node:
    value = node.value
    if type(value) is float and value - value != 0.0:
        raise compiler.source.refusal(
            node, "Expected a finite number but the literal is too large", "write it as a text"
        )
    if type(value) is int and value.bit_length() > compiler.source.limits.integer_bits:
        sentence = f"Expected integers of at most {compiler.source.limits.integer_bits} bits but got a wider one"
        raise compiler.source.refusal(node, sentence, "write it as a text")
    if type(value) not in (type(None), bool, int, float, str):
        sentence = f"Expected a text or a number but got {type(value).__name__}"
        raise compiler.source.refusal(node, sentence, _CONSTANTS.get(type(value), "use a text or a number"))
    return Constant(value)


@handles(ast.Name)
def _name(compiler: Compiler, node: ast.Name) -> Node:
    refuse_dunder(compiler, node, node.id)
    return compiler.scope.load(node.id, compiler.source.place(node))


def refuse_dunder(compiler: Compiler, node: ast.AST, name: str) -> None:
    """Refuse names such as `__class__`, which lead into Python itself."""
    if name.startswith("__"):
        raise compiler.source.refusal(node, f"Expected a name without leading '__' but got '{name[:80]}'", "rename it")


@handles(ast.BinOp)
def _binary(compiler: Compiler, node: ast.BinOp) -> Node:
    left, right = compiler.compile(node.left), compiler.compile(node.right)
    return nodes.arithmetic(arithmetic_symbol(compiler.source, node), left, right, compiler.source.place(node))


@handles(ast.UnaryOp)
def _unary(compiler: Compiler, node: ast.UnaryOp) -> Node:
    operand = compiler.compile(node.operand)
    if isinstance(node.op, ast.Not):
        return nodes.opposite(operand)
    return nodes.unary(symbol_of(node.op), operand, compiler.source.place(node))


@handles(ast.BoolOp)
def _logic(compiler: Compiler, node: ast.BoolOp) -> Node:
    values = [compiler.compile(value) for value in node.values]
    return nodes.both(values) if isinstance(node.op, ast.And) else nodes.either(values)


@handles(ast.Compare)
def _compare(compiler: Compiler, node: ast.Compare) -> Node:
    place = compiler.source.place(node)
    if len(node.ops) == 1:
        left, (right,), (operator,) = node.left, node.comparators, node.ops
        if isinstance(operator, ast.Is | ast.IsNot):
            return _identity(compiler, node, left, right, same=isinstance(operator, ast.Is))
        return nodes.comparison(
            symbol_of(operator), compiler.compile(left), _candidates(compiler, operator, right), place
        )
    if any(isinstance(operator, ast.Is | ast.IsNot) for operator in node.ops):
        raise compiler.source.refusal(
            node, "Expected a chain of comparisons but got one with 'is'", "join them with 'and'"
        )
    links = [(symbol_of(each), compiler.compile(right)) for each, right in zip(node.ops, node.comparators, strict=True)]
    return nodes.chain(compiler.compile(node.left), links, place)


def _candidates(compiler: Compiler, operator: ast.cmpop, node: ast.expr) -> Node:
    fixed = isinstance(operator, ast.In | ast.NotIn) and isinstance(node, ast.List | ast.Tuple)
    if fixed and all(isinstance(item, ast.Constant) for item in node.elts):  # type: ignore[attr-defined]
        values = [compiler.compile(item) for item in node.elts]  # type: ignore[attr-defined]
        return Constant(tuple(value.value for value in values if isinstance(value, Constant)))
    return compiler.compile(node)


def _identity(compiler: Compiler, node: ast.Compare, left: ast.expr, right: ast.expr, *, same: bool) -> Node:
    if not isinstance(right, ast.Constant) or not (right.value is None or isinstance(right.value, bool)):
        raise compiler.source.refusal(node, "Expected None, True or False after 'is' but got something else", "use ==")
    return nodes.identity(compiler.compile(left), right.value, same=same)


@handles(ast.IfExp)
def _conditional(compiler: Compiler, node: ast.IfExp) -> Node:
    return nodes.conditional(compiler.compile(node.test), compiler.compile(node.body), compiler.compile(node.orelse))


@handles(ast.Attribute)
def _attribute(compiler: Compiler, node: ast.Attribute) -> Node:
    refuse_dunder(compiler, node, node.attr)
    return lookups.key_of(compiler.compile(node.value), node.attr, compiler.source.place(node))


@handles(ast.Subscript)
def _subscript(compiler: Compiler, node: ast.Subscript) -> Node:
    holder, place = compiler.compile(node.value), compiler.source.place(node)
    if not isinstance(node.slice, ast.Slice):
        return lookups.item_of(holder, compiler.compile(node.slice), place)
    bounds = (node.slice.lower, node.slice.upper, node.slice.step)
    return calls.part_of(holder, [None if each is None else compiler.compile(each) for each in bounds], place)
