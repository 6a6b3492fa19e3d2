"""Jobs for workers elsewhere, and user tasks for people: lease, answer, claim, complete."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from ..core.commands import ClaimTask, CompleteJob, CompleteTask, FailJob, ThrowJobError
from ..store import DuplicateKey, Held
from ..store.people import Person
from ..store.views import JobView, Page, UserTaskView
from .clock import SECOND
from .errors import InvalidRequest
from .house import House
from .keys import not_found, split_part
from .lanes import task_with_lane
from .once import ask, keyed, known, record
from .requests import IdempotencyKey, MakeCommand, Request
from .timers import LOCAL

JOB_STATES = ("available", "leased", "incident", "completed", "error", "withdrawn")
TASK_STATES = ("open", "created", "claimed", "completed", "withdrawn")
"""What a list may be asked for; "open" are the first two of a task."""
LONGEST_RETRY_AFTER = 365 * 86_400.0


class Jobs:
    """What workers and people do."""

    def __init__(self, house: House) -> None:
        self._house = house

    # -- leases ------------------------------------------------------------------------------------------------------

    def lease(
        self, types: Iterable[str], worker: str, most: int, lease_seconds: float, idempotency_key: str | None = None
    ) -> list[JobView]:
        """Lease due jobs, longest due first; a key that has led to jobs leads to those that the worker still holds."""
        checks, settings = self._house.checks, self._house.settings
        wanted = sorted({checks.text("a job type", type, empty=False) for type in types})
        if not wanted:
            raise InvalidRequest("The worker needs to name at least one job type but named none")
        worker = self.worker(worker)
        most = checks.whole("max", most, 1, settings.lease_batch)
        length = self.length(lease_seconds)
        key = keyed(self._house, idempotency_key, ["lease", wanted, worker, most, length])
        with suppress(DuplicateKey):  # another process has done it a moment ago
            return self._house.writer.call(lambda: self._lease(wanted, worker, most, length, key))
        return self._leased_before(key, worker) or []

    def lease_waiting(
        self,
        types: list[str],
        worker: str,
        most: int,
        lease_seconds: float,
        wait_seconds: float,
        idempotency_key: str | None = None,
    ) -> list[JobView]:
        """The same, waiting for the first one so long at most; woken after the commit that made one available."""
        house = self._house
        seconds = house.checks.seconds("wait_seconds", wait_seconds, house.settings.longest_wait_seconds)
        with house.openings.ear(types, seconds if house.writer.threaded else 0.0) as ear:
            while not (jobs := self.lease(types, worker, most, lease_seconds, idempotency_key)):
                answered = idempotency_key is not None and house.store.idempotency(idempotency_key) is not None
                if answered or not house.openings.open or not ear.listen():
                    break
        return jobs

    def _lease(
        self, types: list[str], worker: str, most: int, length: int, key: IdempotencyKey | None
    ) -> list[JobView]:
        house, now = self._house, self._house.clock.now()
        before = self._leased_before(key, worker)
        if before is not None:
            return before
        once = record(house, key)
        jobs = house.store.jobs.lease(types, worker, now=now, until=now + length, limit=most, once=once)
        if not jobs:
            return self._leased_before(key, worker) or []  # by another process, a moment ago
        house.leases.took(jobs)
        house.scheduler.notice(now + length)
        return jobs

    def _leased_before(self, key: IdempotencyKey | None, worker: str) -> list[JobView] | None:
        """What the key's first request leased and is still the worker's, None when there was none."""
        used = known(self._house, key)
        if used is None:
            return None
        jobs = [self._house.store.jobs.get(id) for id in used.result]
        return [job for job in jobs if job is not None and job.state == "leased" and job.lease_owner == worker]

    def extend(self, id: str, lease_seconds: float, worker: str, idempotency_key: str | None = None) -> JobView:
        """Let the lease end so many seconds from now."""
        instance, key = split_part("a job", id)
        worker, length = self.worker(worker), self.length(lease_seconds)
        once = keyed(self._house, idempotency_key, ["extend", id, worker, length])

        def extend() -> None:
            if known(self._house, once):
                return
            leases, until = self._house.leases, self._house.clock.now() + length
            leases.check(id, worker)
            while not self._house.store.jobs.extend(instance, key, worker, until, record(self._house, once)):
                leases.doubted(id)
                leases.check(id, worker)
            leases.extended(id, worker, until)
            self._house.scheduler.notice(until)

        with suppress(DuplicateKey):  # another process has done it a moment ago
            self._house.writer.call(extend)
        return self.get(id)

    def length(self, lease_seconds: float) -> int:
        """Return the length of a lease in microseconds; raises InvalidRequest."""
        most = self._house.settings.longest_lease_seconds
        return max(1, int(self._house.checks.seconds("lease_seconds", lease_seconds, most) * SECOND))

    def worker(self, worker: str) -> str:
        """Return the name of a worker elsewhere; raises InvalidRequest for one of the engine's own."""
        if worker.startswith(LOCAL):
            raise InvalidRequest(
                f"Expected another worker name but names that begin with {LOCAL!r} are the engine's own"
            )
        return self._house.checks.text("worker", worker, empty=False)

    # -- answers -----------------------------------------------------------------------------------------------------

    def complete(
        self,
        id: str,
        variables: Mapping[str, Any] | None,
        worker: str,
        actor: str,
        idempotency_key: str | None = None,
        local: Mapping[str, Any] | None = None,
    ) -> None:
        """The job is done; local, where it is not None: what only output mappings see, while the rest goes outward."""
        given = self._house.checks.variables(variables)
        more = {} if local is None else {"local": self._house.checks.variables(local), "outward": True}
        self._answer(id, worker, actor, idempotency_key, CompleteJob, variables=given, **more)

    def fail(  # noqa: PLR0913 - what a failure may say
        self,
        id: str,
        message: str,
        worker: str,
        actor: str,
        *,
        retryable: bool,
        retry_after: float | None,
        detail: Mapping[str, Any] | None,
        idempotency_key: str | None = None,
        retries: int | None = None,
    ) -> None:
        """An attempt failed; retries: how many are left, where the worker counts them."""
        checks = self._house.checks
        after = None if retry_after is None else checks.seconds("retry_after", retry_after, LONGEST_RETRY_AFTER)
        fields: dict[str, Any] = {"retryable": retryable, "retry_after": after, "detail": checks.variables(detail)}
        if retries is not None:
            fields["retries"] = retries
        self._answer(id, worker, actor, idempotency_key, FailJob, message=checks.message(message), **fields)

    def throw_error(
        self,
        id: str,
        code: str,
        message: str,
        variables: Mapping[str, Any] | None,
        worker: str,
        actor: str,
        idempotency_key: str | None = None,
    ) -> None:
        """The job ends with a BPMN error."""
        checks = self._house.checks
        code = checks.text("the error code", code, empty=False)
        fields = {"code": code, "message": checks.message(message), "variables": checks.variables(variables)}
        self._answer(id, worker, actor, idempotency_key, ThrowJobError, **fields)

    def _answer(
        self, id: str, worker: str, actor: str, idempotency_key: str | None, command: Any, **fields: Any
    ) -> None:
        instance, key = split_part("a job", id)
        worker = self.worker(worker) if worker else ""
        actor = self._house.checks.text("actor", actor) or worker
        make: MakeCommand = partial(command, job=key, actor=actor, **fields)
        guard = partial(self._house.leases.check, id, worker)
        held = Held(key, worker or None, None)
        what = [command.__struct_config__.tag, id, worker, fields]
        ask(self._house, Request(instance, make, guard=guard, answers=id, held=held), idempotency_key, what)

    # -- user tasks --------------------------------------------------------------------------------------------------

    def claim(
        self,
        id: str,
        assignee: str | None,
        actor: str,
        *,
        force: bool,
        idempotency_key: str | None = None,
        person: str | None = None,
    ) -> None:
        """Give the user task to somebody, or (None) back to everybody."""
        checks = self._house.checks
        instance, key = split_part("a user task", id)
        assignee, actor = checks.optional("assignee", assignee), checks.text("actor", actor)
        self.task(id)
        name = actor or assignee or ""
        make = partial(ClaimTask, task=key, assignee=assignee or None, force=force, person=person, actor=name)
        ask(self._house, Request(instance, make), idempotency_key, ["claim", id, assignee, force])

    def complete_task(
        self,
        id: str,
        variables: Mapping[str, Any] | None,
        actor: str,
        idempotency_key: str | None = None,
        person: str | None = None,
    ) -> str:
        """A person finished the user task; returns the instance's id."""
        checks = self._house.checks
        instance, key = split_part("a user task", id)
        given, actor = checks.variables(variables), checks.text("actor", actor)
        self.task(id)
        request = Request(instance, partial(CompleteTask, task=key, variables=given, person=person, actor=actor))
        return ask(self._house, request, idempotency_key, ["complete-task", id, given])

    # -- queries -----------------------------------------------------------------------------------------------------

    def get(self, id: str) -> JobView:
        """Return the job; raises NotFound."""
        split_part("a job", id)
        found = self._house.store.jobs.get(id)
        if found is None:
            raise not_found("a job", id)
        return found

    def page(
        self, instance: str | None, state: str | None, type: str | None, limit: int, cursor: str | None
    ) -> Page[JobView]:
        """Return a part of the list of jobs."""
        _one_of("a job's state", state, JOB_STATES)
        limit = self._house.checks.limit(limit)
        return self._house.store.jobs.page(instance=instance, state=state, type=type, limit=limit, cursor=cursor)

    def task(self, id: str) -> UserTaskView:
        """Return the user task; raises NotFound."""
        split_part("a user task", id)
        found = self._house.store.queries.task(id)
        if found is None:
            raise not_found("a user task", id)
        return task_with_lane(self._house.executables, found)

    def tasks(
        self,
        instance: str | None,
        assignee: str | None,
        state: str | None,
        limit: int,
        cursor: str | None,
        person: Person | None,
    ) -> Page[UserTaskView]:
        """Return a part of the list of user tasks."""
        _one_of("a user task's state", state, TASK_STATES)
        limit = self._house.checks.limit(limit)
        page = self._house.store.queries.tasks(
            instance=instance, assignee=assignee, state=state, limit=limit, cursor=cursor, person=person
        )
        return Page([task_with_lane(self._house.executables, one) for one in page.items], page.next_cursor)


def _one_of(what: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise InvalidRequest(f"Expected {what} but got {value[:50]!r}", f"one of {', '.join(allowed)}")
