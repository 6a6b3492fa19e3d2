"""A worker that holds no database: pulls jobs over HTTP, runs them, and answers; its lease is kept while it works."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from engine import JobAnswer, JobRunner, JobView

from .client import ApiProblem, Client, ServerUnreachable
from .wire import to_wire

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
"""Before asking again when the server answered at once with nothing, or not at all."""

ANSWER_TRIES = 8
"""How often an answer is sent while the server cannot be reached; the pauses in between double."""

SHORTEST_BEAT = 0.2
"""Seconds between two signs of life, at least."""


class Worker:
    """Takes at most `threads` jobs at a time. client: of the server. name: whom the history names. types: what it does.

    The client should try once: the worker itself repeats what has to be repeated.
    lease_seconds: how long a job is its own without a sign of life; it is prolonged while the job runs, at most as long
    as the diagram lets the job take. wait_seconds: how long one request waits at the server for the first job; so long
    does it take at most until `stop` is noticed.
    """

    def __init__(
        self,
        client: Client,
        runner: JobRunner,
        name: str,
        *,
        types: list[str],
        threads: int,
        lease_seconds: float,
        wait_seconds: float,
    ) -> None:
        self._client = client
        self._runner = runner
        self._name = name
        self._types = types
        self._threads = threads
        self._lease_seconds = lease_seconds
        self._wait_seconds = wait_seconds
        self._stop = threading.Event()
        self._free = threading.Semaphore(threads)
        self.done = 0
        """Jobs answered since the start."""

    def stop(self) -> None:
        """Take no more jobs; `run` returns when the running ones are answered."""
        self._stop.set()

    def run(self) -> None:
        """Work until `stop`; a server that cannot be reached is asked again and again."""
        with ThreadPoolExecutor(self._threads, "baton-worker") as pool:
            while not self._stop.is_set():
                free = self._take_free()
                jobs = self._pull(free) if free else []
                for _ in range(free - len(jobs)):
                    self._free.release()
                for job in jobs:
                    pool.submit(self._work, job)

    def _take_free(self) -> int:
        """Wait for a free thread and take all that there are."""
        if not self._free.acquire(timeout=PAUSE_SECONDS):
            return 0
        taken = 1
        while taken < self._threads and self._free.acquire(blocking=False):
            taken += 1
        return taken

    def _pull(self, most: int) -> list[JobView]:
        asked = time.monotonic()
        try:
            jobs = self._client.jobs.lease(
                self._types,
                worker=self._name,
                max=most,
                lease_seconds=self._lease_seconds,
                wait_seconds=self._wait_seconds,
            )
        except ApiProblem as problem:
            log.warning("no jobs from %s: %s", self._client.server, problem.detail)
            jobs = []
        if not jobs and time.monotonic() - asked < PAUSE_SECONDS:
            self._stop.wait(PAUSE_SECONDS)
        return jobs

    def _work(self, job: JobView) -> None:
        over = threading.Event()
        beat = threading.Thread(target=self._keep, args=(job, over), name=f"lease of {job.id}", daemon=True)
        try:
            beat.start()
            answer = self._runner.run(to_wire(job), job.timeout)
            self._answer(job.id, answer)
        except Exception:
            log.exception("job %s was not answered; its lease will run out", job.id)
        finally:
            over.set()
            self._free.release()

    def _keep(self, job: JobView, over: threading.Event) -> None:
        """Prolong the lease at half time, as long as the job may take."""
        deadline = time.monotonic() + job.timeout
        while not over.wait(max(self._lease_seconds / 2, SHORTEST_BEAT)) and time.monotonic() < deadline:
            try:
                self._client.jobs.extend(job.id, self._lease_seconds, worker=self._name)
            except ServerUnreachable:
                continue
            except ApiProblem as problem:
                log.warning("the lease of job %s is lost: %s", job.id, problem.detail)
                return

    def _answer(self, job: str, answer: JobAnswer) -> None:
        jobs = self._client.jobs
        verbs: dict[str, Callable[..., None]]
        verbs = {"complete": jobs.complete, "error": jobs.throw_error, "fail": jobs.fail}
        pause, key = PAUSE_SECONDS, str(uuid.uuid4())
        for _ in range(ANSWER_TRIES):
            try:
                verbs[answer.verb](job, worker=self._name, idempotency_key=key, **answer.body)
            except ApiProblem as problem:
                if not isinstance(problem, ServerUnreachable) and problem.status != 503:
                    log.warning("the answer to job %s was refused: %s", job, problem.detail)
                    return
                time.sleep(pause)
                pause *= 2
            else:
                self.done += 1
                return
        log.error("job %s was done but the server could not be told; its lease will run out", job)
