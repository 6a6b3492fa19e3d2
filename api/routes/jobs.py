"""Work for workers in any language: look, lease, and answer with a result, a failure or a BPMN error."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from flask import Blueprint, Response

from .. import parsing
from ..access import engine
from ..wire import answer, page, to_wire

routes = Blueprint("jobs", __name__)

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
LeaseSeconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]
Sentence = Annotated[str, msgspec.Meta(max_length=10_000)]


class JobsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which jobs: of an instance, in a state, of a type."""

    instance: str | None = None
    state: str | None = None
    type: str | None = None
    limit: int | None = None
    cursor: str | None = None


class LeaseRequest(msgspec.Struct, forbid_unknown_fields=True):
    """types: what the worker can do. worker: its name. max: jobs at most. lease_seconds: how long they are its own."""

    types: Annotated[list[Name], msgspec.Meta(min_length=1, max_length=100)]
    worker: Name
    max: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    lease_seconds: LeaseSeconds = 60.0


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
def jobs() -> Response:
    """Search."""
    query = parsing.query(JobsQuery)
    limit = parsing.limited(query.limit, 50, parsing.settings().page_size)
    found = engine().jobs(instance=query.instance, state=query.state, type=query.type, limit=limit, cursor=query.cursor)
    return answer(page(found.items, found.next_cursor))


@routes.get("/api/jobs/<job_id>")
def job(job_id: str) -> Response:
    """One job."""
    return answer(to_wire(engine().job(job_id)))


@routes.post("/api/jobs/lease")
def lease() -> Response:
    """Take jobs that are due; nobody else gets them until the lease runs out."""
    wanted = parsing.body(LeaseRequest)
    leased = engine().lease_jobs(wanted.types, worker=wanted.worker, max=wanted.max, lease_seconds=wanted.lease_seconds)
    return answer({"items": to_wire(leased)})


@routes.post("/api/jobs/<job_id>/complete")
def complete(job_id: str) -> Response:
    """The job is done."""
    wanted = parsing.body(CompleteRequest)
    engine().complete_job(job_id, wanted.variables or {}, worker=wanted.worker, actor=parsing.actor())
    return Response(status=204)


@routes.post("/api/jobs/<job_id>/fail")
def fail(job_id: str) -> Response:
    """The attempt failed: the job is tried again, or becomes what its diagram says, or an incident."""
    wanted = parsing.body(FailRequest)
    engine().fail_job(
        job_id,
        wanted.message,
        worker=wanted.worker,
        retryable=wanted.retryable,
        retry_after=wanted.retry_after,
        detail=wanted.detail,
        actor=parsing.actor(),
    )
    return Response(status=204)


@routes.post("/api/jobs/<job_id>/error")
def throw_error(job_id: str) -> Response:
    """The job ends with a BPMN error."""
    wanted = parsing.body(ErrorRequest)
    engine().throw_job_error(
        job_id, wanted.code, wanted.message, wanted.variables, worker=wanted.worker, actor=parsing.actor()
    )
    return Response(status=204)


@routes.post("/api/jobs/<job_id>/extend")
def extend(job_id: str) -> Response:
    """The worker needs longer; answers with the job."""
    wanted = parsing.body(ExtendRequest)
    return answer(to_wire(engine().extend_job(job_id, wanted.lease_seconds, worker=wanted.worker)))
