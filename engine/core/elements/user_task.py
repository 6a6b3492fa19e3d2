"""The user task: a person's work (BPMN 2.0.2, 10.3.4)."""

from __future__ import annotations

import datetime
from typing import Any

from ...expressions import EvaluationFailed, Expression
from ...model import FlowNode
from .. import events as e
from ..run import Run
from ..state import Activity
from .element import Element
from .reading import Reading


class UserTask(Element):
    """Waits until a person completes it; the variables they give are written like a job's result."""

    element_types = ("userTask",)
    brings = True
    summary = "waits for a person: assignee, candidates, due date and form key from the diagram; claim and complete"
    clause = "10.3.4"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        extensions = node.view.extensions
        self.assignee = reading.expression(extensions.assignee, node, "assignee")
        self.candidate_users = reading.expression(extensions.candidate_users, node, "candidate users")
        self.candidate_groups = reading.expression(extensions.candidate_groups, node, "candidate groups")
        self.due_date = reading.expression(extensions.due_date, node, "due date")
        self.form_key = extensions.form_key

    def perform(self, run: Run, activity: Activity) -> None:
        assignee = self._value(run, activity, self.assignee)
        users = _names(self._value(run, activity, self.candidate_users))
        groups = _names(self._value(run, activity, self.candidate_groups))
        due = self._due(run, activity)
        name = None if assignee in (None, "") else str(assignee)
        run.emit(e.UserTaskCreated(run.next_key(), activity.key, self.id, name, users, groups, self.form_key, due))

    def _value(self, run: Run, activity: Activity, expression: Expression | None) -> Any:
        return None if expression is None else expression.evaluate(run.variables(activity), run.now)

    def _due(self, run: Run, activity: Activity) -> int | None:
        value = self._value(run, activity, self.due_date)
        if value is None or self.due_date is None:
            return None
        try:
            moment = datetime.datetime.fromisoformat(str(value))
        except ValueError:
            raise EvaluationFailed(
                f"Expected an ISO 8601 date and time as due date but got {value!r}",
                "for example 2026-01-31T12:00:00Z",
                1,
                1,
                self.due_date.source,
            ) from None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
        return int(moment.timestamp() * 1_000_000)


def _names(value: Any) -> list[str]:
    """A list of names from a list, or from one comma-separated text."""
    if value is None:
        return []
    parts = value if isinstance(value, list) else str(value).split(",")
    return [name for name in (str(part).strip() for part in parts) if name]


ELEMENTS = (UserTask,)
