"""External tasks for workers: fetch and lock, complete, fail, throw an error, extend, unlock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from flask import Blueprint, Response

from engine import JobView, Topic, VariableFilter

from .. import parsing
from ..access import engine, waiting_room
from ..problems import RETRY_AFTER_SECONDS, Refusal
from ..roles import WORKERS
from ..wire import answer
from .calls import call
from .external_task_views import UNLOCKERS, task_wire
from .ids import internal
from .lists import Sorting, Wire
from .values import Values, plain, typed

routes = Blueprint("engine_rest_external_tasks", __name__)

MILLISECONDS = 1_000.0
LONGEST_WAIT_HERE = 55.0
"""Seconds that a long poll is kept at most, whatever it asks for; the client comes again."""
MOST_RETRIES = 1_000
"""A worker that asks for more gets so many."""
Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=366 * 86_400_000)]


class WantedTopic(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Tasks of one topic. variables: the names of those wanted, all when absent. localVariables: inputs only."""

    topic_name: str
    lock_duration: Milliseconds
    variables: list[str] | None = None
    local_variables: bool | None = None
    business_key: str | None = None
    process_definition_id: str | None = None
    process_definition_id_in: list[str] | None = None
    process_definition_key: str | None = None
    process_definition_key_in: list[str] | None = None
    process_definition_version_tag: str | None = None
    process_variables: dict[str, Any] | None = None
    without_tenant_id: bool | None = None
    tenant_id_in: list[str] | None = None
    deserialize_values: bool | None = None
    include_extension_properties: bool | None = None


class FetchRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """asyncResponseTimeout: milliseconds to wait for the first task. sorting: those due longest come first anyway."""

    worker_id: str
    max_tasks: int
    use_priority: bool | None = None
    async_response_timeout: Milliseconds | None = None
    topics: list[WantedTopic] | None = None
    sorting: list[Sorting] | None = None


class CompleteRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """localVariables: what only output mappings see."""

    worker_id: str | None = None
    variables: Values | None = None
    local_variables: Values | None = None


class FailureRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """retries: attempts that are left, 0 when absent. retryTimeout: milliseconds until the next one."""

    worker_id: str | None = None
    error_message: str | None = None
    error_details: str | None = None
    retries: int | None = None
    retry_timeout: Milliseconds | None = None
    variables: Values | None = None
    local_variables: Values | None = None


class ErrorRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """errorCode: of the BPMN error."""

    worker_id: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    variables: Values | None = None


class LockRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """lockDuration: milliseconds from now."""

    worker_id: str | None = None
    lock_duration: Milliseconds


class ExtendRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """newDuration: milliseconds from now."""

    worker_id: str | None = None
    new_duration: Milliseconds


@routes.post("/external-task/fetchAndLock")
@call(WORKERS)
def fetch_and_lock(body: FetchRequest) -> Response:
    """Lock tasks that are due; an empty list when there is none in time."""
    if any(one.sort_order == "desc" for one in body.sorting or []):
        raise Refusal(
            400, "Baton gives the tasks that are due longest first but the request sorts the other way round."
        )
    wanted = body.topics or []
    if not wanted:
        return answer([])
    longest = min(LONGEST_WAIT_HERE, engine().settings.longest_wait_seconds)
    wait = min((body.async_response_timeout or 0) / MILLISECONDS, longest)
    with waiting_room().seat(wait) as granted:
        jobs = engine().external_tasks.fetch(
            [_topic(one) for one in wanted],
            worker=body.worker_id,
            max=min(body.max_tasks, engine().settings.lease_batch),
            wait_seconds=granted,
            urgent_first=bool(body.use_priority),
        )
    response = answer([_locked(job, wanted) for job in jobs])
    if not jobs and granted < wait:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _topic(wanted: WantedTopic) -> Topic:
    if wanted.tenant_id_in:
        raise Refusal(400, "Baton has no tenants but a topic asks for some.")
    if wanted.process_definition_version_tag is not None:
        raise Refusal(400, "A topic needs processDefinitionId or processDefinitionKey but asks for a version tag.")
    definitions = [wanted.process_definition_id] if wanted.process_definition_id else []
    processes = [wanted.process_definition_key] if wanted.process_definition_key else []
    return Topic(
        type=wanted.topic_name,
        lease_seconds=wanted.lock_duration / MILLISECONDS,
        definitions=(*definitions, *(wanted.process_definition_id_in or [])),
        processes=(*processes, *(wanted.process_definition_key_in or [])),
        business_key=wanted.business_key,
        variables=equalities(wanted.process_variables or {}),
    )


def equalities(values: Mapping[str, Any]) -> tuple[VariableFilter, ...]:
    """The filters that the process's variables have these values."""
    return tuple(VariableFilter(name, "eq", value) for name, value in values.items())


def _locked(job: JobView, topics: list[WantedTopic]) -> Wire:
    wanted = next(one for one in topics if one.topic_name == job.type)
    found = job.inputs if wanted.local_variables else engine().external_tasks.variables(job.id)
    names = found if wanted.variables is None else wanted.variables
    wire = task_wire(job)
    wire["variables"] = typed({name: found[name] for name in names if name in found})
    if wanted.include_extension_properties:
        wire["extensionProperties"] = job.properties
    return wire


@routes.post("/external-task/<id>/complete")
@call(WORKERS)
def complete(id: str, body: CompleteRequest) -> Response:
    """The task is done."""
    engine().external_tasks.complete(
        internal(id),
        plain(body.variables),
        local_variables=plain(body.local_variables),
        worker=_worker(body.worker_id),
        actor=parsing.actor(),
        idempotency_key=parsing.idempotency_key(),
    )
    return Response(status=204)


@routes.post("/external-task/<id>/failure")
@call(WORKERS)
def failure(id: str, body: FailureRequest) -> Response:
    """The attempt failed: the task is tried again, or with no attempts left becomes an incident."""
    if body.variables or body.local_variables:
        raise Refusal(400, "A failed attempt needs to change nothing but the request has variables.")
    message = body.error_message or ""
    engine().external_tasks.fail(
        internal(id),
        message or "The worker reported a failure",
        worker=_worker(body.worker_id),
        retries=min(max(body.retries or 0, 0), MOST_RETRIES),
        retry_after=(body.retry_timeout or 0) / MILLISECONDS,
        detail={"errorDetails": body.error_details} if body.error_details else None,
        actor=parsing.actor(),
    )
    return Response(status=204)


@routes.post("/external-task/<id>/bpmnError")
@call(WORKERS)
def bpmn_error(id: str, body: ErrorRequest) -> Response:
    """The task ends with a BPMN error."""
    if not body.error_code:
        raise Refusal(400, "A BPMN error needs an errorCode but the request has none.")
    engine().throw_job_error(
        internal(id),
        body.error_code,
        body.error_message or "",
        plain(body.variables),
        worker=_worker(body.worker_id),
        actor=parsing.actor(),
        idempotency_key=parsing.idempotency_key(),
    )
    return Response(status=204)


@routes.post("/external-task/<id>/extendLock")
@call(WORKERS)
def extend_lock(id: str, body: ExtendRequest) -> Response:
    """The worker needs longer."""
    engine().extend_job(internal(id), body.new_duration / MILLISECONDS, worker=_worker(body.worker_id))
    return Response(status=204)


@routes.post("/external-task/<id>/lock")
@call(WORKERS)
def lock(id: str, body: LockRequest) -> Response:
    """Lock this task, which nobody else holds."""
    worker, seconds = _worker(body.worker_id), body.lock_duration / MILLISECONDS
    engine().external_tasks.lock(internal(id), seconds, worker=worker)
    return Response(status=204)


@routes.post("/external-task/<id>/unlock")
@call(UNLOCKERS)
def unlock(id: str) -> Response:
    """The task may be fetched again, whoever has it."""
    engine().external_tasks.unlock(internal(id))
    return Response(status=204)


def _worker(name: str | None) -> str:
    """Who answers; without a name it would be an operator."""
    if not name:
        raise Refusal(400, "The answer to a task needs a workerId but has none.")
    return name
