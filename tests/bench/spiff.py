"""SpiffWorkflow's side of the comparison: a cached specification, its stock serializer, automatic tasks only."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer


class Spiff:
    """One process with its specification parsed once; `functions` are what scripts may call."""

    def __init__(self, xml: bytes, functions: dict[str, Callable[..., Any]] | None = None) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.parse(io.BytesIO(xml)))
        self.spec = parser.get_spec("p")
        self.script_engine = PythonScriptEngine(environment=TaskDataEnvironment(functions or {}))
        self.serializer = BpmnWorkflowSerializer()

    def start(self, **variables: Any) -> BpmnWorkflow:
        """A new workflow with these data on its start."""
        workflow = BpmnWorkflow(self.spec, script_engine=self.script_engine)
        workflow.task_tree.data.update(variables)
        for task in workflow.get_tasks():
            task.data.update(variables)
        return workflow

    def run(self, **variables: Any) -> BpmnWorkflow:
        """Start and run everything that needs nobody."""
        workflow = self.start(**variables)
        workflow.do_engine_steps()
        return workflow

    def save(self, workflow: BpmnWorkflow) -> str:
        """The stock serializer's JSON."""
        return str(self.serializer.serialize_json(workflow))

    def load(self, text: str) -> BpmnWorkflow:
        """The inverse of `save`."""
        workflow = self.serializer.deserialize_json(text)
        workflow.script_engine = self.script_engine
        return workflow
