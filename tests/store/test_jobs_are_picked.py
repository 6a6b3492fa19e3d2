"""Leases for workers with wishes: by process, business key, variables, urgency; and jobs that are adjusted."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core import events as e
from engine.core.state import ROOT
from engine.store import Store
from engine.store.picking import Wish
from engine.store.processes import Processes
from engine.store.search import VariableFilter

from .scenes import NOW, SECOND, Story, describe, root_id

LATER = NOW + 100 * SECOND


def start(store: Store, number: int, *, priority: str = "", due: int = 0, key: str = "", **variables: object) -> Story:
    story = Story(root_id(number))
    properties = {"job.priority": priority} if priority else {}
    job = e.JobCreated(4, 3, "pay", "charge", {}, properties, 3, 60.0, NOW + due * SECOND)
    begin = story.begin(business_key=key or None, **variables)
    store.commit([story.tell(*begin, e.ActivityStarted(3, "pay", ROOT), job)], describe)
    return story


def picked(store: Store, *wishes: Wish, limit: int = 9, urgent_first: bool = False) -> list[int]:
    """Numbers of the instances whose jobs are leased, which are given back."""
    found = store.picking.lease(
        wishes or [Wish(type="charge", until=LATER)], "ada", now=LATER, limit=limit, urgent_first=urgent_first
    )
    for job in found:
        assert (job.state, job.lease_owner, job.lease_until) == ("leased", "ada", LATER)
        assert store.jobs.holder(job.instance_id, 4) == ("ada", LATER)
        store.jobs.release(job.instance_id, 4, "ada")
    return [int(job.instance_id[-3:]) for job in found]


def test_the_most_urgent_come_first_and_among_equals_the_oldest(store: Store):
    for number, (priority, due) in enumerate(
        [("-5", 1), ("", 3), ("7", 4), ("0", 2), ("7", 1), ("x", 5), ("99", 9)], 1
    ):
        start(store, number, priority=priority, due=due)
    assert picked(store, urgent_first=True) == [7, 5, 3, 4, 2, 6, 1]
    assert picked(store, urgent_first=True, limit=2) == [7, 5]
    assert picked(store) == [1, 5, 4, 2, 3, 6, 7]
    # What is not due yet is not given, however urgent.
    assert store.picking.lease([Wish(type="charge", until=LATER)], "ada", now=NOW, limit=9, urgent_first=True) == []


@pytest.mark.parametrize(
    "wish, found",
    [
        ({}, [1, 2]),
        ({"business_key": "a"}, [1]),
        ({"processes": ("order",)}, [1, 2]),
        ({"processes": ("other", "more")}, []),
        ({"definitions": ("order:1",)}, [1, 2]),
        ({"definitions": ("order:2",)}, []),
        ({"variables": (VariableFilter("n", "eq", 2),)}, [2]),
        ({"variables": (VariableFilter("n", "eq", 2), VariableFilter("s", "eq", "x"))}, []),
        ({"within": Processes(("ord*",))}, [1, 2]),
        ({"within": Processes(("other",))}, []),
        ({"type": "other"}, []),
    ],
)
@pytest.mark.parametrize("urgent_first", [False, True])
def test_a_wish_says_of_which_instances(store: Store, wish: dict[str, Any], found: list[int], urgent_first: bool):
    start(store, 1, key="a", n=1, s="x")
    start(store, 2, key="b", n=2, priority="3")
    given = picked(store, Wish(**{"type": "charge", "until": LATER, **wish}), urgent_first=urgent_first)
    assert sorted(given) == found


def test_wishes_overlap_and_nobody_gets_a_job_twice(store: Store):
    for number in (1, 2, 3):
        start(store, number)
    wishes = [Wish(type="charge", until=LATER), Wish(type="charge", until=LATER + 5, business_key=None)]
    [first, second] = store.picking.lease(wishes, "ada", now=LATER, limit=2)
    assert first.id != second.id
    assert len(store.picking.lease(wishes, "bob", now=LATER, limit=9)) == 1
    assert store.picking.lease(wishes, "eve", now=LATER, limit=9) == []


@pytest.mark.parametrize("together", [True, False], ids=["with its creation", "later"])
@pytest.mark.parametrize(
    "events, retries, priority",
    [
        ([e.JobAdjusted(4, 9)], 9, 0),
        ([e.JobAdjusted(4, None, 5)], 3, 5),
        ([e.JobAdjusted(4, 2, 5), e.JobAdjusted(4, None, 6)], 2, 6),
        ([e.JobFailed(4, "no", 1, NOW), e.JobAdjusted(4, 8)], 8, 0),
        ([e.JobAdjusted(4, 8, 1), e.JobFailed(4, "no", 1, NOW)], 1, 1),
    ],
)
def test_an_adjusted_job_says_so(store: Store, events: list[e.Event], retries: int, priority: int, together: bool):
    story = Story(root_id(1))
    first = story.start_with_job()
    if not together:
        store.commit([first], describe)
        store.jobs.lease(["charge"], "ada", now=LATER)
    later = story.tell(*events)
    store.commit([first, later] if together else [later], describe)
    job = store.jobs.get(f"{root_id(1)}.4")
    assert job is not None
    assert (job.retries, job.priority) == (retries, priority)
    # Alone it leaves the lease as it is.
    held = not together and all(isinstance(event, e.JobAdjusted) for event in events)
    assert (job.state, job.lease_owner) == (("leased", "ada") if held else ("available", None))


def test_an_instance_is_found_by_both_ends_of_its_id(store: Store):
    for number in (1, 10, 20):
        start(store, number)
    id = root_id(10)
    assert store.picking.instance_like(id[:18], id[-8:]) == id
    assert store.picking.instance_like(id[:18], "ffffffff") is None
    # One that more than one instance has is nobody's.
    assert store.picking.instance_like(id[:18], "0") is None
    assert store.picking.incident_of(id, 4) is None
