"""Who holds which job: decides whether an answer to a job counts, and keeps the refused ones visible.

A lease is lost when it runs out and the scheduler has taken it back, never by the clock alone: until then nobody else
can have the job, and a late answer is better than a repeat. What is refused is noted on the job (`last_error`), written
to the log and counted; the history shows why: the attempt had failed before ("lease"), or somebody else had answered.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

import msgspec

from ..core.events import Event, JobCompleted, JobErrorThrown, JobFailed, WaitWithdrawn
from ..store import Step, Store, leased_jobs
from ..store.records import lease_end
from ..store.views import JobView
from .errors import CommandRejected
from .keys import not_found, part_id, split_part

logger = logging.getLogger(__name__)

_ENDS_LEASE: tuple[type[Event], ...] = (JobCompleted, JobErrorThrown, JobFailed, WaitWithdrawn)


class Lent(msgspec.Struct, frozen=True):
    """A lease: who has the job, and until when (microseconds since the epoch)."""

    owner: str
    until: int


class Leases:
    """The leases that this process has seen; used on the writer's thread. Others are looked up in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lent: dict[str, Lent] = {}
        self._answered: set[str] = set()
        self.refused = 0
        """Answers refused since the start."""

    # -- the answer to a job -----------------------------------------------------------------------------------------

    def check(self, job: str, worker: str, until: int | None = None) -> None:
        """Refuse the answer of `worker` unless it holds the job; "" stands for an operator and needs a free job.

        until: when the lease that is meant ends, None for any: the engine's own workers share one name.

        Raises CommandRejected ("job-not-open", "lease-lost", "job-leased") or NotFound.
        """
        if job in self._answered:
            raise self._refused(job, worker, "job-not-open", "it was answered a moment ago")
        held = self._known(job, worker) or self._stored(job, worker)
        owner = held.owner if held is not None else ""
        if owner == worker and (held is None or until in (None, held.until)):
            return
        if not worker:
            raise self._refused(job, worker, "job-leased", f"worker {owner!r} holds it")
        other = f"worker {owner!r} holds it" if owner not in ("", worker) else "that lease has ended"
        raise self._refused(job, worker, "lease-lost", other)

    def _known(self, job: str, worker: str) -> Lent | None:
        """What this process has seen of the job; where others may have taken it meanwhile, what the store says.

        That the worker holds it is believed there too: the commit of the answer compares it (see `Step.held`).
        """
        seen = self._lent.get(job)
        if not self._store.shared or (seen is not None and seen.owner == worker):
            return seen
        holder = self._store.jobs.holder(*split_part("a job", job))
        return None if holder is None else Lent(*holder)

    def doubted(self, job: str) -> None:
        """Others may have moved the job or its instance on: what was seen of it counts no longer."""
        if self._store.shared:
            self._lent.pop(job, None)

    def _stored(self, job: str, worker: str) -> Lent | None:
        view = self._store.jobs.get(job)
        if view is None:
            raise not_found("a job", job)
        if view.state not in ("available", "leased"):
            raise self._refused(job, worker, "job-not-open", f"its state is {view.state!r}")
        if view.lease_owner is None or view.lease_until is None:
            return None
        return Lent(view.lease_owner, view.lease_until)

    def _refused(self, job: str, worker: str, reason: str, because: str) -> CommandRejected:
        self.refused += 1
        logger.warning("refused an answer to job %s from worker %r: %s (%s)", job, worker, reason, because)
        who = f"worker {worker}" if worker else "an operator"
        self._store.jobs.note(*split_part("a job", job), f"A late answer of {who} was refused: {because}")
        wanted = f"to be held by worker {worker!r}" if worker else "to be open and free"
        return CommandRejected(reason, f"Expected job {job} {wanted} but {because}")

    # -- what the writer tells ---------------------------------------------------------------------------------------

    def answered(self, job: str) -> None:
        """A command of the group that is being made answers the job: no other one may."""
        self._answered.add(job)

    def rolled_back(self) -> None:
        """The group was not committed."""
        self._answered.clear()

    def committed(self, steps: Iterable[Step]) -> None:
        """The group was committed: note the leases that began and ended with it."""
        self._answered.clear()
        for step in steps:
            for event in step.events:
                if isinstance(event, _ENDS_LEASE):
                    self._lent.pop(part_id(step.root, event.key), None)  # type: ignore[attr-defined]
            if step.lease is not None:
                for job in leased_jobs(step):
                    until = lease_end(step.lease.until, step.at, job.timeout)
                    self._lent[part_id(step.root, job.key)] = Lent(step.lease.owner, until)

    def took(self, jobs: Iterable[JobView]) -> None:
        """The store leased these jobs."""
        for job in jobs:
            if job.lease_owner is not None and job.lease_until is not None:
                self._lent[job.id] = Lent(job.lease_owner, job.lease_until)

    def extended(self, job: str, owner: str, until: int) -> None:
        """The lease on the job now ends at `until`."""
        self._lent[job] = Lent(owner, until)

    def released(self, jobs: Iterable[str]) -> None:
        """These jobs are free again."""
        for job in jobs:
            self._lent.pop(job, None)
