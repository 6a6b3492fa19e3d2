"""Which names a Python script assigns, keeps to itself or may change in place, read off its syntax tree once."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from .methods import MUTATING

_SCALAR_CALLS = frozenset(
    "len int float str bool round abs ord chr repr isinstance now today matches any all sum".split()  # noqa: SIM905
)
_IN_PLACE = (ast.Add, ast.Mult, ast.BitOr)
_ALWAYS_NEW = (ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.LShift, ast.RShift)
_OWN_NAMES = (ast.FunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def outside_functions(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Go through the nodes of `body` except what has names of its own (functions, lambdas, comprehensions)."""
    rest = list(body)
    while rest:
        node = rest.pop()
        yield node
        if not isinstance(node, _OWN_NAMES):
            rest.extend(ast.iter_child_nodes(node))


def assigned_names(body: Iterable[ast.AST]) -> frozenset[str]:
    """Return the names that `body` binds or deletes."""
    return frozenset(
        node.id for node in outside_functions(body) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    )


def deleted_names(body: Iterable[ast.AST]) -> frozenset[str]:
    """Return the names that `body` deletes."""
    return frozenset(
        node.id for node in outside_functions(body) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del)
    )


def loop_names(body: Iterable[ast.AST]) -> frozenset[str]:
    """Return the names that are targets of `for` statements."""
    loops = [node.target for node in outside_functions(body) if isinstance(node, ast.For)]
    return frozenset(
        node.id
        for target in loops
        for node in outside_functions([target])
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )


def scalar_names(body: list[ast.stmt], parameters: Iterable[str] = ()) -> frozenset[str]:
    """Return the names that can only hold texts, numbers and the like: all they are ever assigned is such a value."""
    plain = [node for node in outside_functions(body) if isinstance(node, ast.Assign | ast.AnnAssign)]
    scalar: set[str] = set()
    counted: list[ast.expr] = []
    for node in plain:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [target for target in targets if isinstance(target, ast.Name)]
        if node.value is not None and _is_scalar(node.value):
            scalar.update(target.id for target in names)
            counted.extend(names)
    counted.extend(node.target for node in outside_functions(body) if isinstance(node, ast.AugAssign))
    known = {id(target) for target in counted}
    others = {node.id for node in outside_functions(body) if isinstance(node, ast.Name) and _is_other(node, known)}
    return frozenset(scalar - others - set(parameters))


def _is_other(node: ast.Name, known: set[int]) -> bool:
    return not isinstance(node.ctx, ast.Load) and id(node) not in known


def _is_scalar(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Add | ast.Sub):
            return _is_scalar(node.left) or _is_scalar(node.right)
        return isinstance(node.op, _ALWAYS_NEW) or (_is_scalar(node.left) and _is_scalar(node.right))
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in _SCALAR_CALLS
    if isinstance(node, ast.IfExp):
        return _is_scalar(node.body) and _is_scalar(node.orelse)
    if isinstance(node, ast.UnaryOp):
        return True
    return isinstance(node, ast.Constant | ast.JoinedStr | ast.Compare)


def changes_in_place(tree: ast.Module) -> bool:
    """Return whether the script may change a value in place, so that it must work on copies of what it reads."""
    bodies: list[tuple[list[ast.stmt], list[str]]] = [(tree.body, [])]
    bodies.extend(
        (node.body, [argument.arg for argument in node.args.args])
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    )
    if any(_changes(node) for node in ast.walk(tree)):
        return True
    return any(_augments(body, parameters) for body, parameters in bodies)


def _changes(node: ast.AST) -> bool:
    if isinstance(node, ast.Subscript | ast.Attribute):
        return not isinstance(node.ctx, ast.Load) or (isinstance(node, ast.Attribute) and node.attr in MUTATING)
    return False


def _augments(body: list[ast.stmt], parameters: list[str]) -> bool:
    scalar = scalar_names(body, parameters)
    augmented = [node for node in outside_functions(body) if isinstance(node, ast.AugAssign)]
    return any(
        isinstance(node.op, _IN_PLACE) and not (isinstance(node.target, ast.Name) and node.target.id in scalar)
        for node in augmented
    )
