"""Runs jobs with the local connectors, on threads or on the caller's thread, and answers them with commands."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from ..connectors import Call, Completed, Connectors, ErrorThrown, Outcome
from ..core.commands import CompleteJob, FailJob, ThrowJobError
from ..expressions import ExpressionError, to_json_value
from ..store import Held
from .clock import SECOND, Clock
from .dispatch import LocalDispatch, LocalJob
from .errors import BatonError, ShuttingDown
from .leases import Leases
from .requests import MakeCommand, Request
from .writer import Writer

logger = logging.getLogger(__name__)

ACTOR = "local worker"
"""Who the history names for what local connectors did."""


class Workers:
    """Threads that run local jobs.

    A job that outlives its lease is not stopped: it is taken back and repeated, and its late answer is refused.
    rested: called whenever a thread is done with a job.
    """

    def __init__(
        self,
        dispatch: LocalDispatch,
        connectors: Connectors,
        writer: Writer,
        leases: Leases,
        clock: Clock,
        rested: Callable[[], object],
    ) -> None:
        self._dispatch = dispatch
        self._connectors = connectors
        self._writer = writer
        self._leases = leases
        self._clock = clock
        self._rested = rested

    def start(self, threads: int) -> None:
        """Start so many threads; they end when the dispatch is closed."""
        for number in range(threads):
            threading.Thread(target=self._work, name=f"baton-worker-{number + 1}", daemon=True).start()

    def _work(self) -> None:
        while (job := self._dispatch.take()) is not None:
            try:
                request = self.run(job)
                if request is not None:
                    self._writer.post(request)
                    request.future.add_done_callback(partial(_log_refusal, job.view.id))
            except ShuttingDown:
                logger.warning("job %s ended after the engine had closed; it will be repeated", job.view.id)
            except Exception:
                logger.exception("job %s was not answered; its lease will run out", job.view.id)
            finally:
                self._dispatch.answered(job)
            self._dispatch.nudge()
            self._rested()

    def run(self, job: LocalJob) -> Request | None:
        """Make one attempt at the job and return its answer; None when its lease was lost while it waited."""
        try:
            held = self._still_held(job)
            if held is None:
                return None
            outcome = self._connectors.run(self._call(held))
        finally:
            self._dispatch.done(job)
        return self._answer(held, outcome)

    def _still_held(self, job: LocalJob) -> LocalJob | None:
        waited_long = self._clock.now() - job.leased_at > (job.until - job.leased_at) / 2
        return self._writer.call(partial(self._dispatch.prolong, job)) if waited_long else job

    def _call(self, job: LocalJob) -> Call:
        view = job.view
        return Call(
            type=view.type,
            idempotency_key=view.idempotency_key,
            inputs=view.inputs,
            properties=view.properties,
            instance_id=view.instance_id,
            business_key=view.business_key,
            process_id=view.process,
            element_id=view.element_id,
            attempt=view.attempt,
            timeout=max((job.until - self._clock.now()) / SECOND, 0.0),
            trace=view.trace or "",
            references=view.secrets,
        )

    def _answer(self, job: LocalJob, outcome: Outcome) -> Request:
        view, owner = job.view, self._dispatch.owner
        guard, held = partial(self._leases.check, view.id, owner, job.until), Held(view.key, owner, job.until)
        make = command_for(view.key, outcome, ACTOR)
        return Request(view.instance_id, make, guard=guard, answers=view.id, held=held)


def command_for(job: int, outcome: Outcome, actor: str) -> MakeCommand:
    """Return what makes the command that tells the instance of the outcome; values that cannot be stored fail it."""
    try:
        return _command_for(job, outcome, actor)
    except ExpressionError as error:
        message = f"Expected values that can be stored from the job but got others: {error}"
        return partial(FailJob, job=job, message=message, retryable=False, actor=actor)


def _command_for(job: int, outcome: Outcome, actor: str) -> MakeCommand:
    if isinstance(outcome, Completed):
        return partial(CompleteJob, job=job, variables=_stored(outcome.variables), actor=actor)
    if isinstance(outcome, ErrorThrown):
        variables = _stored(outcome.variables)
        return partial(
            ThrowJobError, job=job, code=outcome.code, message=outcome.message, variables=variables, actor=actor
        )
    return partial(
        FailJob,
        job=job,
        message=outcome.message,
        retryable=outcome.retryable,
        retry_after=outcome.retry_after,
        detail=_stored(outcome.detail),
        actor=actor,
    )


def _stored(variables: dict[str, Any]) -> dict[str, Any]:
    stored: Any = to_json_value(variables)
    return dict(stored)


def _log_refusal(job: str, future: Any) -> None:
    error = future.exception()
    if isinstance(error, BatonError):
        logger.warning("the answer to job %s was refused: %s", job, error.sentence)
