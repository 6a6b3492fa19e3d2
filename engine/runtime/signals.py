"""Signals from outside and between instances: one broadcast reaches whoever waited, once, also across a restart."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from ..core.commands import DeliverSignal
from ..store import AlreadyApplied, Arrival
from ..store.signals import FIRST, Signal
from ..traces import trace_of
from .errors import BatonError, CommandRejected, InvalidRequest
from .requests import Request

if TYPE_CHECKING:
    from .house import House

logger = logging.getLogger(__name__)

BATCH = 100
"""Instances reached in one go, committed in groups."""


class SignalResult(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a signal reached: how many instances went on, and the ids of those it started."""

    continued: int
    started: list[str]
    signal_id: str


class Signals:
    """What the engine does with signals."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._store = house.store.signals
        self._lock = threading.Lock()
        self._under_way: set[str] = set()

    def send(
        self,
        name: str,
        variables: Mapping[str, Any] | None,
        signal_id: str | None,
        actor: str,
        trace: str | None = None,
    ) -> SignalResult:
        """Broadcast the signal; one that is known is finished, if it is not, and answered as before."""
        house, checks = self._house, self._house.checks
        now = house.clock.now()
        id = checks.optional("signal_id", signal_id) or house.ids.new(now)
        signal = Signal(
            id=id,
            name=checks.name("the signal's name", name),
            variables=checks.variables(variables),
            sent_by=checks.text("actor", actor),
            received_at=now,
            trace=checks.trace(trace) or trace_of(id),
        )
        house.writer.call(partial(self._store.keep, signal))
        kept = self._store.known(signal.id)
        if kept is None or kept.name != signal.name:
            raise CommandRejected(
                "signal-id-used",
                f"Expected a new id for signal {signal.name!r} but {signal.id!r} was that of another one",
                "repeat a signal unchanged, or use a new id for a new signal",
            )
        if not kept.ended:
            self._broadcast(kept)
            kept = self._store.known(signal.id) or kept
        return SignalResult(continued=kept.continued, started=kept.started, signal_id=kept.id)

    def go_on(self) -> int:
        """Finish broadcasts that were begun elsewhere: thrown by an instance, or before a restart; returns how many."""
        with self._lock:
            signals = [one for one in self._store.unfinished(BATCH) if one.id not in self._under_way]
        for signal in signals:
            self._broadcast(signal)
        return len(signals)

    def _broadcast(self, signal: Signal) -> None:
        with self._lock:
            self._under_way.add(signal.id)
        try:
            self._reach_all(signal)
            started = self._start_all(signal)
            now = self._house.clock.now()
            self._house.writer.call(partial(self._store.finish, signal.id, now, started))
        except BaseException:
            self._house.scheduler.notice(self._house.clock.now())
            raise
        finally:
            with self._lock:
                self._under_way.discard(signal.id)

    def _reach_all(self, signal: Signal) -> None:
        after = FIRST
        while waiting := self._store.receivers(signal, after, BATCH):
            after = waiting[-1]
            roots = list(dict.fromkeys(one.instance for one in waiting))
            make = partial(DeliverSignal, name=signal.name, variables=signal.variables, actor=signal.sent_by)
            arrival = Arrival(signal=signal.id)
            requests = [Request(root, make, arrival=arrival) for root in roots]
            for root, refusal in zip(roots, self._house.writer.ask_all(requests), strict=True):
                self._look_at(signal, root, refusal)

    def _look_at(self, signal: Signal, root: str, refusal: BaseException | None) -> None:
        """Whoever does not wait any more is not reached; what only needs another try is told to the caller."""
        if refusal is None or isinstance(refusal, CommandRejected | AlreadyApplied):
            return
        if isinstance(refusal, BatonError):
            raise refusal
        logger.error("signal %s (%s) cannot reach instance %s", signal.id, signal.name, root, exc_info=refusal)

    def _start_all(self, signal: Signal) -> list[str]:
        first = {one.process: one for one in reversed(self._house.store.start_events.of_kind("signal", signal.name))}
        started = []
        for process, start in sorted(first.items()):
            source = f"signal:{signal.id}:{process}"
            try:
                started.append(
                    self._house.starting.start(start, signal.variables, source, signal.sent_by, trace=signal.trace)
                )
            except (CommandRejected, InvalidRequest) as refusal:
                logger.error("signal %s (%s) cannot start %s: %s", signal.id, signal.name, process, refusal)  # noqa: TRY400
        return started
