"""Tasks that need nobody outside the engine: task, manual task and script task (BPMN 2.0.2, 10.3.3)."""

from __future__ import annotations

from ...model import FlowNode, FormalExpression
from ..run import Run
from ..state import Activity, Variables
from .element import Element
from .reading import Reading


class Task(Element):
    """An abstract or manual task: the engine has nothing to do for it (13.3.3)."""

    element_types = ("task", "manualTask")
    summary = "completes at once: the engine has nothing to do for it"
    clause = "13.3.3"


class ScriptTask(Element):
    """Runs its script inside the step; what the script assigns are process variables (10.3.3, Script Task)."""

    element_types = ("scriptTask",)
    summary = "runs its script inside the step on the bounded evaluator; assignments write process variables"
    clause = "10.3.3"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        body = node.view.child("script")
        self.result = node.view.extensions.result_variable
        self.script = None
        source = body.text if body is not None else ""
        if node.view.extensions.script is not None:
            self.value = reading.expression(node.view.extensions.script, node, "script")
            if source.strip():
                reading.problem("missing-script", node, "A script task needs one script but this one has two")
            return
        formal = read_script(node, reading)
        self.value = reading.expression(formal, node, "script") if self.result and source.strip() else None
        self.script = reading.script(formal, node, "script") if not self.result and source.strip() else None

    @property
    def writes(self) -> frozenset[str]:
        own = frozenset({self.result} if self.result else ()) if self.script is None else self.script.writes
        return super().writes | own

    def perform(self, run: Run, activity: Activity) -> None:
        variables = run.variables(activity)
        written: Variables = {}
        if self.script is not None:
            written = self.script.run(variables, run.now)
        elif self.value is not None and self.result:
            written = {self.result: self.value.evaluate(variables, run.now)}
        run.write(activity, written)
        self.complete(run, activity)


def read_script(node: FlowNode, reading: Reading) -> FormalExpression:
    """The script of a script task as the standard has it; a problem where there is none."""
    body = node.view.child("script")
    source = body.text if body is not None else ""
    if not source.strip():
        reading.problem("missing-script", node, "A script task needs a script but this one has none")
    syntax = node.view.attributes.get("scriptFormat", "") or node.view.syntax
    return FormalExpression(source, normal_syntax(syntax), body.line if body is not None else node.line)


def normal_syntax(name: str) -> str:
    """The evaluator's name for a scriptFormat: "text/x-python", "Python3" and "python" are one syntax."""
    lowered = name.strip().lower()
    return next((syntax for syntax in ("python", "feel") if syntax in lowered), lowered)


ELEMENTS = (Task, ScriptTask)
