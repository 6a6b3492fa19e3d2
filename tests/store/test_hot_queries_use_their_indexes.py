"""Queries that run all the time read from an index, however many rows have ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from engine.core import events as e
from engine.core.state import ROOT
from engine.store import Store

from .scenes import NOW, Story, describe, root_id

ONE_INSTANCE = {"activity_open", "job_open", "user_task_open", "incident_open", "activity_end_event"}

QUERIES: dict[str, tuple[Callable[[Store], Any], set[str]]] = {
    "leasing": (lambda store: store.jobs.lease(["a"], "o", now=NOW), {"job_available"}),
    "expired leases": (lambda store: store.jobs.expired(NOW), {"job_leased"}),
    "next moment": (lambda store: store.jobs.next_due(NOW), {"job_due", "job_leased", "timer_due"}),
    "due timers": (lambda store: store.jobs.due_timers(NOW), {"timer_due"}),
    "own leases": (lambda store: store.jobs.release_all("local:"), {"job_leased"}),
    "open jobs": (lambda store: store.jobs.page(state="incident"), {"job_open"}),
    "one instance": (lambda store: store.queries.instance(root_id(1)), ONE_INSTANCE),
    "open tasks": (lambda store: store.queries.tasks(state="created"), {"user_task_open"}),
    "open incidents": (lambda store: store.queries.incidents(), {"incident_open"}),
    "by status": (lambda store: store.queries.instances(status="waiting"), {"instance_status"}),
    "by process": (lambda store: store.queries.instances(process="order"), {"instance_process"}),
    "by business key": (lambda store: store.queries.instances(business_key="B"), {"instance_business_key"}),
    "yielded": (lambda store: store.yielded_instances(), {"instance_yielded"}),
    "old keys": (lambda store: store.forget_idempotency_keys(NOW), {"idempotency_key_at"}),
}


@pytest.fixture(params=["memory", "file"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of SQLite alone: what PostgreSQL's planner chooses depends on how much there is."""
    return "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'baton.db'}"


@pytest.mark.parametrize("what", QUERIES)
def test_a_query_uses_its_index(store: Store, what: str):
    run, indexes = QUERIES[what]
    story = Story(root_id(1))
    store.commit([story.start_with_job(), story.tell(e.IncidentRaised(5, "stuck", "why", ROOT))], describe)
    asked: list[str] = []
    for engine in filter(None, (store.database._writer, store.database._readers)):
        event.listen(engine, "checkout", lambda driver, *_: driver.set_trace_callback(asked.append))
    run(store)
    plans = []
    with store.database.reading() as connection:
        for statement in [one for one in asked if one.startswith(("SELECT", "UPDATE", "DELETE"))]:
            plans += [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
    text = "\n".join(plans)
    assert all(index in text for index in indexes), text
    assert "TEMP B-TREE" not in text, text
