"""Every test of the store runs on every kind of database; a further one is a row in DATABASES."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.store import Store

from .scenes import deploy

DATABASES: dict[str, Callable[[Path], str]] = {
    "memory": lambda folder: "sqlite://",
    "file": lambda folder: f"sqlite:///{folder / 'baton.db'}",
}


@pytest.fixture(params=list(DATABASES))
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh database."""
    return DATABASES[request.param](tmp_path)


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
