"""A saga whose work is done in called processes dies at each of its statements; every run is undone whole, in order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine import Engine
from engine.store import faults

from .calling import PATH, live
from .test_saga_survives_every_fault_point import DIED, fresh
from .world import Ledger

SHARDS = 3
EVERY = {"sqlite": 1, "postgresql": 7}
"""On the slower database only each so many'th fault point."""


def life(database: str, ledger: Path, die_at: int | None = None) -> int:
    """One life in a child process: its exit code; it ends at the passing of that number."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        passed = 0

        def pass_by(_name: str) -> None:
            nonlocal passed
            if passed == die_at:
                os._exit(DIED)
            passed += 1

        with faults.armed(pass_by):
            live(database, ledger)
        code = 0
    finally:
        os._exit(code)


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


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and no rows."""
    path = tmp_path_factory.mktemp("tables") / "empty.db"
    Engine(f"sqlite:///{path}").close()
    return path


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork to die without a farewell")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("shard", range(SHARDS))
def test_dying_at_every_fault_point(tmp_path: Path, names: list[str], tables: Path, kind: str, shard: int) -> None:
    for point in range(shard * EVERY[kind], len(names), SHARDS * EVERY[kind]):
        ledger = tmp_path / f"{point}.jsonl"
        with fresh(kind, tables, tmp_path) as database:
            assert life(database, ledger, die_at=point) == DIED, names[point]
            assert life(database, ledger) == 0, f"the life after dying at point {point} ({names[point]}) failed"
            check(database, ledger)
