"""Runs a process in SpiffWorkflow and keeps which completion led to which; only the child process uses it.

Each completed task with a BPMN id of the process is a visit. Its causes are read off the tree of tasks: the nearest
visit above it; for a join those above every task of the join that arrived since the last time; for the start of a
sub-process those of the sub-process's own task. Service tasks are answered from the table like user tasks, so both
engines see the same answers in the same order. `bpmn_error(code)` exists in scripts, as it does in Baton, and throws
the way an application on SpiffWorkflow would: the engine is given an error event to catch.
"""

from __future__ import annotations

import copy
import json
import re
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit, _EndJoin
from SpiffWorkflow.bpmn.specs.event_definitions import ErrorEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.service_task import ServiceTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.specs.mixins.service_task import ServiceTask as OperatorTask
from SpiffWorkflow.util.task import TaskState

from ..bpmn import parse_tree
from ..problems import Problem
from .trace import AnswerBook, Request, Status, Stop, Trace, Visit, Worker

ENGINE = "SpiffWorkflow"
_LONGEST_SENTENCE = 300
_WRAPPED = re.compile(r"\w+\('(?P<sentence>[^']+?)(: %r)?'")
"""An exception as the parser quotes it inside another one."""


class _TooLong(Exception):
    """The run has as many visits as it may."""


class _Thrown(Exception):
    """A script called bpmn_error."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code


def run_in_spiffworkflow(request: Request) -> Trace:
    """Run the request; whatever SpiffWorkflow does with the diagram is in the trace, nothing is raised for it."""
    tree = parse_tree(request.document)
    if isinstance(tree, Problem):
        return Trace(engine=ENGINE, status="refused", sentence=tree.sentence)
    parser = SpiffBpmnParser() if request.extended else BpmnParser()
    try:
        parser.add_bpmn_xml(tree, filename="diagram")
        specs = parser.get_spec(request.process), parser.get_subprocess_specs(request.process)
    except Exception as refused:  # noqa: BLE001 - the parser has many ways to refuse a diagram
        return Trace(engine=ENGINE, status="refused", sentence=_sentence(refused))
    return _SpiffRun(request, *specs).trace()


def _sentence(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    wrapped = _WRAPPED.match(lines[0])
    return (wrapped["sentence"] if wrapped else lines[0])[:_LONGEST_SENTENCE]


def _plain(variables: dict[str, Any]) -> Any:
    return json.loads(json.dumps(variables, default=_marked, skipkeys=True))


def _marked(value: Any) -> Any:
    """What JSON has no form for, as something that no process will have by chance."""
    return {"not JSON": type(value).__name__, "shown as": repr(value)[:200]}


def _was_left(task: Any) -> bool:
    """Whether a boundary event took over from it; SpiffWorkflow marks such an activity as completed all the same."""
    if not isinstance(task.parent and task.parent.task_spec, BoundaryEventSplit) or _interrupts(task):
        return False
    return any(_interrupts(one) and one.state == TaskState.COMPLETED for one in task.parent.children)


def _interrupts(task: Any) -> bool:
    return isinstance(task.task_spec, BoundaryEvent) and task.task_spec.cancel_activity


def _bpmn_error(code: str, message: str = "") -> None:
    raise _Thrown(code, message)


class _ScriptEngine(PythonScriptEngine):  # type: ignore[misc]
    """The stock engine, with `bpmn_error`; a script that calls it writes nothing and does not complete."""

    def __init__(self, run: _SpiffRun) -> None:
        super().__init__(environment=TaskDataEnvironment({"bpmn_error": _bpmn_error}))
        self._run = run

    def execute(self, task: Any, script: str, external_context: Any = None) -> Any:
        before = copy.deepcopy(task.data)
        try:
            return super().execute(task, script, external_context)
        except WorkflowTaskException as error:
            if not isinstance(error.__context__, _Thrown):
                raise
            task.data = before
            self._run.throw(task, error.__context__.code)
            return None  # SpiffWorkflow's word for a task that has not completed

    def call_service(self, task: Any, **_operation: Any) -> str:
        return json.dumps(self._run.answer.variables)


class _SpiffRun:
    def __init__(self, request: Request, spec: Any, subprocesses: dict[str, Any]) -> None:
        self._request = request
        self._answers = AnswerBook(request.answers)
        self._place = {element: number for number, element in enumerate(request.elements)}
        self._visits: list[Visit] = []
        self._keys: dict[Any, int] = {}
        self._tasks: list[Any] = []
        self._arrived: set[Any] = set()
        self._stops: dict[str, str] = {}
        self._failed = 0
        for one in (spec, *subprocesses.values()):
            for task_spec in one.task_specs.values():
                if isinstance(task_spec, ServiceTask):
                    task_spec.manual = True
        self._scripts = _ScriptEngine(self)
        self._workflow = BpmnWorkflow(spec, subprocesses, script_engine=self._scripts)
        self._workflow.task_tree.set_data(**copy.deepcopy(request.variables))
        self.answer = self._answers.next("")

    def trace(self) -> Trace:
        """Run everything and say how it went."""
        try:
            while (task := self._next_task()) is not None:
                self._complete(task)
        except _TooLong:
            sentence = f"The run needs to end within {self._request.steps} completed elements but it goes on"
            return self._trace("stopped", sentence=sentence)
        return self._outcome()

    # -- running -----------------------------------------------------------------------------------------------------

    def _next_task(self) -> Any:
        """Run what needs nobody, then the open task that comes first in the document."""
        while True:
            try:
                self._workflow.do_engine_steps(did_complete_task=self._see)
                break
            except (_TooLong, MemoryError):
                raise
            except Exception as error:  # noqa: BLE001 - whatever SpiffWorkflow makes of the diagram
                if not self._note_failure(error):
                    break
        tasks = self._workflow.get_tasks(state=TaskState.READY, manual=True)
        return min(tasks, key=lambda one: self._place.get(one.task_spec.bpmn_id, -1), default=None)

    def _note_failure(self, error: Exception) -> bool:
        """Whether the failed task was set aside, so that the others can go on as they do in Baton."""
        if isinstance(error.__context__, MemoryError):
            raise error.__context__  # a limit of the check, not of the diagram
        failed = [task for task in self._all_tasks() if task.state == TaskState.ERROR]
        element = getattr(getattr(error, "task_spec", None), "bpmn_id", None) or ""
        self._stops.setdefault(element, _sentence(error))
        moved, self._failed = len(failed) > self._failed, len(failed)
        return moved

    def _all_tasks(self) -> list[Any]:
        # Asked directly, not through get_tasks(): its iterator does not look beyond a certain depth.
        workflows = [self._workflow, *self._workflow.subprocesses.values()]
        return [task for workflow in workflows for task in workflow.tasks.values()]

    def _complete(self, task: Any) -> None:
        element = task.task_spec.bpmn_id
        self.answer = self._answers.next(element)
        try:
            self._answer(task, self._request.workers.get(element, Worker()))
        except (_TooLong, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever the diagram's own Python raises
            self._stops.setdefault(element, _sentence(error))
            task.error()

    def _answer(self, task: Any, worker: Worker) -> None:
        evaluate = self._scripts.environment.evaluate
        local: dict[str, Any] = {}
        for name, source in worker.inputs:
            local[name] = evaluate(source, {**task.data, **local})
        if self.answer.error:
            task.data.update(copy.deepcopy(self.answer.variables))
            self.throw(task, self.answer.error)
            task._set_state(TaskState.STARTED)  # noqa: SLF001 - begun, and neither completed nor open
            return
        if not worker.outputs and not isinstance(task.task_spec, OperatorTask):
            task.data.update(copy.deepcopy(self.answer.variables))
        given = {**local, **self.answer.variables}
        written: dict[str, Any] = {}
        for name, source in worker.outputs:
            written[name] = evaluate(source, {**task.data, **given, **written})
        task.data.update(written)
        if task.run() is None:  # the plain service task has nothing to do by itself
            task.complete()
        self._see(task)

    def throw(self, task: Any, code: str) -> None:
        """Give SpiffWorkflow the error event; one that nothing catches leaves the task where it is."""
        before = len(self._workflow.bpmn_events)
        event = BpmnEvent(ErrorEventDefinition(code, code=code), payload=copy.deepcopy(task.data), target=task.workflow)
        self._workflow.catch(event)
        if len(self._workflow.bpmn_events) > before:
            del self._workflow.bpmn_events[before:]
            self._stops.setdefault(task.task_spec.bpmn_id, f"The error {code!r} is not caught")

    # -- following ---------------------------------------------------------------------------------------------------

    def _see(self, task: Any) -> None:
        element = task.task_spec.bpmn_id
        if task.state != TaskState.COMPLETED or element not in self._place:
            return
        key = self._keys[task.id] = len(self._visits) + 1
        before = task.parent.data if task.parent is not None else {}
        writes = sorted(name for name, value in task.data.items() if name not in before or before[name] != value)
        self._visits.append(Visit(key, element, self._causes(task), tuple(writes)))
        self._tasks.append(task)
        if key >= self._request.steps:
            raise _TooLong

    def _causes(self, task: Any) -> tuple[int, ...]:
        if not isinstance(task.task_spec, UnstructuredJoin):
            return self._behind(task.parent)
        arrived = [one for one in task.workflow.tasks.values() if one is task or self._has_arrived(one, task)]
        self._arrived.update(one.id for one in arrived)
        return tuple(sorted(key for one in arrived for key in self._behind(one.parent)))

    def _has_arrived(self, one: Any, join: Any) -> bool:
        """Whether it is an earlier task of the join, set aside when a later token came, and not yet counted."""
        return (
            one.task_spec is join.task_spec
            and one.state == TaskState.CANCELLED
            and one.id not in self._arrived
            and one.parent.state == TaskState.COMPLETED
        )

    def _behind(self, task: Any) -> tuple[int, ...]:
        while task is not None:
            if task.id in self._keys:
                return (self._keys[task.id],)
            if task.parent is None and task.workflow.parent_task_id is not None:
                task = self._workflow.get_task_from_id(task.workflow.parent_task_id)
            task = task.parent
        return ()

    # -- what came of it ---------------------------------------------------------------------------------------------

    def _outcome(self) -> Trace:
        tasks = self._all_tasks()
        stranded = [task for task in tasks if task.state == TaskState.READY]
        waiting = [task for task in tasks if task.state == TaskState.WAITING and task.task_spec.bpmn_id in self._place]
        joins = [task for task in waiting if isinstance(task.task_spec, UnstructuredJoin | _EndJoin)]
        claim = f"is_completed() says {self._workflow.is_completed()}"
        for task in stranded:
            self._stops.setdefault(task.task_spec.bpmn_id or "", f"The task is ready and is not run; {claim}")
        for task in joins:
            self._stops.setdefault(task.task_spec.bpmn_id, "The join waits for a token that does not come")
        if self._stops:
            return self._trace("stuck", stops=self._stops, stranded=len(stranded))
        if waiting:
            return self._trace("waiting", stops={task.task_spec.bpmn_id: "" for task in waiting})
        uncaught = [one.event_definition for one in self._workflow.bpmn_events]
        codes = [one.code or one.name for one in uncaught if isinstance(one, ErrorEventDefinition)]
        status: Status = "completed" if self._workflow.is_completed() else "stuck"
        return self._trace(status, sentence=claim, thrown=codes[0] if codes else "")

    def _trace(self, status: Status, stops: dict[str, str] | None = None, **more: Any) -> Trace:
        found = tuple(Stop(element, (stops or {})[element]) for element in sorted(stops or {}))
        pairs = zip(self._visits, self._tasks, strict=True)
        visits = tuple(visit for visit, task in pairs if not _was_left(task))
        data = self._workflow.data if status == "completed" else self._workflow.last_task.data
        variables = _plain({name: value for name, value in data.items() if name != "data_objects"})
        return Trace(engine=ENGINE, status=status, visits=visits, variables=variables, stops=found, **more)
