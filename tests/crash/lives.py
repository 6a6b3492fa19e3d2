"""One life of an engine in a child process that may end at any fault point, and the databases that it begins with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.store import faults
from tests.support import postgres

DIED = 9
"""The exit code of a life that ended at its fault point."""

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork to die without a farewell")


def life(live: Callable[[], object], die_at: int | None = None) -> tuple[int, list[str]]:
    """Live in a child process: its exit code and the names of the fault points it passed; it ends at `die_at`."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            os.close(reading)
            passed = 0

            def pass_by(name: str) -> None:
                nonlocal passed
                os.write(writing, f"{name}\n".encode())
                if passed == die_at:
                    os._exit(DIED)
                passed += 1

            with faults.armed(pass_by):
                live()
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        names = pipe.read().splitlines()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), names


def dies_and_goes_on(live: Callable[[], object], point: int, names: list[str]) -> None:
    """Die at the fault point of that number, whose name it must have, and then live a whole life."""
    died, passed = life(live, die_at=point)
    assert (died, passed[-1]) == (DIED, names[point])
    assert life(live)[0] == 0, f"the life after dying at point {point} ({names[point]}) failed"


@contextmanager
def fresh(kind: str, tables: Path, folder: Path) -> Iterator[str]:
    """The URL of an empty database of that kind. tables: a file with all tables and no rows."""
    if kind == "postgresql":
        with postgres.database() as url:
            yield url
    else:
        path = folder / "saga.db"
        for left in folder.glob("saga.db*"):
            left.unlink()
        shutil.copyfile(tables, path)
        yield f"sqlite:///{path}"
