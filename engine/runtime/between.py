"""What happens between instances because time passed or a commit asked for it: timers, messages, signals, starts.

Everything here is a row before it is done, so whatever a process leaves undone is found by the next one.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from ..core.commands import FireTimer
from ..core.events import Event, MessageThrown, SignalThrown, Subscribed, TimerScheduled
from ..store import Step
from ..store.messages import Wanted
from ..store.records import DueTimer
from .errors import StoreUnavailable
from .relay import Relay
from .requests import Request

if TYPE_CHECKING:
    from .house import House

OUTWARD: frozenset[type[Event]] = frozenset({TimerScheduled, Subscribed, MessageThrown, SignalThrown})
"""Events that lead to something between instances; most steps have none, and are not looked at further."""

ACTOR = "scheduler"
"""Who the history names for what happened because time passed."""

BATCH = 100
"""Due timers fired in one go."""

TURN = "between"
"""One process at a time does all of this, so that it is done in order and without useless work."""


class Between:
    """All of it; `run` does what is due now, on the calling thread."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._relay = Relay(house)
        self.missed_turn = False
        """Whether another process was at it when `run` was called last."""

    def next(self) -> int | None:
        """Return when something is due next, None when nothing is planned."""
        moments = (self._house.store.waits.moments().first, self._house.messages.again_at)
        return min((moment for moment in moments if moment is not None), default=None)

    def is_due(self) -> bool:
        """Tell whether there is something to do now."""
        moment = self.next()
        return self._house.messages.are_wanted or (moment is not None and moment <= self._house.clock.now())

    def run(self) -> int:
        """Do what is due now, a bounded part of each kind; returns how much that was."""
        self.missed_turn = False
        if not self.is_due():
            return 0
        peers = self._house.store.peers
        self.missed_turn = not peers.take_turn(TURN)
        if self.missed_turn:
            return 0
        try:
            return self._run()
        finally:
            peers.end_turn(TURN)

    def _run(self) -> int:
        house, now = self._house, self._house.clock.now()

        def due(moment: int | None) -> bool:
            return moment is not None and moment <= now

        planned = house.store.waits.moments()
        done = self._fire_timers() if due(planned.timer) else 0
        done += house.starting.fire_due(ACTOR) if due(planned.start) else 0
        done += self._relay.run()
        done += house.signals.go_on()
        done += house.messages.deliver_wanted()
        if due(planned.expiry):
            done += house.writer.call(partial(house.store.messages.expire, now))
        return done

    # -- timers of instances -----------------------------------------------------------------------------------------

    def _fire_timers(self) -> int:
        """Fire what is due, in due order per instance; one that is refused is left behind and starves nobody."""
        done, last = 0, None
        now = self._house.clock.now()
        while timers := self._house.store.jobs.due_timers(now, BATCH, last):
            last = timers[-1]
            done += self._fire(self._in_turn(timers))
            if len(timers) < BATCH:
                break
        return done

    def _in_turn(self, timers: list[DueTimer]) -> list[DueTimer]:
        """When each missed repetition fires, the next one of an instance is only known after the one before it."""
        if self._house.settings.timers_catch_up == "one":
            return timers
        return list({timer.instance: timer for timer in reversed(timers)}.values())[::-1]

    def _fire(self, timers: list[DueTimer]) -> int:
        catch_up = self._house.settings.timers_catch_up
        requests = [
            Request(timer.instance, partial(FireTimer, timer=timer.key, catch_up=catch_up, actor=ACTOR))
            for timer in timers
        ]
        refusals = self._house.writer.ask_all(requests)
        unavailable = [one for one in refusals if isinstance(one, StoreUnavailable)]
        if unavailable:
            raise unavailable[0]
        # A timer that is not open any more was fired or withdrawn a moment ago; faults of ours are in the log.
        return sum(refusal is None for refusal in refusals)

    # -- what commits bring ------------------------------------------------------------------------------------------

    def committed(self, steps: Iterable[Step]) -> None:
        """Note what the steps lead to; on the writer's thread."""
        wanted = []
        for step in steps:
            for event in step.events:
                if type(event) is TimerScheduled:
                    self._house.scheduler.notice(event.due)
                elif type(event) is Subscribed and event.kind == "message":
                    wanted.append(Wanted(event.name, event.correlation))
                elif type(event) is MessageThrown and event.bus is not None and event.bus.topic:
                    self._house.publisher.notice(step.at)
                elif type(event) is MessageThrown or type(event) is SignalThrown:
                    self._house.scheduler.notice(step.at)
        if wanted:
            self._house.messages.wanted(wanted)
            self._house.scheduler.notice(self._house.clock.now())

    def look(self) -> None:
        """Another process may have died between a commit and what it leads to."""
        self._house.messages.wanted(None)
