"""Two engines on one PostgreSQL database stand for two processes: they share nothing but the rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from engine import Engine, ManualClock
from tests.runtime import parts
from tests.support import postgres

Make = Callable[..., Engine]


def until(done: Callable[[], bool], seconds: float = 20.0) -> None:
    """Ask again and again: the server takes a moment to notice that a process is gone, and nobody says when."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it never came about"


@pytest.fixture
def database() -> Iterator[str]:
    """A fresh database."""
    with postgres.database() as url:
        yield url


@pytest.fixture
def make(database: str) -> Iterator[Make]:
    """Makes engines on the database that have one manual clock and look for what others left only when they are told.

    Whatever happens at once in these tests happens because somebody was told. They are closed at the end.
    """
    clock = ManualClock()
    with ExitStack() as stack:

        def make(connector: Any = None, *, threads: bool = True, **settings: Any) -> Engine:
            settings = {"poll_seconds": 600.0, **settings}
            baton = stack.enter_context(parts.engine(connector, database=database, clock=clock, **settings))
            if threads:
                baton.start_workers()
            return baton

        yield make
