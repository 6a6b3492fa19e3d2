"""Runs everything that is due now on the calling thread, in due order: the engine without threads."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial

from .errors import BatonError, InvalidRequest
from .house import House

PLACES = 16
"""Jobs leased in one go; they are run one after the other."""


class Drain:
    """The engine's work done by whoever calls `run`; the same parts as with threads, but nothing at the same time."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._lock = threading.RLock()

    def run(self) -> int:
        """Run due jobs of local connectors, retries, expired leases and yielded runs until nothing moves.

        Returns the number of commands that this led to. Raises InvalidRequest when threads do that already.
        """
        if self._house.writer.threaded:
            raise InvalidRequest("drain needs an engine without threads but its workers are started", "wait_until_idle")
        with self._lock:
            dispatch = self._house.dispatch
            before = self._house.writer.commands_done
            dispatch.open(PLACES)
            try:
                self._house.due.run()
                self._follow()
                while self._house.between.is_due() and self._house.due.run():
                    self._follow()
            finally:
                self._give_back()
            return self._house.writer.commands_done - before

    def _follow(self) -> None:
        """Do all that follows at once."""
        while self._house.writer.turns() or self._run_one() or self._house.bus.run():
            pass

    def _run_one(self) -> bool:
        job = self._house.dispatch.take(wait=False)
        if job is None:
            return False
        try:
            request = self._house.workers.run(job)
            if request is not None:
                # What refuses the answer is noted and logged where that is decided; the others go on.
                with suppress(BatonError):
                    self._house.writer.ask(request)
        finally:
            self._house.dispatch.answered(job)
        self._house.dispatch.nudge()
        return True

    def _give_back(self) -> None:
        house = self._house
        for job in house.dispatch.close():
            house.writer.call(
                partial(house.store.jobs.release, job.view.instance_id, job.view.key, house.dispatch.owner)
            )
            house.leases.released([job.view.id])
