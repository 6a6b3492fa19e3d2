"""A called process is an instance with a parent, whatever group of commits its parts come in, and after loading."""

from __future__ import annotations

import pytest

from engine.audit import verify
from engine.core import events as e
from engine.core.state import ROOT
from engine.store import Store
from engine.store.places import called_id, places_of, split_called

from .scenes import NOW, Story, deploy, root_id

ID = root_id(1)
CALL = [
    e.ActivityStarted(3, "call", ROOT),
    e.ScopeOpened(3),
    e.ProcessCalled(4, 3, "call", "pay:1", "pay", ROOT, "b-1"),
]
INSIDE = [e.ActivityStarted(5, "sub", 4), e.ScopeOpened(5, {"y": 2}, "sub"), e.VariablesSet(4, {"x": 1})]
DEEPER = [e.ActivityStarted(6, "step", 5), e.IncidentRaised(7, "error", "why", 5, "step", 6)]
LATER = [e.IncidentResolved(7), e.ActivityCompleted(6), e.ActivityStarted(8, "last", 5), e.ActivityCompleted(8)]
OVER = [e.ActivityCompleted(5), e.ActivityCompleted(4), e.ActivityCompleted(3)]


def named(definition: str, _: str) -> tuple[str, str]:
    return definition, "task"


@pytest.mark.parametrize("groups", [
    [[*CALL, *INSIDE, *DEEPER, *LATER, *OVER]],
    [CALL, INSIDE, DEEPER, LATER, OVER],
    [[*CALL, *INSIDE, *DEEPER], [*LATER, *OVER]],
    [CALL, [*INSIDE, *DEEPER, *LATER, *OVER]],
], ids=len)  # fmt: skip
@pytest.mark.parametrize("loaded", [False, True])
def test_every_row_belongs_to_its_process_however_the_events_are_grouped(store: Store, groups, loaded: bool) -> None:
    deploy(store, key="pay")
    story = Story(ID)
    store.commit([story.tell(*story.begin())], named)
    for number, events in enumerate(groups):
        if loaded:
            found = store.load(ID)
            assert found is not None
            story = Story(ID, loaded=found)
        store.commit([story.tell(*events)], named)
        assert verify(store, ID).ok, number
    own, called = (store.queries.activities(id).items for id in (ID, called_id(ID, 4)))
    assert [(one.element_id, one.element_name) for one in own] == [("begin", "order:1"), ("call", "order:1")]
    assert [(one.element_id, one.element_name) for one in called] == [
        ("sub", "pay:1"), ("step", "pay:1"), ("last", "pay:1"),
    ]  # fmt: skip
    view = store.queries.instance(called_id(ID, 4))
    assert view is not None
    assert (view.parent_id, view.root_id, view.called_by, view.business_key) == (ID, ID, "call", "b-1")
    assert (view.status, view.incident_count, view.ended_at is not None) == ("completed", 0, True)
    assert [one.instance_id for one in store.queries.incidents(called_id(ID, 4), status=None).items] == [
        called_id(ID, 4)
    ]


def test_what_is_open_inside_is_told_there_and_not_in_the_root(store: Store) -> None:
    deploy(store, key="pay")
    story = Story(ID)
    store.commit([story.tell(*story.begin(), *CALL, *INSIDE, *DEEPER, e.TokenPlaced(5, "waiting"))], named)
    root, called = store.queries.instance(ID), store.queries.instance(called_id(ID, 4), variables=True)
    assert root is not None
    assert called is not None
    assert [item.element_id for item in root.active] == ["call"]
    assert [item.element_id for item in called.active] == ["sub", "step", "waiting"]
    assert (called.variables, called.incident_count, root.incident_count) == ({"x": 1}, 1, 1)
    assert [(one.name, one.scope) for one in store.queries.variables(called_id(ID, 4))] == [("x", 4), ("y", 5)]
    assert store.queries.variables(ID) == []
    (call,) = root.calls
    assert (call.id, call.incident_count) == (called.id, 1)


def test_what_is_undone_later_happens_in_the_process_that_did_it(store: Store) -> None:
    deploy(store, key="pay")
    story = Story(ID)
    done = [e.ActivityStarted(5, "a", 4), e.UndoRecorded(5), e.ActivityCompleted(5), e.UndoRecorded(4)]
    over = [e.ActivityCompleted(4), e.UndoRecorded(3), e.ActivityCompleted(3)]
    store.commit([story.tell(*story.begin(), *CALL, *done, *over)], named)
    undo = [
        e.ActivityStarted(6, "undo", ROOT),
        e.CompensationTriggered(6, ROOT),
        e.SubProcessReopened(7, "call", ROOT, 6),
    ]
    reopened = e.CalledProcessReopened(8, "call", 7, 7, 4, "pay:1", "pay")
    store.commit([story.tell(*undo, reopened, e.HandlerStarted(9, "una", 8, 8))], named)
    assert verify(store, ID).ok
    assert [one.element_id for one in store.queries.activities(called_id(ID, 4)).items] == ["a", "una"]
    assert [one.called for one in places_of(story.loaded.state).values()] == [4, 4]
    assert [one.status for one in store.queries.instances(parent=ID).items] == ["completed"]


def test_whatever_ends_the_root_ends_what_it_called(store: Store) -> None:
    deploy(store, key="pay")
    story = Story(ID)
    store.commit([story.tell(*story.begin(), *CALL)], named)
    ending = [e.ActivityTerminated(4), e.ActivityTerminated(3), e.ProcessCancelled("enough")]
    store.commit([story.tell(*ending, at=NOW + 99)], named)
    view = store.queries.instance(called_id(ID, 4))
    assert view is not None
    assert (view.status, view.ended_at) == ("cancelled", NOW + 99)
    assert verify(store, ID).ok


@pytest.mark.parametrize("host, status, code", [(4, "cancelled", None), (3, "failed", "E")])
def test_a_called_process_failed_when_the_error_left_it(store: Store, host: int, status: str, code: str | None) -> None:
    deploy(store, key="pay")
    story = Story(ID)
    error = [e.ActivityStarted(5, "bad", 4), e.ErrorThrown(5, "E"), e.ErrorCaught(host, "caught", "E")]
    ended = [e.ActivityTerminated(5), e.ActivityTerminated(4), e.ActivityTerminated(3)]
    store.commit([story.tell(*story.begin(), *CALL, *error, *ended)], named)
    view = store.queries.instance(called_id(ID, 4))
    assert view is not None
    assert (view.status, view.error_code) == (status, code)


@pytest.mark.parametrize("id, split", [
    (ID, (ID, ROOT)), (f"{ID}~7", (ID, 7)), ("~7", ("~7", ROOT)), (f"{ID}~", (f"{ID}~", ROOT)),
    (f"{ID}~x", (f"{ID}~x", ROOT)), (f"{ID}~" + "9" * 30, (f"{ID}~" + "9" * 30, ROOT)),
])  # fmt: skip
def test_ids_name_the_root_and_the_called_process_in_it(id: str, split: tuple[str, int]) -> None:
    assert split_called(id) == split


def test_a_called_process_that_is_told_to_have_ended_is_found_out(store: Store) -> None:
    deploy(store, key="pay")
    story = Story(ID)
    store.commit([story.tell(*story.begin(), *CALL)], named)
    with store.database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE instance SET ended_at = 5 WHERE id = '{called_id(ID, 4)}'")
    result = verify(store, ID)
    assert not result.ok
    assert "called" in result.sentence
