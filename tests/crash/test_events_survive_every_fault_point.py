"""Events on the bus inside: an engine dies at every write of theirs; nothing is lost, nothing is done twice."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from engine.store import faults

from .lives import dies_and_goes_on, fresh, needs_fork
from .selling import live, told

SHARDS = 2
OF_EVENTS = ("publication", "refused_event", "message", "outbox")
"""What the names of the fault points begin with, behind "before:" and "after:", that are tried here."""
EVERY = {"sqlite": 2, "postgresql": 8}
"""Only each so many'th of them is tried, which are enough for each kind of write."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], dict[str, Any]]:
    """The fault points that an undisturbed life passes, in order, and what it tells."""
    database = f"sqlite:///{tmp_path_factory.mktemp('whole')}/baton.db"
    passed: list[str] = []
    with faults.armed(passed.append):
        live(database)
    return passed, told(database)


def test_an_undisturbed_life_does_everything(whole: Any) -> None:
    names, tale = whole
    assert {process: len(tale[process]) for process in ("seller", "shipper", "counter", "reader")} == {
        "seller": 2,
        "shipper": 2,
        "counter": 3,
        "reader": 2,
    }
    assert {status for process in ("seller", "shipper", "reader") for status, _ in tale[process]} == {"completed"}
    assert {state for _, state in tale["published"]} == {"published"}
    assert tale["refused"] == [("Ship", "dropped")]
    assert tale["left"] == []
    places = {name.rpartition(":")[2].partition(".")[0] for name in names}
    assert places >= set(OF_EVENTS)


@needs_fork
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("shard", range(SHARDS))
def test_dying_at_every_write_of_events(tmp_path: Path, whole: Any, tables: Path, kind: str, shard: int) -> None:
    names, tale = whole
    points = [point for point, name in enumerate(names) if name.rpartition(":")[2].startswith(OF_EVENTS)]
    for point in points[shard :: SHARDS * EVERY[kind]]:
        with fresh(kind, tables, tmp_path) as database:
            dies_and_goes_on(partial(live, database), point, names)
            assert told(database) == tale, f"after dying at point {point} ({names[point]})"
