"""FEEL, the expression language of DMN 1.5 (chapter 10): complete, exact in 34 digits, bounded; usable on its own."""

from __future__ import annotations

from .faults import Warned
from .library import (
    Feel,
    Result,
    compile,  # noqa: A004 - read as feel.compile
    compile_unary_tests,
    evaluate,
    function,
    to_json,
    unary_tests,
)

__all__ = [
    "Feel",
    "Result",
    "Warned",
    "compile",
    "compile_unary_tests",
    "evaluate",
    "function",
    "to_json",
    "unary_tests",
]
