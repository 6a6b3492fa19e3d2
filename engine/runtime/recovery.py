"""Takes over from processes that died: what their workers held, and the runs that yielded there.

A process may die of one of the jobs that its workers ran, and nobody knows of which. So the first time all of them are
free again at once and become suspects; no process holds two suspects at the same time (see `LocalDispatch`). When it
dies with a suspect, that attempt has failed like any other: it is repeated after a pause, and in the end an incident.
"""

from __future__ import annotations

import logging
from functools import partial

from ..core.commands import FailJob
from ..store import Held, Store
from ..store.views import JobView
from .between import ACTOR
from .errors import BatonError
from .leases import Leases
from .requests import Request
from .timers import LOCAL
from .writer import Writer

logger = logging.getLogger(__name__)


class Recovery:
    """Frees what the dead left; may be asked at any time, by several processes at once."""

    def __init__(self, store: Store, writer: Writer, leases: Leases) -> None:
        self._store = store
        self._writer = writer
        self._leases = leases

    def run(self) -> None:
        """Free the jobs of dead processes, and go on with the runs that yielded in them."""
        jobs, peers = self._store.jobs, self._store.peers
        dead = [owner for owner in jobs.owners(LOCAL) if not peers.is_alive(owner)]
        for owner in dead:
            failed = sum(self._fail(job) for job in jobs.suspects_of(owner))
            freed = self._writer.call(partial(jobs.spare, owner))
            logger.info("process %s died: %d of its jobs are free again, %d attempts failed", owner, freed, failed)
        for root in self._store.yielded_instances():
            if not peers.mine(root):
                self._writer.go_on(root)

    def _fail(self, job: JobView) -> bool:
        """The process died with this suspect: a failed attempt, unless another process was quicker to say so."""
        owner = job.lease_owner or ""
        message = f"Expected an answer from {owner} but its process died while it held the job, for the second time"
        if job.crashes > 1:
            message = f"Expected an answer from {owner} but its process died while it held the job, once more"
        make = partial(FailJob, job=job.key, message=message, detail={"reason": "process-died"}, actor=ACTOR)
        guard = partial(self._leases.check, job.id, owner, job.lease_until)
        held = Held(job.key, owner, job.lease_until)
        try:
            self._writer.ask(Request(job.instance_id, make, guard=guard, answers=job.id, held=held))
        except BatonError as refusal:
            logger.info("the attempt of a dead process at job %s counts no more: %s", job.id, refusal.sentence)
            return False
        return True
