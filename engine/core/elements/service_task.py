"""The service task: a job for a worker, with retries, and what happens when they are used up (10.3.3)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

from ...expressions import separated
from ...model import FlowNode
from .. import events as e
from ..commands import FailJob
from ..run import Run
from ..state import Activity, Job, Variables
from ..throwing import throw_error
from .element import Element
from .job_errors import JobErrors
from .mappings import uses_secrets
from .reading import Reading

MAX_RETRIES = 1000
MAX_PRIORITY = 2**31 - 1


class RetryPolicy(msgspec.Struct, frozen=True):
    """How a job is tried again: the properties job.* of the element.

    retries: attempts in all. backoff: seconds before the second attempt, doubled each time up to backoff_max.
    jitter: share of the pause that chance may add or take. error: BPMN error code thrown when the attempts are used up
    or a failure is final, "" for an incident. timeout: seconds a worker may hold the job. priority: how urgent it is to
    workers that ask for the most urgent ones first.
    """

    retries: int = 3
    backoff: float = 1.0
    backoff_max: float = 300.0
    jitter: float = 0.1
    error: str = ""
    timeout: float = 60.0
    priority: int = 0

    def pause(self, failures: int, chance: float) -> float:
        """Seconds to wait after that many failures (from 1): base * 2^(n-1), bounded, then spread by the jitter."""
        base = min(self.backoff * 2.0 ** min(failures - 1, 60), self.backoff_max)
        return base * (1.0 + self.jitter * (2.0 * chance - 1.0))

    def pause_after(self, command: FailJob, left: int) -> float:
        """Seconds until the next attempt: what the worker says when it counts the attempts, else at least the pause."""
        if command.retries is not None:
            return command.retry_after or 0.0
        pause = self.pause(max(1, self.retries - left), command.chance)
        return max(pause, min(command.retry_after or 0.0, self.backoff_max))


def read_policy(node: FlowNode, reading: Reading) -> RetryPolicy:
    """The retry policy of a node from its extension properties; bad values become problems."""
    given: dict[str, Any] = {}
    for name, parse in _POLICY.items():
        text = node.view.extensions.properties.get(f"job.{name}")
        if text is None:
            continue
        try:
            given[name.replace(".", "_")] = parse(text.strip())
        except (ValueError, msgspec.ValidationError):
            reading.problem(
                "job-policy",
                node,
                f'Expected {_EXPECTED[name]} in the property job.{name} but got "{text:.40}"',
                "docs/howto/service-tasks.md",
            )
    return RetryPolicy(**given)


def seconds(text: str) -> float:
    """An ISO 8601 duration of weeks, days, hours, minutes and seconds as seconds; ValueError otherwise."""
    duration = msgspec.convert(text, datetime.timedelta, strict=False)
    if duration.total_seconds() < 0:
        raise ValueError(text)
    return duration.total_seconds()


def _count(text: str) -> int:
    if not 1 <= int(text) <= MAX_RETRIES:
        raise ValueError(text)
    return int(text)


def _priority(text: str) -> int:
    if abs(int(text)) > MAX_PRIORITY:
        raise ValueError(text)
    return int(text)


def _share(text: str) -> float:
    if not 0.0 <= float(text) <= 1.0:
        raise ValueError(text)
    return float(text)


_POLICY: Mapping[str, Any] = {
    "retries": _count,
    "backoff": seconds,
    "backoff.max": seconds,
    "jitter": _share,
    "error": str,
    "timeout": seconds,
    "priority": _priority,
}
_EXPECTED = {
    "retries": f"a whole number from 1 to {MAX_RETRIES}",
    "backoff": "an ISO 8601 duration such as PT1S",
    "backoff.max": "an ISO 8601 duration such as PT5M",
    "jitter": "a number from 0 to 1",
    "error": "an error code",
    "timeout": "an ISO 8601 duration such as PT1M",
    "priority": f"a whole number from -{MAX_PRIORITY} to {MAX_PRIORITY}",
}


def in_words(kind: str) -> str:
    """The kind of an element as people say it: "businessRuleTask" is a "business rule task"."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in kind)


class ServiceTask(Element):
    """Opens a job; a worker's answer completes it, fails it, or throws a BPMN error."""

    element_types: ClassVar[tuple[str, ...]] = ("serviceTask", "businessRuleTask")
    needs_job_type: ClassVar[bool] = True
    brings = True
    sends = True
    summary = "a job for a worker: retries with backoff, then an incident or the BPMN error that the diagram names"
    clause = "10.3.3"

    def __init__(self, node: FlowNode, reading: Reading) -> None:
        super().__init__(node, reading)
        self.job_type = node.view.extensions.job_type or ""
        self.policy = read_policy(node, reading)
        self.properties = dict(node.view.extensions.properties)
        self.result = node.view.extensions.result_variable
        self.secretive = uses_secrets(node)
        self.errors = JobErrors(node, reading)
        if self.needs_job_type and not self.job_type:
            reading.problem(
                "missing-job-type",
                node,
                f"A {in_words(node.kind)} needs a job type but this one names none",
                "set an external task topic, a task definition type or the property job.type",
            )

    @property
    def writes(self) -> frozenset[str]:
        return super().writes | frozenset({self.result} if self.result and not self.outputs else ())

    @property
    def writes_anything(self) -> bool:
        return super().writes_anything and not self.result

    def take_inputs(self, run: Run, activity: Activity) -> None:
        """Evaluate the inputs; for each secret its name is kept, and where its value is to be put."""
        if not self.secretive:
            super().take_inputs(run, activity)
            return
        process = run.executable(activity.scope).process.id
        values, run.references[activity.key] = separated(self.evaluate(run, activity, self.inputs), process)
        run.open_scope(activity, values)

    def perform(self, run: Run, activity: Activity) -> None:
        self.open_job(run, activity)

    def resume(self, run: Run, activity: Activity, result: Variables) -> None:
        """The worker's answer, as one variable where the diagram names one; a BPMN error where the diagram says so."""
        found = self.errors.of_result(run, activity, result)
        if found is None:
            super().resume(run, activity, {self.result: result} if self.result else result)
        else:
            self.throw_or_say(run, activity, *found, result)

    def open_job(self, run: Run, activity: Activity) -> None:
        """Offer the work: the mapped inputs, or every visible variable where nothing is mapped."""
        inputs: Variables
        if self.input_names:
            own = run.state.scopes[activity.key].variables
            inputs = {name: own[name] for name in self.input_names}
        else:
            inputs = run.all_variables(activity)
        run.emit(
            e.JobCreated(
                run.next_key(),
                activity.key,
                self.id,
                self.job_type,
                inputs,
                self.properties,
                self.policy.retries,
                self.policy.timeout,
                run.now,
                run.references.pop(activity.key, []),
            )
        )

    def fail_job(self, run: Run, activity: Activity, job: Job, command: FailJob) -> None:
        """An attempt failed: wait and try again, or throw the diagram's error, or an incident."""
        policy = self.policy
        found = self.errors.of_failure(run, activity, job, command)
        if isinstance(found, tuple):
            self.throw(run, activity, job, *found, {})
            return
        if found is not None:
            command = msgspec.structs.replace(command, detail={**command.detail, "error_condition": found})
        left = job.retries - 1 if command.retryable else 0
        if command.retries is not None:
            left = command.retries
        if left > 0:
            due = run.now + int(policy.pause_after(command, left) * 1_000_000)
            run.emit(e.JobFailed(job.key, command.message, left, due, command.detail))
            return
        run.emit(e.JobFailed(job.key, command.message, 0, 0, command.detail))
        if policy.error:
            self.throw(run, activity, job, policy.error, command.message, {})
        else:
            run.stage = "again"
            run.incident(activity, "job", command.message, job=job.key, detail=command.detail)

    def throw(self, run: Run, activity: Activity, job: Job, code: str, message: str, variables: Variables) -> None:
        """The job ends with a BPMN error; one that nobody catches is an incident."""
        run.emit(e.JobErrorThrown(job.key, code, message, variables))
        self.throw_or_say(run, activity, code, message, variables)

    def throw_or_say(self, run: Run, activity: Activity, code: str, message: str, variables: Variables) -> None:
        """Throw an error; one that nobody catches is an incident."""
        if throw_error(run, activity, code, message, variables) != "caught":
            run.stage = "again"
            sentence = f'The error "{code}" needs a boundary event or an event sub-process that catches it'
            run.incident(activity, "error", f"{sentence}: {message}" if message else sentence)


ELEMENTS = (ServiceTask,)
