"""Runs a function in a child process that cannot hurt: its memory and processor time end, its reach is written down.

That something is bounded is asserted by the limits of the child, never by a clock. What Python code does beyond
computing (opening files, sockets, importing, executing) is reported by the interpreter's own audit events (PEP 578).
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

MEGABYTES = 400
SECONDS = 20
"""Processor time, not time on the wall; ten times what the slowest case needs."""

_REACHING = ("open", "exec", "import", "socket.", "subprocess.", "os.", "shutil.", "ctypes.", "urllib.", "code.", "gc.")

_NO_FILE = ("open", "")
"""Python looks for the file of every text that it cannot parse; the evaluator gives it a name that no file can have."""


class Outcome(msgspec.Struct, frozen=True):
    """How it ended: `value`, what came back, as text; the class that was `raised`; what it `reached` for on its way."""

    value: str | None = None
    raised: str = ""
    sentence: str = ""
    killed_by: str = ""
    reached: tuple[str, ...] = ()


def confined(
    function: Callable[..., Any], *arguments: Any, megabytes: int = MEGABYTES, seconds: int = SECONDS
) -> Outcome:
    """Call the function in a child that may use so much more memory than this process, and so much processor time."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(reading)
            os.write(writing, msgspec.json.encode(_inside(function, arguments, megabytes, seconds)))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return Outcome(killed_by=signal.Signals(os.WTERMSIG(status)).name)
    return (
        msgspec.json.decode(told, type=Outcome) if told else Outcome(raised="MemoryError", sentence="nothing was said")
    )


def _inside(function: Callable[..., Any], arguments: tuple[Any, ...], megabytes: int, seconds: int) -> Outcome:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    most = _address_space() + megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    reached: list[str] = []
    watching = [True]

    def watch(event: str, details: tuple[Any, ...]) -> None:
        if watching[0] and event.startswith(_REACHING) and (event, *details[:1]) != _NO_FILE:
            reached.append(f"{event} {details!r:.100}")

    sys.addaudithook(watch)
    try:
        value, raised, sentence = repr(function(*arguments))[:200], "", ""
    except BaseException as error:  # noqa: BLE001 - whatever it is, the test wants to know
        value, raised, sentence = None, type(error).__name__, str(error)[:500]
    watching[0] = False
    return Outcome(value, raised, _sayable(sentence), "", tuple(map(_sayable, reached[:20])))


def _sayable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
