"""Who is told of a commit: leases, local jobs, the scheduler, waiting callers, and whoever waits for idleness."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ..core.events import JobCompleted, JobCreated, JobErrorThrown, JobFailed, JobRetried, WaitWithdrawn
from ..store import Step
from .between import OUTWARD, Between
from .dispatch import LocalDispatch
from .leases import Leases
from .openings import Openings
from .timers import Scheduler
from .waiters import Waiters

JOB_EVENTS = frozenset({JobCreated, JobCompleted, JobErrorThrown, JobFailed, JobRetried, WaitWithdrawn})
"""Events that begin or end a lease or a pause; most steps have none, and are not looked at further."""


class Pulse:
    """Beats whenever something was done, so that others can look whether what they wait for has come about."""

    def __init__(self) -> None:
        self._condition = threading.Condition()

    def beat(self) -> None:
        """Wake whoever waits."""
        with self._condition:
            self._condition.notify_all()

    def wait_for(self, done: Callable[[], bool], seconds: float) -> bool:
        """Wait until `done()`, asked again at each beat, for `seconds` of real time at most; returns whether it is."""
        deadline = time.monotonic() + seconds
        with self._condition:
            while not done():
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._condition.wait(left)
        return True


class AfterCommit:
    """Passes the writer's news on; everything here happens on the writer's thread."""

    def __init__(
        self,
        leases: Leases,
        dispatch: LocalDispatch,
        scheduler: Scheduler,
        waiters: Waiters,
        openings: Openings,
        pulse: Pulse,
        between: Between,
    ) -> None:
        self._leases = leases
        self._dispatch = dispatch
        self._scheduler = scheduler
        self._waiters = waiters
        self._openings = openings
        self._pulse = pulse
        self._between = between

    def granting(self, steps: list[Step]) -> None:
        """Let local workers have the new jobs."""
        self._dispatch.granting(steps)

    def rolled_back(self) -> None:
        """Nothing was handed over yet."""

    def committed(self, steps: list[Step]) -> None:
        """Tell everybody, those first whose books must be right when the others act."""
        about_jobs = [step for step in steps if not JOB_EVENTS.isdisjoint(map(type, step.events))]
        self._leases.committed(about_jobs)
        self._scheduler.notice_steps(about_jobs)
        self._dispatch.committed(about_jobs)
        self._waiters.notify(steps)
        self._openings.committed(about_jobs)
        outward = [step for step in steps if not OUTWARD.isdisjoint(map(type, step.events))]
        if outward:
            self._between.committed(outward)

    def turned(self) -> None:
        """Let the local workers have more, and whoever waits for idleness look again."""
        self._dispatch.nudge()
        self._pulse.beat()
