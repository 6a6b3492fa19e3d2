"""SpiffWorkflow's side of the comparison: a cached specification, its stock serializer, automatic tasks only."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

from .databases import connect, remove


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


class Saved(Protocol):
    """Where its workflows are saved: one row each, a commit per save."""

    def save(self, id: str, text: str) -> None:
        """Insert or replace the workflow's row."""

    def load(self, id: str) -> str:
        """The saved text."""

    def close(self) -> None:
        """Close the database."""


class SpiffTable:
    """Where its workflows are saved: one row each, one commit per save, on SQLite with the same pragmas as ours."""

    def __init__(self, path: Path, pragmas: dict[str, Any]) -> None:
        remove(path)
        self._connection = connect(path, pragmas)
        self._connection.execute("CREATE TABLE IF NOT EXISTS workflow (id TEXT PRIMARY KEY, json TEXT NOT NULL)")

    def save(self, id: str, text: str) -> None:
        """Insert or replace the workflow's row."""
        self._connection.execute("INSERT OR REPLACE INTO workflow VALUES (?, ?)", (id, text))

    def load(self, id: str) -> str:
        """The saved text."""
        return str(self._connection.execute("SELECT json FROM workflow WHERE id = ?", (id,)).fetchone()[0])

    def close(self) -> None:
        """Close the database."""
        self._connection.close()
