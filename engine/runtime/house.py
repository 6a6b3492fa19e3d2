"""All parts of a running engine and how they are put together; who holds the house can reach every one of them."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from typing import Any

from ..bpmn import read
from ..connectors import Connector, Connectors, FunctionConnector, HttpConnector, HttpSettings
from ..core.elements import Executable
from ..core.interpreter import Limits
from ..store import Store
from ..store import StoreLocked as DatabaseLocked
from .carry_out import CarryOut
from .checks import Checks
from .clock import SECOND, Clock, ManualClock, SystemClock
from .commits import AfterCommit, Pulse
from .dispatch import LocalDispatch
from .errors import InvalidRequest, StoreLocked
from .executables import Executables
from .hot import HotCache
from .ids import Ids, TimeOrderedIds
from .keys import not_found
from .leases import Leases
from .requests import Work
from .settings import Settings
from .stepper import Stepper
from .timers import Due, Scheduler
from .waiters import Waiters
from .workers import Workers
from .writer import Writer

logger = logging.getLogger(__name__)

LOCAL = "local:"
"""What the lease owners of all local workers begin with."""

DAY = 86_400 * SECOND

LAST_ANSWERS = 1.0
"""Seconds that waiting callers get to read what they answer with before the database closes."""


class House:
    """The parts of one engine; they share the store, the clock and the writer.

    database: URL or path. clock, ids: the seams for time and identity. connectors: tried before the built-in ones.
    """

    def __init__(
        self, database: str, settings: Settings, clock: Clock | None, ids: Ids | None, connectors: Iterable[Connector]
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock or (ManualClock() if settings.manual_clock else SystemClock())
        self.ids: Ids = ids or TimeOrderedIds()
        self.checks = Checks(settings)
        self.connectors = _all_connectors(connectors, settings)
        self.store = _open(database, settings)
        self.executables = Executables(self._load, settings.definition_cache)
        self.leases = Leases(self.store)
        self.waiters = Waiters(settings.waiting_requests)
        self.pulse = Pulse()
        self._assemble()

    def _assemble(self) -> None:
        settings, clock = self.settings, self.clock
        owner = LOCAL + self.ids.new(clock.now())
        types = self.connectors.types if settings.local_jobs else frozenset[str]
        self.dispatch = LocalDispatch(self.store, self.leases, clock, owner, types, self._want_jobs)
        self.scheduler = Scheduler(clock, self._next_due, self._do_due, self.pulse.beat)
        after = AfterCommit(self.leases, self.dispatch, self.scheduler, self.waiters, self.pulse)
        limits = Limits(max_steps=settings.steps_per_command, max_alive=settings.alive_activities)
        stepper = Stepper(self.executables, clock, self.ids, limits, settings.snapshot_after_bytes)
        carry_out = CarryOut(self.store, stepper, HotCache(settings.cache_bytes), self.leases)
        self.writer = Writer(self.store, carry_out, after, settings)
        keys_for = int(settings.idempotency_days * DAY)
        self.due = Due(self.store, self.writer, self.leases, self.dispatch, clock, keys_for)
        self.workers = Workers(self.dispatch, self.connectors, self.writer, self.leases, clock, self.pulse.beat)

    def _next_due(self) -> int | None:
        return self.due.next()

    def _do_due(self) -> int:
        return self.due.run()

    def _want_jobs(self) -> None:
        work = Work(self.dispatch.fill)
        work.future.add_done_callback(_log_failure)
        self.writer.post(work)

    def _load(self, definition: str) -> Executable:
        view, xml = self.store.deployments.definition(definition), self.store.deployments.xml(definition)
        if view is None or xml is None:
            raise not_found("a definition", definition)
        document = read(xml, view.file_name)
        found = [one.executable for one in document.processes if one.process.id == view.key]
        if not found or found[0] is None:
            errors = "; ".join(str(problem) for problem in document.problems if problem.severity == "error")
            raise InvalidRequest(f"Expected definition {definition} to be executable but it is not: {errors}")
        return found[0]

    @property
    def idle(self) -> bool:
        """Whether nothing moves: no command, no job of a local connector, nothing that is due."""
        return self.writer.idle and self.dispatch.idle and self.scheduler.idle

    def recover(self) -> None:
        """Take over from a dead predecessor: free what its workers held, go on with the runs that yielded."""
        freed = self.writer.call(partial(self.store.jobs.release_all, LOCAL))
        yielded = self.store.yielded_instances()
        for root in yielded:
            self.writer.go_on(root)
        if freed or yielded:
            logger.info("recovered: %d jobs are free again, %d runs go on", freed, len(yielded))

    def start(self) -> None:
        """Start the threads."""
        self.writer.start()
        self.dispatch.open(self.settings.workers * (1 + self.settings.prefetch))
        self.workers.start(self.settings.workers)
        self.scheduler.start()

    def close(self, grace_seconds: float) -> None:
        """Stop in order: no more jobs, what runs may finish, the rest is given back, commit, close the database."""
        given_back = self.dispatch.close()
        self.pulse.beat()
        given_back += self.dispatch.wait_for_running(grace_seconds)
        self.scheduler.close()
        for job in given_back:
            self.writer.call(partial(self.store.jobs.release, job.view.instance_id, job.view.key, self.dispatch.owner))
        self.leases.released(job.view.id for job in given_back)
        self.writer.close()
        self.waiters.release(LAST_ANSWERS)
        try:
            self.connectors.close()
        except Exception:
            logger.exception("a connector could not be closed")
        self.store.close()


def _all_connectors(given: Iterable[Connector], settings: Settings) -> Connectors:
    """The given connectors, and the built-in ones for what those leave; a given one may replace "http"."""
    chosen: list[Connector] = list(given)
    if not any("http" in connector.types() for connector in chosen):
        try:
            chosen.append(HttpConnector(_http_settings(settings)))
        except ValueError as error:
            raise InvalidRequest(str(error)) from None
    if not any(isinstance(connector, FunctionConnector) for connector in chosen):
        chosen.append(FunctionConnector())
    try:
        return Connectors(chosen)
    except ValueError as error:
        raise InvalidRequest(str(error)) from None


def _http_settings(settings: Settings) -> HttpSettings:
    hosts = tuple(entry for entry in settings.allowed_hosts if not _is_network(entry))
    return HttpSettings(
        allow_private=settings.allow_private_addresses,
        allowed_hosts=hosts,
        allowed_networks=tuple(entry for entry in settings.allowed_hosts if entry not in hosts),
        response_limit_bytes=settings.response_bytes,
    )


def _is_network(entry: str) -> bool:
    import ipaddress

    try:
        ipaddress.ip_network(entry)
    except ValueError:
        return False
    return True


def _open(database: str, settings: Settings) -> Store:
    url = database if "://" in database else "sqlite://" if database == ":memory:" else f"sqlite:///{database}"
    if settings.synchronous != "FULL" and url != "sqlite://":
        logger.warning("synchronous=%s: the last commits can be lost when the power fails", settings.synchronous)
    try:
        return Store.open(url, synchronous=settings.synchronous)
    except DatabaseLocked as locked:
        hint = "stop the other process, or talk to it over HTTP (`baton --server URL ...`)"
        raise StoreLocked(str(locked), hint) from None


def _log_failure(future: Any) -> None:
    if future.exception() is not None:
        logger.error("due jobs could not be leased; it is tried again", exc_info=future.exception())
