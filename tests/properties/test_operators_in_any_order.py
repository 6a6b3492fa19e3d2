"""Workers, people and operators in any order, late and wrong: refusals are Baton's own, all that is stored agrees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st

from engine import BatonError, Call, Completed, Engine, ErrorThrown, Failed, ManualClock, SequentialIds, Settings

from ..runtime.parts import Scripted
from ..support.random_processes import Block, busy_blocks, draw
from .consistency import MOST, OPEN_JOBS, check
from .profile import chance, examples

ROUNDS = 200
ANSWERS: tuple[Any, ...] = (
    Completed({"answer": 1}),
    Failed("down"),
    Failed("broken", retryable=False),
    ErrorThrown("E"),
)
Act = Callable[["Office"], object]


class Office:
    """One instance and everybody who has to do with it; every pick is drawn."""

    def __init__(self, block: Block, steps: int, chance: Random) -> None:
        self.chance = chance
        self.failing = True
        self.engine = Engine(
            "sqlite://",
            clock=ManualClock(),
            ids=SequentialIds(),
            connectors=[Scripted(work=self._work)],
            settings=Settings(steps_per_command=steps),
        )
        xml = draw(block)
        note(xml.decode())
        self.engine.deploy({"p.bpmn": xml})
        self.id = self.engine.start("p", variables={"n": 0, "k": 0}).id

    def _work(self, call: Call) -> Any:
        return self.pick(ANSWERS, call.element_id) if self.failing else Completed()

    def pick(self, choices: Sequence[Any], what: str) -> Any:
        picked = self.chance.choice(choices)
        note(f"{what}: {getattr(picked, '__name__', picked)}")
        return picked

    def act(self) -> Act:
        """What somebody does now: mostly what is to be done, sometimes what is not."""
        engine, id = self.engine, self.id
        open_jobs = {job.state for job in engine.jobs(instance=id, limit=MOST).items} & set(OPEN_JOBS)
        tasks = any(task.completed_at is None for task in engine.tasks(instance=id, limit=MOST).items)
        acts = [act for state, some in WITH_JOBS.items() if state in open_jobs for act in some]
        acts += WITH_TASKS if tasks else []
        return self.pick([*acts, *acts, *ANY_TIME], "act")

    # -- what it is done with ----------------------------------------------------------------------------------------

    def job(self, *states: str) -> dict[str, str]:
        """A job in one of the states (if there is one) and who says to have it: mostly its holder."""
        jobs = self.engine.jobs(instance=self.id, limit=MOST).items
        wanted = [job for job in jobs if job.state in states] or jobs
        holders = {job.id: job.lease_owner or "" for job in wanted} or {f"{self.id}.999": ""}
        id = self.pick(list(holders), "job")
        return {"id": id, "worker": self.pick([*[holders[id]] * 5, "", "w1", "w2"], "worker")}

    def task(self, *states: str) -> str:
        tasks = self.engine.tasks(instance=self.id, limit=MOST).items
        return self.pick([task.id for task in tasks if task.state in states or not states] or [f"{self.id}.1"], "task")

    def incident(self, status: str | None) -> str:
        incidents = self.engine.incidents(instance=self.id, status=status, limit=MOST).items
        return self.pick([one.id for one in incidents] or [f"{self.id}.2"], "incident")

    def variables(self) -> dict[str, Any]:
        return self.pick([{}, {"n": 5}, {"extra": [1, {"a": None}]}], "variables")

    # -- workers -----------------------------------------------------------------------------------------------------

    def lease(self) -> None:
        self.engine.lease_jobs(["work"], worker=self.pick(["w1", "w2"], "worker"), max=3, lease_seconds=50)

    def extend(self) -> None:
        self.engine.extend_job(**self.job("leased") | {"worker": "w1"}, lease_seconds=100)

    def complete_job(self) -> None:
        self.engine.complete_job(**self.job("leased", "available"), variables=self.variables())

    def fail_job(self) -> None:
        retry, after = self.pick([True, False], "retryable"), self.pick([None, 0.0, 3.0], "retry after")
        self.engine.fail_job(**self.job("leased", "available"), message="broken", retryable=retry, retry_after=after)

    def throw_job_error(self) -> None:
        code = self.pick(["E", "X"], "code")
        self.engine.throw_job_error(**self.job("leased"), code=code, message="oops", variables=self.variables())

    def answer_any_job(self) -> None:
        self.engine.complete_job(**self.job())

    def drain(self) -> None:
        self.engine.drain()

    # -- people ------------------------------------------------------------------------------------------------------

    def claim(self) -> None:
        who, force = self.pick([None, "ann", "bob"], "who"), self.pick([True, False], "force")
        self.engine.claim_task(self.task("created", "claimed"), who, force=force)

    def complete_task(self) -> None:
        self.engine.complete_task(self.task("created", "claimed"), self.variables(), actor="ann")

    def complete_any_task(self) -> None:
        self.engine.complete_task(self.task())

    def resolve(self) -> None:
        retries = self.pick([None, 1, 3], "retries")
        self.engine.resolve_incident(self.incident("open"), variables=self.variables(), retries=retries, actor="op")

    def resolve_any(self) -> None:
        self.engine.resolve_incident(self.incident(None))

    def set_variables(self) -> None:
        self.engine.set_variables(self.id, self.variables(), actor="op")

    def wait(self) -> None:
        self.engine.advance_clock(self.pick([1, 60, 100_000], "seconds"))

    def cancel(self) -> None:
        if self.pick([False] * 4 + [True], "really"):
            self.engine.cancel(self.id, reason="enough")

    def finish(self) -> None:
        """Everybody does what is to be done; whatever went wrong before, that ends the instance."""
        self.failing = False
        for _ in range(ROUNDS):
            self.engine.drain()
            for task in self.engine.tasks(instance=self.id).items:
                if task.completed_at is None:
                    self.engine.complete_task(task.id)
            for incident in self.engine.incidents(instance=self.id).items:
                self.engine.resolve_incident(incident.id)
            self.engine.advance_clock(100_000)
            if self.engine.state(self.id).status != "active":
                return
        raise AssertionError(f"Expected an end but there is still {self.engine.instance(self.id)}")


WITH_JOBS: dict[str, list[Act]] = {
    "available": [Office.lease, Office.lease, Office.complete_job],
    "leased": [Office.complete_job, Office.complete_job, Office.fail_job, Office.throw_job_error, Office.extend],
    "incident": [Office.resolve, Office.resolve, Office.answer_any_job],
}
WITH_TASKS: list[Act] = [Office.claim, Office.claim, Office.complete_task]
ANY_TIME: list[Act] = [
    Office.answer_any_job,
    Office.complete_any_task,
    Office.resolve,
    Office.resolve_any,
    Office.set_variables,
    Office.wait,
    Office.drain,
    Office.cancel,
]


@examples(15)
@given(block=busy_blocks(), steps=st.sampled_from([2, 7, 1_000]), acts=st.integers(15, 40), chance=chance())
def test_whatever_is_done_is_refused_or_leaves_everything_consistent(
    block: Block, steps: int, acts: int, chance: Random
) -> None:
    office, refusals = Office(block, steps, chance), []
    with office.engine as engine:
        check(engine, office.id)
        for _ in range(acts):
            try:
                office.act()(office)
            except BatonError as refusal:
                refusals.append(refusal)
            check(engine, office.id)
        office.finish()
        check(engine, office.id)
    assert all(refusal.sentence for refusal in refusals)
