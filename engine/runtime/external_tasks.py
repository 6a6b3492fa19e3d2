"""Jobs for workers that say more than `lease_jobs` takes: wishes, urgency, attempts counted by the worker itself.

Workers written for Camunda 7 work like that; /engine-rest is made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import msgspec

from ..core.commands import AdjustJob, ResolveIncident
from ..core.state import InstanceState, Job
from ..store.picking import Wish
from ..store.processes import Processes, process_of
from ..store.search import VariableFilter
from ..store.views import JobView
from .errors import CommandRejected, InvalidRequest
from .house import House
from .jobs import Jobs
from .keys import not_found, split_part
from .requests import Request
from .timers import LOCAL

MOST_TOPICS = 100
MOST_NAMES = 100
"""Processes and definitions that a topic names: all of them stand in one query of the writer's thread."""
MOST_RETRIES = 1_000
MOST_PRIORITY = 2**31 - 1


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """Jobs that a worker would do. type: the job type. lease_seconds: how long one of them would be its own.

    Of the root instances: processes, definitions: one of these, when any are named. business_key: None for any.
    variables: filters on the process's own variables that must all hold.
    """

    type: str
    lease_seconds: float
    processes: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    business_key: str | None = None
    variables: tuple[VariableFilter, ...] = ()


class ExternalTasks:
    """What such workers may ask for, as part of an engine; ids, errors and everything else are those of its jobs."""

    def __init__(
        self,
        house: House,
        jobs: Jobs,
        opened: Callable[[], AbstractContextManager[None]],
        within: Processes | None = None,
    ) -> None:
        self._house, self._jobs, self._opened, self._within = house, jobs, opened, within

    def only(self, processes: Processes | None) -> ExternalTasks:
        """The same for somebody who is restricted to some processes."""
        return ExternalTasks(self._house, self._jobs, self._opened, processes)

    def fetch(
        self,
        topics: Sequence[Topic],
        *,
        worker: str,
        max: int = 1,  # noqa: A002 - the word of the wire
        wait_seconds: float = 0.0,
        urgent_first: bool = False,
    ) -> list[JobView]:
        """Give the worker up to `max` due jobs of these topics, longest due first.

        wait_seconds: when there is none, wait so long at most for one. urgent_first: the highest priority first.
        """
        house, checks = self._house, self._house.checks
        with self._opened():
            if not 1 <= len(topics) <= MOST_TOPICS:
                raise InvalidRequest(f"Expected 1 to {MOST_TOPICS} topics but got {len(topics)}")
            for topic in topics:
                checks.text("a topic", topic.type, empty=False)
                checks.filters(topic.variables)
                if (named := len(topic.processes) + len(topic.definitions)) > MOST_NAMES:
                    raise InvalidRequest(f"Expected a topic with at most {MOST_NAMES} processes but got {named}")
            worker = self._jobs.worker(worker)
            most = checks.whole("max", max, 1, house.settings.lease_batch)
            seconds = checks.seconds("wait_seconds", wait_seconds, house.settings.longest_wait_seconds)
            lengths = [self._jobs.length(topic.lease_seconds) for topic in topics]
            types = sorted({topic.type for topic in topics})
            with house.openings.ear(types, seconds if house.writer.threaded else 0.0) as ear:
                while not (jobs := self._fetch(topics, lengths, worker, most, urgent_first)):
                    if not house.openings.open or not ear.listen():
                        break
            return jobs

    def _fetch(
        self,
        topics: Sequence[Topic],
        lengths: Sequence[int],
        worker: str,
        most: int,
        urgent_first: bool,
        only: tuple[str, int] | None = None,
    ) -> list[JobView]:
        house = self._house

        def fetch() -> list[JobView]:
            now = house.clock.now()
            pairs = zip(topics, lengths, strict=True)
            wishes = [_wish(topic, now + length, self._within, only) for topic, length in pairs]
            jobs = house.store.picking.lease(wishes, worker, now=now, limit=most, urgent_first=urgent_first)
            house.leases.took(jobs)
            for job in jobs:
                house.scheduler.notice(job.lease_until or now)
            return jobs

        return house.writer.call(fetch)

    def variables(self, id: str) -> dict[str, Any]:
        """Return what the job's task sees now: its inputs, and behind them every variable around it.

        The inputs alone are what is sent again with every attempt; the rest is as it is at this moment.
        """
        with self._opened():
            job = self._check(id)
            if self._has_everything(job):
                return job.inputs
            loaded = self._house.store.load(job.instance_id)
            return job.inputs if loaded is None else {**_visible(loaded.state, job.key), **job.inputs}

    def _has_everything(self, job: JobView) -> bool:
        """Whether nothing was mapped, so that the inputs are all that the task saw; False where it is not known."""
        element = self._house.executables[job.definition_id].elements.get(job.element_id)
        return element is not None and not element.input_names

    def lock(self, id: str, lease_seconds: float, *, worker: str) -> JobView:
        """Give the worker this job; raises CommandRejected "job-leased" when another holds it, or "job-not-due"."""
        with self._opened():
            job = self._check(id)
            topics = [Topic(type=job.type, lease_seconds=lease_seconds)]
            lengths = [self._jobs.length(lease_seconds)]
            found = self._fetch(topics, lengths, self._jobs.worker(worker), 1, False, split_part("a job", id))
            if found:
                return found[0]
            if job.state == "leased" and job.lease_owner == worker:
                return self._jobs.extend(id, lease_seconds, worker)
            if job.lease_owner is not None:
                raise CommandRejected("job-leased", f"Expected job {id} to be free but another worker holds it")
            raise CommandRejected("job-not-due", f"Expected job {id} to be due but its state is {job.state!r}")

    def unlock(self, id: str) -> None:
        """Give the job back, whoever holds it, without an attempt being counted; nothing when nobody does."""
        house = self._house
        with self._opened():
            self._check(id)

            def unlock() -> None:
                place = split_part("a job", id)
                holder = house.store.jobs.holder(*place)
                if holder is None:
                    return
                if holder[0].startswith(LOCAL):
                    raise CommandRejected(
                        "job-leased", f"Expected job {id} to be held from outside but the engine does it"
                    )
                house.store.jobs.release(*place, holder[0])
                house.leases.released([id])

            house.writer.call(unlock)
            house.dispatch.due()
            house.openings.anything()

    def complete(
        self,
        id: str,
        variables: Mapping[str, Any] | None = None,
        *,
        local_variables: Mapping[str, Any] | None = None,
        worker: str,
        actor: str = "",
        idempotency_key: str | None = None,
    ) -> None:
        """Answer the job: done. Refusals as those of `complete_job`.

        The variables go to the process, output mappings or not; local_variables are seen by these alone.
        """
        with self._opened():
            self._check(id)
            self._jobs.complete(id, variables, worker, actor, idempotency_key, local_variables or {})

    def fail(
        self,
        id: str,
        message: str,
        *,
        worker: str,
        retries: int,
        retry_after: float = 0.0,
        detail: Mapping[str, Any] | None = None,
        actor: str = "",
    ) -> None:
        """Answer the job: the attempt failed, so many are left, and the next one is due after that many seconds.

        With no attempts left it becomes what its diagram says, or an incident. Refusals as those of `fail_job`.
        """
        left = self._house.checks.whole("retries", retries, 0, MOST_RETRIES)
        with self._opened():
            self._check(id)
            self._jobs.fail(
                id, message, worker, actor, retryable=True, retry_after=retry_after, detail=detail, retries=left
            )

    def set_retries(self, id: str, retries: int, *, actor: str = "") -> None:
        """Say how many attempts at the job are left; one that is stuck on an incident goes on.

        With 0 it becomes what its diagram says, or an incident, which is refused while a worker holds it.
        """
        left = self._house.checks.whole("retries", retries, 0, MOST_RETRIES)
        with self._opened():
            job = self._check(id)
            if left == 0 and job.state != "incident":
                self.fail(id, "The attempts that are left were set to 0", worker="", retries=0, actor=actor)
            elif left and job.state == "incident":
                self._resolve(job, left, actor)
            elif left:
                self._ask(id, actor, partial(AdjustJob, job=job.key, retries=left))

    def _resolve(self, job: JobView, retries: int, actor: str) -> None:
        key = self._house.store.picking.incident_of(job.instance_id, job.key)
        if key is None:
            raise CommandRejected("job-not-open", f"Expected job {job.id} to be stuck but its incident is resolved")
        self._ask(job.id, actor, partial(ResolveIncident, incident=key, retries=retries))

    def set_priority(self, id: str, priority: int, *, actor: str = "") -> None:
        """Say how urgent the job is to workers that ask for the most urgent ones first."""
        urgency = self._house.checks.whole("priority", priority, -MOST_PRIORITY, MOST_PRIORITY)
        with self._opened():
            job = self._check(id)
            self._ask(id, actor, partial(AdjustJob, job=job.key, priority=urgency))

    def _ask(self, id: str, actor: str, command: Any) -> None:
        make = partial(command, actor=self._house.checks.text("actor", actor))
        self._house.writer.ask(Request(split_part("a job", id)[0], make))

    def instance_like(self, start: str, end: str) -> str | None:
        """Return the only root instance whose id begins and ends so, None when there is none, or more than one."""
        with self._opened():
            found = self._house.store.picking.instance_like(start, end)
        return found if found is not None and self._is_theirs(found) else None

    def _check(self, id: str) -> JobView:
        """Return the job; raises NotFound, also for one of another process than the caller is restricted to."""
        job = self._jobs.get(id)
        if not self._is_theirs(job.instance_id):
            raise not_found("a job", id)
        return job

    def _is_theirs(self, instance: str) -> bool:
        if self._within is None:
            return True
        process = process_of(self._house.store.database, instance)
        return process is not None and self._within.allows(process)


def _visible(state: InstanceState, job: int) -> dict[str, Any]:
    wait = state.waits.get(job)
    if not isinstance(wait, Job):
        return {}
    key = wait.activity if wait.activity in state.scopes else state.activities[wait.activity].scope
    found: dict[str, Any] = {}
    while key:
        scope = state.scopes[key]
        found = {**scope.seen, **scope.variables, **found}
        key = scope.parent
    return found


def _wish(topic: Topic, until: int, within: Processes | None, job: tuple[str, int] | None) -> Wish:
    return Wish(
        type=topic.type,
        until=until,
        processes=topic.processes,
        definitions=topic.definitions,
        business_key=topic.business_key,
        variables=topic.variables,
        within=within,
        job=job,
    )
