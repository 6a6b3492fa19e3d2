"""The instance as a whole: started, ended, yielded."""

from __future__ import annotations

from typing import Any

import msgspec

from ..state import ROOT, Activity, Due, InstanceState, Scope, Variables
from .base import Event


class ProcessStarted(Event, frozen=True, tag="process-started"):
    """A root instance of the process begins with these variables, triggered at `element` if that is not empty.

    trace: the id that it shares with what led to it and what it leads to, "" for none.
    """

    instance: str
    definition: str
    process: str
    business_key: str | None = None
    variables: Variables = msgspec.field(default_factory=dict)
    element: str = ""
    trace: str = ""

    def apply(self, state: InstanceState) -> None:
        state.id, state.definition, state.process = self.instance, self.definition, self.process
        state.business_key, state.trace = self.business_key, self.trace
        state.last_key = ROOT
        state.activities[ROOT] = Activity(ROOT, self.process, 0)
        state.scopes[ROOT] = Scope(ROOT, 0, self.definition, self.process, dict(self.variables))


class ProcessCompleted(Event, frozen=True, tag="process-completed"):
    """All tokens are gone (or a terminate end event was reached: outcome "terminated"); the instance is over."""

    outcome: str = ""

    def apply(self, state: InstanceState) -> None:
        state.outcome = self.outcome
        _end(state, "completed")


class ProcessFailed(Event, frozen=True, tag="process-failed"):
    """An error that nobody catches ended the instance (BPMN 2.0.2, 10.5.7)."""

    code: str
    message: str = ""

    def apply(self, state: InstanceState) -> None:
        state.error_code = self.code
        _end(state, "failed")


class ProcessCancelled(Event, frozen=True, tag="process-cancelled"):
    """A person or system ended the instance from outside."""

    reason: str = ""

    def apply(self, state: InstanceState) -> None:
        _end(state, "cancelled")


def _end(state: InstanceState, status: Any) -> None:
    state.status = status
    state.activities.clear()
    state.compensations.clear()
    state.loops.clear()
    state.ad_hocs.clear()
    state.agenda = []
    state.conditions.clear()
    state.called.clear()
    root = state.scopes[ROOT]
    root.activities, root.tokens, root.undoable, root.resetting = {}, {}, [], {}
    state.scopes = {ROOT: root}


class RunYielded(Event, frozen=True, tag="run-yielded"):
    """The command reached its limit of steps; the rest of the agenda goes on as a command of its own.

    steps: what the instance has done since it last waited.
    """

    agenda: list[Due]
    steps: int = 0

    def apply(self, state: InstanceState) -> None:
        state.agenda = list(self.agenda)
        state.steps = self.steps


class RunHalted(Event, frozen=True, tag="run-halted"):
    """The instance did too much without waiting for anything: the agenda stays until the incident is resolved."""

    agenda: list[Due]
    incident: int

    def apply(self, state: InstanceState) -> None:
        state.halted = [*state.halted, *self.agenda]
        state.halted_by = self.incident


class RunReleased(Event, frozen=True, tag="run-released"):
    """Somebody lets a halted run go on where it stopped."""

    def apply(self, state: InstanceState) -> None:
        state.halted = []
        state.halted_by = 0


class RunContinued(Event, frozen=True, tag="run-continued"):
    """A yielded run goes on where it stopped."""

    def apply(self, state: InstanceState) -> None:
        state.agenda = []
        state.steps = 0
