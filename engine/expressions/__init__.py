"""Bounded, deterministic expressions and scripts: text in one of several syntaxes, compiled once to closures."""

from __future__ import annotations

from .errors import BpmnErrorThrown, EvaluationFailed, ExpressionError, LimitExceeded, SyntaxRefused
from .evaluator import Expression, Script, Variables
from .limits import DEFAULT_LIMITS, Limits
from .syntaxes import compile_expression, compile_script, supported_syntaxes
from .values import Value, to_json_value

__all__ = [
    "DEFAULT_LIMITS",
    "BpmnErrorThrown",
    "EvaluationFailed",
    "Expression",
    "ExpressionError",
    "LimitExceeded",
    "Limits",
    "Script",
    "SyntaxRefused",
    "Value",
    "Variables",
    "compile_expression",
    "compile_script",
    "supported_syntaxes",
    "to_json_value",
]
