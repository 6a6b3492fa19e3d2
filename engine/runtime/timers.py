"""What is due: one thread sleeps until the next retry, lease end or timer, and turns it into commands."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from functools import partial

from ..core.commands import FailJob
from ..core.events import JobCreated, JobFailed, JobRetried
from ..store import Held, Step, Store
from ..store.views import JobView
from .between import ACTOR, Between
from .clock import SECOND, Clock
from .dispatch import LocalDispatch
from .errors import BatonError, CommandRejected, ShuttingDown
from .leases import Leases
from .requests import Request
from .writer import Writer

logger = logging.getLogger(__name__)

PAUSE = SECOND
"""Microseconds before something is looked at again that was due and could not be moved."""

TURN_PAUSE = SECOND // 20
"""Microseconds before a process looks again whether another one has done what it may not do at the same time."""

NEVER = 1 << 62
"""Later than anything that is planned."""

LOCAL = "local:"
"""What the lease owners of local workers begin with."""

GRACE = 3 * SECOND
"""Microseconds that another process's own jobs stay with it after their lease ended."""

FIRST_CLEANING = 60 * SECOND
"""Microseconds after which old rows are deleted, when what a dead predecessor left half done has been seen to."""

BATCH = 100
"""Expired leases dealt with in one go."""


class Due:
    """Everything that time brings about; `run` does what is due now, on the calling thread."""

    def __init__(
        self,
        store: Store,
        writer: Writer,
        leases: Leases,
        dispatch: LocalDispatch,
        clock: Clock,
        between: Between,
        keys_for: int,
    ) -> None:
        self._store = store
        self._writer = writer
        self._leases = leases
        self._dispatch = dispatch
        self._clock = clock
        self._between = between
        self._keys_for = keys_for
        self._next_cleaning = clock.now() + FIRST_CLEANING
        self._moved = False

    def next(self) -> int | None:
        """Return when the next thing is due, None when nothing is planned."""
        now = self._clock.now()
        moments = (self._store.jobs.next_due(now), self._between.next())
        due = min((moment for moment in moments if moment is not None), default=None)
        if due is None or due > now or self._moved:
            return due
        return now + (TURN_PAUSE if self._between.missed_turn else PAUSE)

    def run(self) -> int:
        """Do what is due now and return how much was done."""
        done = self._expire()
        moved = self._between.run()
        self._moved = moved > 0
        self._dispatch.due()
        self._dispatch.nudge()
        self._clean()
        return done + moved

    def _expire(self) -> int:
        now = self._clock.now()
        return sum(self._expire_one(job) for job in self._store.jobs.expired(now, BATCH) if self._is_over(job, now))

    def _is_over(self, job: JobView, now: int) -> bool:
        """Another live process may be about to prolong the lease of a job that waits there for a thread."""
        owner, until = job.lease_owner or "", job.lease_until or now
        if not owner.startswith(LOCAL) or owner == self._dispatch.owner or until + GRACE <= now:
            return True
        return not self._store.peers.is_alive(owner)

    def _expire_one(self, job: JobView) -> int:
        if self._writer.call(partial(self._dispatch.prolong_waiting, job.id)):
            return 0
        try:
            self._writer.ask(self._expiry(job))
        except BatonError as refusal:
            logger.info("the lease of job %s ran out but it was answered meanwhile: %s", job.id, refusal.sentence)
            return 0
        return 1

    def _expiry(self, job: JobView) -> Request:
        message = f"Expected an answer from {job.lease_owner} before its lease ended but none came"
        make = partial(FailJob, job=job.key, message=message, detail={"reason": "lease"}, actor=ACTOR)
        held = Held(job.key, job.lease_owner, job.lease_until)
        return Request(job.instance_id, make, guard=partial(self._still_expired, job.id), answers=job.id, held=held)

    def _still_expired(self, id: str) -> None:
        job = self._store.jobs.get(id)
        if job is None or job.lease_until is None or job.lease_until > self._clock.now():
            raise CommandRejected("lease-renewed", f"Expected job {id} to have an expired lease but it has not")
        self._leases.check(id, job.lease_owner or "")

    def _clean(self) -> None:
        now = self._clock.now()
        if now >= self._next_cleaning:
            self._next_cleaning = now + 3_600 * SECOND
            self._writer.call(partial(self._forget, now - self._keys_for))

    def _forget(self, before: int) -> None:
        """Delete what nobody asks for any more."""
        store = self._store
        for forget in (
            store.forget_idempotency_keys,
            store.messages.forget,
            store.signals.forget,
            store.outbox.forget,
            store.publications.forget,
            store.refused_events.forget,
            store.edge.forget,
        ):
            forget(before)


class Scheduler:
    """The thread that sleeps until something is due.

    next_due: when the next thing is due, None for nothing planned. run: does what is due. rested: called after that.
    name: the thread's.
    """

    def __init__(
        self,
        clock: Clock,
        next_due: Callable[[], int | None],
        run: Callable[[], object],
        rested: Callable[[], object],
        name: str = "baton-scheduler",
    ) -> None:
        self._name = name
        self._clock = clock
        self._next_due = next_due
        self._run = run
        self._rested = rested
        self._changed = threading.Condition()
        self._next = 0
        self._working = False
        self._closed = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; it looks at what is due at once."""
        self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    @property
    def idle(self) -> bool:
        """Whether nothing is due now and nothing that was due is being done."""
        return self._thread is None or not (self._working or self._next <= self._clock.now())

    def notice(self, due: int) -> None:
        """Something will be due at `due`."""
        with self._changed:
            if due < self._next:
                self._next = due
                self._changed.notify_all()

    def notice_steps(self, steps: Iterable[Step]) -> None:
        """Note the retries and lease ends that the steps brought."""
        for step in steps:
            for event in step.events:
                if isinstance(event, JobCreated) and step.lease is not None:
                    self.notice(step.at + int(event.timeout * SECOND))
                elif isinstance(event, JobFailed | JobRetried) and event.available_at > step.at:
                    self.notice(event.available_at)

    def _work(self) -> None:
        while self._wait():
            try:
                self._run()
                due = self._next_due()
            except ShuttingDown:
                return
            except Exception:
                logger.exception("what is due could not be done; it is tried again")
                due = self._clock.now() + PAUSE
            with self._changed:
                # Whatever was noticed while the work was done counts too.
                self._next = self._next if due is None else min(self._next, due)
                self._working = False
            self._rested()

    def _wait(self) -> bool:
        with self._changed:
            while not self._closed and self._next > self._clock.now():
                self._clock.wait(self._changed, self._next)
            self._next, self._working = NEVER, not self._closed
            return not self._closed
