"""Runs script tasks that are jobs: the bounded evaluator, outside the step that moves the tokens."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import lru_cache, partial

from ..expressions import BpmnErrorThrown, ExpressionError, Script, compile_script
from ..expressions.limits import DEFAULT_LIMITS, Limits
from .base import Call, Completed, ErrorThrown, Failed, Finding, Outcome

TYPE = "script"
"""The job type that says: this script runs as a job."""

SOURCE, SYNTAX = "script.source", "script.syntax"
"""The properties of the job that hold the script and its syntax."""

STEPS = 20 * DEFAULT_LIMITS.steps
"""The budget of a script that is a job."""


class ScriptConnector:
    """The connector of the job type "script": the inputs are the script's variables, what it assigns is the result."""

    def __init__(self, limits: Limits = Limits(steps=STEPS)) -> None:  # noqa: B008 - frozen
        """limits: what one script may ask for."""
        self._compiled = lru_cache(maxsize=256)(partial(compile_script, limits=limits))

    def types(self) -> frozenset[str]:
        """Only "script"."""
        return frozenset({TYPE})

    def run(self, call: Call) -> Outcome:
        """Run the script once; what is wrong with it does not get better by repeating it."""
        try:
            script: Script = self._compiled(call.properties.get(SOURCE, ""), call.properties.get(SYNTAX, "python"))
            return Completed(script.run(call.inputs, time.time_ns() // 1_000))
        except BpmnErrorThrown as thrown:
            return ErrorThrown(thrown.code, thrown.message)
        except ExpressionError as error:
            detail = {"hint": error.hint, "line": error.line, "column": error.column}
            return Failed(str(error), retryable=False, detail=detail)

    def check(self, type: str, input_names: frozenset[str], properties: Mapping[str, str]) -> list[Finding]:
        """Nothing: the script task checked its script itself."""
        return []

    def close(self) -> None:
        """Nothing to give back."""
