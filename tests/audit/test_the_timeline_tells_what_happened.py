"""The timeline has one entry per event with the element it belongs to, in pages; replay shows any moment."""

from __future__ import annotations

import pytest

from engine.audit import replay, timeline
from engine.core import events as e
from engine.core.events import Event, blank_state, decode_events, fold
from engine.core.state import ROOT
from engine.store import Store

from ..store.scenes import NOW, SECOND, Story, deploy, describe, root_id

ROOT_ID = root_id(1)


def test_every_event_names_its_element(store: Store):
    # Given a job that is done in a later step
    story = Story(ROOT_ID)
    store.commit([story.start_with_job()], describe)
    store.commit([story.complete_job()], describe)
    # When the timeline is read
    entries = timeline(store, ROOT_ID, describe).items
    # Then events that only have a key or a scope name the element too
    assert [(one.event, one.element_id) for one in entries] == [
        ("process-started", "order"),
        ("token-placed", "begin"),
        ("activity-started", "begin"),
        ("activity-completed", "begin"),
        ("token-placed", "to-pay"),
        ("activity-started", "pay"),
        ("scope-opened", "pay"),
        ("job-created", "pay"),
        ("job-completed", "pay"),
        ("variables-set", "order"),
        ("activity-completed", "pay"),
        ("token-placed", "to-end"),
        ("activity-started", "end"),
        ("activity-completed", "end"),
        ("process-completed", "order"),
    ]
    assert [one.seq for one in entries] == list(range(1, 16))
    done = entries[8]
    assert (done.step, done.at, done.actor, done.cause) == (2, NOW + 2 * SECOND, "worker", "complete-job")
    assert (done.element_name, done.data) == ("The pay", {"key": 4, "variables": {"receipt": "r1"}})


@pytest.mark.parametrize("size", [1, 4, 15, 500])
def test_pages_join_to_the_whole(store: Store, size: int):
    story = Story(ROOT_ID)
    store.commit([story.start_with_job()], describe)
    store.commit([story.complete_job()], describe)
    found, after = [], 0
    while True:
        page = timeline(store, ROOT_ID, describe, after=after, limit=size)
        found += page.items
        if page.next_cursor is None:
            break
        assert len(page.items) == size
        after = int(page.next_cursor)
    assert found == timeline(store, ROOT_ID, describe).items


UNDOING: list[tuple[Event, str | None]] = [
    (e.UndoRecorded(3), "pay"),
    (e.ActivityCompleted(3), "pay"),
    (e.ActivityStarted(5, "throw", ROOT), "throw"),
    (e.CompensationTriggered(5, ROOT, "pay"), "throw"),
    (e.HandlerStarted(6, "refund", ROOT, 5), "refund"),
    (e.VariablesSet(6, {"x": 1}), "refund"),
    (e.ErrorThrown(6, "E"), "refund"),
    (e.ErrorCaught(6, "catch", "E"), "catch"),
    (e.IncidentRaised(7, "stuck", "why", ROOT), "order"),
    (e.IncidentResolved(7), "order"),
    (e.IncidentRaised(8, "error", "why", ROOT, "refund", 6), "refund"),
    (e.IncidentResolved(8), "refund"),
    (e.ActivityCompleted(6), "refund"),
    (e.CompensationCompleted(5), "throw"),
    (e.RunYielded([]), None),
    (e.RunContinued(), None),
    (e.ProcessCancelled("enough"), "order"),
]


def test_compensation_errors_and_incidents_name_their_elements(store: Store):
    story = Story(ROOT_ID)
    store.commit([story.tell(*story.begin(), e.ActivityStarted(3, "pay", ROOT))], describe)
    steps = [story.tell(event) for event, _ in UNDOING]
    store.commit(steps, describe)
    entries = timeline(store, ROOT_ID, describe, after=5).items
    assert [one.element_id for one in entries] == [element for _, element in UNDOING]


def test_elements_of_a_called_process_are_named_by_its_own_definition(store: Store):
    story = Story(ROOT_ID)
    called = [
        e.ActivityStarted(3, "call", ROOT),
        e.ScopeOpened(3),
        e.ProcessCalled(4, 3, "call", "inner:1", "inner"),
        e.ActivityStarted(5, "step", 4),
        e.ActivityCompleted(5),
        e.ActivityCompleted(4),
    ]
    deploy(store, key="inner")
    store.commit([story.tell(*story.begin(), *called)], lambda definition, _: (definition, "task"))
    whole = timeline(store, ROOT_ID, lambda definition, element: (f"{definition}/{element}", "task")).items
    assert [one.element_name for one in whole[4:]] == [
        "order:1/call", "order:1/call", "order:1/call", "inner:1/step", "inner:1/step", "inner:1/inner",
    ]  # fmt: skip
    own = timeline(store, f"{ROOT_ID}~4", lambda *_: ("", "task")).items
    assert [one.seq for one in own] == [7, 8, 9, 10]
    assert [one.element_name for one in store.queries.activities(ROOT_ID).items] == ["order:1", "order:1"]
    assert [one.element_name for one in store.queries.activities(f"{ROOT_ID}~4").items] == ["inner:1"]


def test_replay_shows_the_state_after_any_event(store: Store):
    story = Story(ROOT_ID)
    store.commit([story.start_with_job()], describe)
    store.commit([story.complete_job()], describe)
    events = [event for row in store.history(ROOT_ID) for event in decode_events(row.data)]
    for seq in range(len(events) + 1):
        assert replay(store, ROOT_ID, seq) == fold(blank_state(), events[:seq])
    assert replay(store, ROOT_ID) == story.loaded.state


def test_an_unknown_instance_has_no_past(store: Store):
    assert timeline(store, "nobody", describe).items == []
    assert replay(store, "nobody") == blank_state()
