"""A client that repeats each request with its idempotency key has each effect once, wherever the engine dies."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from engine import Engine
from engine.runtime.clock import ManualClock
from engine.store import faults

from ..support.diagrams import process
from ..support.drawings import process as drawing
from .lives import dies_and_goes_on, fresh, needs_fork

SHARDS = 3
AROUND = ("idempotency", "commit")
"""What the names of the fault points begin with, behind "before:" and "after:", that are tried here."""
EVERY = {"sqlite": 1, "postgresql": 4}
"""On the slower database only each so many'th of them."""


def diagrams() -> dict[str, bytes]:
    """People, workers, a choice of activities."""
    chosen = drawing("chosen").start().ad_hoc("checks", "done").user("papers").apart().user("car").close().end()
    return {
        "people.bpmn": process("people").start().user("a").user("b").end().xml(),
        "work.bpmn": process("work").start().service("s", "by-hand").service("t", "by-hand").user("u").end().xml(),
        "chosen.bpmn": chosen.xml(),
    }


def live(database: str) -> None:
    """One life: ask for everything with a key, as a client does that starts anew whenever it had no answer."""
    with Engine(database, clock=ManualClock()) as engine:
        engine.deploy(diagrams(), idempotency_key="deploy")
        _people(engine)
        _work(engine)
        chosen = engine.start("chosen", variables={"done": False}, idempotency_key="chosen").id
        engine.start_activities(chosen, ["papers"], idempotency_key="choose")
        engine.set_variables(chosen, {"n": 1}, idempotency_key="set")
        engine.cancel(chosen, reason="enough", idempotency_key="cancel")


def _people(engine: Engine) -> None:
    id = engine.start("people", idempotency_key="people").id
    task = engine.tasks(instance=id).items[0].id
    engine.claim_task(task, "lea", idempotency_key="claim")
    engine.claim_task(task, "lea", idempotency_key="claim again")
    engine.claim_task(task, None, idempotency_key="give back")
    engine.complete_task(task, {"n": 1}, idempotency_key="complete")


def _work(engine: Engine) -> None:
    id = engine.start("work", idempotency_key="work").id
    engine.lease_jobs(["by-hand"], worker="w", lease_seconds=60, idempotency_key="lease")
    first = engine.jobs(instance=id).items[0].id
    engine.extend_job(first, 3600, worker="w", idempotency_key="extend")
    engine.complete_job(first, {"n": 1}, worker="w", idempotency_key="done")
    engine.lease_jobs(["by-hand"], worker="w", lease_seconds=60, idempotency_key="lease again")
    second = engine.jobs(instance=id).items[1].id
    engine.fail_job(second, "no", worker="w", retryable=False, idempotency_key="fail")
    incident = engine.incidents(instance=id, status=None).items[0].id
    engine.resolve_incident(incident, retries=2, idempotency_key="resolve")


def told(database: str) -> dict[str, Any]:
    """What is there: the events of every instance, and everything beside them that a request made."""
    with Engine(database) as engine:
        found: dict[str, Any] = {}
        for view in engine.instances().items:
            checked = engine.verify(view.id)
            assert checked.ok, checked.sentence
            events = [(entry.event, entry.step) for entry in engine.history(view.id).items]
            assert view.process not in found
            found[view.process] = (view.status, events)
        found["deployments"] = [[one.id for one in each.definitions] for each in engine.deployments().items]
        found["jobs"] = [(one.state, one.attempt, one.lease_owner) for one in engine.jobs().items]
        return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], dict[str, Any]]:
    """The fault points that an undisturbed life passes, in order, and what it leaves."""
    database = f"sqlite:///{tmp_path_factory.mktemp('whole')}/baton.db"
    passed: list[str] = []
    with faults.armed(passed.append):
        live(database)
    return passed, told(database)


def test_an_undisturbed_life_does_everything_and_may_be_repeated(whole: Any, tmp_path: Path) -> None:
    names, tale = whole
    assert names.count("idempotency.note") == 5
    assert names.count("before:idempotency") == 12
    assert (tale["people"][0], tale["chosen"][0], tale["deployments"]) == (
        "waiting",
        "cancelled",
        [["people:1", "work:1", "chosen:1"]],
    )
    assert tale["jobs"] == [("completed", 1, None), ("available", 2, None)]
    database = f"sqlite:///{tmp_path}/twice.db"
    live(database)
    live(database)
    assert told(database) == tale


@needs_fork
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("shard", range(SHARDS))
def test_dying_around_a_key_doubles_nothing(tmp_path: Path, whole: Any, tables: Path, kind: str, shard: int) -> None:
    names, tale = whole
    points = [point for point, name in enumerate(names) if name.rpartition(":")[2].startswith(AROUND)]
    for point in points[shard :: SHARDS * EVERY[kind]]:
        with fresh(kind, tables, tmp_path) as database:
            dies_and_goes_on(partial(live, database), point, names)
            assert told(database) == tale, f"after dying at point {point} ({names[point]})"
