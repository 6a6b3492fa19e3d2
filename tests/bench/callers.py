"""Many callers at once, each waiting for its answer before it calls again, as the threads of a server do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

CALLERS = 64


class Callers:
    """Threads that share out the calls; they are started when this is made and wait at a gate for `go`."""

    def __init__(self, calls: Sequence[Callable[[], object]], callers: int = CALLERS) -> None:
        self._gate = threading.Barrier(callers + 1)
        self._threads = [threading.Thread(target=self._work, args=(calls[start::callers],)) for start in range(callers)]
        for thread in self._threads:
            thread.start()

    def _work(self, calls: Sequence[Callable[[], object]]) -> None:
        self._gate.wait()
        for call in calls:
            call()

    def go(self) -> None:
        """Open the gate and wait until the last call is answered."""
        self._gate.wait()
        for thread in self._threads:
            thread.join()
