"""Runs registered Python functions: fills their parameters from the inputs and reads their result as an outcome."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..expressions import ExpressionError, to_json_value
from .base import Call, Completed, ErrorThrown, Failed, Finding, Outcome
from .failures import describe_exception, traceback_tail
from .tasks import JOB_PARAMETER, TASKS, BpmnError, FinalFailure, RegisteredTask, RetryLater, TaskRegistry

RETURN_HINT = "Return a dict of variables such as {'total': 12.5}, or nothing"


class FunctionConnector:
    """The connector of every function in a registry (by default those of `@task`)."""

    def __init__(self, registry: TaskRegistry = TASKS) -> None:
        self._registry = registry

    def types(self) -> frozenset[str]:
        """The job types of the functions that are registered now."""
        return self._registry.types()

    def run(self, call: Call) -> Outcome:
        """Call the function once; see the exceptions in `tasks` for what it may raise."""
        found = self._registry.get(call.type)
        if found is None:
            return Failed(f"Expected a function for job type {call.type!r} but none is registered")
        missing = [name for name in found.required if name not in call.inputs]
        if missing:
            return _missing_inputs(found, missing, call)
        return _outcome(found, call, _arguments(found, call))

    def check(self, type: str, input_names: frozenset[str], properties: Mapping[str, str]) -> list[Finding]:
        """Warn of required parameters that no input is mapped to, when the element maps inputs at all."""
        found = self._registry.get(type)
        if found is None or not input_names:
            return []
        return [
            Finding(
                f"Function {found.place} needs an input {name!r} but the element maps only "
                f"{', '.join(sorted(input_names))}",
                f"Add an input mapping {name!r}, or give the parameter a default",
                "warning",
            )
            for name in found.required
            if name not in input_names
        ]

    def close(self) -> None:
        """Nothing to give back."""


def _missing_inputs(found: RegisteredTask, missing: list[str], call: Call) -> Failed:
    names = ", ".join(sorted(call.inputs)) or "no inputs"
    return Failed(
        f"Job type {found.type!r} needs {_inputs(missing)} but got {names}",
        retryable=False,
        detail={"missing": missing, "function": found.place, "hint": "Add input mappings with these names"},
    )


def _inputs(names: list[str]) -> str:
    return ("input " if len(names) == 1 else "inputs ") + ", ".join(names)


def _arguments(found: RegisteredTask, call: Call) -> dict[str, Any]:
    accepted = call.inputs.keys() if found.takes_all else (call.inputs.keys() & {*found.required, *found.optional})
    arguments: dict[str, Any] = {name: _fresh(call.inputs[name]) for name in accepted}
    return arguments | {JOB_PARAMETER: call} if found.takes_job else arguments


def _fresh(value: Any) -> Any:
    # The function may change or keep what it gets and gives; the engine's values must not change with it.
    if isinstance(value, dict):
        return {key: _fresh(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_fresh(item) for item in value]
    return value


def _outcome(found: RegisteredTask, call: Call, arguments: dict[str, Any]) -> Outcome:
    try:
        return _result(found, found.function(**arguments))
    except BpmnError as error:
        return _bpmn_error(found, error)
    except FinalFailure as error:
        return Failed(_words(found, error), retryable=False, detail=_detail(found, error))
    except RetryLater as error:
        return Failed(_words(found, error), retry_after=_seconds(error.after), detail=_detail(found, error))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code; the worker thread must live on
        message = f"Function of job type {found.type!r} raised {describe_exception(error)}"
        return Failed(message, detail=_detail(found, error))


def _result(found: RegisteredTask, value: object) -> Outcome:
    if value is None:
        return Completed()
    if not isinstance(value, dict):
        return Failed(
            f"Expected a dict or None from {found.place} but got {type(value).__name__}",
            retryable=False,
            detail={"hint": RETURN_HINT},
        )
    return _variables(found, value, Completed)


def _bpmn_error(found: RegisteredTask, error: BpmnError) -> Outcome:
    return _variables(found, error.variables, lambda values: ErrorThrown(error.code, str(error.message), values))


def _variables(found: RegisteredTask, values: dict[str, Any], make: Any) -> Outcome:
    try:
        outcome: Outcome = make(_fresh(to_json_value(values)))
    except ExpressionError as error:
        return Failed(
            f"Expected JSON values from {found.place} but {error.sentence}",
            retryable=False,
            detail={"hint": error.hint or RETURN_HINT},
        )
    return outcome


def _words(found: RegisteredTask, error: Exception) -> str:
    return str(error) or f"Function of job type {found.type!r} raised {type(error).__name__}"


def _detail(found: RegisteredTask, error: BaseException) -> dict[str, Any]:
    return {
        "exception": type(error).__name__,
        "function": found.place,
        "traceback": traceback_tail(error, skip=1),
    }


def _seconds(after: float | None) -> float | None:
    usable = isinstance(after, int | float) and math.isfinite(after) and after >= 0
    return float(after) if usable and after is not None else None
