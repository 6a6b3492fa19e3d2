"""`baton worker`: does what a server has for it, tells what came of it, keeps its lease, outlives an absent server."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from api import worker as module
from api.client import ApiProblem, ServerUnreachable
from api.worker import Worker
from engine import Call, Completed, ErrorThrown, Failed, JobRunner, JobView

JOB = JobView(
    id="i.4", type="pay", idempotency_key="i/pay/4", inputs={"amount": 5}, properties={}, instance_id="i",
    business_key=None, process="p", element_id="pay", attempt=1, timeout=60.0, state="leased", retries=3,
    available_at=0, created_at=0,
)  # fmt: skip


class Pay:
    """A connector for "pay" that answers as it is told."""

    def __init__(self, outcome: Any) -> None:
        self.outcome = outcome
        self.calls: list[Call] = []

    def types(self) -> frozenset[str]:
        return frozenset({"pay"})

    def run(self, call: Call) -> Any:
        self.calls.append(call)
        return self.outcome(call) if callable(self.outcome) else self.outcome

    def check(self, type: str, input_names: frozenset[str], properties: Mapping[str, str]) -> list[Any]:
        return []

    def close(self) -> None:
        pass


class Server:
    """Plays the client of a server with one job; refuses so many answers first, and stops the worker with the next."""

    server = "http://elsewhere"

    def __init__(self, *refusals: Exception) -> None:
        self.refusals = list(refusals)
        self.answers: list[tuple[str, str, dict[str, Any]]] = []
        self.keys: list[str] = []
        self.extended = threading.Event()
        self.worker: Worker | None = None
        self.jobs = self
        self.complete, self.throw_error, self.fail = (
            partial(self._answered, verb) for verb in ("complete", "error", "fail")
        )
        self._jobs = [JOB]

    def lease(self, types: list[str], **body: Any) -> list[JobView]:
        assert types == ["pay"]
        jobs, self._jobs = self._jobs, []
        return jobs

    def extend(self, job: str, lease_seconds: float, *, worker: str) -> None:
        self.extended.set()

    def _answered(self, verb: str, job: str, *, idempotency_key: str, **body: Any) -> None:
        self.keys.append(idempotency_key)
        if self.refusals:
            refusal = self.refusals.pop(0)
            if isinstance(refusal, ServerUnreachable) or getattr(refusal, "status", 0) == 503:
                raise refusal
            self.end()
            raise refusal
        self.answers.append((job, verb, body))
        self.end()

    def end(self) -> None:
        assert self.worker is not None
        self.worker.stop()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(module, "SHORTEST_BEAT", 0.001)


def work(outcome: Any, server: Server, lease_seconds: float = 30.0) -> Pay:
    """Let a worker run until the server has its answer."""
    connector = Pay(outcome)
    runner = JobRunner(connectors=[connector])
    server.worker = Worker(
        server, runner, "w", types=["pay"], threads=1, lease_seconds=lease_seconds, wait_seconds=0.0  # type: ignore[arg-type]
    )  # fmt: skip
    server.worker.run()
    runner.close()
    return connector


@pytest.mark.parametrize(
    "outcome, verb, body",
    [
        (Completed({"receipt": "r"}), "complete", {"variables": {"receipt": "r"}}),
        (
            ErrorThrown("DECLINED", "no", {"x": 1}),
            "error",
            {"code": "DECLINED", "message": "no", "variables": {"x": 1}},
        ),
        (
            Failed("down", retry_after=3.0),
            "fail",
            {"message": "down", "retryable": True, "detail": {}, "retry_after": 3.0},
        ),
    ],
)
def test_each_outcome_has_its_answer(outcome: Any, verb: str, body: dict[str, Any]):
    server = Server()
    connector = work(outcome, server)
    assert server.answers == [("i.4", verb, {"worker": "w", **body})]
    (call,) = connector.calls
    assert (call.idempotency_key, call.inputs, call.timeout) == ("i/pay/4", {"amount": 5}, 60.0)


def test_what_cannot_be_stored_fails_for_good():
    server = Server()
    work(Completed({"x": float("nan")}), server)
    ((_, verb, body),) = server.answers
    assert (verb, body["retryable"]) == ("fail", False)


def test_an_answer_is_repeated_until_the_server_is_back():
    server = Server(ServerUnreachable("http://elsewhere", "gone"), ApiProblem(503, {"detail": "busy"}))
    connector = work(Completed(), server)
    assert len(server.answers) == 1
    assert len(connector.calls) == 1
    # An answer that was carried out but not confirmed is no refusal when it comes again.
    assert len(server.keys) == 3
    assert len(set(server.keys)) == 1


def test_a_refused_answer_is_not_repeated():
    server = Server(ApiProblem(409, {"detail": "lease lost", "reason": "lease-lost"}))
    work(Completed(), server)
    assert server.answers == []
    assert server.refusals == []


def test_the_lease_is_kept_while_the_job_runs():
    server = Server()

    def slow(_call: Call) -> Completed:
        assert server.extended.wait(10)
        return Completed()

    work(slow, server, lease_seconds=0.002)
    assert len(server.answers) == 1
