"""The tables of docs/expressions.md: what may be called, from the tables the compiler looks names up in."""

from __future__ import annotations

from collections.abc import Iterable

from . import examples
from .functions import FUNCTIONS
from .juel import OFFERED
from .limits import DEFAULT_LIMITS
from .methods import KINDS, METHODS, MUTATING
from .python_refusals import EXCEPTION_HINT, REFUSED, REFUSED_CALLS, REFUSED_METHODS
from .registry import Function


def tables() -> dict[str, str]:
    """Return each generated table by the name of its markers in the page, as Markdown without the markers."""
    return {
        "expression-operators": _constructs(examples.EXPRESSIONS),
        "expression-statements": _constructs(examples.STATEMENTS),
        "expression-juel": _constructs(examples.JUEL),
        "expression-functions": _functions(),
        "expression-methods": _methods(),
        "expression-limits": _limits(),
        "expression-refusals": _refusals(),
    }


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = tuple(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _code(text: str) -> str:
    return "<br>".join(f"`{line}`" for line in text.split("\n"))


def _constructs(rows: Iterable[examples.Construct]) -> str:
    heads = ("Written", "Means", "Example", "Gives")
    return _table(heads, [(one.written, one.means, _code(one.text), _code(one.gives)) for one in rows])


def _functions() -> str:
    offered = {name: (each.signature, each.purpose) for name, each in FUNCTIONS.items()}
    offered["isinstance"] = ("isinstance(x, kind)", "True when `x` is of the kind `str`, `int`, `list` ...")
    rows = []
    for name, (signature, purpose) in sorted(offered.items()):
        example = examples.FUNCTIONS[name]
        marked = "yes" if name in OFFERED else ""
        rows.append((f"`{signature}`", purpose, _code(example.text), _code(example.gives), marked))
    return _table(("Function", "Gives", "Example", "Is", "also in `${...}`"), rows)


def _methods() -> str:
    rows: list[tuple[str, ...]] = []
    for kind, methods in METHODS.items():
        for name, each in sorted(methods.items()):
            example = examples.METHODS[KINDS[kind]][name]
            row = (KINDS[kind], f"`.{each.signature}`", _purpose(each))
            rows.append((*row, _code(example.text), _code(example.gives)))
    return _table(("Of a", "Method", "Gives", "Example", "Is"), rows)


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
    """Syntax first, then functions and methods, those with the same advice together."""
    advice: dict[str, list[str]] = {}
    for what, hint in sorted(set(REFUSED.values())):
        advice.setdefault(f"0{hint}", []).append(what)
    for name, hint in sorted(REFUSED_CALLS.items()):
        advice.setdefault(f"1{hint}", []).append(f"`{name}(...)`")
    advice.setdefault(f"1{EXCEPTION_HINT}", []).append("`ValueError(...)` and all other exceptions")
    for name, hint in sorted(REFUSED_METHODS.items()):
        advice.setdefault(f"2{hint}", []).append(f"`.{name}(...)`")
    rows = sorted((hint[0], ", ".join(what), hint[1:]) for hint, what in advice.items())
    return _table(("Not here", "Instead"), [(what, hint) for _, what, hint in rows])
