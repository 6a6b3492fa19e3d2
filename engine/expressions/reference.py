"""The tables of docs/expressions.md: what may be called, from the tables the compiler looks names up in."""

from __future__ import annotations

from collections.abc import Iterable

from .functions import FUNCTIONS
from .juel import OFFERED
from .limits import DEFAULT_LIMITS
from .methods import METHODS, MUTATING
from .python_refusals import REFUSED, REFUSED_CALLS
from .registry import Function
from .values import OrderedSet

_KINDS = {str: "text", list: "list", dict: "dictionary", tuple: "tuple", OrderedSet: "set"}


def tables() -> dict[str, str]:
    """Return each generated table by the name of its markers in the page, as Markdown without the markers."""
    return {
        "expression-functions": _functions(),
        "expression-methods": _methods(),
        "expression-limits": _limits(),
        "expression-refusals": _refusals(),
    }


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = tuple(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _functions() -> str:
    rows = [
        (f"`{each.signature}`", each.purpose, "yes" if name in OFFERED else "")
        for name, each in sorted(FUNCTIONS.items())
    ]
    rows.append(("`isinstance(x, kind)`", "True when `x` is of the kind `str`, `int`, `list` ...", ""))
    return _table(("Function", "Gives", "also in `${...}`"), sorted(rows))


def _methods() -> str:
    rows: list[tuple[str, str, str]] = []
    for kind, methods in METHODS.items():
        rows.extend((_KINDS[kind], f"`.{each.signature}`", _purpose(each)) for _, each in sorted(methods.items()))
    return _table(("Of a", "Method", "Gives"), rows)


def _purpose(method: Function) -> str:
    return f"{method.purpose} (scripts only)" if method.name in MUTATING else method.purpose


def _limits() -> str:
    meaning = {
        "source_length": "characters of one text",
        "steps": "work of one evaluation: loop turns and calls by their size, growth of values",
        "string_length": "characters of one text value",
        "collection_size": "items of one collection; of a result, of everything in it together",
        "integer_bits": "width of an integer",
        "nesting": "levels of brackets and operators in the text, and of collections in a value",
        "call_depth": "open calls of a script's own functions",
    }
    return _table(
        ("Limit", "Default", "Counts"),
        [(f"`{name}`", f"{getattr(DEFAULT_LIMITS, name):,}", text) for name, text in meaning.items()],
    )


def _refusals() -> str:
    syntax = {what: hint for what, hint in REFUSED.values() if hint}
    calls = {f"`{name}(...)`": hint for name, hint in REFUSED_CALLS.items()}
    return _table(("Not here", "Instead"), [*sorted(syntax.items()), *sorted(calls.items())])
