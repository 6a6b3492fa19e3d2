"""Python statements compiled to closures: one function per kind of statement, everything else is refused."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TypeVar

from . import calls, items, statements
from .comprehensions import Store
from .evaluator import Node, Step
from .lookups import get_item
from .names import assigned_names, deleted_names, scalar_names
from .nodes import Constant
from .operators import BINARY
from .python_collections import unpacking
from .python_compiler import Compiler, cost_of
from .python_operators import arithmetic_symbol, refuse_dunder
from .python_refusals import words_for
from .statements import OwnCode

_Handler = TypeVar("_Handler", bound=Callable[..., Step])
_HANDLERS: dict[type[ast.AST], Callable[..., Step]] = {}


class ScriptCompiler:
    """Compiles the statements of a script or of one of its functions.

    `deleted` are the names that may be unbound again, `scalar` those that never hold a collection.
    """

    def __init__(self, compiler: Compiler, body: list[ast.stmt], parameters: Sequence[str] = ()) -> None:
        self.compiler = compiler
        self.source = compiler.source
        self.scope = compiler.scope
        self.deleted = deleted_names(body)
        self.scalar = scalar_names(body, parameters)
        self.loops = 0

    def block(self, body: Sequence[ast.stmt]) -> Step:
        """Compile statements that are carried out one after the other."""
        return statements.block([self.statement(node) for node in body])

    def statement(self, node: ast.stmt) -> Step:
        """Compile a statement; raises SyntaxRefused for what does not exist here."""
        handler = _HANDLERS.get(type(node))
        if handler is None:
            what, hint = words_for(node)
            raise self.source.refusal(node, f"Expected a statement that exists here but got {what}", hint)
        step = handler(self, node)
        self.scope.sure -= self.deleted
        return step

    def expression(self, node: ast.expr) -> Node:
        """Compile an expression."""
        return self.compiler.compile(node)

    def store(self, target: ast.expr) -> Store:
        """Compile a target of an assignment."""
        place = self.source.place(target)
        if isinstance(target, ast.Name):
            refuse_dunder(self.compiler, target, target.id)
            return self.scope.store(target.id)
        if isinstance(target, ast.Tuple | ast.List):
            return unpacking(self.compiler, target, self.store)
        if isinstance(target, ast.Attribute):
            refuse_dunder(self.compiler, target, target.attr)
            return items.set_dotted(self.expression(target.value), target.attr, place)
        if isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Slice):
            return items.set_item(self.expression(target.value), self.expression(target.slice), place)
        raise self.source.refusal(
            target,
            "Expected a name, a key or an index to assign but got something else",
            "build the list anew: xs[:1] + ys",
        )

    def loop(self, body: Sequence[ast.stmt]) -> Step:
        """Compile the body of a loop, which may not be carried out at all."""
        before = set(self.scope.sure)
        self.loops += 1
        step = self.block(body)
        self.loops -= 1
        self.scope.sure = before
        return step

    def otherwise(self, body: Sequence[ast.stmt]) -> Step | None:
        """Compile the `else` of a loop."""
        before = set(self.scope.sure)
        step = self.block(body) if body else None
        self.scope.sure = before
        return step


def _statement(kind: type[ast.AST]) -> Callable[[_Handler], _Handler]:
    def register(handler: _Handler) -> _Handler:
        _HANDLERS[kind] = handler
        return handler

    return register


@_statement(ast.Expr)
def _expression(script: ScriptCompiler, node: ast.Expr) -> Step:
    return statements.evaluate(script.expression(node.value))


@_statement(ast.Pass)
def _pass(_script: ScriptCompiler, _node: ast.Pass) -> Step:
    return statements.block([])


@_statement(ast.Assign)
def _assign(script: ScriptCompiler, node: ast.Assign) -> Step:
    value = script.expression(node.value)
    return _assignment(script, node.targets, value)


def _assignment(script: ScriptCompiler, targets: Sequence[ast.expr], value: Node) -> Step:
    stores = [script.store(target) for target in targets]
    first = targets[0]
    if len(targets) == 1 and isinstance(first, ast.Name) and not script.scope.is_slot(first.id):
        return statements.assign_name(first.id, value)
    return statements.assign(stores, value)


@_statement(ast.AnnAssign)
def _annotated(script: ScriptCompiler, node: ast.AnnAssign) -> Step:
    if node.value is None:
        raise script.source.refusal(
            node, "Expected a value after the annotation but there is none", "write name: kind = value"
        )
    return _assignment(script, [node.target], script.expression(node.value))


@_statement(ast.AugAssign)
def _augmented(script: ScriptCompiler, node: ast.AugAssign) -> Step:
    symbol, place, target = arithmetic_symbol(script.source, node), script.source.place(node), node.target
    if isinstance(target, ast.Name):
        new = target.id in script.scalar or not script.scope.copying
        load = script.scope.load(target.id, script.source.place(target))
        value = script.expression(node.value)
        compute = BINARY[symbol] if new else items.in_place(symbol)
        return items.change_name(load, script.store(target), value, compute, place)
    compute = items.in_place(symbol)
    script.store(target)
    holder = script.expression(target.value)
    if isinstance(target, ast.Attribute):
        key: Node = Constant(target.attr)
        return items.change_item(holder, key, script.expression(node.value), items.get_dotted, compute, place)
    key = script.expression(target.slice)
    return items.change_item(holder, key, script.expression(node.value), get_item, compute, place)


@_statement(ast.Delete)
def _delete(script: ScriptCompiler, node: ast.Delete) -> Step:
    return statements.block([_delete_one(script, target) for target in node.targets])


def _delete_one(script: ScriptCompiler, target: ast.expr) -> Step:
    place = script.source.place(target)
    if isinstance(target, ast.Name):
        if script.scope.is_slot(target.id):
            raise script.source.refusal(
                target, "Expected a variable of the script after del but got a local one", "assign None"
            )
        return statements.delete_name(target.id, place)
    if isinstance(target, ast.Attribute):
        refuse_dunder(script.compiler, target, target.attr)
        return items.delete_item(script.expression(target.value), Constant(target.attr), place)
    if isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Slice):
        return items.delete_item(script.expression(target.value), script.expression(target.slice), place)
    raise script.source.refusal(
        target,
        "Expected a name, a key or an index after del but got something else",
        "assign what is left: xs = xs[2:]",
    )


@_statement(ast.If)
def _if(script: ScriptCompiler, node: ast.If) -> Step:
    test = script.expression(node.test)
    before = set(script.scope.sure)
    then = script.block(node.body)
    after_then, script.scope.sure = script.scope.sure, before
    otherwise = script.block(node.orelse) if node.orelse else None
    script.scope.sure = script.scope.sure & after_then
    return statements.branch(test, then, otherwise)


@_statement(ast.For)
def _for(script: ScriptCompiler, node: ast.For) -> Step:
    iterable = script.expression(node.iter)
    before = set(script.scope.sure)
    store = script.store(node.target)
    body = script.loop(node.body)
    script.scope.sure = before
    cost = cost_of(node.target, *node.body)
    return statements.for_each(store, iterable, body, script.otherwise(node.orelse), cost, script.source.place(node))


@_statement(ast.While)
def _while(script: ScriptCompiler, node: ast.While) -> Step:
    test, body = script.expression(node.test), script.loop(node.body)
    cost = cost_of(node.test, *node.body)
    return statements.while_true(test, body, script.otherwise(node.orelse), cost, script.source.place(node))


@_statement(ast.Break)
def _break(script: ScriptCompiler, node: ast.Break) -> Step:
    return _leave(script, node, "break", statements.BREAK)


@_statement(ast.Continue)
def _continue(script: ScriptCompiler, node: ast.Continue) -> Step:
    return _leave(script, node, "continue", statements.CONTINUE)


def _leave(script: ScriptCompiler, node: ast.stmt, word: str, signal: object) -> Step:
    if not script.loops:
        raise script.source.refusal(node, f"Expected a loop around '{word}' but there is none", "use 'if' and 'else'")
    return statements.leave(signal)


class FunctionCompiler(ScriptCompiler):
    """Compiles the body of a function, in which `return` exists."""


@_statement(ast.Return)
def _return(script: ScriptCompiler, node: ast.Return) -> Step:
    if not isinstance(script, FunctionCompiler):
        raise script.source.refusal(node, "Expected a function around 'return' but there is none", "assign a variable")
    return statements.give_back(Constant(None) if node.value is None else script.expression(node.value))


class Definition:
    """A function that the script defines: its name, parameters and code."""

    def __init__(self, node: ast.FunctionDef, compiler: Compiler) -> None:
        self._node = node
        self._parameters = _parameters(node, compiler)
        self._code = OwnCode(node.name)

    def compile_call(self, compiler: Compiler, arguments: Sequence[Node], node: ast.Call, /) -> Node:
        """Compile a call; raises SyntaxRefused when the arguments do not fit the parameters."""
        if node.keywords or len(arguments) != len(self._parameters):
            wanted = f"{self._node.name}({', '.join(self._parameters)})"
            raise compiler.source.refusal(
                node, f"Expected arguments like {wanted} but got others", "pass them by position"
            )
        return statements.call_own(self._code, arguments, compiler.source.place(node))

    def compile_key(self, compiler: Compiler, node: ast.expr, /) -> Node:
        """Compile its use as key=."""
        if len(self._parameters) != 1:
            raise compiler.source.refusal(
                node,
                f"Expected a function of one argument but '{self._node.name}' takes others",
                "use key=lambda item: ...",
            )
        return calls.key_function(lambda frame, value: self._code.invoke(frame, [value]), compiler.source.place(node))

    def compile_body(self, compiler: Compiler) -> None:
        """Compile the body; its names are its own, other names are those of the script."""
        body = self._node.body
        own = assigned_names(body) - set(self._parameters)
        scope = compiler.scope.function([*self._parameters, *sorted(own)])
        inner = Compiler(compiler.source, scope, compiler.own, changing=True)
        self._code.body = FunctionCompiler(inner, body, self._parameters).block(body)
        self._code.slots = scope.slots
        self._code.cost = cost_of(*body)


def _parameters(node: ast.FunctionDef, compiler: Compiler) -> list[str]:
    every = node.args
    if every.vararg or every.kwarg or every.kwonlyargs or every.defaults or node.decorator_list:
        raise compiler.source.refusal(
            node, "Expected a function with plain parameters but got others", "leave out *, = and @"
        )
    names = [each.arg for each in (*every.posonlyargs, *every.args)]
    for name in (node.name, *names):
        refuse_dunder(compiler, node, name)
    return names
