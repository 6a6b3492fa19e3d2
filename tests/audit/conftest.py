"""A store with one definition for tests of the audit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.store import Store

from ..store.scenes import deploy


@pytest.fixture
def store() -> Iterator[Store]:
    """A store in memory."""
    store = Store.open("sqlite://")
    deploy(store)
    yield store
    store.close()
