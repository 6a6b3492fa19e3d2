"""The saga dies before and after each of its SQL statements; every run ends clean: nothing lost, twice or unordered."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from engine import Engine
from engine.store import faults

from .lives import DIED, dies_and_goes_on, fresh, needs_fork
from .world import DOES, Ledger, live

REAL_KILLS = 10
SHARDS = 4


def check(database: str, ledger: Path) -> None:
    """The one order was rejected and undone in reverse; every key had one body; every effect happened once."""
    with Engine(database) as engine:
        (order,) = engine.instances().items
        assert (order.status, order.business_key) == ("completed", "order-1")
        assert engine.instance(order.id, variables=True).variables["rejected"] is True  # type: ignore[index]
        done = [one.element_id for one in engine.activities(order.id).items if one.outcome == "completed"]
        assert [one for one in done if one in ("charge", "reserve", "release", "refund")] == [
            "charge", "reserve", "release", "refund",
        ]  # fmt: skip
        assert engine.verify(order.id).ok
        assert engine.jobs(state="available").items == []
    calls = Ledger(ledger).calls()
    bodies = {(call["key"], str(call["body"])) for call in calls}
    assert len(bodies) == len({call["key"] for call in calls}), "a key was seen with two bodies"
    first_seen = list(dict.fromkeys((call["type"], call["key"]) for call in calls))
    assert [kind for kind, _ in first_seen] == [*DOES, "release", "refund"]
    last_seen = [call["type"] for call in calls]
    assert last_seen.index("release") > max(place for place, kind in enumerate(last_seen) if kind in DOES)
    assert last_seen.index("refund") > max(place for place, kind in enumerate(last_seen) if kind == "release")
    assert last_seen.count("ship") >= 3


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The fault points that a whole life passes, in order; the children inherit what this life has imported."""
    folder = tmp_path_factory.mktemp("whole")
    passed: list[str] = []
    with faults.armed(passed.append):
        live(f"sqlite:///{folder}/saga.db", folder / "ledger.jsonl")
    check(f"sqlite:///{folder}/saga.db", folder / "ledger.jsonl")
    assert len(passed) > 50
    return passed


@needs_fork
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("shard", range(SHARDS))
def test_dying_at_every_fault_point(tmp_path: Path, names: list[str], tables: Path, kind: str, shard: int) -> None:
    for point in range(shard, len(names), SHARDS):
        ledger = tmp_path / f"{point}.jsonl"
        with fresh(kind, tables, tmp_path) as database:
            dies_and_goes_on(partial(live, database, ledger), point, names)
            check(database, ledger)


@pytest.mark.parametrize("number", range(REAL_KILLS))
def test_a_real_kill(tmp_path: Path, names: list[str], number: int) -> None:
    point = number * (len(names) - 1) // (REAL_KILLS - 1)
    setting = f"{names[point]}:{names[: point + 1].count(names[point])}"
    database, ledger = f"sqlite:///{tmp_path}/saga.db", tmp_path / "saga.jsonl"
    command = [sys.executable, "-m", "tests.crash.world", database, str(ledger)]
    killed = subprocess.run(command, env={**os.environ, faults.ENVIRONMENT: setting}, check=False, capture_output=True)
    assert killed.returncode == -DIED, killed.stderr.decode()[-500:]
    after = subprocess.run(command, check=False, capture_output=True)
    assert after.returncode == 0, after.stderr.decode()[-2000:]
    check(database, ledger)
