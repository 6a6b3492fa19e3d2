"""Queries that run all the time read from an index, however many rows have ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from engine.core import events as e
from engine.core.state import ROOT
from engine.store import MessageRecord, Store
from engine.store.signals import FIRST, Signal

from .scenes import NOW, Story, describe, root_id

MESSAGE = MessageRecord(id="m", name="paid")
SIGNAL = Signal(id="s", name="bell", variables={}, received_at=NOW)
ONE_INSTANCE = {"activity_open", "job_open", "user_task_open", "incident_open", "activity_end_event", "instance_parent"}

QUERIES: dict[str, tuple[Callable[[Store], Any], set[str]]] = {
    "leasing": (lambda store: store.jobs.lease(["a"], "o", now=NOW), {"job_available"}),
    "expired leases": (lambda store: store.jobs.expired(NOW), {"job_leased"}),
    "next moment": (lambda store: store.jobs.next_due(NOW), {"job_due", "job_leased", "timer_due"}),
    "due timers": (lambda store: store.jobs.due_timers(NOW), {"timer_due"}),
    "leasing suspects": (lambda store: store.jobs.lease(["a"], "o", now=NOW, suspects=1), {"job_suspect"}),
    "leases of the dead": (lambda store: store.jobs.spare("local:"), {"job_leased"}),
    "suspects of the dead": (lambda store: store.jobs.suspects_of("local:"), {"job_leased"}),
    "open jobs": (lambda store: store.jobs.page(state="incident"), {"job_open"}),
    "one instance": (lambda store: store.queries.instance(root_id(1)), ONE_INSTANCE),
    "open tasks": (lambda store: store.queries.tasks(state="created"), {"user_task_open"}),
    "open incidents": (lambda store: store.queries.incidents(), {"incident_open"}),
    "by status": (lambda store: store.queries.instances(status="waiting"), {"instance_status"}),
    "by process": (lambda store: store.queries.instances(process="order"), {"instance_process"}),
    "by business key": (lambda store: store.queries.instances(business_key="B"), {"instance_business_key"}),
    "yielded": (lambda store: store.yielded_instances(), {"instance_yielded"}),
    "who gets a message": (lambda store: store.messages.target(MESSAGE), {"subscription_name", "message_waiting"}),
    "messages given up": (lambda store: store.messages.expire(NOW), {"message_expiry"}),
    "old messages": (lambda store: store.messages.forget(NOW), {"message_received"}),
    "who gets a signal": (
        lambda store: store.signals.receivers(SIGNAL, FIRST, 9),
        {"subscription_name", "sqlite_autoindex_inbox_1"},
    ),
    "signals under way": (lambda store: store.signals.unfinished(9), {"signal_open"}),
    "what is thrown": (lambda store: store.outbox.waiting(9), {"outbox_open"}),
    "events to publish": (
        lambda store: store.publications.ready(NOW, 9),
        {"publication_open", "publication_ordering"},
    ),
    "the next event to publish": (lambda store: store.publications.next(NOW), {"publication_due"}),
    "events that wait": (lambda store: store.publications.counts(), {"publication_open"}),
    "published long ago": (lambda store: store.publications.forget(NOW), {"publication_created"}),
    "refused events": (lambda store: store.refused_events.count(), {"refused_event_open"}),
    "refused long ago": (lambda store: store.refused_events.forget(NOW), {"refused_event_received"}),
    "due starts": (lambda store: store.start_events.due(NOW, 9), {"start_event_due"}),
    "moments between": (
        lambda store: store.waits.moments(),
        {"timer_due", "start_event_due", "outbox_due", "signal_open", "message_expiry"},
    ),
    "published routes": (lambda store: store.start_events.routes(), {"start_event_name"}),
    "the response of an instance": (lambda store: store.edge.response(root_id(1)), {"PRIMARY KEY"}),
    "the place of a result": (lambda store: store.edge.place("x"), {"sqlite_autoindex_result_1"}),
    "results looked for long ago": (lambda store: store.edge.forget(NOW), {"result_created"}),
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
    store.database._raw.driver_connection.set_trace_callback(asked.append)
    run(store)
    plans = []
    with store.database.reading() as connection:
        for statement in [one for one in asked if one.startswith(("SELECT", "UPDATE", "DELETE"))]:
            plans += [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
    text = "\n".join(plans)
    assert all(index in text for index in indexes), text
    assert "TEMP B-TREE" not in text, text
