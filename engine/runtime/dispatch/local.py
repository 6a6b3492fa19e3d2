"""Which jobs this process takes for its own connectors: in the commit that creates them, or in batches when due.

A job that is new is leased in the same commit and handed over right after it, as long as a place is free and no older
job waits in the store (`backlog`); otherwise it stays available, and free places are filled in due order. So there
is no polling, no second commit in the usual case, and nobody starves.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

import msgspec

from ...core.events import JobCreated, JobFailed, JobRetried
from ...store import Lease, Step, Store, leased_jobs
from ...store.records import lease_end
from ...store.views import JobView
from ..clock import Clock
from ..keys import job_idempotency_key, part_id
from ..leases import Leases


class LocalJob(msgspec.Struct, frozen=True, eq=False):
    """One lease of a job to this process, from `leased_at` to `until` (microseconds since the epoch).

    Two leases of one job are never equal: an attempt that lost its lease may still run beside the next one.
    """

    view: JobView
    leased_at: int
    until: int


class LocalDispatch:
    """The jobs held by this process: waiting for a thread, or running.

    owner: the name in the leases. types: the job types that its connectors do now. wanted: called, on any thread, when
    free places should be filled; `fill` then does it on the writer's.
    """

    def __init__(
        self,
        store: Store,
        leases: Leases,
        clock: Clock,
        owner: str,
        types: Callable[[], frozenset[str]],
        wanted: Callable[[], None],
    ) -> None:
        self._store = store
        self._leases = leases
        self._clock = clock
        self.owner = owner
        self._types = types
        self._wanted = wanted
        self._asked = False
        self._changed = threading.Condition()
        self._waiting: deque[LocalJob] = deque()
        self._running: set[LocalJob] = set()
        self._unanswered: set[LocalJob] = set()
        self._places = 0
        self._backlog = False

    # -- places ------------------------------------------------------------------------------------------------------

    def open(self, places: int) -> None:
        """Take up to `places` jobs at once from now on; there may be some in the store already."""
        with self._changed:
            self._places, self._backlog, self._asked = places, True, False

    def close(self) -> list[LocalJob]:
        """Take no more jobs; wakes the threads and returns what none of them has begun."""
        with self._changed:
            self._places = 0
            left = list(self._waiting)
            self._waiting.clear()
            self._changed.notify_all()
        return left

    @property
    def free(self) -> int:
        """Places left."""
        return self._places - len(self._waiting) - len(self._running)

    @property
    def idle(self) -> bool:
        """Whether nothing is held, and nothing waits in the store that could be."""
        held = self._waiting or self._running or self._unanswered
        return not held and not (self._backlog and self._places)

    def nudge(self) -> None:
        """Ask for `fill`, unless that was done, if jobs may wait in the store and half of the places are free.

        Not at the first free place, so that filling up is one commit for many jobs.
        """
        if self._backlog and not self._asked and self._places and self.free * 2 >= self._places:
            self._asked = True
            self._wanted()

    def due(self) -> None:
        """Some job in the store may be due."""
        self._backlog = True

    # -- on the writer's thread --------------------------------------------------------------------------------------

    def granting(self, steps: list[Step]) -> None:
        """Lease the new jobs of a group that is about to be committed."""
        for step in steps:
            step.lease = None
        if not self._places:
            return
        types, free = self._types(), 0 if self._backlog else self.free
        for step in steps:
            if JobCreated in map(type, step.events):
                step.lease = Lease(owner=self.owner, types=types)
                wanted = len(leased_jobs(step))
                if wanted > free:
                    self._backlog = True
                    step.lease = Lease(owner=self.owner, types=types, limit=free) if free else None
                free -= min(wanted, free)

    def committed(self, steps: list[Step]) -> None:
        """Hand over what was leased with the steps, and note what became available in them."""
        for step in steps:
            if step.lease is not None and step.lease.owner == self.owner:
                self._hand_over([_local_job(step, job) for job in leased_jobs(step)])
            for event in step.events:
                if isinstance(event, JobFailed | JobRetried) and event.available_at <= step.at:
                    self._backlog = True

    def fill(self) -> int:
        """Lease due jobs for the free places, longest due first; returns how many."""
        self._asked = False
        free = self.free
        if not self._backlog or free <= 0:
            return 0
        now = self._clock.now()
        suspects = 0 if self._holds_suspect() else 1
        jobs = self._store.jobs.lease(sorted(self._types()), self.owner, now=now, limit=free, suspects=suspects)
        self._backlog = len(jobs) == free
        self._leases.took(jobs)
        self._hand_over([LocalJob(job, now, job.lease_until or now) for job in jobs])
        return len(jobs)

    def _holds_suspect(self) -> bool:
        """Whether one of the jobs held is one that a process died with: if this one dies too, that one is to blame."""
        with self._changed:
            return any(job.view.crashes for jobs in (self._waiting, self._running, self._unanswered) for job in jobs)

    def prolong(self, job: LocalJob) -> LocalJob | None:
        """Begin the lease anew, for a job that waited long for a thread; None when it is lost."""
        now = self._clock.now()
        until = now + job.until - job.leased_at
        if not self._store.jobs.extend(job.view.instance_id, job.view.key, self.owner, until):
            return None
        self._leases.extended(job.view.id, self.owner, until)
        return LocalJob(job.view, now, until)

    def prolong_waiting(self, id: str) -> bool:
        """Begin the lease anew if the job still waits here for a thread; False when it does not."""
        with self._changed:
            at = next((place for place, job in enumerate(self._waiting) if job.view.id == id), None)
            if at is None:
                return False
            prolonged = self.prolong(self._waiting[at])
            if prolonged is None:
                del self._waiting[at]
            else:
                self._waiting[at] = prolonged
            return prolonged is not None

    def _hand_over(self, jobs: list[LocalJob]) -> None:
        with self._changed:
            self._waiting.extend(jobs)
            self._changed.notify(len(jobs))

    # -- on the workers' threads -------------------------------------------------------------------------------------

    def take(self, *, wait: bool = True) -> LocalJob | None:
        """Return the next job to run; None when there is none (or, having waited, when this was closed)."""
        with self._changed:
            while wait and not self._waiting and self._places:
                self._changed.wait()
            if not self._waiting:
                return None
            job = self._waiting.popleft()
            self._running.add(job)
            return job

    def done(self, job: LocalJob) -> None:
        """The job's run is over, its place is free; to be called before its answer is written."""
        with self._changed:
            self._running.discard(job)
            self._unanswered.add(job)

    def answered(self, job: LocalJob) -> None:
        """The job's answer is with the writer, or there is none."""
        with self._changed:
            self._unanswered.discard(job)
            # Other suspects may have waited for this one's end.
            self._backlog = self._backlog or job.view.crashes > 0
            self._changed.notify_all()

    def wait_for_running(self, seconds: float) -> list[LocalJob]:
        """Wait until nothing runs or waits to be answered, for `seconds` at most; returns what still runs."""
        with self._changed:
            self._changed.wait_for(lambda: not self._running and not self._unanswered, seconds)
            return list(self._running)


def _local_job(step: Step, job: JobCreated) -> LocalJob:
    state = step.state
    until = lease_end(None, step.at, job.timeout)
    view = JobView(
        id=part_id(step.root, job.key),
        instance_id=step.root,
        key=job.key,
        process=state.process,
        business_key=state.business_key,
        element_id=job.element,
        type=job.type,
        state="leased",
        retries=job.retries,
        attempt=1,
        timeout=job.timeout,
        idempotency_key=job_idempotency_key(step.root, job.element, job.key),
        inputs=job.inputs,
        properties=job.properties,
        available_at=job.available_at,
        created_at=step.at,
        lease_owner=step.lease.owner if step.lease is not None else None,
        lease_until=until,
        secrets=job.secrets,
        trace=state.trace or None,
    )
    return LocalJob(view, step.at, until)
