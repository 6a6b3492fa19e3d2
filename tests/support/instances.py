"""One instance in memory for tests of the core: send commands, look at the trace; replayed and restarted at each step.

After every command the state is thrown away and rebuilt, in turn from its stored snapshot and from its whole history;
both must equal what the command left, so every test that uses this is a replay test too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import msgspec

from engine.bpmn import read
from engine.core import commands as c
from engine.core import events as e
from engine.core.calls import KnownDefinitions
from engine.core.elements import Executable
from engine.core.interpreter import DEFAULT_LIMITS, Limits, Outcome, execute
from engine.core.state import ROOT, Activity, Incident, InstanceState

DEFINITION = "p:1"
SHOWN = {
    e.ActivityStarted: "start",
    e.ActivityCompleted: "end",
    e.ActivityTerminated: "terminate",
    e.ActivityFailed: "fail",
    e.HandlerStarted: "undo",
    e.SubProcessReopened: "reopen",
    e.SubProcessRestored: "restore",
    e.ProcessCalled: "call",
    e.CalledProcessReopened: "reopen called",
}


def executable(xml: bytes) -> Executable:
    """The only process of the document; problems that refuse it fail the test with their sentences."""
    document = read(xml, "test.bpmn")
    errors = [str(problem) for problem in document.problems if problem.severity == "error"]
    assert not errors, errors
    found = document.processes[0].executable
    assert found is not None
    return found


class Instance:
    """An instance of the only process of `xml`, started with `variables`; called: definition id -> what it calls."""

    def __init__(
        self,
        xml: bytes,
        limits: Limits = DEFAULT_LIMITS,
        called: Mapping[str, bytes] = {},
        business_key: str | None = None,
        **variables: Any,
    ) -> None:
        self.definitions = KnownDefinitions({DEFINITION: executable(xml)})
        self.definitions.update((id, executable(each)) for id, each in called.items())
        self.limits = limits
        self.state = e.blank_state()
        self.history: list[e.Event] = []
        self.steps: list[list[e.Event]] = []
        self.now = 0
        start = c.Start(at=0, instance="i-1", definition=DEFINITION, business_key=business_key, variables=variables)
        self.send(start)

    # -- commands ----------------------------------------------------------------------------------------------------

    def send(self, command: c.AnyCommand) -> Outcome:
        """Carry the command out, with everything it yields, restarting after every step."""
        outcome = self._step(command)
        while outcome.yielded:
            outcome = self._step(c.Continue(at=self.now))
        return outcome

    def _step(self, command: c.AnyCommand) -> Outcome:
        outcome = execute(self.definitions, self.state, command, self.limits)
        events = e.decode_events(e.encode_events(outcome.events))
        assert events == outcome.events
        self.history += events
        self.steps.append(events)
        assert e.fold(e.blank_state(), self.history) == self.state
        snapshot = msgspec.json.decode(msgspec.json.encode(self.state), type=InstanceState)
        assert snapshot == self.state
        self.state = snapshot if len(self.steps) % 2 else e.fold(e.blank_state(), self.history)
        return outcome

    def complete(self, element: str, **variables: Any) -> Self:
        """Answer the element's open job or user task."""
        return self._answered(element, c.CompleteJob, c.CompleteTask, variables=variables)

    def fail(self, element: str, message: str = "broken", **fields: Any) -> Self:
        """Fail one attempt at the element's job."""
        return self._answered(element, c.FailJob, None, message=message, **fields)

    def error(self, element: str, code: str, **fields: Any) -> Self:
        """Answer the element's job with a BPMN error."""
        return self._answered(element, c.ThrowJobError, None, code=code, **fields)

    def _answered(self, element: str, for_job: Any, for_task: Any, **fields: Any) -> Self:
        activity = self.activity(element)
        wait = self.state.waits[next(iter(activity.waits))]
        if hasattr(wait, "retries"):
            outcome = self.send(for_job(at=self.now, job=wait.key, **fields))
        else:
            outcome = self.send(for_task(at=self.now, task=wait.key, **fields))
        assert outcome.rejected is None, outcome.rejected
        return self

    def resolve(self, element: str = "", **fields: Any) -> Self:
        """Resolve the open incident (of the element)."""
        outcome = self.send(c.ResolveIncident(at=self.now, incident=self.incident(element).key, **fields))
        assert outcome.rejected is None, outcome.rejected
        return self

    # -- what is seen ------------------------------------------------------------------------------------------------

    def activity(self, element: str) -> Activity:
        """The only active instance of the element."""
        found = [one for one in self.state.activities.values() if one.element == element and not one.called]
        assert len(found) == 1, f"{element} is active {len(found)} times, alive: {self.active}"
        return found[0]

    def incident(self, element: str = "") -> Incident:
        """The only open incident (of the element)."""
        found = [one for one in self.state.incidents.values() if not element or one.element == element]
        assert len(found) == 1, [one.message for one in self.state.incidents.values()]
        return found[0]

    @property
    def active(self) -> list[str]:
        """Elements with an active instance, in order of their start."""
        return [one.element for one in self.state.activities.values() if one.key != ROOT and not one.called]

    @property
    def status(self) -> str:
        """The status, with the outcome or the error's code behind a colon when there is one."""
        extra = self.state.outcome or self.state.error_code
        return f"{self.state.status}:{extra}" if extra else self.state.status

    @property
    def variables(self) -> dict[str, Any]:
        """The variables of the process scope."""
        return self.state.scopes[ROOT].variables

    @property
    def path(self) -> list[str]:
        """The elements that completed, in order."""
        return [line.removeprefix("end ") for line in self.trace if line.startswith("end ")]

    @property
    def trace(self) -> list[str]:
        """Life cycle events: "start a", "end a", "terminate a", "fail a", "undo a", "reopen a"; "call p" of one."""
        names: dict[int, str] = {}
        lines = []
        for event in self.history:
            word = SHOWN.get(type(event))
            if word is not None:
                key = event.key  # type: ignore[attr-defined]
                names.setdefault(key, getattr(event, "process", "") or getattr(event, "element", ""))
                lines.append(f"{word} {names[key]}")
        return lines
