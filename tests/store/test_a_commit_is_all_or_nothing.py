"""Wherever a commit fails or its process dies, either all of its group is stored or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.audit import verify
from engine.core import events as e
from engine.core.state import ROOT
from engine.store import Arrival, IdempotencyRecord, MessageRecord, Step, Store, encode_snapshot
from engine.store import tables as t
from engine.store.faults import armed, kill_at
from engine.store.statements import fault_points

from .scenes import DEFINITION, NOW, Story, deploy, describe, root_id

REPOSITORY = Path(__file__).parents[2]


class Broken(Exception):
    """What the fault points raise here."""


def before(store: Store) -> list[Story]:
    """Committed instances: a job, a user task, one with everything that can wait, and one that called a process."""
    stories = [Story(root_id(number)) for number in (1, 2, 3, 7)]
    waits = [
        e.ActivityStarted(3, "wait", ROOT),
        e.TimerScheduled(4, 3, "wait", NOW),
        e.Subscribed(5, 3, "wait", "message", "paid"),
        e.IncidentRaised(6, "stuck", "why", ROOT),
    ]
    calls = [e.ActivityStarted(3, "call", ROOT), e.ScopeOpened(3), e.ProcessCalled(4, 3, "call", DEFINITION, "order")]
    steps = [stories[0].start_with_job(), stories[1].start_with_task(), stories[2].tell(*stories[2].begin(x=1), *waits)]
    store.commit([*steps, stories[3].tell(*stories[3].begin(), *calls)], describe)
    assert store.messages.keep(message("kept"))
    return stories


def message(id: str, *, kept: bool = False) -> MessageRecord:
    return MessageRecord(id=id, name=id, received_at=NOW, expires_at=NOW + 1, kept=kept)


def group(stories: list[Story]) -> list[Step]:
    """Steps that need every statement of a commit."""
    first, second, third, caller = stories
    claim = second.tell(e.UserTaskClaimed(4, "bob"), cause="claim-task")
    closing = [e.TimerFired(4), e.IncidentResolved(6), e.WaitWithdrawn(5), e.VariablesRemoved(ROOT, ["x"])]
    moved = third.tell(*closing, e.ActivityCompleted(3))
    fourth, fifth, sixth = (Story(root_id(number)) for number in (4, 5, 6))
    opening = [
        e.ActivityStarted(3, "wait", ROOT),
        e.TimerScheduled(4, 3, "wait", NOW),
        e.Subscribed(5, 3, "wait", "message", "paid"),
        e.IncidentRaised(6, "stuck", "why", ROOT),
        e.ResponseGiven(3, 201, {"Location": "/orders/1"}, {"x": 1}, True),
        e.MessageThrown(7, 3, "wait", "ordered", "42", {"x": 1}),
        e.MessageThrown(8, 3, "wait", "told", "42", {"x": 1}, e.ToBus(topic="orders")),
    ]
    started = sixth.tell(*sixth.begin(), *opening)
    started.snapshot = encode_snapshot(sixth.loaded.state)
    started.idempotency = IdempotencyRecord(key="k", fingerprint="f", instance=sixth.root, at=NOW)
    started.arrival = Arrival(message=message("new"), answer="started")
    moved.arrival = Arrival(message=message("kept", kept=True), answer="continued")
    claim.arrival = Arrival(signal="s1")
    calls = [e.ActivityStarted(5, "call", 4), e.ScopeOpened(5), e.ProcessCalled(6, 5, "call", DEFINITION, "order", 4)]
    work = [e.ActivityStarted(7, "pay", 4), e.JobCreated(8, 7, "pay", "charge", {}, {}, 3, 60.0, NOW)]
    called = caller.tell(*calls, *work, e.IncidentRaised(9, "stuck", "why", 4))
    adjusted = first.tell(e.JobAdjusted(4, 2, 9), cause="adjust-job")
    done = [adjusted, first.complete_job(), claim, second.complete_task(), moved, called]
    return [*done, fourth.start_with_job(), fifth.start_with_task(), started]


def rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.database.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key.columns))]
            for table in t.metadata.sorted_tables
        }


def test_the_group_passes_every_fault_point(store: Store):
    stories = before(store)
    passed: list[str] = []
    with armed(passed.append):
        store.commit(group(stories), describe)
    assert passed == fault_points()


@pytest.mark.parametrize("point", fault_points())
def test_a_failure_at_any_point_leaves_all_or_nothing(store: Store, point: str):
    # Given some instances, and a group that touches every table
    stories = before(store)
    stored = rows(store)

    def fail(name: str) -> None:
        if name == point:
            raise Broken

    # When the commit fails at the point
    with armed(fail), pytest.raises(Broken):
        store.commit(group(stories), describe)
    # Then nothing of it is stored, unless the commit itself was behind it
    assert (rows(store) == stored) == (point != "after:commit")
    assert all(verify(store, root_id(number)).ok for number in (1, 2, 3, 7))
    # And the database takes the next commit
    store.commit([Story(root_id(9)).start_with_job()], describe)


CHILD = """
import sys
from engine.store import Store
from tests.store.scenes import Story, describe, root_id
from tests.store.test_a_commit_is_all_or_nothing import group

store = Store.open(sys.argv[1])
stories = [Story(root_id(number), loaded=store.load(root_id(number))) for number in (1, 2, 3, 7)]
store.commit(group(stories), describe)
"""


def commit_in_child(url: str, point: str) -> int:
    """The exit status of a process that loads the instances, commits the group and is to die at the point."""
    environment = {**os.environ, "BATON_FAULT": point}
    command = [sys.executable, "-c", CHILD, url]
    return subprocess.run(command, cwd=REPOSITORY, env=environment, check=False, timeout=60).returncode


@pytest.mark.parametrize("point, stored", [("before:history", 1), ("before:commit", 1), ("after:commit", 3)])
def test_a_killed_process_leaves_all_or_nothing(tmp_path: Path, point: str, stored: int):
    url = f"sqlite:///{tmp_path / 'baton.db'}"
    store = Store.open(url)
    deploy(store)
    before(store)
    store.close()
    # When the process is killed at the point
    assert commit_in_child(url, point) == -signal.SIGKILL
    # Then its successor gets in, and finds the group whole or not at all
    store = Store.open(url)
    try:
        assert store.revision(root_id(1)) == stored
        assert (store.revision(root_id(4)) is not None) == (stored == 3)
        assert all(verify(store, root_id(number)).ok for number in (1, 2, 3, 7))
    finally:
        store.close()


def test_the_environment_can_wait_for_the_second_passing(monkeypatch: pytest.MonkeyPatch):
    killed: list[int] = []
    monkeypatch.setattr("os.kill", lambda _pid, number: killed.append(number))
    action = kill_at("before:history:2")
    action("before:history")
    action("after:history")
    assert killed == []
    action("before:history")
    assert killed == [signal.SIGKILL]
