"""The processes that a demo starts: each known to be ready, each certain to be gone at the end."""

from __future__ import annotations

import os
import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

READY_SECONDS = 40.0
STOP_SECONDS = 10.0
_ADDRESS = re.compile(r"ready at (http://\S+)")


class DemoFailed(Exception):
    """The demo cannot go on; the text says why in a sentence."""


class Child:
    """One process: `argv` after the Python interpreter, its output in the file `log`, its address once it is ready."""

    def __init__(self, name: str, argv: Sequence[str], log: Path) -> None:
        self.name = name
        self.address = ""
        self._argv = [sys.executable, *argv]
        self._log = log
        self._process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._running().pid

    @property
    def port(self) -> int:
        """The port of its address."""
        return int(self.address.rpartition(":")[2])

    def start(self, *more: str) -> None:
        """Start it, with more arguments, and wait until it says that it is ready."""
        self._process = subprocess.Popen(
            [*self._argv, *more],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            env=_environment(),
        )
        lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, args=(self._process, lines), daemon=True).start()
        self.address = self._await_address(lines)

    def kill(self) -> None:
        """`kill -9`: it gets no chance to say goodbye."""
        process = self._running()
        process.kill()
        process.wait(STOP_SECONDS)

    def stop(self) -> int:
        """Ask it to end (SIGTERM), insist when it does not, and return its exit code; harmless when it is gone."""
        process = self._process
        if process is None:
            return 0
        process.terminate()
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait(STOP_SECONDS)

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise DemoFailed(f"{self.name} needs to be started first")
        return self._process

    def _read(self, process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
        """Keep reading, so that the process never blocks on a full pipe."""
        if process.stdout is None:
            return
        with self._log.open("a", encoding="utf-8") as log, process.stdout:
            for line in process.stdout:
                log.write(line)
                log.flush()
                lines.put(line)
        lines.put(None)

    def _await_address(self, lines: queue.Queue[str | None]) -> str:
        deadline = time.monotonic() + READY_SECONDS
        said: list[str] = []
        while (left := deadline - time.monotonic()) > 0:
            try:
                line = lines.get(timeout=left)
            except queue.Empty:
                break
            if line is None:
                raise DemoFailed(f"Expected {self.name} to start but it ended: {' '.join(said[-3:]) or 'no output'}")
            said.append(line.strip())
            found = _ADDRESS.search(line)
            if found:
                return found[1]
        raise DemoFailed(f"Expected {self.name} to be ready within {READY_SECONDS:g} seconds but it was not")


def _environment() -> dict[str, str]:
    """This installation is found whatever folder the demo runs in, and the output is UTF-8 and not held back."""
    found = [str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", "")]
    paths = os.pathsep.join(path for path in found if path)
    return {**os.environ, "PYTHONPATH": paths, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}


class Children:
    """All processes of a demo; leaving the `with` block ends them, however it is left."""

    def __init__(self) -> None:
        self._all: list[Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in reversed(self._all):
            child.stop()

    def add(self, name: str, argv: Sequence[str], log: Path) -> Child:
        """A process to be started later."""
        child = Child(name, argv, log)
        self._all.append(child)
        return child
