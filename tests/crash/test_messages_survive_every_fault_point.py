"""A conversation dies at every write that crosses instances, and goes on: nothing is lost, nothing arrives twice."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from engine.store import faults

from .conversation import live, told
from .lives import dies_and_goes_on, fresh, needs_fork

SHARDS = 3
CROSSING = ("message", "inbox", "outbox", "signal", "start_event", "timer", "subscription", "idempotency", "commit")
"""What the names of the fault points begin with, behind "before:" and "after:", that are tried here."""
EVERY = {"sqlite": 1, "postgresql": 5}
"""On the slower database only each so many'th of them."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], dict[str, list[Any]]]:
    """The fault points that an undisturbed life passes, in order, and what it tells."""
    database = f"sqlite:///{tmp_path_factory.mktemp('whole')}/baton.db"
    passed: list[str] = []
    with faults.armed(passed.append):
        live(database)
    return passed, told(database)


def test_an_undisturbed_life_does_everything(whole: Any) -> None:
    names, tale = whole
    once = ("asker", "answerer", "hearer", "woken", "late")
    assert [[status for status, _ in tale[name]] for name in once] == [["completed"]] * len(once)
    assert len(tale["watch"]) == 3
    assert [events.count("signal-received") for _, events in tale["gonged"]] == [2]
    assert tale["messages"] == [("answer", "continued"), ("early", "continued"), ("question", "started")]
    assert (tale["left"], tale["timers"], tale["starts"]) == ([], [], [None])
    places = {name.rpartition(":")[2].partition(".")[0] for name in names}
    assert places >= set(CROSSING)


@needs_fork
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("shard", range(SHARDS))
def test_dying_at_every_write_between_instances(
    tmp_path: Path, whole: Any, tables: Path, kind: str, shard: int
) -> None:
    names, tale = whole
    points = [point for point, name in enumerate(names) if name.rpartition(":")[2].startswith(CROSSING)]
    for point in points[shard :: SHARDS * EVERY[kind]]:
        with fresh(kind, tables, tmp_path) as database:
            dies_and_goes_on(partial(live, database), point, names)
            assert told(database) == tale, f"after dying at point {point} ({names[point]})"
