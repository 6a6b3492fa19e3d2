"""What workers and operators say of a job's attempts and priority: commands in, events out."""

from __future__ import annotations

import pytest

from engine.core import commands as c
from engine.core import events as e
from tests.support.diagrams import process
from tests.support.instances import Instance


def working(**properties: str) -> Instance:
    return Instance(process("p").start().service("work", "charge", properties=properties).end().xml())


def job(instance: Instance) -> int:
    [wait] = instance.state.waits.values()
    return wait.key


@pytest.mark.parametrize(
    "retries, retry_after, left, due",
    [(5, None, 5, 0), (5, 2.5, 5, 2_500_000), (1, 86_400.0, 1, 86_400_000_000), (1000, 0.0, 1000, 0)],
)
def test_a_worker_that_counts_says_what_is_left_and_when(retries: int, retry_after: float, left: int, due: int):
    # Given a diagram with a policy of its own
    instance = working(**{"job.retries": "2", "job.backoff": "PT10S", "job.backoff.max": "PT20S"})
    # When the worker says how many attempts are left
    instance.fail("work", retries=retries, retry_after=retry_after)
    # Then the diagram's count and pauses do not matter
    assert instance.history[-1] == e.JobFailed(job(instance), "broken", left, due)


def test_with_no_attempts_left_it_is_an_incident():
    instance = working()
    instance.fail("work", retries=0)
    assert instance.incident("work").job == job(instance)
    instance.resolve("work", retries=4)
    assert instance.state.waits[job(instance)].retries == 4


def test_with_no_attempts_left_it_is_the_error_that_the_diagram_names():
    diagram = process("p").start().service("work", "charge", properties={"job.error": "GONE"}).end()
    diagram.error_boundary("caught", on="work", code="GONE").end("out")
    instance = Instance(diagram.xml())
    instance.fail("work", retries=0)
    assert instance.status == "completed"


@pytest.mark.parametrize("said", [{"retries": 9}, {"priority": -3}, {"retries": 1, "priority": 0}])
def test_an_open_job_is_adjusted(said: dict[str, int]):
    instance = working()
    outcome = instance.send(c.AdjustJob(at=0, job=job(instance), **said))
    assert outcome.events == [e.JobAdjusted(job(instance), said.get("retries"), said.get("priority"))]
    assert instance.state.waits[job(instance)].retries == said.get("retries", 3)
    instance.complete("work")
    assert instance.status == "completed"


def test_a_job_that_is_stuck_or_gone_is_not_adjusted():
    instance = working()
    key = job(instance)
    instance.fail("work", retries=0)
    assert instance.send(c.AdjustJob(at=0, job=key, retries=2)).rejected.reason == "job-failed"
    assert instance.send(c.AdjustJob(at=0, job=99, retries=2)).rejected.reason == "job-not-open"


@pytest.mark.parametrize(
    "outputs, outward, written",
    [
        ({}, False, {"a": 1}),
        ({}, True, {"a": 1}),
        ({"sum": "a + b"}, False, {"sum": 3}),
        ({"sum": "a + b"}, True, {"a": 1, "sum": 3}),
        ({"a": "a + b"}, True, {"a": 3}),
    ],
)
def test_local_results_are_for_output_mappings(outputs: dict[str, str], outward: bool, written: dict[str, int]):
    instance = Instance(process("p").start().service("work", "w", outputs=outputs).user("ask").end().xml())
    answer = c.CompleteJob(at=0, job=job(instance), variables={"a": 1}, local={"b": 2}, outward=outward)
    outcome = instance.send(answer)
    assert outcome.rejected is None
    assert instance.state.scopes[1].variables == written
    # Those that nothing sees are not kept.
    completed = next(event for event in outcome.events if isinstance(event, e.JobCompleted))
    assert completed.variables == ({"a": 1, "b": 2} if outputs else {"a": 1})
