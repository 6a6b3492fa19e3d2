"""Leases: who holds which job until when, in due order, and what happens when time runs out."""

from __future__ import annotations

import pytest

from engine.core import events as e
from engine.store import Lease, Store, leased_jobs

from .scenes import NOW, SECOND, Story, describe, root_id

JOB = (root_id(1), 4)
LATER = NOW + 100 * SECOND


def start(store: Store, number: int = 1, **options: object) -> Story:
    story = Story(root_id(number))
    store.commit([story.start_with_job(**options)], describe)  # type: ignore[arg-type]
    return story


def state_of(store: Store, number: int = 1) -> str:
    job = store.jobs.get(f"{root_id(number)}.4")
    assert job is not None
    return job.state


def test_a_leased_job_is_given_to_nobody_else(store: Store):
    start(store)
    [job] = store.jobs.lease(["charge"], "ada", now=LATER, until=LATER + 60 * SECOND, limit=5)
    assert (job.state, job.lease_owner, job.lease_until) == ("leased", "ada", LATER + 60 * SECOND)
    assert (job.inputs, job.properties, job.attempt) == ({"amount": 5}, {"p": "q"}, 1)
    assert job.idempotency_key == f"{root_id(1)}/pay/4"
    assert job == store.jobs.get(job.id)
    assert store.jobs.lease(["charge"], "bob", now=LATER, limit=5) == []
    assert store.jobs.holder(*JOB) == ("ada", LATER + 60 * SECOND)


def test_without_a_deadline_a_lease_is_as_long_as_the_job_may_take(store: Store):
    start(store, timeout=1.5)
    [job] = store.jobs.lease(["charge"], "ada", now=LATER)
    assert job.lease_until == LATER + 1_500_000


def test_jobs_are_leased_in_the_order_they_are_due(store: Store):
    # Given jobs of two types, due in another order than they were made, one of them not yet
    for number, (kind, due) in enumerate([("a", 3), ("b", 2), ("b", 1), ("a", 4), ("a", 200)], 1):
        start(store, number, type=kind, due=NOW + due * SECOND)
    start(store, 6, type="other", due=NOW)
    # When three of both types are leased
    jobs = store.jobs.lease(["a", "b", "a"], "ada", now=LATER, limit=3)
    # Then it is those that are due longest
    assert [job.instance_id for job in jobs] == [root_id(3), root_id(2), root_id(1)]
    assert [job.instance_id for job in store.jobs.lease(["a", "b"], "ada", now=LATER, limit=3)] == [root_id(4)]


def test_only_the_holder_extends_and_releases(store: Store):
    start(store)
    store.jobs.lease(["charge"], "ada", now=LATER)
    assert not store.jobs.extend(*JOB, "bob", LATER)
    assert not store.jobs.release(*JOB, "bob")
    assert store.jobs.extend(*JOB, "ada", LATER + 7)
    assert store.jobs.holder(*JOB) == ("ada", LATER + 7)
    assert store.jobs.release(*JOB, "ada")
    assert store.jobs.holder(*JOB) is None
    assert state_of(store) == "available"
    assert not store.jobs.extend(*JOB, "ada", LATER)


def test_the_jobs_of_the_dead_are_free_and_suspects_at_most_one_of_which_is_leased(store: Store):
    for number in (1, 2, 3, 4):
        start(store, number, due=NOW + number)
    store.jobs.lease(["charge"], "dead", now=LATER, limit=2)
    store.jobs.lease(["charge"], "alive", now=LATER)
    # When one owner has died, Then all it had is free, and what others have is left alone
    assert store.jobs.spare("dead") == 2
    assert [state_of(store, number) for number in (1, 2, 3, 4)] == ["available", "available", "leased", "available"]
    # And no more suspects are leased than wanted, without anybody else waiting for them
    first = store.jobs.lease(["charge"], "next", now=LATER, limit=4, suspects=1)
    assert [(job.instance_id, job.crashes) for job in first] == [(root_id(1), 1), (root_id(4), 0)]
    assert store.jobs.lease(["charge"], "next", now=LATER, limit=4, suspects=0) == []
    # When that owner dies too, Then the suspect is not spared
    assert [job.instance_id for job in store.jobs.suspects_of("next")] == [root_id(1)]
    assert store.jobs.spare("next") == 1
    assert state_of(store, 1) == "leased"
    # And somebody who takes any number gets them all
    assert len(store.jobs.lease(["charge"], "worker", now=LATER, limit=9)) == 2


def test_a_lease_that_is_over_is_found_until_a_failed_attempt_is_recorded(store: Store):
    story = start(store)
    store.jobs.lease(["charge"], "ada", now=LATER, until=LATER + 5)
    assert store.jobs.expired(LATER + 4) == []
    assert [job.lease_owner for job in store.jobs.expired(LATER + 5)] == ["ada"]
    assert state_of(store) == "leased"
    store.commit([story.tell(e.JobFailed(4, "too late", 2, LATER + 9), cause="fail-job")], describe)
    assert store.jobs.expired(LATER + 5) == []
    job = store.jobs.get(f"{root_id(1)}.4")
    assert job is not None
    assert (job.state, job.attempt, job.retries, job.available_at) == ("available", 2, 2, LATER + 9)
    assert (job.last_error, job.lease_owner, job.lease_until) == ("too late", None, None)


def test_a_late_answer_leaves_a_note(store: Store):
    start(store)
    store.jobs.note(*JOB, "ada came too late")
    job = store.jobs.get(f"{root_id(1)}.4")
    assert job is not None
    assert job.last_error == "ada came too late"


def test_the_next_moment_is_that_of_a_retry_a_lease_or_a_timer(store: Store):
    assert store.jobs.next_due(NOW) is None
    # Given a job that waits for a worker: time does not help it
    story = start(store)
    assert store.jobs.next_due(LATER) is None
    # When it is leased, Then the end of the lease counts, also when it is over
    store.jobs.lease(["charge"], "ada", now=LATER, until=LATER + 5)
    assert store.jobs.next_due(LATER) == LATER + 5
    assert store.jobs.next_due(LATER + 50) == LATER + 5
    # When it is to be tried again later, Then that counts until it is available
    store.commit([story.tell(e.JobFailed(4, "no", 2, LATER + 9), cause="fail-job")], describe)
    assert store.jobs.next_due(LATER) == LATER + 9
    assert store.jobs.next_due(LATER + 9) is None


def test_a_step_leases_the_jobs_that_it_creates(store: Store):
    story = Story(root_id(1))
    step = story.start_with_job(timeout=2.0)
    step.lease = Lease(owner="local:1", types=frozenset(["charge"]))
    assert [job.key for job in leased_jobs(step)] == [4]
    store.commit([step], describe)
    assert store.jobs.holder(*JOB) == ("local:1", step.at + 2 * SECOND)
    assert store.jobs.lease(["charge"], "bob", now=LATER) == []


@pytest.mark.parametrize(
    "lease, due, taken",
    [
        (Lease(owner="o", types=frozenset(["charge"]), until=LATER), None, 1),
        (Lease(owner="o", types=frozenset(["other"])), None, 0),
        (Lease(owner="o", types=frozenset(["charge"]), limit=0), None, 0),
        (Lease(owner="o", types=frozenset(["charge"])), LATER, 0),
    ],
    ids=["taken", "another type", "no room", "not due"],
)
def test_a_lease_takes_what_fits_it(store: Store, lease: Lease, due: int | None, taken: int):
    story = Story(root_id(1))
    step = story.start_with_job(due=due)
    step.lease = lease
    store.commit([step], describe)
    assert len(leased_jobs(step)) == taken
    assert (store.jobs.holder(*JOB) == ("o", LATER)) == bool(taken)


def test_a_job_closed_in_the_same_group_is_not_leased(store: Store):
    story = Story(root_id(1))
    step = story.start_with_job()
    done = story.complete_job()
    step.lease = Lease(owner="o", types=frozenset(["charge"]))
    store.commit([step, done], describe)
    assert state_of(store) == "completed"
    assert store.jobs.holder(*JOB) is None


@pytest.mark.parametrize(
    "events, state",
    [
        ([e.JobFailed(4, "no", 0)], "incident"),
        ([e.JobFailed(4, "no", 0), e.JobRetried(4, 3, LATER)], "available"),
        ([e.JobFailed(4, "no", 0), e.JobRetried(4, 3, LATER), e.JobFailed(4, "again", 0)], "incident"),
        ([e.JobErrorThrown(4, "E1", "out of stock")], "error"),
        ([e.JobFailed(4, "no", 0), e.JobErrorThrown(4, "E1")], "error"),
        ([e.WaitWithdrawn(4)], "withdrawn"),
        ([e.JobCompleted(4)], "completed"),
    ],
)
@pytest.mark.parametrize("together", [True, False], ids=["with its creation", "later"])
def test_a_job_says_what_became_of_it(store: Store, events: list[e.Event], state: str, together: bool):
    story = Story(root_id(1))
    first = story.start_with_job()
    if not together:
        store.commit([first], describe)
    later = story.tell(*events)
    store.commit([first, later] if together else [later], describe)
    assert state_of(store) == state


def test_jobs_are_listed_by_instance_state_and_type(store: Store):
    for number, kind in enumerate(["a", "b", "a"], 1):
        story = start(store, number, type=kind)
    store.commit([story.complete_job()], describe)

    def found(**filters: str) -> list[str]:
        return [job.instance_id[-1] for job in store.jobs.page(**filters).items]

    assert found() == ["1", "2", "3"]
    assert found(state="available") == ["1", "2"]
    assert found(state="completed") == ["3"]
    assert found(type="a") == ["1", "3"]
    assert found(instance=root_id(2)) == ["2"]


@pytest.mark.parametrize("together", [True, False], ids=["with its creation", "later"])
def test_an_attempt_more_is_counted_once(store: Store, together: bool):
    story = Story(root_id(1))
    steps = [story.start_with_job()]
    if not together:
        store.commit(steps, describe)
        steps = []
    steps += [story.tell(e.JobFailed(4, "1", 2, LATER)), story.tell(e.JobFailed(4, "2", 1, LATER))]
    store.commit(steps, describe)
    job = store.jobs.get(f"{root_id(1)}.4")
    assert job is not None
    assert (job.attempt, job.retries, job.last_error, job.available_at) == (3, 1, "2", LATER)
