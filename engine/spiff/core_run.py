"""Runs a process in Baton's core, in memory, and keeps which completion led to which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core import commands as c
from ..core import events as e
from ..core.elements import Executable
from ..core.interpreter import execute
from ..core.state import ROOT, InstanceState, Job, UserTask
from .follower import Follower
from .trace import STEPS, AnswerBook, Answers, Stop, Trace

ENGINE = "Baton"
_DEFINITION = "crosscheck"


def run_in_core(executable: Executable, variables: Mapping[str, Any], answers: Answers, steps: int = STEPS) -> Trace:
    """Start the process and answer its open tasks, always the one first in document order, until none is open."""
    run = _CoreRun(executable, AnswerBook(answers), steps)
    run.send(c.Start(at=0, instance="crosscheck", definition=_DEFINITION, variables=dict(variables)))
    while not run.too_long and (command := run.next_answer()) is not None:
        run.send(command)
    return run.trace()


class _CoreRun:
    def __init__(self, executable: Executable, answers: AnswerBook, steps: int) -> None:
        self._definitions = {_DEFINITION: executable}
        self._answers = answers
        self._steps = steps
        self._place = {element: number for number, element in enumerate(executable.process.nodes)}
        self._flows = executable.process.flows
        self._follower = Follower(executable)
        self._state = e.blank_state()

    @property
    def too_long(self) -> bool:
        return len(self._follower.visits) >= self._steps

    def send(self, command: c.AnyCommand) -> None:
        while True:
            outcome = execute(self._definitions, self._state, command)
            for event in outcome.events:
                self._follower.see(event)
            if not outcome.yielded or self.too_long:
                return
            command = c.Continue(at=0)

    def next_answer(self) -> c.AnyCommand | None:
        state = self._state
        waits = [wait for wait in state.waits.values() if isinstance(wait, Job | UserTask)]
        if state.status != "active" or not waits:
            return None
        wait = min(waits, key=lambda one: (self._place[state.activities[one.activity].element], one.key))
        answer = self._answers.next(state.activities[wait.activity].element)
        if isinstance(wait, UserTask):
            return c.CompleteTask(at=0, task=wait.key, variables=answer.variables)
        if answer.error:
            return c.ThrowJobError(at=0, job=wait.key, code=answer.error, variables=answer.variables)
        return c.CompleteJob(at=0, job=wait.key, variables=answer.variables)

    def trace(self) -> Trace:
        state = self._state
        seen: dict[str, Any] = {
            "engine": ENGINE,
            "visits": tuple(self._follower.visits),
            "variables": state.scopes[ROOT].variables,
            "interrupted": tuple(sorted(self._follower.interrupted)),
        }
        if state.status == "active" and self.too_long:
            sentence = f"The run needs to end within {self._steps} completed elements but it goes on"
            return Trace(status="stopped", sentence=sentence, **seen)
        if state.status == "failed":
            return Trace(status="failed", thrown=state.error_code or "", **seen)
        if state.status != "active":
            return Trace(status="completed", **seen)
        stuck = tuple(self._stuck(state))
        if stuck:
            return Trace(status="stuck", stops=stuck, **seen)
        waiting = sorted({state.activities[wait.activity].element for wait in state.waits.values()})
        return Trace(status="waiting", stops=tuple(Stop(element) for element in waiting), **seen)

    def _stuck(self, state: InstanceState) -> list[Stop]:
        """The elements with an incident; where a whole scope is stuck, the elements at which its tokens wait."""
        found: dict[str, str] = {}
        for incident in state.incidents.values():
            elements = [incident.element]
            if not incident.activity:
                elements = [self._target(flow) for flow in state.scopes[incident.scope].tokens] or elements
            for element in elements:
                found.setdefault(element, incident.message)
        return [Stop(element, found[element]) for element in sorted(found)]

    def _target(self, flow: str) -> str:
        return flow.removeprefix("@") if flow.startswith("@") else self._flows[flow].target
