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
from ..store.outside_views import MessageView, SignalView, StartEventView, SubscriptionView, TimerView
from ..store.people import Person
from ..store.search import VariableFilter
from ..store.trail_views import TrailView
from ..store.views import (
    ActivityView,
    DefinitionView,
    DeploymentView,
    HistoryEntry,
    IncidentView,
    InstanceView,
    JobView,
    Page,
    UserTaskView,
    VariableView,
)
from .ad_hoc import start_activities
from .api_keys import ApiKeys
from .bus import BusConfig, MessageBus
from .clock import Clock, ManualClock
from .deployments import Deployments
from .drain import Drain
from .errors import BatonError, InvalidRequest, ManualClockNeeded, NotFound, ShuttingDown, StoreUnavailable
from .external_tasks import ExternalTasks
from .guarded import Caller, Guarded
from .house import House
from .ids import Ids
from .instances import Instances
from .jobs import Jobs
from .messages import MessageResult, Whom
from .once import bind
from .outside import Outside
from .routes import Routes
from .settings import Settings
from .signals import SignalResult
from .trail import trail
from .vault import Vault
from .waiting import Goal, Waiting

DEFAULT_SETTINGS = Settings()
NO_BUS_CONFIG = BusConfig()


class Engine:
    """An engine on one database; safe to use from many threads. Also a context manager that closes it.

    database: "sqlite:///baton.db", a path, "sqlite://" (":memory:") for one that lives in memory, or, for several
    processes, "postgresql+psycopg://user@host/name" (needs `baton[postgres]`).
    settings: every limit and switch. clock, ids: replaced in tests. connectors: who does which jobs, before the
    built-in ones (HTTP calls, functions with `@task`). modules: names or paths of Python modules with such functions.
    bus: which messages go to the message bus and come from it where their diagram names no topic (the address of the
    bus is a setting).

    Opening takes over from a predecessor that died. Nothing runs by itself until `start_workers`; before that, `drain`
    does what is due. Raises StoreLocked when another process has the database, StoreUnavailable when it cannot
    be reached, InvalidRequest for wrong settings.
    Every method raises NotFound, InvalidRequest, CommandRejected or another BatonError with a sentence and a hint.

    idempotency_key, where a method takes one: the caller's name for the request. It is stored with what the request
    did; a repeat with the same key does nothing and returns the same thing as it is by then, another request with it
    raises IdempotencyConflict. A refused request changed nothing and may be repeated with its key.
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
        bus: BusConfig = NO_BUS_CONFIG,
    ) -> None:
        for module in modules:
            load_task_module(module)
        self._house = House(database, settings, clock, ids, connectors, bus)
        self._drain = Drain(self._house)
        self._deployments = Deployments(self._house)
        self._instances = Instances(self._house, self._deployments, self._drain)
        self._waiting = Waiting(self._house, self._instances)
        self._jobs = Jobs(self._house)
        self._outside = Outside(self._house)
        self._routes = Routes(self._house, self._instances, self._drain, self._open)
        self._api_keys = ApiKeys(self._house.store.api_keys, self.now)
        self._external_tasks = ExternalTasks(self._house, self._jobs, self._open)
        self._bus = MessageBus(self._house, self._open)
        self._lock = threading.Lock()
        self._state = "open"
        self._house.recover()

    @property
    def secrets(self) -> Vault:
        """Return the secrets that diagrams may use by name."""
        return self._house.vault

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
    def bus(self) -> MessageBus:
        """Return the message bus: how it goes, what waits and what was refused."""
        return self._bus

    @property
    def api_keys(self) -> ApiKeys:
        """The keys for the front door."""
        return self._api_keys

    def guarded(self, caller: Caller) -> Guarded:
        """Return this engine as the caller may use it: with the same methods, for their processes and tasks only."""
        return Guarded(self, self._house, caller)

    @property
    def external_tasks(self) -> ExternalTasks:
        """Jobs for workers that count their attempts and say more of what they want, as those for Camunda 7 do."""
        return self._external_tasks

    @property
    def routes(self) -> Routes:
        """The HTTP calls that diagrams answer."""
        return self._routes

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

    def advance_clock(self, seconds: float, *, idempotency_key: str | None = None) -> int:
        """Move a manual clock and return the new time; threads see what is due, without them `drain` does it.

        Raises ManualClockNeeded when the engine runs on the system's clock.
        """
        with self._open():
            clock = self._house.clock
            if not isinstance(clock, ManualClock):
                raise ManualClockNeeded
            checks = self._house.checks
            key = checks.optional("idempotency_key", idempotency_key)
            return clock.advance(checks.seconds("seconds", seconds, 100 * 366 * 86_400.0), key)

    # -- definitions -------------------------------------------------------------------------------------------------

    def lint(self, files: Mapping[str, bytes]) -> dict[str, list[Problem]]:
        """Return everything that is wrong with the documents, by file name; stores nothing."""
        return self._deployments.lint(files)

    def deploy(
        self, files: Mapping[str, bytes], *, name: str = "", idempotency_key: str | None = None, actor: str = ""
    ) -> DeploymentView:
        """Deploy documents (bytes by file name), all or none; an unchanged document makes no new version.

        Raises DeploymentRefused with all problems by file name when a document has an error.
        """
        with self._open():
            return self._deployments.deploy(files, name, actor, idempotency_key)

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
        trace: str | None = None,
    ) -> InstanceView:
        """Start an instance of the process (its latest version) and return it once it is stored.

        variables: JSON values by name. idempotency_key: a repeat with the same key returns the same instance; with
        another body it raises IdempotencyConflict. wait_seconds: wait so long at most for the instance to end or to
        need outside input, and return its variables too. trace: the trace id (32 hexadecimal digits) of what led to it;
        without one it begins a trace.
        """
        with self._open():
            self._house.checks.seconds("wait_seconds", wait_seconds, self._house.settings.longest_wait_seconds)
            id, new = self._instances.start(process, version, business_key, variables, idempotency_key, actor, trace)
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
        trace: str | None = None,
        variables: Sequence[VariableFilter] = (),
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[InstanceView]:
        """Return a part of the list of instances, youngest first, called processes among them.

        parent: id of the instance that called them. trace: their trace id. variables: filters that must all hold.
        """
        with self._open():
            filters = self._house.checks.filters(variables)
            return self._instances.page(status, process, business_key, parent, filters, limit, cursor, trace)

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

    def cancel(self, id: str, *, reason: str = "", idempotency_key: str | None = None, actor: str = "") -> InstanceView:
        """End the instance from outside; its open work is withdrawn."""
        with self._open():
            self._instances.cancel(id, reason, actor, idempotency_key)
            return self._instances.get(id)

    def start_activities(
        self,
        id: str,
        elements: Sequence[str],
        *,
        activity: int | str | None = None,
        variables: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        actor: str = "",
    ) -> InstanceView:
        """Start activities of an active ad-hoc sub-process (BPMN 2.0.2, 13.3.5); returns the instance.

        elements: their ids, which `instance(id).ad_hoc` lists. activity: the key of the ad-hoc sub-process's instance
        or the id of its element, None for the only one that offers them all. variables: local ones of each activity
        that is started. Raises CommandRejected "activity-not-enabled", "activity-ambiguous", "ad-hoc-busy",
        "ad-hoc-ended" or "ad-hoc-full".
        """
        with self._open():
            start_activities(self._house, id, elements, activity, variables, actor, idempotency_key)
            return self._instances.get(id)

    def set_variables(
        self, id: str, variables: Mapping[str, Any], *, idempotency_key: str | None = None, actor: str = ""
    ) -> None:
        """Correct variables of the instance."""
        with self._open():
            self._instances.set_variables(id, variables, actor, idempotency_key)

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

    def trail(self, key: str, *, limit: int = 500, cursor: str | None = None) -> TrailView:
        """Return a page of everything that belongs to the key, in the order of time: "where is order 123?".

        key: a business key, a trace id, the value of a correlation key, or an instance's id. What belongs to it is
        followed over messages, traces and calls, whatever business keys the other instances have. Raises NotFound.
        """
        with self._open():
            return trail(self._house, key, limit, cursor)

    # -- messages, signals, conditions and timers --------------------------------------------------------------------

    def send_message(  # noqa: PLR0913 - what a message may say
        self,
        name: str,
        *,
        correlation: str = "",
        business_key: str | None = None,
        instance: str | None = None,
        message_id: str | None = None,
        ttl_seconds: float | None = None,
        variables: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        actor: str = "",
        trace: str | None = None,
    ) -> MessageResult:
        """Send a message: it continues the instance that has waited longest for it, or starts one, or is kept.

        correlation: the key that tells instances apart. business_key, instance: restrict who may get it; with either
        of them the correlation may be left out. message_id: a repeat with the same id gets the answer of the first.
        ttl_seconds: how long it is kept while nobody waits; with 0 that raises CommandRejected "message-unexpected".
        What it starts has its business_key and its trace (as `start`).
        """
        with self._open():
            whom = Whom(correlation, business_key, instance)
            bind(self._house, idempotency_key, ["message", name, whom, message_id, ttl_seconds, variables])
            id = message_id if message_id is not None else idempotency_key
            return self._house.messages.send(name, whom, id, ttl_seconds, variables, actor, trace)

    def send_signal(
        self,
        name: str,
        *,
        variables: Mapping[str, Any] | None = None,
        signal_id: str | None = None,
        idempotency_key: str | None = None,
        actor: str = "",
        trace: str | None = None,
    ) -> SignalResult:
        """Broadcast a signal: every instance that waits for it goes on, every process that starts on it starts.

        signal_id: a repeat with the same id reaches nobody twice, and goes on with what a crash broke off.
        trace: what the signal starts has it; as `start`.
        """
        with self._open():
            bind(self._house, idempotency_key, ["signal", name, signal_id, variables])
            id = signal_id if signal_id is not None else idempotency_key
            return self._house.signals.send(name, variables, id, actor, trace)

    def start_by_conditions(
        self,
        variables: Mapping[str, Any] | None = None,
        *,
        business_key: str | None = None,
        idempotency_key: str | None = None,
        actor: str = "",
        trace: str | None = None,
    ) -> list[str]:
        """Start every process whose conditional start event holds for these variables; returns the instances' ids.

        trace: that of all of them, as `start`.
        """
        with self._open():
            bind(self._house, idempotency_key, ["conditions", variables, business_key])
            return self._house.starting.by_conditions(variables, business_key, idempotency_key, actor, trace)

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

    def message(self, id: str) -> MessageView:
        """Return the message."""
        with self._open():
            return self._outside.message(id)

    def signals(self, *, name: str | None = None, limit: int = 50, cursor: str | None = None) -> Page[SignalView]:
        """Return a part of the list of signals, newest first."""
        with self._open():
            return self._outside.signals(name, limit, cursor)

    def signal(self, id: str) -> SignalView:
        """Return the signal."""
        with self._open():
            return self._outside.signal(id)

    def subscription(self, id: str) -> SubscriptionView:
        """Return the open wait "INSTANCE.KEY" for a message, signal or condition."""
        with self._open():
            return self._outside.subscription(id)

    def timer(self, id: str) -> TimerView:
        """Return the open timer "INSTANCE.KEY"."""
        with self._open():
            return self._outside.timer(id)

    def start_event(self, id: str) -> StartEventView:
        """Return what starts a process from outside at "DEFINITION:ELEMENT:INDEX"."""
        with self._open():
            return self._outside.start_event(id)

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
        idempotency_key: str | None = None,
    ) -> list[JobView]:
        """Give the worker up to `max` due jobs of these types, longest due first; nobody else gets them meanwhile.

        wait_seconds: when there is none, wait so long at most for one; without threads nobody waits. idempotency_key:
        a repeat with a key that has led to jobs returns those of them that are still the worker's.
        """
        with self._open():
            seconds = self._house.settings.lease_seconds if lease_seconds is None else lease_seconds
            return self._jobs.lease_waiting(list(types), worker, max, seconds, wait_seconds, idempotency_key)

    def complete_job(
        self,
        id: str,
        variables: Mapping[str, Any] | None = None,
        *,
        worker: str = "",
        idempotency_key: str | None = None,
        actor: str = "",
    ) -> None:
        """Answer the job: done. worker: who holds the lease; "" for an operator, who may answer a job nobody holds.

        Raises CommandRejected "lease-lost", "job-leased" or "job-not-open"; the refusal is noted on the job.
        """
        with self._open():
            self._jobs.complete(id, variables, worker, actor, idempotency_key)

    def fail_job(
        self,
        id: str,
        message: str,
        *,
        worker: str = "",
        retryable: bool = True,
        retry_after: float | None = None,
        detail: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        actor: str = "",
    ) -> None:
        """Answer the job: the attempt failed; the diagram's policy says when it is repeated. Refusals as above."""
        with self._open():
            self._jobs.fail(
                id,
                message,
                worker,
                actor,
                retryable=retryable,
                retry_after=retry_after,
                detail=detail,
                idempotency_key=idempotency_key,
            )

    def throw_job_error(
        self,
        id: str,
        code: str,
        message: str = "",
        variables: Mapping[str, Any] | None = None,
        *,
        worker: str = "",
        idempotency_key: str | None = None,
        actor: str = "",
    ) -> None:
        """Answer the job with a BPMN error that the diagram catches by its code. Refusals as above."""
        with self._open():
            self._jobs.throw_error(id, code, message, variables, worker, actor, idempotency_key)

    def extend_job(self, id: str, lease_seconds: float, *, worker: str, idempotency_key: str | None = None) -> JobView:
        """Let the worker's lease end so many seconds from now."""
        with self._open():
            return self._jobs.extend(id, lease_seconds, worker, idempotency_key)

    # -- people ------------------------------------------------------------------------------------------------------

    def tasks(
        self,
        *,
        instance: str | None = None,
        assignee: str | None = None,
        state: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
        person: Person | None = None,
    ) -> Page[UserTaskView]:
        """Return a part of the list of user tasks.

        assignee: whose they are. person: those of the person, and what is nobody's while the person is a candidate.
        With either of them only open ones, unless a state is asked for.
        """
        with self._open():
            return self._jobs.tasks(instance, assignee, state, limit, cursor, person)

    def task(self, id: str) -> UserTaskView:
        """Return the user task "INSTANCE.KEY"."""
        with self._open():
            return self._jobs.task(id)

    def claim_task(
        self,
        id: str,
        assignee: str | None,
        *,
        force: bool = False,
        idempotency_key: str | None = None,
        actor: str = "",
        person: str | None = None,
    ) -> UserTaskView:
        """Give the user task to somebody, or back (None); one that another has is only taken with `force`.

        person: who may only change what is theirs or nobody's; None for somebody who may change every task.
        """
        with self._open():
            self._jobs.claim(id, assignee, actor, force=force, idempotency_key=idempotency_key, person=person)
            return self._jobs.task(id)

    def complete_task(
        self,
        id: str,
        variables: Mapping[str, Any] | None = None,
        *,
        idempotency_key: str | None = None,
        actor: str = "",
        person: str | None = None,
    ) -> InstanceView:
        """A person finished the user task; returns the instance. person: as for a claim."""
        with self._open():
            return self._instances.get(self._jobs.complete_task(id, variables, actor, idempotency_key, person))

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
        self,
        id: str,
        *,
        variables: Mapping[str, Any] | None = None,
        retries: int | None = None,
        idempotency_key: str | None = None,
        actor: str = "",
    ) -> IncidentView:
        """Say that the cause is mended: the stuck work goes on. variables: set first; retries: new attempts at it."""
        with self._open():
            return self._instances.resolve(id, variables, retries, actor, idempotency_key)
