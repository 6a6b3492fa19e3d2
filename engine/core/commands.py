"""What may be asked of an instance: the closed set of commands. Time, identity and chance arrive inside them."""

from __future__ import annotations

from typing import Literal

import msgspec

from .state import ROOT, Variables


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="command", omit_defaults=True):
    """The base of all commands.

    at: now, in microseconds since the epoch (UTC). actor: who asks. chance: 0 <= chance < 1, for jitter.
    """

    at: int
    actor: str = ""
    chance: float = 0.5


class HttpRequest(msgspec.Struct, frozen=True):
    """The call of a route that starts an instance: the start event that has the route, the method and the path."""

    element: str
    method: str
    path: str


class Start(Command, frozen=True, tag="start"):
    """Start a root instance of the definition with a given id.

    element: id of what was triggered from outside (a start event, an instantiating receive task, or what follows an
    instantiating event-based gateway), "" for the none start events. index: which of its event definitions. trace: of
    what led to it, "" for none. request: the call of a route that starts it.
    """

    instance: str
    definition: str
    business_key: str | None = None
    variables: Variables = {}
    element: str = ""
    index: int = 0
    trace: str = ""
    request: HttpRequest | None = None


class Continue(Command, frozen=True, tag="continue"):
    """Go on with a run that yielded."""


class Cancel(Command, frozen=True, tag="cancel"):
    """End the instance from outside."""

    reason: str = ""


class CompleteJob(Command, frozen=True, tag="complete-job"):
    """A worker did the job.

    Where the diagram maps outputs: outward: the variables are written around the task as well; local: further results
    that only the mappings see. Elsewhere the variables are written around the task anyway and local ones are dropped.
    """

    job: int
    variables: Variables = {}
    local: Variables = {}
    outward: bool = False


class FailJob(Command, frozen=True, tag="fail-job"):
    """An attempt at the job failed. retry_after: seconds the service asked to wait, None if it did not.

    retries: how many attempts are left, when the worker decides that and when the next one is due; else the diagram.
    """

    job: int
    message: str
    retryable: bool = True
    retry_after: float | None = None
    detail: Variables = {}
    retries: int | None = None


class ThrowJobError(Command, frozen=True, tag="throw-job-error"):
    """A worker answers the job with a BPMN error."""

    job: int
    code: str
    message: str = ""
    variables: Variables = {}


class AdjustJob(Command, frozen=True, tag="adjust-job"):
    """Somebody says how many attempts at an open job are left (1 at least), or how urgent it is; None leaves that."""

    job: int
    retries: int | None = None
    priority: int | None = None


class ClaimTask(Command, frozen=True, tag="claim-task"):
    """Give the user task to the assignee; None gives it back. Fails when somebody else has it, unless `force`.

    person: who may only change what is theirs or nobody's; None for somebody who may change every task.
    """

    task: int
    assignee: str | None = None
    force: bool = False
    person: str | None = None


class CompleteTask(Command, frozen=True, tag="complete-task"):
    """A person finished the user task. person: as for a claim."""

    task: int
    variables: Variables = {}
    person: str | None = None


class FireTimer(Command, frozen=True, tag="fire-timer"):
    """The timer is due. catch_up: "one" when a cycle's missed repetitions are one firing, "all" when each fires."""

    timer: int
    catch_up: Literal["one", "all"] = "one"


class DeliverMessage(Command, frozen=True, tag="deliver-message"):
    """A message arrives for the subscription. message: its id, "" for none."""

    subscription: int
    message: str = ""
    variables: Variables = {}


class DeliverSignal(Command, frozen=True, tag="deliver-signal"):
    """A signal is broadcast: it triggers every subscription of its name, first opened first."""

    name: str
    variables: Variables = {}


class StartActivity(Command, frozen=True, tag="start-activity"):
    """Select activities of an ad-hoc sub-process for execution (13.3.5).

    elements: their ids. activity: key of the ad-hoc sub-process's instance, 0 for the only one that offers them.
    ad_hoc: id of the ad-hoc sub-process, "" for any. variables: local ones of each activity that is started.
    """

    elements: tuple[str, ...]
    activity: int = 0
    ad_hoc: str = ""
    variables: Variables = {}


class ResolveIncident(Command, frozen=True, tag="resolve-incident"):
    """The cause is mended: go on. variables: set first, where the stuck activity sees them. retries: new attempts."""

    incident: int
    variables: Variables = {}
    retries: int | None = None


class SetVariables(Command, frozen=True, tag="set-variables"):
    """An operator corrects variables of the instance, or of the called process with this key."""

    variables: Variables
    scope: int = ROOT


AnyCommand = (
    Start
    | Continue
    | Cancel
    | CompleteJob
    | FailJob
    | ThrowJobError
    | AdjustJob
    | ClaimTask
    | CompleteTask
    | FireTimer
    | DeliverMessage
    | DeliverSignal
    | StartActivity
    | ResolveIncident
    | SetVariables
)


class Rejected(msgspec.Struct, frozen=True):
    """The command cannot be carried out and changed nothing. reason: a stable word; sentence: for people."""

    reason: str
    sentence: str
