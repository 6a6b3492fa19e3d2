"""Work for workers in any language: look, lease, and answer with a result, a failure or a BPMN error."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from flask import Blueprint, Response

from engine import JobView

from .. import parsing
from ..access import engine, waiting_room
from ..answers import LeasedJobs, Limit, ListPage, WaitSeconds
from ..operations import operation
from ..problems import RETRY_AFTER_SECONDS
from ..roles import JOB_READERS, READERS, WORKERS
from ..wire import answer, page, to_wire

routes = Blueprint("jobs", __name__)

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
LeaseSeconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]
Sentence = Annotated[str, msgspec.Meta(max_length=10_000)]


class JobsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which jobs: of an instance, in a state, of a type."""

    instance: str | None = None
    state: Literal["available", "leased", "incident", "completed", "error", "withdrawn"] | None = None
    type: str | None = None
    limit: Limit = 50
    cursor: str | None = None


class LeaseRequest(msgspec.Struct, forbid_unknown_fields=True):
    """types: what the worker can do. worker: its name. max: jobs at most. lease_seconds: how long they are its own.

    wait_seconds: when none is due, wait that long at most for the first one.
    """

    types: Annotated[list[Name], msgspec.Meta(min_length=1, max_length=100)]
    worker: Name
    max: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    lease_seconds: LeaseSeconds = 60.0
    wait_seconds: WaitSeconds = 0.0


class CompleteRequest(msgspec.Struct, forbid_unknown_fields=True):
    """worker: who leased the job. variables: its result."""

    worker: Name
    variables: dict[str, Any] | None = None


class FailRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """message: what went wrong. retryable: whether trying again can help. retry_after: seconds until then."""

    worker: Name
    message: Sentence
    retryable: bool = True
    retry_after: Annotated[float, msgspec.Meta(ge=0, le=31_536_000)] | None = None
    detail: dict[str, Any] | None = None


class ErrorRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """code: the BPMN error to throw. variables: what its handler gets to see."""

    worker: Name
    code: Name
    message: Sentence = ""
    variables: dict[str, Any] | None = None


class ExtendRequest(msgspec.Struct, forbid_unknown_fields=True):
    """lease_seconds: how long, from now, the job stays with the worker."""

    worker: Name
    lease_seconds: LeaseSeconds


@routes.get("/api/jobs")
@operation(READERS, {200: ListPage[JobView]}, refusals=(422,))
def jobs(query: JobsQuery) -> Response:
    """Search, oldest instance first."""
    found = engine().jobs(
        instance=query.instance, state=query.state, type=query.type, limit=query.limit, cursor=query.cursor
    )
    return answer(page(found.items, found.next_cursor))


@routes.get("/api/jobs/<part:job_id>")
@operation(JOB_READERS, {200: JobView}, refusals=(404,))
def job(job_id: str) -> Response:
    """One job."""
    return answer(to_wire(engine().job(job_id)))


@routes.post("/api/jobs/lease")
@operation(
    WORKERS,
    {200: LeasedJobs},
    example={"types": ["charge-card"], "worker": "worker-1", "max": 5, "lease_seconds": 60, "wait_seconds": 0},
)
def lease(body: LeaseRequest) -> Response:
    """Take jobs that are due; nobody else gets them until the lease runs out.

    An empty list when there is none, also after waiting. With Retry-After when it could not be waited, because every
    seat for waiting requests was taken.
    """
    with waiting_room().seat(body.wait_seconds) as granted:
        leased = engine().lease_jobs(
            body.types,
            worker=body.worker,
            max=body.max,
            lease_seconds=body.lease_seconds,
            wait_seconds=granted,
            idempotency_key=parsing.idempotency_key(),
        )
    response = answer({"items": to_wire(leased)})
    if not leased and granted < body.wait_seconds:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


@routes.post("/api/jobs/<part:job_id>/complete")
@operation(
    WORKERS,
    {204: None},
    refusals=(404, 409),
    example={"worker": "worker-1", "variables": {"payment_id": "p-77"}},
)
def complete(job_id: str, body: CompleteRequest) -> Response:
    """The job is done; 409 when the lease is lost, or somebody has answered already."""
    engine().complete_job(
        job_id,
        body.variables or {},
        worker=body.worker,
        idempotency_key=parsing.idempotency_key(),
        actor=parsing.actor(),
    )
    return Response(status=204)


@routes.post("/api/jobs/<part:job_id>/fail")
@operation(
    WORKERS,
    {204: None},
    refusals=(404, 409),
    example={"worker": "worker-1", "message": "the bank did not answer", "retry_after": 5},
)
def fail(job_id: str, body: FailRequest) -> Response:
    """The attempt failed: the job is tried again, or becomes what its diagram says, or an incident."""
    engine().fail_job(
        job_id,
        body.message,
        worker=body.worker,
        retryable=body.retryable,
        retry_after=body.retry_after,
        detail=body.detail,
        idempotency_key=parsing.idempotency_key(),
        actor=parsing.actor(),
    )
    return Response(status=204)


@routes.post("/api/jobs/<part:job_id>/error")
@operation(
    WORKERS,
    {204: None},
    refusals=(404, 409),
    example={"worker": "worker-1", "code": "CARD_DECLINED", "message": "limit reached", "variables": {"limit": 100}},
)
def throw_error(job_id: str, body: ErrorRequest) -> Response:
    """The job ends with a BPMN error."""
    engine().throw_job_error(
        job_id,
        body.code,
        body.message,
        body.variables,
        worker=body.worker,
        idempotency_key=parsing.idempotency_key(),
        actor=parsing.actor(),
    )
    return Response(status=204)


@routes.post("/api/jobs/<part:job_id>/extend")
@operation(WORKERS, {200: JobView}, refusals=(404, 409), example={"worker": "worker-1", "lease_seconds": 120})
def extend(job_id: str, body: ExtendRequest) -> Response:
    """The worker needs longer; answers with the job."""
    key = parsing.idempotency_key()
    return answer(to_wire(engine().extend_job(job_id, body.lease_seconds, worker=body.worker, idempotency_key=key)))
