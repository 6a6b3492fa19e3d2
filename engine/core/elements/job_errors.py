"""BPMN errors that a diagram makes of what a worker answers: conditions over a job's result or failure."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...expressions import BpmnErrorThrown, Expression, ExpressionError
from ...model import FlowNode
from ..commands import FailJob
from ..run import Run
from ..state import Activity, Job, Variables
from .reading import Condition, Reading, truth


class JobError(NamedTuple):
    """One error: when it is thrown, its code, and its message where the diagram gives one."""

    condition: Condition
    code: str
    message: Expression | None


class JobErrors:
    """The errors of one task, looked at in document order; the first whose condition is true is thrown."""

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        self.errors: list[JobError] = []
        for one in node.view.extensions.errors:
            condition = reading.expression(one.condition, node, "condition of an error")
            message = reading.expression(one.message, node, "message of an error")
            if condition is not None:
                self.errors.append(JobError(truth(condition), one.code, message))

    def of_failure(self, run: Run, activity: Activity, job: Job, command: FailJob) -> tuple[str, str] | str | None:
        """The code and message of the error that a failed attempt is, or why a condition cannot say so, or None."""
        if not self.errors:
            return None
        details = command.detail.get("errorDetails") or command.detail.get("traceback") or command.message
        task = {"errorMessage": command.message, "errorDetails": details, "retries": job.retries, "topicName": job.type}
        return self._first(run, activity, {"externalTask": task, **_flat(task)})

    def of_result(self, run: Run, activity: Activity, result: Variables) -> tuple[str, str] | None:
        """The code and message of the error that a result is; raises ExpressionError."""
        if not self.errors:
            return None
        task: Variables = {"errorMessage": None, "errorDetails": None}
        found = self._first(run, activity, {"externalTask": task, **_flat(task), **result})
        return None if isinstance(found, str) else found

    def _first(self, run: Run, activity: Activity, overlay: Variables) -> tuple[str, str] | str | None:
        variables = run.variables(activity, overlay)
        trouble: str | None = None
        for error in self.errors:
            try:
                if error.condition(variables, run.now):
                    message = None if error.message is None else error.message.evaluate(variables, run.now)
                    return error.code, str(message or overlay["errorMessage"] or "")
            except (ExpressionError, BpmnErrorThrown) as failed:
                trouble = trouble or f"the condition of the error {error.code} has no answer: {failed}"
        return trouble


def _flat(task: dict[str, Any]) -> Variables:
    return {name: task[name] for name in ("errorMessage", "errorDetails")}
