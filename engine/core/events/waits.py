"""What an instance waits for: jobs, user tasks, timers, subscriptions."""

from __future__ import annotations

from typing import Any

import msgspec

from ...expressions import SecretReference
from ..state import InstanceState, Job, Subscription, Timer, UserTask, Variables
from .base import Event


def _open(state: InstanceState, wait: Any) -> None:
    state.last_key = wait.key
    state.waits[wait.key] = wait
    state.activities[wait.activity].waits[wait.key] = None


def _close(state: InstanceState, key: int) -> None:
    wait = state.waits.pop(key)
    state.activities[wait.activity].waits.pop(key, None)
    state.conditions.pop(key, None)


class JobCreated(Event, frozen=True, tag="job-created"):
    """Work is offered to workers: `inputs` were evaluated once and every attempt gets the same.

    retries: attempts in all. timeout: seconds a worker may hold the job. available_at: microseconds since the epoch.
    secrets: where in the inputs `secrets.NAME` stands for a value that is put in when the job is done.
    """

    key: int
    activity: int
    element: str
    type: str
    inputs: Variables
    properties: dict[str, str]
    retries: int
    timeout: float
    available_at: int
    secrets: list[SecretReference] = msgspec.field(default_factory=list)

    def apply(self, state: InstanceState) -> None:
        _open(state, Job(self.key, self.activity, self.type, self.retries))


class JobCompleted(Event, frozen=True, tag="job-completed"):
    """A worker did the job and returned these variables."""

    key: int
    variables: Variables = msgspec.field(default_factory=dict)

    def apply(self, state: InstanceState) -> None:
        _close(state, self.key)


class JobFailed(Event, frozen=True, tag="job-failed"):
    """An attempt failed; `retries` are left, the next attempt is due at `available_at` (none when retries is 0)."""

    key: int
    message: str
    retries: int
    available_at: int = 0
    detail: Variables = msgspec.field(default_factory=dict)

    def apply(self, state: InstanceState) -> None:
        state.waits[self.key].retries = self.retries  # type: ignore[union-attr]


class JobRetried(Event, frozen=True, tag="job-retried"):
    """A person gave the failed job new attempts."""

    key: int
    retries: int
    available_at: int

    def apply(self, state: InstanceState) -> None:
        state.waits[self.key].retries = self.retries  # type: ignore[union-attr]


class JobAdjusted(Event, frozen=True, tag="job-adjusted"):
    """Somebody said how many attempts at the open job are left, or how urgent it is; None where nothing was said."""

    key: int
    retries: int | None = None
    priority: int | None = None

    def apply(self, state: InstanceState) -> None:
        if self.retries is not None:
            state.waits[self.key].retries = self.retries  # type: ignore[union-attr]


class JobErrorThrown(Event, frozen=True, tag="job-error-thrown"):
    """A worker answered with a BPMN error, or the failed job's diagram names one for it; the job is over."""

    key: int
    code: str
    message: str = ""
    variables: Variables = msgspec.field(default_factory=dict)

    def apply(self, state: InstanceState) -> None:
        _close(state, self.key)


class UserTaskCreated(Event, frozen=True, tag="user-task-created"):
    """A person's work waits. due_at: microseconds since the epoch or None."""

    key: int
    activity: int
    element: str
    assignee: str | None = None
    candidate_users: list[str] = msgspec.field(default_factory=list)
    candidate_groups: list[str] = msgspec.field(default_factory=list)
    form_key: str | None = None
    due_at: int | None = None

    def apply(self, state: InstanceState) -> None:
        _open(state, UserTask(self.key, self.activity, self.assignee))


class UserTaskClaimed(Event, frozen=True, tag="user-task-claimed"):
    """The user task now belongs to the assignee, or to nobody (None)."""

    key: int
    assignee: str | None = None

    def apply(self, state: InstanceState) -> None:
        state.waits[self.key].assignee = self.assignee  # type: ignore[union-attr]


class UserTaskCompleted(Event, frozen=True, tag="user-task-completed"):
    """A person finished the user task with these variables."""

    key: int
    variables: Variables = msgspec.field(default_factory=dict)

    def apply(self, state: InstanceState) -> None:
        _close(state, self.key)


class TimerScheduled(Event, frozen=True, tag="timer-scheduled"):
    """A timer will trigger `element` at `due` (microseconds since the epoch); a cycle goes on after that."""

    key: int
    activity: int
    element: str
    due: int
    index: int = 0
    inside: bool = False
    cycle: str = ""
    repeats: int = 0
    start: int = 0

    def apply(self, state: InstanceState) -> None:
        where = (self.key, self.activity, self.element, self.due, self.index, self.inside)
        _open(state, Timer(*where, self.cycle, self.repeats, self.start))


class TimerFired(Event, frozen=True, tag="timer-fired"):
    """The timer was due and triggered its element."""

    key: int

    def apply(self, state: InstanceState) -> None:
        _close(state, self.key)


class Subscribed(Event, frozen=True, tag="subscribed"):
    """`element` waits for a message, signal or condition of this name and correlation key."""

    key: int
    activity: int
    element: str
    kind: str
    name: str
    correlation: str = ""
    index: int = 0
    inside: bool = False
    holds: bool = False

    def apply(self, state: InstanceState) -> None:
        where = (self.key, self.activity, self.element)
        what = (self.kind, self.name, self.correlation)
        _open(state, Subscription(*where, *what, self.index, self.inside, self.holds))
        if self.kind == "condition":
            state.conditions[self.key] = None


class MessageReceived(Event, frozen=True, tag="message-received"):
    """The message that the subscription waits for arrived with these variables; `message` is its id, "" for none."""

    key: int
    message: str = ""
    variables: Variables = msgspec.field(default_factory=dict)

    def apply(self, state: InstanceState) -> None:
        _close(state, self.key)


class SignalReceived(Event, frozen=True, tag="signal-received"):
    """The signal that the subscription waits for was broadcast with these variables."""

    key: int
    variables: Variables = msgspec.field(default_factory=dict)

    def apply(self, state: InstanceState) -> None:
        _close(state, self.key)


class ConditionMet(Event, frozen=True, tag="condition-met"):
    """The condition that the subscription waits for became true."""

    key: int

    def apply(self, state: InstanceState) -> None:
        _close(state, self.key)


class ConditionChanged(Event, frozen=True, tag="condition-changed"):
    """The condition says something else now, which triggers nothing; it waits to become true again."""

    key: int
    holds: bool = False

    def apply(self, state: InstanceState) -> None:
        state.waits[self.key].holds = self.holds  # type: ignore[union-attr]


class ToBus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What a thrown message is as an event on the message bus, as far as the diagram says so.

    topic: "" where only the configuration may name one. key: what keeps its events in order. data: what it tells, the
    message's variables where it is not set. business_key: of the instance or called process that throws it.
    """

    topic: str = ""
    type: str = ""
    key: str = ""
    subject: str = ""
    data: Any = msgspec.UNSET
    business_key: str | None = None


class MessageThrown(Event, frozen=True, tag="message-thrown"):
    """The activity instance sends a message (10.5.1, 10.3.3); `key` names it within the instance.

    bus: what it is on the message bus, None where the diagram says nothing of it.
    """

    key: int
    activity: int
    element: str
    name: str
    correlation: str = ""
    variables: Variables = msgspec.field(default_factory=dict)
    bus: ToBus | None = None

    def apply(self, state: InstanceState) -> None:
        state.last_key = self.key


class SignalThrown(Event, frozen=True, tag="signal-thrown"):
    """The activity instance broadcasts a signal (10.5.1); `key` names it within the instance."""

    key: int
    activity: int
    element: str
    name: str
    variables: Variables = msgspec.field(default_factory=dict)

    def apply(self, state: InstanceState) -> None:
        state.last_key = self.key


class WaitWithdrawn(Event, frozen=True, tag="wait-withdrawn"):
    """The job, user task, timer or subscription is no longer wanted (withdrawn, 13.3.2)."""

    key: int

    def apply(self, state: InstanceState) -> None:
        _close(state, self.key)
