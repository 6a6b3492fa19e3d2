"""Bounded, deterministic expressions and scripts: text in one of several syntaxes, compiled once to closures."""

from __future__ import annotations

from .errors import BpmnErrorThrown, EvaluationFailed, ExpressionError, LimitExceeded, SyntaxRefused
from .evaluator import Expression, Script, Variables
from .limits import DEFAULT_LIMITS, Limits
from .secrets import SECRETS, SecretReference, separated
from .syntaxes import compile_expression, compile_script, supported_syntaxes
from .values import Value, to_json_value

__all__ = [
    "DEFAULT_LIMITS",
    "SECRETS",
    "BpmnErrorThrown",
    "EvaluationFailed",
    "Expression",
    "ExpressionError",
    "LimitExceeded",
    "Limits",
    "Script",
    "SecretReference",
    "SyntaxRefused",
    "Value",
    "Variables",
    "compile_expression",
    "compile_script",
    "separated",
    "supported_syntaxes",
    "to_json_value",
]
