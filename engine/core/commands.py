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


class Start(Command, frozen=True, tag="start"):
    """Start a root instance of the definition with a given id.

    element: id of what was triggered from outside (a start event, an instantiating receive task, or what follows an
    instantiating event-based gateway), "" for the none start events. index: which of its event definitions.
    """

    instance: str
    definition: str
    business_key: str | None = None
    variables: Variables = {}
    element: str = ""
    index: int = 0


class Continue(Command, frozen=True, tag="continue"):
    """Go on with a run that yielded."""


class Cancel(Command, frozen=True, tag="cancel"):
    """End the instance from outside."""

    reason: str = ""


class CompleteJob(Command, frozen=True, tag="complete-job"):
    """A worker did the job."""

    job: int
    variables: Variables = {}


class FailJob(Command, frozen=True, tag="fail-job"):
    """An attempt at the job failed. retry_after: seconds the service asked to wait, None if it did not."""

    job: int
    message: str
    retryable: bool = True
    retry_after: float | None = None
    detail: Variables = {}


class ThrowJobError(Command, frozen=True, tag="throw-job-error"):
    """A worker answers the job with a BPMN error."""

    job: int
    code: str
    message: str = ""
    variables: Variables = {}


class ClaimTask(Command, frozen=True, tag="claim-task"):
    """Give the user task to the assignee; None gives it back. Fails when somebody else has it, unless `force`."""

    task: int
    assignee: str | None = None
    force: bool = False


class CompleteTask(Command, frozen=True, tag="complete-task"):
    """A person finished the user task."""

    task: int
    variables: Variables = {}


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
