"""Engines with a manual clock and no threads, and a broker that does what a test tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from engine import Engine, Settings

from .brokers import Scripted, stop_brokers

Make = Callable[..., Engine]


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine(":memory:", settings=Settings(manual_clock=True)) as opened:
        yield opened


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """Instead of any broker that an engine connects to from now on."""
    scripted = Scripted()
    monkeypatch.setattr("engine.runtime.bus.part.open_transport", lambda *_: scripted)
    return scripted


@pytest.fixture
def make() -> Iterator[Make]:
    """Makes engines without threads; they are closed at the end."""
    with ExitStack() as stack:

        def make(database: str = ":memory:", **given: Any) -> Engine:
            bus = {"bus": given.pop("config")} if "config" in given else {}
            settings = Settings(**{"manual_clock": True, **given})
            return stack.enter_context(Engine(database, settings=settings, **bus))

        yield make


@pytest.fixture(scope="session", autouse=True)
def _no_broker_is_left() -> Iterator[None]:
    yield
    stop_brokers()
