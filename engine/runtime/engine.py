"""The one door to Baton: deploy, start, command, inspect.

It is long because it is the whole list of what an engine can do; every method only hands on to the part behind it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from .. import store
from ..audit import VerifyResult
from ..connectors import Connector, load_task_module
from ..core.state import InstanceState
from ..problems import Problem
from ..store import BadCursor
from ..store.search import VariableFilter
from ..store.views import (
    ActivityView,
    DefinitionView,
    DeploymentView,
    HistoryEntry,
    IncidentView,
    InstanceView,
    JobView,
    MessageView,
    Page,
    StartEventView,
    SubscriptionView,
    TimerView,
    UserTaskView,
    VariableView,
)
from .ad_hoc import start_activities
from .api_keys import ApiKeys
from .clock import Clock, ManualClock
from .deployments import Deployments
from .drain import Drain
from .errors import BatonError, InvalidRequest, ManualClockNeeded, NotFound, ShuttingDown, StoreUnavailable
from .house import House
from .ids import Ids
from .instances import Instances
from .jobs import Jobs
from .messages import MessageResult
from .settings import Settings
from .signals import SignalResult
from .waiting import Goal, Waiting

DEFAULT_SETTINGS = Settings()


class Engine:
    """An engine on one database; safe to use from many threads. Also a context manager that closes it.

    database: "sqlite:///baton.db", a path, "sqlite://" (":memory:") for one that lives in memory, or, for several
    processes, "postgresql+psycopg://user@host/name" (needs `baton[postgres]`).
    settings: every limit and switch. clock, ids: replaced in tests. connectors: who does which jobs, before the
    built-in ones (HTTP calls, functions with `@task`). modules: names or paths of Python modules with such functions.

    Opening takes over from a predecessor that died. Nothing runs by itself until `start_workers`; before that, `drain`
    does what is due. Raises StoreLocked when another process has the database, StoreUnavailable when it cannot
    be reached, InvalidRequest for wrong settings.
    Every method raises NotFound, InvalidRequest, CommandRejected or another BatonError with a sentence and a hint.
    """

    def __init__(
        self,
        database: str = "sqlite:///baton.db",
        *,
        settings: Settings = DEFAULT_SETTINGS,
        clock: Clock | None = None,
        ids: Ids | None = None,
        connectors: Iterable[Connector] = (),
        modules: Iterable[str] = (),
    ) -> None:
        for module in modules:
            load_task_module(module)
        self._house = House(database, settings, clock, ids, connectors)
        self._drain = Drain(self._house)
        self._deployments = Deployments(self._house)
        self._instances = Instances(self._house, self._deployments, self._drain)
        self._waiting = Waiting(self._house, self._instances)
        self._jobs = Jobs(self._house)
        self._api_keys = ApiKeys(self._house.store.api_keys, self.now)
        self._lock = threading.Lock()
        self._state = "open"
        self._house.recover()

    # -- life cycle --------------------------------------------------------------------------------------------------

    def start_workers(self) -> None:
        """Start the threads: the writer, the scheduler, and as many workers as the settings say (maybe none)."""
        with self._lock:
            if self._state == "open":
                self._state = "working"
                self._house.start()

    def drain(self) -> int:
        """Do everything that is due now on this thread, in due order, until nothing moves; returns how much it was.

        For engines without threads. A retry, lease or timer is due when the engine's clock says so.
        """
        with self._open():
            return self._drain.run()

    def wait_until_idle(self, timeout: float = 10.0) -> bool:
        """Wait, for `timeout` seconds of real time at most, until the threads have nothing to do; tells whether so."""
        return self._house.pulse.wait_for(lambda: self._house.idle, timeout)

    def close(self, grace_seconds: float | None = None) -> None:
        """Stop: running jobs may finish within the grace, leases of the rest are given back. Again: nothing happens."""
        with self._lock:
            if self._state == "closed":
                return
            self._state = "closed"
        grace = self._house.settings.grace_seconds if grace_seconds is None else grace_seconds
        self._house.close(grace)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def settings(self) -> Settings:
        """The settings that the engine was made with."""
        return self._house.settings

    @property
    def api_keys(self) -> ApiKeys:
        """The keys for the front door."""
        return self._api_keys

    @contextmanager
    def _open(self) -> Iterator[None]:
        if self._state == "closed":
            raise ShuttingDown
        try:
            yield
        except BadCursor as error:
            raise InvalidRequest(str(error), "use the next_cursor of the same list with the same filters") from None
        except BatonError:
            raise
        except Exception as error:
            if self._state == "closed":
                # The database was closed while the caller used it.
                raise ShuttingDown from error
            if isinstance(error, store.Unstorable):
                raise NotFound(str(error)) from error
            if isinstance(error, store.StoreUnavailable):
                raise StoreUnavailable(str(error), "try again later") from error
            raise

    # -- time --------------------------------------------------------------------------------------------------------

    def now(self) -> int:
        """Return the engine's time in microseconds since the epoch (UTC)."""
        return self._house.clock.now()

    def advance_clock(self, seconds: float) -> int:
        """Move a manual clock and return the new time; threads see what is due, without them `drain` does it.

        Raises ManualClockNeeded when the engine runs on the system's clock.
        """
        with self._open():
            clock = self._house.clock
            if not isinstance(clock, ManualClock):
                raise ManualClockNeeded
            return clock.advance(self._house.checks.seconds("seconds", seconds, 100 * 366 * 86_400.0))

    # -- definitions -------------------------------------------------------------------------------------------------

    def lint(self, files: Mapping[str, bytes]) -> dict[str, list[Problem]]:
        """Return everything that is wrong with the documents, by file name; stores nothing."""
        return self._deployments.lint(files)

    def deploy(self, files: Mapping[str, bytes], *, name: str = "", actor: str = "") -> DeploymentView:
        """Deploy documents (bytes by file name), all or none; an unchanged document makes no new version.

        Raises DeploymentRefused with all problems by file name when a document has an error.
        """
        with self._open():
            return self._deployments.deploy(files, name, actor)

    def deployments(self, *, limit: int = 50, cursor: str | None = None) -> Page[DeploymentView]:
        """Return a part of the list of deployments, newest first."""
        with self._open():
            limit = self._house.checks.limit(limit)
            return self._house.store.deployments.deployments_page(limit=limit, cursor=cursor)

    def deployment(self, id: str) -> DeploymentView:
        """Return the deployment with its definitions."""
        with self._open():
            return self._deployments.deployment(id)

    def definitions(
        self, *, key: str | None = None, latest: bool = False, limit: int = 50, cursor: str | None = None
    ) -> Page[DefinitionView]:
        """Return a part of the list of definitions: of one process id, or only the latest versions."""
        with self._open():
            limit = self._house.checks.limit(limit)
            return self._house.store.deployments.page(key=key, latest=latest, limit=limit, cursor=cursor)

    def definition(self, id: str) -> DefinitionView:
        """Return the definition "KEY:VERSION"."""
        with self._open():
            return self._deployments.definition(id)

    def definition_xml(self, id: str) -> bytes:
        """Return the definition's document, byte for byte as it was deployed."""
        with self._open():
            return self._deployments.xml(id)

    # -- instances ---------------------------------------------------------------------------------------------------

    def start(
        self,
        process: str,
        *,
        version: int | None = None,
        business_key: str | None = None,
        variables: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        wait_seconds: float = 0.0,
        actor: str = "",
    ) -> InstanceView:
        """Start an instance of the process (its latest version) and return it once it is stored.

        variables: JSON values by name. idempotency_key: a repeat with the same key returns the same instance; with
        another body it raises IdempotencyConflict. wait_seconds: wait so long at most for the instance to end or to
        need outside input, and return its variables too.
        """
        with self._open():
            self._house.checks.seconds("wait_seconds", wait_seconds, self._house.settings.longest_wait_seconds)
            id, new = self._instances.start(process, version, business_key, variables, idempotency_key, actor)
            if wait_seconds:
                return self._instances.wait(id, wait_seconds)
            return self._instances.get(id) if new is None else new

    def instance(self, id: str, *, variables: bool = False) -> InstanceView:
        """Return the instance with its active elements, waits and incidents, and with its variables if wanted."""
        with self._open():
            return self._instances.get(id, variables=variables)

    def instances(
        self,
        *,
        status: str | None = None,
        process: str | None = None,
        business_key: str | None = None,
        parent: str | None = None,
        variables: Sequence[VariableFilter] = (),
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[InstanceView]:
        """Return a part of the list of instances, youngest first, called processes among them.

        parent: id of the instance that called them. variables: filters that must all hold.
        """
        with self._open():
            filters = self._house.checks.filters(variables)
            return self._instances.page(status, process, business_key, parent, filters, limit, cursor)

    def wait(self, id: str, seconds: float) -> InstanceView:
        """Wait, for so many seconds of real time at most, until the instance ends or needs outside input.

        Without threads this does what is due instead of waiting for somebody else to do it.
        """
        with self._open():
            return self._instances.wait(id, seconds)

    def wait_until(
        self, id: str, seconds: float, *, goal: Goal = "end", element: str | None = None
    ) -> tuple[InstanceView, bool]:
        """Wait, for so many seconds of real time at most, and return the instance and whether the goal is reached.

        goal: "end" (ended), "user_task" (ended, or one is open), "rest" (as `wait`). element: instead, that a token has
        entered this element. An instance that has ended is not waited for any longer.
        """
        with self._open():
            return self._waiting.until(id, seconds, goal, element)

    def has_element(self, process: str, element: str, *, version: int | None = None) -> bool:
        """Tell whether the process (its latest version) has this element; raises NotFound for an unknown process."""
        with self._open():
            return self._waiting.has_element(self._deployments.startable(process, version), element)

    def follow(
        self, id: str, *, after: int = 0, seconds: float = 300.0, pause: float = 15.0
    ) -> Iterator[list[HistoryEntry]]:
        """Yield the history's entries after the sequence number `after` as they are committed, in portions.

        An empty portion comes first and after each `pause` seconds without news. Ends when the instance has ended,
        after `seconds`, or when the engine closes; without threads with what is there.
        """
        with self._open():
            return self._waiting.follow(id, after, seconds, pause)

    def stop_waiting(self) -> None:
        """Send everybody away who waits for an instance or a job, because a shutdown has begun; nobody waits again."""
        self._house.openings.close()
        self._house.waiters.release(0.0)

    def cancel(self, id: str, *, reason: str = "", actor: str = "") -> InstanceView:
        """End the instance from outside; its open work is withdrawn."""
        with self._open():
            self._instances.cancel(id, reason, actor)
            return self._instances.get(id)

    def start_activities(
        self,
        id: str,
        elements: Sequence[str],
        *,
        activity: int | str | None = None,
        variables: Mapping[str, Any] | None = None,
        actor: str = "",
    ) -> InstanceView:
        """Start activities of an active ad-hoc sub-process (BPMN 2.0.2, 13.3.5); returns the instance.

        elements: their ids, which `instance(id).ad_hoc` lists. activity: the key of the ad-hoc sub-process's instance
        or the id of its element, None for the only one that offers them all. variables: local ones of each activity
        that is started. Raises CommandRejected "activity-not-enabled", "activity-ambiguous", "ad-hoc-busy",
        "ad-hoc-ended" or "ad-hoc-full".
        """
        with self._open():
            start_activities(self._house, id, elements, activity, variables, actor)
            return self._instances.get(id)

    def set_variables(self, id: str, variables: Mapping[str, Any], *, actor: str = "") -> None:
        """Correct variables of the instance."""
        with self._open():
            self._instances.set_variables(id, variables, actor)

    def history(self, id: str, *, after: int = 0, limit: int = 500) -> Page[HistoryEntry]:
        """Return what happened, in order: entries with a sequence number above `after`."""
        with self._open():
            return self._instances.history(id, after, limit)

    def activities(self, id: str, *, limit: int = 500, cursor: str | None = None) -> Page[ActivityView]:
        """Return the activity instances in order of their start."""
        with self._open():
            return self._instances.activities(id, limit, cursor)

    def variables(self, id: str) -> list[VariableView]:
        """Return the current variables of all scopes."""
        with self._open():
            return self._instances.variables(id)

    def variables_page(self, id: str, *, limit: int = 500, cursor: str | None = None) -> Page[VariableView]:
        """Return a part of the current variables of all scopes, the process's own first."""
        with self._open():
            return self._instances.variables_page(id, limit, cursor)

    def verify(self, id: str) -> VerifyResult:
        """Recompute the instance's hash chain and compare its folded history with everything stored beside it."""
        with self._open():
            return self._instances.verify(id)

    def state(self, id: str) -> InstanceState:
        """Return a copy of the instance's live state."""
        with self._open():
            return self._instances.state(id)

    # -- messages, signals, conditions and timers --------------------------------------------------------------------

    def send_message(
        self,
        name: str,
        *,
        correlation: str = "",
        business_key: str | None = None,
        instance: str | None = None,
        message_id: str | None = None,
        ttl_seconds: float | None = None,
        variables: Mapping[str, Any] | None = None,
        actor: str = "",
    ) -> MessageResult:
        """Send a message: it continues the instance that has waited longest for it, or starts one, or is kept.

        correlation: the key that tells instances apart. business_key, instance: restrict who may get it; with either
        of them the correlation may be left out. message_id: a repeat with the same id gets the answer of the first.
        ttl_seconds: how long it is kept while nobody waits; with 0 that raises CommandRejected "message-unexpected".
        """
        with self._open():
            whom = (correlation, business_key, instance)
            return self._house.messages.send(name, *whom, message_id, ttl_seconds, variables, actor)

    def send_signal(
        self,
        name: str,
        *,
        variables: Mapping[str, Any] | None = None,
        signal_id: str | None = None,
        actor: str = "",
    ) -> SignalResult:
        """Broadcast a signal: every instance that waits for it goes on, every process that starts on it starts.

        signal_id: a repeat with the same id reaches nobody twice, and goes on with what a crash broke off.
        """
        with self._open():
            return self._house.signals.send(name, variables, signal_id, actor)

    def start_by_conditions(
        self,
        variables: Mapping[str, Any] | None = None,
        *,
        business_key: str | None = None,
        idempotency_key: str | None = None,
        actor: str = "",
    ) -> list[str]:
        """Start every process whose conditional start event holds for these variables; returns the instances' ids."""
        with self._open():
            return self._house.starting.by_conditions(variables, business_key, idempotency_key, actor)

    def messages(
        self,
        *,
        name: str | None = None,
        state: str | None = None,
        instance: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[MessageView]:
        """Return a part of the list of messages, newest first; instance: whom they reached."""
        with self._open():
            return self._house.messages.page(name, state, instance, limit, cursor)

    def subscriptions(
        self,
        *,
        instance: str | None = None,
        kind: str | None = None,
        name: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[SubscriptionView]:
        """Return a part of the list of open waits for messages, signals and conditions."""
        with self._open():
            limit = self._house.checks.limit(limit)
            return self._house.store.waits.subscriptions(instance, kind, name, limit, cursor)

    def timers(self, *, instance: str | None = None, limit: int = 50, cursor: str | None = None) -> Page[TimerView]:
        """Return a part of the list of open timers, those due first first."""
        with self._open():
            return self._house.store.waits.timers(instance, self._house.checks.limit(limit), cursor)

    def start_events(
        self, *, process: str | None = None, limit: int = 50, cursor: str | None = None
    ) -> Page[StartEventView]:
        """Return a part of the list of what starts the latest versions of processes from outside."""
        with self._open():
            return self._house.starting.page(process, limit, cursor)

    # -- jobs --------------------------------------------------------------------------------------------------------

    def jobs(
        self,
        *,
        instance: str | None = None,
        state: str | None = None,
        type: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[JobView]:
        """Return a part of the list of jobs."""
        with self._open():
            return self._jobs.page(instance, state, type, limit, cursor)

    def job(self, id: str) -> JobView:
        """Return the job "INSTANCE.KEY"."""
        with self._open():
            return self._jobs.get(id)

    def lease_jobs(
        self,
        types: Iterable[str],
        *,
        worker: str,
        max: int = 1,  # noqa: A002 - the word of the wire
        lease_seconds: float | None = None,
        wait_seconds: float = 0.0,
    ) -> list[JobView]:
        """Give the worker up to `max` due jobs of these types, longest due first; nobody else gets them meanwhile.

        wait_seconds: when there is none, wait so long at most for one; without threads nobody waits.
        """
        with self._open():
            seconds = self._house.settings.lease_seconds if lease_seconds is None else lease_seconds
            return self._jobs.lease_waiting(list(types), worker, max, seconds, wait_seconds)

    def complete_job(
        self, id: str, variables: Mapping[str, Any] | None = None, *, worker: str = "", actor: str = ""
    ) -> None:
        """Answer the job: done. worker: who holds the lease; "" for an operator, who may answer a job nobody holds.

        Raises CommandRejected "lease-lost", "job-leased" or "job-not-open"; the refusal is noted on the job.
        """
        with self._open():
            self._jobs.complete(id, variables, worker, actor)

    def fail_job(
        self,
        id: str,
        message: str,
        *,
        worker: str = "",
        retryable: bool = True,
        retry_after: float | None = None,
        detail: Mapping[str, Any] | None = None,
        actor: str = "",
    ) -> None:
        """Answer the job: the attempt failed; the diagram's policy says when it is repeated. Refusals as above."""
        with self._open():
            self._jobs.fail(id, message, worker, actor, retryable=retryable, retry_after=retry_after, detail=detail)

    def throw_job_error(
        self,
        id: str,
        code: str,
        message: str = "",
        variables: Mapping[str, Any] | None = None,
        *,
        worker: str = "",
        actor: str = "",
    ) -> None:
        """Answer the job with a BPMN error that the diagram catches by its code. Refusals as above."""
        with self._open():
            self._jobs.throw_error(id, code, message, variables, worker, actor)

    def extend_job(self, id: str, lease_seconds: float, *, worker: str) -> JobView:
        """Let the worker's lease end so many seconds from now."""
        with self._open():
            return self._jobs.extend(id, lease_seconds, worker)

    # -- people ------------------------------------------------------------------------------------------------------

    def tasks(
        self,
        *,
        instance: str | None = None,
        assignee: str | None = None,
        state: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[UserTaskView]:
        """Return a part of the list of user tasks."""
        with self._open():
            return self._jobs.tasks(instance, assignee, state, limit, cursor)

    def task(self, id: str) -> UserTaskView:
        """Return the user task "INSTANCE.KEY"."""
        with self._open():
            return self._jobs.task(id)

    def claim_task(self, id: str, assignee: str | None, *, actor: str = "", force: bool = False) -> UserTaskView:
        """Give the user task to somebody, or back (None); one that another has is only taken with `force`."""
        with self._open():
            self._jobs.claim(id, assignee, actor, force=force)
            return self._jobs.task(id)

    def complete_task(self, id: str, variables: Mapping[str, Any] | None = None, *, actor: str = "") -> InstanceView:
        """A person finished the user task; returns the instance."""
        with self._open():
            return self._instances.get(self._jobs.complete_task(id, variables, actor))

    def incidents(
        self,
        *,
        instance: str | None = None,
        status: str | None = "open",
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[IncidentView]:
        """Return a part of the list of incidents."""
        with self._open():
            return self._instances.incidents(instance, status, limit, cursor)

    def incident(self, id: str) -> IncidentView:
        """Return the incident "INSTANCE.KEY"."""
        with self._open():
            return self._instances.incident(id)

    def resolve_incident(
        self, id: str, *, variables: Mapping[str, Any] | None = None, retries: int | None = None, actor: str = ""
    ) -> IncidentView:
        """Say that the cause is mended: the stuck work goes on. variables: set first; retries: new attempts at it."""
        with self._open():
            return self._instances.resolve(id, variables, retries, actor)
