"""Every test of the store runs on every kind of database; a further one is a row in DATABASES."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from engine.store import Store
from tests.support import postgres

from .scenes import deploy

DATABASES: dict[str, Callable[[Path], AbstractContextManager[str]]] = {
    "memory": lambda folder: nullcontext("sqlite://"),
    "file": lambda folder: nullcontext(f"sqlite:///{folder / 'baton.db'}"),
    "postgresql": lambda folder: postgres.database(),
}


@pytest.fixture(params=list(DATABASES))
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database."""
    with DATABASES[request.param](tmp_path) as url:
        yield url


@pytest.fixture
def empty(url: str) -> Iterator[Store]:
    """A store without any definition."""
    store = Store.open(url, synchronous="OFF")
    yield store
    store.close()


@pytest.fixture
def store(empty: Store) -> Store:
    """A store with the definition that the stories run on."""
    deploy(empty)
    return empty
