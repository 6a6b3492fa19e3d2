"""Committed steps load back as the same state, and readers see what the events said."""

from __future__ import annotations

import pytest

from engine.core import events as e
from engine.core.state import ROOT, SNAPSHOT_FORMAT, Due
from engine.store import HistoryDamaged, Store, encode_snapshot
from engine.store import tables as t

from .scenes import NOW, SECOND, Story, describe, root_id

ROOT_ID = root_id(1)


def test_an_instance_loads_as_it_was_committed(store: Store):
    # Given an instance with two committed steps
    story = Story(ROOT_ID)
    store.commit([story.start_with_job()], describe)
    store.commit([story.complete_job()], describe)
    # When it is loaded
    loaded = store.load(ROOT_ID)
    # Then state and place in the history are those of the writer
    assert loaded == story.loaded
    assert loaded is not None
    assert loaded.revision == store.revision(ROOT_ID) == 2


def test_steps_of_one_root_in_one_group_are_one_row_update(store: Store):
    story = Story(ROOT_ID)
    store.commit([story.start_with_job(), story.complete_job()], describe)
    assert store.load(ROOT_ID) == story.loaded
    assert [row.revision for row in store.history(ROOT_ID)] == [1, 2]
    view = store.queries.instance(ROOT_ID)
    assert view is not None
    assert (view.status, view.revision, view.started_at, view.ended_at) == (
        "completed",
        2,
        NOW + SECOND,
        NOW + 2 * SECOND,
    )
    job = store.jobs.get(f"{ROOT_ID}.4")
    assert job is not None
    assert job.state == "completed"


def test_a_load_starts_at_the_snapshot_and_folds_the_tail(store: Store):
    # Given a snapshot with the first step and a second step after it
    story = Story(ROOT_ID)
    first = story.start_with_job()
    first.snapshot = encode_snapshot(story.loaded.state)
    story.loaded.bytes_since_snapshot = 0
    store.commit([first], describe)
    store.commit([story.complete_job()], describe)
    # When it is loaded, Then the size of the tail counts from the snapshot
    assert store.load(ROOT_ID) == story.loaded


def test_the_last_snapshot_of_a_group_is_kept(store: Store):
    story = Story(ROOT_ID)
    first, second = story.start_with_job(), story.tell(e.VariablesSet(ROOT, {"n": 1}))
    first.snapshot, second.snapshot = b"older", encode_snapshot(story.loaded.state)
    store.commit([first, second], describe)
    with store.examine(ROOT_ID) as (projected, _):
        assert projected is not None
        assert projected.snapshot is not None
        assert (projected.snapshot.revision, projected.snapshot.data) == (2, second.snapshot)


@pytest.mark.parametrize("spoil", ["format", "bytes"])
def test_a_snapshot_that_cannot_be_used_is_rebuilt_from_the_history(store: Store, spoil: str):
    story = Story(ROOT_ID)
    first = story.start_with_job()
    first.snapshot = encode_snapshot(story.loaded.state)
    store.commit([first], describe)
    changed = {"format": SNAPSHOT_FORMAT + 1} if spoil == "format" else {"data": b"{not json"}
    with store.database.writing() as connection:
        connection.execute(t.snapshot.update().values(changed))
    loaded = store.load(ROOT_ID)
    assert loaded is not None
    assert loaded.state == story.loaded.state


def test_a_long_history_is_read_in_portions(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("engine.store.loading.ROWS_AT_ONCE", 3)
    story = Story(ROOT_ID)
    steps = [story.tell(*story.begin())]
    steps += [story.tell(e.VariablesSet(ROOT, {"n": number}), cause="set-variables") for number in range(8)]
    store.commit(steps, describe)
    assert [row.revision for row in store.history(ROOT_ID)] == list(range(1, 10))
    assert [row.revision for row in store.history(ROOT_ID, after_revision=6)] == [7, 8, 9]
    assert store.load(ROOT_ID) == story.loaded


def test_a_history_that_does_not_fold_is_damaged(store: Store):
    story = Story(ROOT_ID)
    store.commit([story.start_with_job()], describe)
    broken = story.tell(e.VariablesSet(ROOT, {}))
    broken.data = b'[{"event":"job-completed","key":99}]'
    store.commit([broken], describe)
    with pytest.raises(HistoryDamaged, match=f"instance {ROOT_ID}"):
        store.load(ROOT_ID)


def test_what_is_unknown_is_none(store: Store):
    assert store.load(ROOT_ID) is None
    assert store.revision(ROOT_ID) is None
    assert store.queries.instance(ROOT_ID) is None
    assert store.jobs.get("nonsense") is None
    assert store.jobs.get(f"{ROOT_ID}.4") is None
    assert store.queries.task(f"{ROOT_ID}.4") is None
    assert store.queries.incident("x.y") is None
    assert list(store.history(ROOT_ID)) == []


def test_an_instance_says_where_it_is_and_what_it_waits_for(store: Store):
    story = Story(ROOT_ID)
    store.commit([story.start_with_task()], describe)
    view = store.queries.instance(ROOT_ID, variables=True)
    assert view is not None
    assert (view.status, view.business_key, view.variables) == ("waiting", "B-1", {})
    assert [(one.element_id, one.element_name, one.waits_for) for one in view.active] == [
        ("ask", "The ask", "user task")
    ]
    assert [(one.id, one.kind, one.due_at) for one in view.waits] == [(f"{ROOT_ID}.4", "user task", NOW + 60 * SECOND)]


def test_a_token_that_waits_on_a_flow_is_seen(store: Store):
    story = Story(ROOT_ID)
    store.commit([story.tell(*story.begin(), e.TokenPlaced(ROOT, "to-join"))], describe)
    view = store.queries.instance(ROOT_ID)
    assert view is not None
    assert [(one.element_id, one.element_type) for one in view.active] == [("to-join", "sequenceFlow")]


def test_the_status_follows_what_can_move(store: Store):
    story = Story(ROOT_ID)

    def status() -> str:
        view = store.queries.instance(ROOT_ID)
        assert view is not None
        return view.status

    # Given an open job, Then the instance runs
    store.commit([story.start_with_job()], describe)
    assert status() == "running"
    # When its attempts are used up, Then it waits for a person
    raised = e.IncidentRaised(5, "job", "down", ROOT, "pay", 3, 4)
    store.commit([story.tell(e.JobFailed(4, "down", 0), raised, cause="fail-job")], describe)
    assert status() == "waiting"
    # When a variable is set, Then that is as before
    store.commit([story.tell(e.VariablesSet(ROOT, {"a": 1}), cause="set-variables")], describe)
    assert status() == "waiting"
    # When the incident is resolved with new attempts, Then it runs again
    store.commit([story.tell(e.IncidentResolved(5), e.JobRetried(4, 3, NOW), cause="resolve-incident")], describe)
    assert status() == "running"


def test_a_yielded_run_is_found_until_it_goes_on(store: Store):
    story = Story(ROOT_ID)
    store.commit([story.tell(*story.begin(), e.RunYielded([Due("token", ROOT, "f")]))], describe)
    assert store.yielded_instances() == [ROOT_ID]
    view = store.queries.instance(ROOT_ID)
    assert view is not None
    assert view.status == "running"
    store.commit([story.tell(e.RunContinued(), cause="continue")], describe)
    assert store.yielded_instances() == []
    view = store.queries.instance(ROOT_ID)
    assert view is not None
    assert view.status == "waiting"


def test_an_incident_is_seen_and_remembered(store: Store):
    story = Story(ROOT_ID)
    store.commit([story.start_with_job()], describe)
    raised = e.IncidentRaised(5, "job", "down", ROOT, "pay", 3, 4, detail={"status": 503})
    store.commit([story.tell(e.JobFailed(4, "down", 0), raised, cause="fail-job")], describe)
    incident = store.queries.incidents().items[0]
    assert (incident.id, incident.element_name, incident.job_id) == (f"{ROOT_ID}.5", "The pay", f"{ROOT_ID}.4")
    assert incident.detail == {"status": 503}
    view = store.queries.instance(ROOT_ID)
    assert view is not None
    assert view.incident_count == len(view.incidents) == 1
    assert view.active[0].incident_id == incident.id
    store.commit([story.tell(e.IncidentResolved(5), e.JobRetried(4, 2, NOW), actor="eve")], describe)
    assert store.queries.incidents().items == []
    resolved = store.queries.incident(incident.id)
    assert resolved is not None
    assert (resolved.status, resolved.resolved_by, resolved.resolved_at) == ("resolved", "eve", story.at)


def test_variables_are_current_and_leave_with_their_scope(store: Store):
    story = Story(ROOT_ID)
    store.commit([story.start_with_job()], describe)
    assert {(one.scope, one.name): one.value for one in store.queries.variables(ROOT_ID)} == {
        (1, "amount"): 5,
        (1, "who"): "Ada",
        (3, "amount"): 5,
    }
    removed = e.VariablesRemoved(ROOT, ["who"])
    store.commit([story.tell(e.VariablesSet(ROOT, {"x": 1}), e.VariablesSet(ROOT, {"x": [1.5]}), removed)], describe)
    store.commit([story.complete_job()], describe)
    values = {(one.scope, one.name): one.value for one in store.queries.variables(ROOT_ID)}
    assert values == {(1, "amount"): 5, (1, "receipt"): "r1", (1, "x"): [1.5]}
    view = store.queries.instance(ROOT_ID, variables=True)
    assert view is not None
    assert view.variables == {"amount": 5, "receipt": "r1", "x": [1.5]}


def test_what_begins_and_ends_in_one_group_leaves_no_variables(store: Store):
    story = Story(ROOT_ID)
    changes = [e.VariablesSet(ROOT, {"x": 1}), e.VariablesSet(ROOT, {"y": 1}), e.VariablesRemoved(ROOT, ["x"])]
    store.commit([story.start_with_job(), story.tell(*changes), story.complete_job()], describe)
    values = {(one.scope, one.name) for one in store.queries.variables(ROOT_ID)}
    assert values == {(1, "amount"), (1, "receipt"), (1, "who"), (1, "y")}


def test_a_reopened_sub_process_shows_its_variables_again(store: Store):
    # Given a sub-process that completed with variables of its own
    story = Story(ROOT_ID)
    inside = [e.ActivityStarted(3, "pack", ROOT), e.ScopeOpened(3, {"box": 1}, "pack"), e.VariablesSet(3, {"tape": 2})]
    store.commit([story.tell(*story.begin(), *inside)], describe)
    store.commit([story.tell(e.UndoRecorded(3), e.ActivityCompleted(3))], describe)
    assert store.queries.variables(ROOT_ID) == []
    # When it is undone by its activities
    undo = [
        e.ActivityStarted(4, "undo", ROOT),
        e.CompensationTriggered(4, ROOT),
        e.SubProcessReopened(5, "pack", ROOT, 4),
    ]
    store.commit([story.tell(*undo)], describe)
    # Then its variables are current again, and leave with it
    assert {(one.scope, one.name): one.value for one in store.queries.variables(ROOT_ID)} == {
        (5, "box"): 1,
        (5, "tape"): 2,
    }
    store.commit([story.tell(e.CompensationCompleted(5), e.ActivityCompleted(5))], describe)
    assert store.queries.variables(ROOT_ID) == []


@pytest.mark.parametrize(
    "value, text, number",
    [
        ("abc", "abc", None),
        ("x" * 300, "x" * 200, None),
        (7, None, 7.0),
        (0.5, None, 0.5),
        (True, "true", None),
        (10**400, None, None),
        (None, None, None),
        ([1], None, None),
    ],
)
def test_simple_values_can_be_searched(store: Store, value: object, text: str | None, number: float | None):
    story = Story(ROOT_ID)
    store.commit([story.tell(*story.begin(value=value))], describe)
    with store.database.reading() as connection:
        row = connection.execute(t.variable.select()).one()
    assert (row.text_value, row.number_value) == (text, number)


def test_activities_keep_where_they_began_and_how_they_ended(store: Store):
    story = Story(ROOT_ID)
    store.commit([story.start_with_job()], describe)
    store.commit([story.tell(e.WaitWithdrawn(4), e.ActivityTerminated(3), e.ProcessCancelled("no"))], describe)
    found = [
        (one.element_id, one.element_type, one.outcome, one.seq) for one in store.queries.activities(ROOT_ID).items
    ]
    assert found == [("begin", "startEvent", "completed", 3), ("pay", "serviceTask", "terminated", 6)]
    job = store.jobs.get(f"{ROOT_ID}.4")
    assert job is not None
    assert job.state == "withdrawn"
    view = store.queries.instance(ROOT_ID)
    assert view is not None
    assert (view.status, view.active, view.waits) == ("cancelled", [], [])


def test_end_events_are_listed_in_the_order_they_were_reached(store: Store):
    story = Story(ROOT_ID)
    ends = [event for key in (5, 6) for event in (e.ActivityStarted(key, "end", ROOT), e.ActivityCompleted(key))]
    store.commit([story.tell(*story.begin(), *ends, e.ProcessCompleted("terminated"))], describe)
    view = store.queries.instance(ROOT_ID)
    assert view is not None
    assert (view.reached, view.outcome) == (["end", "end"], "terminated")


def test_end_events_of_sub_processes_are_not_the_end(store: Store):
    story = Story(ROOT_ID)
    inside = [
        e.ActivityStarted(3, "pack", ROOT),
        e.ScopeOpened(3, {}, "pack"),
        e.ActivityStarted(4, "end", 3),
        e.ActivityCompleted(4),
    ]
    store.commit([story.tell(*story.begin(), *inside)], describe)
    view = store.queries.instance(ROOT_ID)
    assert view is not None
    assert view.reached == []


def test_a_job_after_a_wait_lets_the_instance_run_again(store: Store):
    story = Story(ROOT_ID)
    store.commit([story.start_with_task()], describe)
    job = [e.ActivityStarted(5, "pay", ROOT), e.JobCreated(6, 5, "pay", "charge", {}, {}, 3, 60.0, NOW)]
    store.commit([story.tell(*job)], describe)
    view = store.queries.instance(ROOT_ID)
    assert view is not None
    assert view.status == "running"


@pytest.mark.parametrize("together", [True, False], ids=["with its creation", "later"])
def test_a_task_that_is_no_longer_wanted_is_withdrawn(store: Store, together: bool):
    story = Story(ROOT_ID)
    first = story.start_with_task()
    if not together:
        store.commit([first], describe)
    later = story.tell(e.WaitWithdrawn(4), e.ActivityTerminated(3), e.ProcessCancelled())
    store.commit([first, later] if together else [later], describe)
    task = store.queries.task(f"{ROOT_ID}.4")
    assert task is not None
    assert (task.state, task.completed_at) == ("withdrawn", story.at)


def test_a_failed_instance_says_why(store: Store):
    story = Story(ROOT_ID)
    store.commit([story.tell(*story.begin(), e.ProcessFailed("NO_STOCK", "sold out"))], describe)
    view = store.queries.instance(ROOT_ID)
    assert view is not None
    assert (view.status, view.error_code, view.error_message) == ("failed", "NO_STOCK", "sold out")


def test_timers_and_subscriptions_are_rows_while_they_wait(store: Store):
    story = Story(ROOT_ID)
    waits = [
        e.ActivityStarted(3, "wait", ROOT),
        e.TimerScheduled(4, 3, "wait", NOW + 5 * SECOND),
        e.Subscribed(5, 3, "wait", "message", "paid", "42"),
        e.TimerScheduled(6, 3, "wait", NOW + 9 * SECOND),
    ]
    store.commit([story.tell(*story.begin(), *waits)], describe)
    view = store.queries.instance(ROOT_ID)
    assert view is not None
    assert [(one.kind, one.detail, one.due_at) for one in view.waits] == [
        ("timer", "", NOW + 5 * SECOND),
        ("timer", "", NOW + 9 * SECOND),
        ("message", "paid", None),
    ]
    assert [timer.key for timer in store.jobs.due_timers(NOW + 5 * SECOND)] == [4]
    assert store.jobs.next_due(NOW) == NOW + 5 * SECOND
    store.commit([story.tell(e.TimerFired(4), e.WaitWithdrawn(5), e.WaitWithdrawn(6))], describe)
    view = store.queries.instance(ROOT_ID)
    assert view is not None
    assert view.waits == []


def test_a_user_task_is_claimed_and_completed(store: Store):
    story = Story(ROOT_ID)
    store.commit([story.start_with_task()], describe)
    task = store.queries.tasks(state="created").items[0]
    assert (task.candidate_users, task.candidate_groups, task.form_key) == (["bob"], ["clerks"], "form")
    store.commit([story.tell(e.UserTaskClaimed(4, "bob"), cause="claim-task")], describe)
    assert [one.state for one in store.queries.tasks(assignee="bob").items] == ["claimed"]
    store.commit([story.tell(e.UserTaskClaimed(4, None)), story.tell(e.UserTaskClaimed(4, "eve"))], describe)
    assert store.queries.tasks(assignee="bob").items == []
    store.commit([story.complete_task()], describe)
    assert store.queries.tasks(assignee="eve").items == []
    done = store.queries.task(task.id)
    assert done is not None
    assert (done.state, done.assignee, done.completed_at) == ("completed", "eve", story.at)
