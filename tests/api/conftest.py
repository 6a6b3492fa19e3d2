"""One app over an engine in memory with a manual clock; nothing moves but by `drain` and the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from api.app import create_app
from api.settings import WebSettings
from engine import Engine, Settings

from .front import Front


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine("sqlite://", settings=Settings(manual_clock=True, workers=0)) as opened:
        yield opened


@pytest.fixture
def client(engine: Engine) -> FlaskClient:
    return create_app(engine, WebSettings()).test_client()


@pytest.fixture
def front(client: FlaskClient) -> Front:
    return Front(client)


@pytest.fixture
def stored(engine: Engine) -> Callable[[], tuple[int, int]]:
    """How many definitions and instances there are; equal before and after means that nothing was stored."""

    def count() -> tuple[int, int]:
        return len(engine.definitions(limit=200).items), len(engine.instances(limit=200).items)

    return count
