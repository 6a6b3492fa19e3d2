"""A saga whose work is done in called processes dies at each of its statements; every run is undone whole, in order."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from engine import Engine
from engine.store import faults

from .calling import PATH, live
from .lives import dies_and_goes_on, fresh, needs_fork
from .world import Ledger

SHARDS = 3
EVERY = {"sqlite": 1, "postgresql": 7}
"""On the slower database only each so many'th fault point."""


def check(database: str, ledger: Path) -> None:
    """One root with one process called in another; what was done is undone in reverse, each effect with one body."""
    with Engine(database) as engine:
        found = {one.process: one for one in engine.instances().items}
        assert {process: one.status for process, one in found.items()} == dict.fromkeys(
            ("saga", "goods", "shelf"), "completed"
        )
        root = found["saga"].id
        assert (found["goods"].parent_id, found["shelf"].parent_id) == (root, found["goods"].id)
        done = [one.element_id for one in engine.activities(found["shelf"].id).items if one.outcome == "completed"]
        assert [one for one in done if one in PATH] == ["reserve", "release"]
        assert engine.verify(root).ok
        assert engine.jobs(state="available").items == []
    calls = Ledger(ledger).calls()
    assert len({(call["key"], str(call["body"])) for call in calls}) == len({call["key"] for call in calls})
    assert list(dict.fromkeys(call["type"] for call in calls)) == PATH


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The fault points that a whole life passes, in order."""
    folder = tmp_path_factory.mktemp("whole")
    passed: list[str] = []
    with faults.armed(passed.append):
        live(f"sqlite:///{folder}/saga.db", folder / "ledger.jsonl")
    check(f"sqlite:///{folder}/saga.db", folder / "ledger.jsonl")
    assert {"before:called.new", "before:called.move", "before:called.status"} <= set(passed)
    return passed


@needs_fork
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("shard", range(SHARDS))
def test_dying_at_every_fault_point(tmp_path: Path, names: list[str], tables: Path, kind: str, shard: int) -> None:
    for point in range(shard * EVERY[kind], len(names), SHARDS * EVERY[kind]):
        ledger = tmp_path / f"{point}.jsonl"
        with fresh(kind, tables, tmp_path) as database:
            dies_and_goes_on(partial(live, database, ledger), point, names)
            check(database, ledger)
