"""What Python has and expressions do not, each with the words for it and what to use instead."""

from __future__ import annotations

import ast
import builtins

_TASK = "use a service task with a registered function"

REFUSED: dict[type[ast.AST], tuple[str, str]] = {
    ast.Import: ("an import", _TASK),
    ast.ImportFrom: ("an import", _TASK),
    ast.ClassDef: ("a class", "use dictionaries"),
    ast.AsyncFunctionDef: ("async", _TASK),
    ast.AsyncFor: ("async", _TASK),
    ast.AsyncWith: ("async", _TASK),
    ast.Await: ("await", _TASK),
    ast.Yield: ("yield", "collect the values in a list"),
    ast.YieldFrom: ("yield", "collect the values in a list"),
    ast.With: ("with", _TASK),
    ast.Try: ("try", "check first with 'in', .get(...) or isinstance(...)"),
    ast.TryStar: ("try", "check first with 'in', .get(...) or isinstance(...)"),
    ast.Raise: ("raise", "call bpmn_error(code, message)"),
    ast.Assert: ("assert", "use 'if' and bpmn_error(code, message)"),
    ast.Global: ("global", "pass the value as an argument and return the new one"),
    ast.Nonlocal: ("nonlocal", "pass the value as an argument and return the new one"),
    ast.Match: ("match", "use if/elif"),
    ast.NamedExpr: ("':='", "assign in a statement of its own in a script"),
    ast.Lambda: ("a lambda", "it may only stand as key=lambda item: ..."),
    ast.GeneratorExp: ("a generator", "put it into a call such as sum(...), or write a list with [...]"),
    ast.Starred: ("'*' here", "pass the list itself, or join lists with [*one, *other]"),
    ast.FunctionDef: ("a function inside a block", "define it at the top of the script"),
    ast.Slice: ("a slice", "use it inside [...]"),
    ast.MatMult: ("'@'", "use sum(x * y for x, y in zip(one, other))"),
}

REFUSED_CALLS: dict[str, str] = {
    **dict.fromkeys(
        (
            "__import__",
            "eval",
            "exec",
            "compile",
            "open",
            "input",
            "breakpoint",
            "globals",
            "locals",
            "vars",
            "memoryview",
            "exit",
            "quit",
            "help",
            "copyright",
            "credits",
            "license",
        ),
        _TASK,
    ),
    **dict.fromkeys(
        ("getattr", "setattr", "hasattr", "delattr", "dir"), "use a key: order['total'] or order.get('total')"
    ),
    **dict.fromkeys(("map", "filter"), "use a comprehension: [f(x) for x in items if test(x)]"),
    **dict.fromkeys(("iter", "next", "aiter", "anext"), "use a for loop or an index"),
    **dict.fromkeys(("staticmethod", "classmethod", "property"), "use dictionaries"),
    "bin": "use an f-string: f'{x:#b}'",
    "oct": "use an f-string: f'{x:#o}'",
    "hex": "use an f-string: f'{x:#x}'",
    "ascii": "use an f-string: f'{x!a}'",
    "slice": "use it inside [...]: x[a:b]",
    "print": "there is no output; assign the value to a variable to see it in the history",
    "type": "use isinstance(x, str)",
    "format": "use an f-string",
    "object": "use dictionaries",
    "frozenset": "use set(...) or tuple(...)",
    "bytes": "use texts",
    "bytearray": "use texts",
    "complex": "use float(...)",
    "id": "use ==",
    "hash": "use ==",
    "callable": "functions are not values here",
    "super": "use dictionaries",
}

REFUSED_METHODS: dict[str, str] = {
    "format": "use an f-string",
    "format_map": "use an f-string",
    "encode": "use texts",
    "translate": "use replace(...)",
    "maketrans": "use replace(...)",
    "fromkeys": "use a comprehension: {key: value for key in keys}",
    "intersection_update": "use x = x & other",
    "difference_update": "use x = x - other",
    "symmetric_difference_update": "use x = x ^ other",
    "now": "use now()",
    "today": "use today()",
}


_EXCEPTIONS = frozenset(
    name for name, one in vars(builtins).items() if isinstance(one, type) and issubclass(one, BaseException)
)
EXCEPTION_HINT = "call bpmn_error(code, message)"


def refused_call(name: str) -> str:
    """Return what to use instead of a function or class of Python, "" when the name is none of Python's."""
    return EXCEPTION_HINT if name in _EXCEPTIONS else REFUSED_CALLS.get(name, "")


def words_for(node: ast.AST) -> tuple[str, str]:
    """Return what a refused node is in words, and what to use instead (may be empty)."""
    return REFUSED.get(type(node), (type(node).__name__, ""))
