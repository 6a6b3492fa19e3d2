"""The thread that consumes: one process at a time, in order, acknowledging what is committed and nothing else."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from ...bus import BusUnavailable, Consumer, Transport
from .bindings import Bindings
from .incoming import TRY_AGAIN, Incoming

if TYPE_CHECKING:
    from ..house import House

logger = logging.getLogger(__name__)

TURN = "consume"
"""One process at a time consumes; another takes over when it dies."""

RECEIVE_SECONDS = 0.5
"""How long one look at the broker waits for something to come."""

STANDBY_SECONDS = 0.5
"""How long a process waits before it looks again whether it may consume, or has something to consume."""

LONGEST_OUTAGE = 30.0
"""Seconds between two attempts to reach the broker at most."""


class Consuming:
    """The way in. transport: what connects. changed: called when the state may look different now."""

    def __init__(self, house: House, transport: Transport, bindings: Bindings, incoming: Incoming) -> None:
        self._house = house
        self._transport = transport
        self._bindings = bindings
        self._incoming = incoming
        self._closed = threading.Event()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None
        self._outages = 0
        self.error = ""
        self.active = False

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._work, name="baton-bus-consumer", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Something is bound now that was not, or the broker may be back."""
        self._woken.set()

    def close(self) -> None:
        """Finish what is being taken, and end the thread."""
        self._closed.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while not self._closed.is_set():
            pause = STANDBY_SECONDS
            try:
                self._bindings.refresh()
                if self._bindings.topics and self._house.store.peers.take_turn(TURN):
                    try:
                        self._consume(self._bindings.topics)
                    finally:
                        self._house.store.peers.end_turn(TURN)
                    pause = 0.0
            except BusUnavailable as error:
                pause = self._away(error.sentence)
            except Exception as error:
                if self._closed.is_set():
                    return
                if not isinstance(error, TRY_AGAIN):
                    logger.exception("consuming from the bus failed; it is tried again")
                pause = self._away(str(error))
            self._pause(pause)

    def _consume(self, topics: frozenset[str]) -> None:
        """Until the topics change, somebody else's turn comes, or something goes wrong."""
        consumer = self._transport.consumer(topics)
        self.active, self.error, self._outages = True, "", 0
        try:
            while not self._closed.is_set() and self._is_ours():
                self._bindings.refresh()
                if self._bindings.topics != topics:
                    return
                self._take_what_came(consumer)
        finally:
            self.active = False
            consumer.close()

    def _take_what_came(self, consumer: Consumer) -> None:
        for delivery in consumer.receive(RECEIVE_SECONDS):
            if self._closed.is_set():
                return
            self._incoming.take(delivery)
            consumer.done(delivery)
            self._house.pulse.beat()

    def _is_ours(self) -> bool:
        """The turn is a lock of the session, which may have broken."""
        peers = self._house.store.peers
        if not peers.take_turn(TURN):
            return False
        peers.end_turn(TURN)
        return True

    def _away(self, sentence: str) -> float:
        pause = min(2.0**self._outages, LONGEST_OUTAGE)
        self._outages = min(self._outages + 1, 10)
        if self.error != sentence:
            logger.warning("%s; it is tried again, and what comes meanwhile waits there", sentence)
        self.error = sentence
        return pause

    def _pause(self, seconds: float) -> None:
        if seconds and not self._closed.is_set():
            self._woken.wait(seconds)
            self._woken.clear()
