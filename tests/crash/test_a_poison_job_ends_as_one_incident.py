"""A job that kills the process that runs it uses up its attempts and is an incident; its neighbours do not suffer."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from engine import Call, Completed, Engine, Settings
from engine.connectors import Outcome
from tests.runtime.parts import Scripted, deploy, line
from tests.support import postgres
from tests.support.diagrams import process

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork to die without a farewell")

RETRIES = 3
NEIGHBOURS = 6
MOST_LIVES = 12

DATABASES: dict[str, Callable[[Path], AbstractContextManager[str]]] = {
    "sqlite": lambda folder: nullcontext(f"sqlite:///{folder}/poison.db"),
    "postgresql": lambda _folder: postgres.database(),
}


def kill(_call: Call) -> Outcome:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody survives this")


class Ledger:
    """Notes, for all lives, which jobs were begun."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, call: Call) -> Outcome:
        with self.path.open("a") as file:
            file.write(f"{call.idempotency_key}\n")
        return kill(call) if call.type == "poison" else Completed()

    def begun(self) -> list[str]:
        return self.path.read_text().splitlines()


def prepare(database: str) -> None:
    """One instance with the poison between six others, nobody at work yet."""
    with Engine(database) as engine:
        deploy(
            engine,
            line("poison", properties={"job.retries": str(RETRIES), "job.backoff": "PT0S"}, id="bad"),
            line("a", id="good"),
        )
        for number in range(NEIGHBOURS + 1):
            engine.start("bad" if number == NEIGHBOURS // 2 else "good")


def life(database: str, ledger: Ledger, *, threads: bool) -> int:
    """The exit code of a process that does all the jobs it can, minus the signal that it died of."""
    child = os.fork()
    if not child:
        code = 1
        try:
            connector = Scripted(a=ledger, poison=ledger)
            with Engine(database, connectors=[connector], settings=Settings(poll_seconds=0.05)) as engine:
                if threads:
                    engine.start_workers()
                    engine.wait_until_idle(20)
                else:
                    engine.drain()
                code = 0 if engine.incidents().items else 2
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("kind", DATABASES)
@pytest.mark.parametrize("threads", [False, True], ids=["drained", "threads"])
def test_a_job_that_kills_its_process(tmp_path: Path, kind: str, threads: bool):
    ledger = Ledger(tmp_path / "ledger")
    with DATABASES[kind](tmp_path) as database:
        # Given a job that kills whoever does it, between others
        prepare(database)
        # When processes are started again and again
        deaths = 0
        while (code := life(database, ledger, threads=threads)) != 0:
            deaths += code == -signal.SIGKILL
            assert deaths < MOST_LIVES
        # Then it dies out: the first death accuses nobody, each further one is a failed attempt
        assert deaths == 1 + RETRIES
        with Engine(database) as engine:
            # And there is one incident that says why
            (incident,) = engine.incidents().items
            assert (incident.element_id, incident.detail) == ("poison", {"reason": "process-died"})
            job = engine.job(str(incident.job_id))
            assert (job.state, job.retries) == ("incident", 0)
            # And every call of the poison had the same key
            assert ledger.begun().count(job.idempotency_key) == 1 + RETRIES
            # And its neighbours are done, and no attempt of theirs was counted
            good = engine.instances(process="good").items
            assert [one.status for one in good] == ["completed"] * NEIGHBOURS
            for one in good:
                assert "job-failed" not in [entry.event for entry in engine.history(one.id).items]
            for one in engine.instances().items:
                assert engine.verify(one.id).ok


def test_a_suspect_that_is_innocent_goes_on_as_usual(tmp_path: Path):
    database = f"sqlite:///{tmp_path}/poison.db"
    ledger = Ledger(tmp_path / "ledger")
    prepare(database)
    assert life(database, ledger, threads=False) == -signal.SIGKILL
    # Given a job that a process died with, without having begun it
    with Engine(database, connectors=[Scripted(a=Completed())]) as engine:
        suspects = [job for job in engine.jobs(type="a", state="available").items if job.crashes]
        # When somebody does it, Then that was its first attempt
        assert {job.attempt for job in suspects} == {1}
        engine.drain()
        assert engine.jobs(type="a", state="available").items == []


def test_a_worker_whose_machine_is_lost_again_and_again_leads_to_an_incident(tmp_path: Path):
    with Engine(f"sqlite:///{tmp_path}/lost.db", settings=Settings(manual_clock=True)) as engine:
        deploy(engine, process("p").start().service("s", "a", properties={"job.retries": "2"}).end())
        engine.start("p")
        for worker in ("one", "two"):
            # When a worker takes the job and is never heard of again
            assert [job.type for job in engine.lease_jobs(["a"], worker=worker, lease_seconds=30)] == ["a"]
            engine.advance_clock(31)
            engine.drain()
            engine.advance_clock(5)
        # Then each time was an attempt, and there is one incident
        (incident,) = engine.incidents().items
        assert "two" in incident.message
        assert engine.lease_jobs(["a"], worker="three") == []
