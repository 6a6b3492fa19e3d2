"""What is alive in one root instance, and nothing else; only events (engine.core.events) change it.

A token is an active activity instance or a count on a sequence flow. Keys are counted up per root instance, so a
replay finds the same keys. A scope is opened by an activity instance (or by the process itself) and bears its key.
Nothing here can hold a reference cycle, hence gc=False.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

Value = Any
Variables = dict[str, Value]

ROOT = 1
"""The key of the process's own activity instance and scope."""

SNAPSHOT_FORMAT = 1
"""Raised whenever the meaning of a stored state changes; other formats are rebuilt by folding the history."""

Status = Literal["active", "completed", "failed", "cancelled"]
Stage = Literal["enter", "prepared", "again", "received", "complete", "leave"]


class VariableChain:
    """Variables of nested scopes read from the inside outwards."""

    __slots__ = ("layers",)

    def __init__(self, layers: list[Mapping[str, Value]]) -> None:
        self.layers = layers

    def __getitem__(self, name: str) -> Value:
        for layer in self.layers:
            if name in layer:
                return layer[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return any(name in layer for layer in self.layers)

    def flat(self) -> Variables:
        """All visible variables as one dictionary."""
        merged: Variables = {}
        for layer in reversed(self.layers):
            merged.update(layer)
        return merged


class Entry(msgspec.Struct, omit_defaults=True, gc=False):
    """A completed activity that can be undone (BPMN 2.0.2, 13.5.5).

    key, element: the activity instance that completed. variables: every variable visible to it at that moment.
    local: for a sub-process or loop, its own variables; children: its own undoable activities, first completed first.
    iteration: which iteration of a loop it was, from 1; 0 for none. partial: it was ended before it completed, when its
    transaction was cancelled, so that only its activities are undone and not it as a whole. definition, business_key:
    of a called process, "" and None for everything else.
    """

    key: int
    element: str
    variables: Variables = {}
    local: Variables = {}
    children: list[Entry] = []
    iteration: int = 0
    partial: bool = False
    definition: str = ""
    business_key: str | None = None


class Scope(msgspec.Struct, omit_defaults=True, gc=False):
    """A place for variables and, for processes and sub-processes, for tokens.

    key: that of the activity instance it belongs to. parent: the key of the scope whose variables are seen from here
    too, 0 for a process: what calls it is not seen.
    definition: id of the process definition that its elements belong to. container: id of the process or sub-process
    whose nodes run here, "" for a scope that only holds variables. activities: keys of the activity instances alive
    directly inside, in order of start. tokens: flow id -> count (an id "@node" is a token placed directly at a node).
    undoable: completed activities of this scope, first completed first. seen: what a compensation handler sees of the
    past before the live variables. resetting: complex gateways that wait for their reset, each with the incoming flows
    that gave a token when it was activated (13.4.5). business_key, given, called: of a called process, the
    variables that it began with, and its key (where it is opened again to be undone, the one that it had when it
    ran). terminated: a terminate end event ended it, so that what completed in it cannot be undone.
    """

    key: int
    parent: int
    definition: str
    container: str = ""
    variables: Variables = {}
    activities: dict[int, None] = {}
    tokens: dict[str, int] = {}
    undoable: list[Entry] = []
    seen: Variables = {}
    resetting: dict[str, tuple[str, ...]] = {}
    business_key: str | None = None
    given: Variables = {}
    called: int = 0
    terminated: bool = False


class Activity(msgspec.Struct, omit_defaults=True, gc=False):
    """An activity instance (or event or gateway) that is alive.

    scope: key of the scope it runs in. waits: keys of its open waits. incident: key of the incident it is stuck on.
    undoes: key of the compensation it is a part of, 0 if none. status: life cycle, 13.3.2. iteration: which iteration
    of a loop or multi-instance activity it is, from 1; 0 for none. called: it is the process that the call activity
    `element` calls, and runs in the scope of the call activity's instance.
    """

    key: int
    element: str
    scope: int
    status: Literal["active", "completing", "compensating"] = "active"
    waits: dict[int, None] = {}
    incident: int = 0
    undoes: int = 0
    iteration: int = 0
    called: bool = False


class Job(msgspec.Struct, tag="job", tag_field="wait", omit_defaults=True, gc=False):
    """Work that a worker does. The request itself is not kept here: it stands in the job table and the history."""

    key: int
    activity: int
    type: str
    retries: int


class UserTask(msgspec.Struct, tag="user-task", tag_field="wait", omit_defaults=True, gc=False):
    """A user task waiting for a person."""

    key: int
    activity: int
    assignee: str | None = None


class Timer(msgspec.Struct, tag="timer", tag_field="wait", omit_defaults=True, gc=False):
    """A timer that is due at `due` (microseconds since the epoch, UTC); `element` is the event that it triggers.

    index: which event definition of the element, from 0. inside: the element starts an event sub-process in the scope
    of the activity instance. cycle, repeats, start: how it goes on after this (see engine.core.timing), "" for never.
    """

    key: int
    activity: int
    element: str
    due: int
    index: int = 0
    inside: bool = False
    cycle: str = ""
    repeats: int = 0
    start: int = 0


class Subscription(msgspec.Struct, tag="subscription", tag_field="wait", omit_defaults=True, gc=False):
    """A wait for a message, signal or condition; `element` is the event that it triggers.

    kind: "message", "signal" or "condition". index, inside: as for a timer. holds: what the condition said last.
    """

    key: int
    activity: int
    element: str
    kind: str
    name: str
    correlation: str = ""
    index: int = 0
    inside: bool = False
    holds: bool = False


Wait = Job | UserTask | Timer | Subscription


class Incident(msgspec.Struct, omit_defaults=True, gc=False):
    """Stuck work that a person can see and resolve; `stage` says where the activity goes on when it is resolved.

    kind: "job", "expression", "gateway", "error", "call", "limit", "response" or "stuck".
    activity: 0 when a whole scope is stuck.
    """

    key: int
    kind: str
    message: str
    scope: int
    element: str = ""
    activity: int = 0
    job: int = 0
    stage: Stage = "enter"


class Compensation(msgspec.Struct, omit_defaults=True, gc=False):
    """A compensation in progress: what is still to be undone (the last entry comes next) and what is being undone.

    key: the activity instance that threw it, or the sub-process instance reopened to be undone. scope: where its
    handlers run. outer: the enclosing scope, where the handlers of the first `outer_count` entries run, 0 for none.
    """

    key: int
    scope: int
    pending: list[Entry] = []
    current: int = 0
    outer: int = 0
    outer_count: int = 0

    @property
    def place(self) -> int:
        """The scope in which the last entry is undone."""
        return self.outer if len(self.pending) <= self.outer_count else self.scope


class Loop(msgspec.Struct, omit_defaults=True, gc=False):
    """A loop or multi-instance activity in progress (BPMN 2.0.2, 13.3.6 and 13.3.7).

    key: the activity instance around its iterations. total: how many there will be, -1 while a condition decides it.
    items: the collection's values, one per iteration, [] without a collection. started, completed: counts.
    results: iteration -> its part of the output collection. ended: no more iterations start.
    """

    key: int
    total: int
    items: list[Value] = []
    started: int = 0
    completed: int = 0
    results: dict[int, Value] = {}
    ended: bool = False


class AdHoc(msgspec.Struct, omit_defaults=True, gc=False):
    """An ad-hoc sub-process in which something was selected (BPMN 2.0.2, 13.3.5).

    key: its activity instance. selected: how many activities were selected for execution so far. results: the output
    of the inner activities, first completed first. ended: the completion condition was true, nothing more starts.
    """

    key: int
    selected: int = 0
    results: list[Value] = []
    ended: bool = False


class Due(msgspec.Struct, array_like=True, omit_defaults=True, gc=False):
    """One piece of work that a yielded run has still to do: the kind of work, the scope's or activity's key, a name."""

    kind: Literal["token", "scope", "undo", "conditions"]
    key: int
    name: str = ""


class InstanceState(msgspec.Struct, omit_defaults=True, gc=False):
    """One root instance with everything it called.

    revision is kept by the store. last_key: the last key given out. agenda: what a yielded run has still to do.
    steps: how many of them a yielded run did since it last waited. halted: what a halted run has still to do;
    halted_by: the key of the incident about that.
    conditions: keys of the subscriptions to conditions, in order. called: keys of the called processes, in order.
    trace: "" for none. answered: the caller who waits for it at the edge has his response.
    """

    id: str
    definition: str
    process: str
    business_key: str | None = None
    status: Status = "active"
    outcome: str = ""
    error_code: str | None = None
    last_key: int = 0
    scopes: dict[int, Scope] = {}
    activities: dict[int, Activity] = {}
    waits: dict[int, Wait] = {}
    incidents: dict[int, Incident] = {}
    compensations: dict[int, Compensation] = {}
    loops: dict[int, Loop] = {}
    agenda: list[Due] = []
    steps: int = 0
    halted: list[Due] = []
    halted_by: int = 0
    conditions: dict[int, None] = {}
    ad_hocs: dict[int, AdHoc] = {}
    called: dict[int, None] = {}
    trace: str = ""
    answered: bool = False

    @property
    def is_halted(self) -> bool:
        """Whether a part of the work waits for a person, because the instance did too much without waiting."""
        return self.halted_by in self.incidents

    def is_terminated(self, key: int) -> bool:
        """Whether a terminate end event ended the scope of the activity instance: it cannot be undone (13.5.6)."""
        scope = self.scopes.get(key)
        return scope is not None and scope.terminated
