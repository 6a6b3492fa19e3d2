"""An instance in memory that is reached from outside: timers fire, messages and signals arrive, variables change.

Every command is carried out twice: as it is, and by a second instance that yields after every single step and is
restarted there; both have to leave the same events.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import msgspec

from engine.core import commands as c
from engine.core import events as e
from engine.core.calls import KnownDefinitions
from engine.core.interpreter import DEFAULT_LIMITS, Limits, Outcome, execute
from engine.core.state import InstanceState, Job, Subscription, Timer, UserTask

from .instances import DEFINITION, SHOWN, Instance, executable

SECOND = 1_000_000
HOUR = 3600 * SECOND
SLOW = Limits(max_steps=1)
_UNTOLD = (e.RunYielded, e.RunContinued, e.TokenPlaced)
_KEYED = {
    e.TimerFired: "fired",
    e.MessageReceived: "received",
    e.SignalReceived: "received",
    e.ConditionMet: "met",
    e.WaitWithdrawn: "withdraw",
    e.JobCompleted: "done",
    e.JobErrorThrown: "refused",
    e.UserTaskCompleted: "done",
}


class Waiting(Instance):
    """An instance of the only process of `xml`; element, index: the start event that was triggered."""

    def __init__(
        self,
        xml: bytes,
        element: str = "",
        index: int = 0,
        limits: Limits = DEFAULT_LIMITS,
        called: Mapping[str, bytes] = {},
        **variables: Any,
    ) -> None:
        self.definitions = KnownDefinitions({DEFINITION: executable(xml)})
        self.definitions.update((id, executable(each)) for id, each in called.items())
        self.limits = limits
        self.state = e.blank_state()
        self.slow = e.blank_state()
        self.history: list[e.Event] = []
        self.steps: list[list[e.Event]] = []
        self.now = 0
        start = c.Start(at=0, instance="i-1", definition=DEFINITION, variables=variables, element=element, index=index)
        self.refused = self.send(start).rejected

    def send(self, command: c.AnyCommand) -> Outcome:
        """Carry the command out at once and, beside it, in the smallest steps; both leave the same."""
        before = len(self.history)
        outcome = super().send(command)
        at_once = [one for one in self.history[before:] if not isinstance(one, e.RunYielded | e.RunContinued)]
        assert [one for one in self._slowly(command) if not isinstance(one, e.RunYielded | e.RunContinued)] == at_once
        return outcome

    def _slowly(self, command: c.AnyCommand) -> list[e.Event]:
        found: list[e.Event] = []
        yielded = True
        while yielded:
            outcome = execute(self.definitions, self.slow, command, SLOW)
            found += e.decode_events(e.encode_events(outcome.events))
            self.slow = msgspec.json.decode(msgspec.json.encode(self.slow), type=InstanceState)
            yielded, command = outcome.yielded, c.Continue(at=command.at)
        return found

    # -- from outside ------------------------------------------------------------------------------------------------

    def fire(self, element: str, *, late: int = 0, **fields: Any) -> Self:
        """The element's only timer is due; late: microseconds after that at which it fires."""
        timer = self.timer(element)
        self.now = max(self.now, timer.due + late)
        return self._accepted(c.FireTimer(at=self.now, timer=timer.key, **fields))

    def message(self, name: str, *, correlation: str = "", **variables: Any) -> Self:
        """A message arrives for the oldest subscription to its name (and key)."""
        key = min(one.key for one in self.subscriptions("message", name) if one.correlation == correlation)
        return self._accepted(c.DeliverMessage(at=self.now, subscription=key, variables=variables))

    def signal(self, name: str, **variables: Any) -> Self:
        """A signal is broadcast."""
        return self._accepted(c.DeliverSignal(at=self.now, name=name, variables=variables))

    def set(self, **variables: Any) -> Self:
        """An operator sets variables."""
        return self._accepted(c.SetVariables(at=self.now, variables=variables))

    def answer(self, kind: str, element: str, due: int, place: int) -> Self:
        """Answer a user task, a message or a timer of the element: the one at that place among those alike."""
        of_element = [one for one in self.state.waits.values() if self._is_alike(one, kind, element, due)]
        wait: Any = of_element[place]
        if kind == "timer":
            self.now = max(self.now, due)
            return self._accepted(c.FireTimer(at=self.now, timer=wait.key))
        if kind == "message":
            return self._accepted(c.DeliverMessage(at=self.now, subscription=wait.key))
        return self._accepted(c.CompleteTask(at=self.now, task=wait.key))

    def _is_alike(self, wait: Any, kind: str, element: str, due: int) -> bool:
        if kind == "user":
            return isinstance(wait, UserTask) and self.state.activities[wait.activity].element == element
        if kind == "timer":
            return isinstance(wait, Timer) and (wait.element, wait.due) == (element, due)
        return isinstance(wait, Subscription) and (wait.kind, wait.element) == (kind, element)

    def _accepted(self, command: c.AnyCommand) -> Self:
        outcome = self.send(command)
        assert outcome.rejected is None, outcome.rejected
        return self

    def _answered(self, element: str, for_job: Any, for_task: Any, **fields: Any) -> Self:
        [wait] = [one for one in self.open(element) if isinstance(one, Job | UserTask)]
        kind, name = (for_job, "job") if isinstance(wait, Job) else (for_task, "task")
        return self._accepted(kind(at=self.now, **{name: wait.key}, **fields))

    # -- what is seen ------------------------------------------------------------------------------------------------

    def open(self, element: str) -> list[Any]:
        """The open waits of the element's activity instances."""
        activities = [one for one in self.state.activities.values() if one.element == element]
        return [self.state.waits[key] for one in activities for key in one.waits]

    def timer(self, element: str) -> Timer:
        """The only open timer that triggers the element."""
        [found] = [one for one in self.state.waits.values() if isinstance(one, Timer) and one.element == element]
        return found

    def subscriptions(self, kind: str, name: str = "") -> list[Subscription]:
        """The open subscriptions of a kind and name, first opened first."""
        every = [one for one in self.state.waits.values() if isinstance(one, Subscription)]
        return [one for one in every if (one.kind, one.name) == (kind, name)]

    @property
    def waiting(self) -> list[str]:
        """What is waited for from outside, as "kind element", first opened first."""
        outside = [one for one in self.state.waits.values() if isinstance(one, Timer | Subscription)]
        return [f"{one.kind if isinstance(one, Subscription) else 'timer'} {one.element}" for one in outside]

    @property
    def told(self) -> list[str]:
        """What the last command led to, event by event: "start a", "wait late", "withdraw late", "x = 1" ..."""
        return self.tell(len(self.history) - len(self.steps[-1]))

    def tell(self, since: int = 0) -> list[str]:
        """The history in words."""
        names: dict[int, str] = {}
        lines = []
        for place, event in enumerate(self.history):
            line = _line(event, names)
            if place >= since and line:
                lines.append(line)
        return lines


def _line(event: Any, names: dict[int, str]) -> str:
    if isinstance(event, _UNTOLD):
        return ""
    if isinstance(event, e.TimerScheduled | e.Subscribed | e.JobCreated | e.UserTaskCreated):
        names[event.key] = event.element
        return f"{'wait' if isinstance(event, e.TimerScheduled | e.Subscribed) else 'ask'} {event.element}"
    if isinstance(event, e.MessageThrown | e.SignalThrown):
        return f"throw {event.name}"
    if isinstance(event, e.VariablesSet):
        return ", ".join(f"{name} = {value!r}" for name, value in event.variables.items())
    if isinstance(event, e.IncidentRaised):
        names[event.key] = event.element
        return f"incident {event.element}"
    if isinstance(event, e.IncidentResolved):
        return f"{'withdraw' if event.withdrawn else 'resolve'} incident {names[event.key]}"
    word = _KEYED.get(type(event)) or SHOWN.get(type(event))
    if word is None:
        return type(event).__name__
    names.setdefault(event.key, getattr(event, "element", ""))
    return f"{word} {names[event.key]}"
