"""Starts the child process that runs SpiffWorkflow, holds it to its limits, and reads what it found."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from .trace import Request, Trace, decoded, encoded

ENGINE = "SpiffWorkflow"
_PACKAGES = Path(__file__).resolve().parents[2]
_KEPT = ("LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP")


def run_in_child(request: Request, wall_seconds: float) -> Trace:
    """Run the request in a child process.

    It gets no environment to speak of, an empty folder of its own, and a session of its own, so that it can be ended
    with everything that it started. Whatever happens to it is in the trace: status "stopped" and a sentence.
    """
    with tempfile.TemporaryDirectory(prefix="crosscheck-") as folder, tempfile.TemporaryFile() as asked:
        asked.write(encoded(request))
        asked.seek(0)
        with tempfile.TemporaryFile() as answered:
            process = subprocess.Popen(
                [sys.executable, "-m", "engine.spiff.child"],
                stdin=asked,
                stdout=answered,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                env=_environment(),
                start_new_session=True,
            )
            try:
                code = process.wait(wall_seconds)
            except subprocess.TimeoutExpired:
                return _stopped(f"The run needs to end within {wall_seconds:g} s but it goes on")
            finally:
                _end(process)
            answered.seek(0)
            return _trace(code, answered.read(request.output_bytes), request)


def _environment() -> dict[str, str]:
    """No secrets of the caller's, and sets of texts in the same order every time."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {"PYTHONPATH": str(_PACKAGES), "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the child and whatever it started, then collect it."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()


def _trace(code: int, output: bytes, request: Request) -> Trace:
    if code == 0:
        try:
            return decoded(output, Trace)
        except (ValueError, RecursionError):
            return _stopped("The child process needs to answer with a trace but wrote something else")
    if code < 0 and -code == getattr(signal, "SIGXCPU", None):
        return _stopped(f"The run needs at most {request.cpu_seconds} s of processor time but wants more")
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    return _stopped(f"The child process needs to end with a trace but ended with {how}")


def _stopped(sentence: str) -> Trace:
    return Trace(engine=ENGINE, status="stopped", sentence=sentence)
