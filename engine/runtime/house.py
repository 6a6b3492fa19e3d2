"""All parts of a running engine and how they are put together; who holds the house can reach every one of them."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from typing import Any

from ..bpmn import read
from ..connectors import Connector
from ..core.calls import Binding
from ..core.elements import Executable
from ..core.interpreter import Limits
from ..store import Store
from ..store import StoreLocked as DatabaseLocked
from ..store import StoreUnavailable as DatabaseUnavailable
from ..store.peers import News
from .between import Between
from .bus import Bus, BusConfig
from .called_definitions import CalledDefinitions
from .carry_out import CarryOut
from .checks import Checks
from .clock import SECOND, Clock, DatabaseClock, ManualClock, SystemClock
from .commits import AfterCommit, Pulse
from .connecting import all_connectors
from .dispatch import LocalDispatch
from .errors import InvalidRequest, StoreLocked, StoreUnavailable
from .executables import Executables
from .hot import HotCache
from .ids import Ids, TimeOrderedIds
from .keys import not_found
from .leases import Leases
from .listener import Listener
from .messages import Messages
from .openings import Openings
from .recovery import Recovery
from .requests import Work
from .settings import Settings
from .signals import Signals
from .starting import Starting
from .stepper import Stepper
from .timers import LOCAL, Due, Scheduler
from .vault import Vault
from .waiters import Waiters
from .workers import Workers
from .writer import Writer

logger = logging.getLogger(__name__)

DAY = 86_400 * SECOND

LAST_ANSWERS = 1.0
"""Seconds that waiting callers get to read what they answer with before the database closes."""


class House:
    """The parts of one engine; they share the store, the clock and the writer.

    database: URL or path. clock, ids: the seams for time and identity. connectors: tried before the built-in ones.
    bus: which messages go to the message bus and come from it where no diagram says so.
    """

    def __init__(
        self,
        database: str,
        settings: Settings,
        clock: Clock | None,
        ids: Ids | None,
        connectors: Iterable[Connector],
        bus: BusConfig,
    ) -> None:
        self.settings = settings
        self.ids: Ids = ids or TimeOrderedIds()
        self.checks = Checks(settings)
        self.vault = Vault(settings.secrets, settings.secrets_for)
        self.connectors = all_connectors(connectors, settings, self.vault)
        self.store = _open(database, settings)
        self.clock: Clock = clock or self._clock()
        self.executables = Executables(self._load, settings.definition_cache, self._resolve)
        self.leases = Leases(self.store)
        self.waiters = Waiters(settings.waiting_requests)
        self.openings = Openings()
        self.pulse = Pulse()
        try:
            self._assemble(bus)
        except BaseException:
            self.store.close()
            raise

    def _assemble(self, config: BusConfig) -> None:
        settings, clock = self.settings, self.clock
        owner = LOCAL + self.ids.new(clock.now())
        self.store.peers.announce(owner)
        self.listener = Listener(self.store.peers, self._hear, self._look, settings.poll_seconds)
        types = self.connectors.types if settings.local_jobs else frozenset[str]
        self.dispatch = LocalDispatch(self.store, self.leases, clock, owner, types, self._want_jobs)
        self.scheduler = Scheduler(clock, self._next_due, self._do_due, self.pulse.beat)
        self.messages, self.signals, self.starting = Messages(self), Signals(self), Starting(self)
        self.between = between = Between(self)
        self.bus = Bus(self, config)
        self.publisher = Scheduler(clock, self.bus.publishing.next, self.bus.run, self.pulse.beat, "baton-publisher")
        told = (self.leases, self.dispatch, self.scheduler, self.waiters, self.openings, self.pulse, between)
        after = AfterCommit(*told)
        alive, calls = settings.alive_activities, settings.call_depth
        steps, run = settings.steps_per_command, settings.steps_without_waiting
        limits = Limits(max_steps=steps, max_alive=alive, max_calls=calls, max_run=run)
        stepper = Stepper(self.executables, clock, self.ids, limits, settings.snapshot_after_bytes)
        carry_out = CarryOut(self.store, stepper, HotCache(settings.cache_bytes), self.leases)
        self.writer = Writer(self.store, carry_out, after, settings)
        self.recovery = Recovery(self.store, self.writer, self.leases)
        keys_for = int(settings.idempotency_days * DAY)
        self.due = Due(self.store, self.writer, self.leases, self.dispatch, clock, between, keys_for)
        self.workers = Workers(self.dispatch, self.connectors, self.writer, self.leases, clock, self.pulse.beat)

    def _clock(self) -> Clock:
        if self.settings.manual_clock:
            return ManualClock()
        return DatabaseClock(self.store.database.now) if self.store.shared else SystemClock()

    def _next_due(self) -> int | None:
        return self.due.next()

    def _do_due(self) -> int:
        done = self.due.run()
        self.openings.anything()
        return done

    def _want_jobs(self) -> None:
        work = Work(self.dispatch.fill)
        work.future.add_done_callback(_log_failure)
        self.writer.post(work)

    def _resolve(self, process: str, binding: Binding, caller: str) -> str:
        return CalledDefinitions(self.store, self.executables.__getitem__).resolve(process, binding, caller)

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
        return self.writer.idle and self.dispatch.idle and self.scheduler.idle and self.publisher.idle

    def recover(self) -> None:
        """Take over from dead processes: free what their workers held, go on with the runs that yielded there."""
        self.recovery.run()

    # -- other processes ---------------------------------------------------------------------------------------------

    def _hear(self, news: News) -> None:
        """Another process committed something."""
        if news.jobs:
            self._look_for_jobs()
        self.waiters.look(news.roots)

    def _look(self) -> None:
        """Nobody may have said what there is to do: whoever did it may be dead."""
        self.store.peers.announce(self.dispatch.owner)
        self._look_for_jobs()
        self.waiters.look(None)
        self.between.look()
        self.scheduler.notice(self.clock.now())
        self.publisher.notice(self.clock.now())
        self.recover()

    def _look_for_jobs(self) -> None:
        self.dispatch.due()
        self.dispatch.nudge()
        self.openings.anything()

    # -- life cycle --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the threads."""
        self.writer.start()
        self.dispatch.open(self.settings.workers * (1 + self.settings.prefetch))
        self.workers.start(self.settings.workers)
        self.scheduler.start()
        self.publisher.start()
        self.bus.start()
        if self.store.shared:
            self.listener.start()

    def close(self, grace_seconds: float) -> None:
        """Stop in order: no more jobs, what runs may finish, the rest is given back, commit, close the database."""
        self.listener.close()
        self.bus.stop_consuming()
        given_back = self.dispatch.close()
        self.pulse.beat()
        given_back += self.dispatch.wait_for_running(grace_seconds)
        self.scheduler.close()
        self.publisher.close()
        self.bus.publishing.close()
        for job in given_back:
            self.writer.call(partial(self.store.jobs.release, job.view.instance_id, job.view.key, self.dispatch.owner))
        self.leases.released(job.view.id for job in given_back)
        self.writer.close()
        self.openings.close()
        self.waiters.release(LAST_ANSWERS)
        try:
            self.connectors.close()
        except Exception:
            logger.exception("a connector could not be closed")
        self.store.close()


def _open(database: str, settings: Settings) -> Store:
    url = database if "://" in database else "sqlite://" if database == ":memory:" else f"sqlite:///{database}"
    if settings.synchronous != "FULL" and url != "sqlite://":
        logger.warning("synchronous=%s: the last commits can be lost when the power fails", settings.synchronous)
    try:
        return Store.open(url, synchronous=settings.synchronous)
    except DatabaseLocked as locked:
        hint = "stop the other process, or talk to it over HTTP (`baton --server URL ...`)"
        raise StoreLocked(str(locked), hint) from None
    except DatabaseUnavailable as error:
        raise StoreUnavailable(str(error), "start the database, or name another one") from None
    except ModuleNotFoundError as error:
        hint = 'install it with `pip install "baton[postgres]"`'
        raise InvalidRequest(f"PostgreSQL needs the package psycopg but {error}", hint) from None
    except ValueError as error:
        raise InvalidRequest(str(error)) from None


def _log_failure(future: Any) -> None:
    if future.exception() is not None:
        logger.error("due jobs could not be leased; it is tried again", exc_info=future.exception())
