"""Hears what other processes on a shared database did, and looks by itself now and then in case nobody says so."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from ..store.peers import News, Peers

logger = logging.getLogger(__name__)


class Listener:
    """A thread. heard: called with each piece of news of others. look: called every `seconds`, whatever is heard."""

    def __init__(self, peers: Peers, heard: Callable[[News], None], look: Callable[[], None], seconds: float) -> None:
        self._peers = peers
        self._heard = heard
        self._look = look
        self._seconds = seconds
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._work, name="baton-listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        if self._thread is not None:
            self._peers.hush()
            self._thread.join()

    def _work(self) -> None:
        next_look = time.monotonic() + self._seconds
        while not self._closed.is_set():
            try:
                for news in self._peers.listen(max(next_look - time.monotonic(), 0.0)):
                    self._heard(news)
                if time.monotonic() >= next_look and not self._closed.is_set():
                    next_look = time.monotonic() + self._seconds
                    self._look()
            except Exception:
                logger.exception("looking for what other processes did failed; it is tried again")
                self._closed.wait(self._seconds)
