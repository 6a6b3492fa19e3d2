"""The syntaxes an expression or a script may be written in: one line each."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from . import juel, python_syntax
from .errors import ExpressionError, SyntaxRefused
from .evaluator import Expression, Script
from .feel import syntax as feel_syntax
from .limits import DEFAULT_LIMITS, Limits


class Syntax(msgspec.Struct, frozen=True):
    """How a syntax compiles its expressions and, when it has them, its scripts."""

    expression: Callable[[str, Limits], Expression]
    script: Callable[[str, Limits], Script] | None = None


_SYNTAXES: dict[str, Syntax] = {
    "python": Syntax(python_syntax.compile_expression, python_syntax.compile_script),
    "juel": Syntax(juel.compile_expression),
    "feel": Syntax(feel_syntax.compile_expression, feel_syntax.compile_script),
}


def supported_syntaxes() -> tuple[str, ...]:
    """Return the names of the syntaxes, as `compile_expression` takes them."""
    return tuple(_SYNTAXES)


def compile_expression(source: str, syntax: str, limits: Limits = DEFAULT_LIMITS) -> Expression:
    """Compile an expression once, to be evaluated many times.

    `syntax` is one of `supported_syntaxes()`: "python", "feel", or "juel" for texts with `${...}`. Raises SyntaxRefused
    when the text does not parse, is too long or too deep, or uses something that does not exist here.
    """
    try:
        return _syntax(syntax, source).expression(source, limits)
    except ExpressionError as error:
        raise error.within(source) from None
    except RecursionError:
        raise _too_deep(source) from None


def compile_script(source: str, syntax: str, limits: Limits = DEFAULT_LIMITS) -> Script:
    """Compile a script once, to be run many times: in "python", or in "feel" a context. Raises SyntaxRefused."""
    compile_text = _syntax(syntax, source).script
    if compile_text is None:
        raise SyntaxRefused(f"Expected a script but '{syntax}' has expressions only", "use python", 1, 1, source)
    try:
        return compile_text(source, limits)
    except ExpressionError as error:
        raise error.within(source) from None
    except RecursionError:
        raise _too_deep(source) from None


def _too_deep(source: str) -> SyntaxRefused:
    sentence = "Expected text that nests less deeply but it needs more levels than Python allows here"
    return SyntaxRefused(sentence, "split it into several steps", 1, 1, source)


def _syntax(name: str, source: str) -> Syntax:
    syntax = _SYNTAXES.get(name)
    if syntax is None:
        known = ", ".join(_SYNTAXES)
        raise SyntaxRefused(f"Expected a known syntax but got '{name}'", f"use one of {known}", 1, 1, source)
    return syntax
