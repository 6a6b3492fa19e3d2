"""External tasks as lists and single ones, and what operators say of them: attempts that are left, and priority."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec
from flask import Blueprint, Response

from engine import JobView, NotFound

from .. import parsing
from ..access import engine
from ..problems import Refusal
from ..roles import JOB_READERS, OPERATORS, READERS, WORKERS
from ..settings import PAGE_SIZE
from ..wire import answer
from .calls import call
from .ids import internal, public
from .lists import Slice, Wire, among, counted, every, listed, moment, same

routes = Blueprint("engine_rest_external_task_views", __name__)

UNLOCKERS = WORKERS | OPERATORS
OPEN = ("available", "leased", "incident")
MOST_IDS = 1_000
RETRIES = 3
"""Attempts of a job whose diagram says nothing."""
SORTS = {
    "id": "id",
    "lockExpirationTime": "lockExpirationTime",
    "processInstanceId": "processInstanceId",
    "processDefinitionId": "processDefinitionId",
    "processDefinitionKey": "processDefinitionKey",
    "taskPriority": "priority",
    "createTime": "createTime",
}


class TasksFilter(Slice):
    """Which tasks."""

    external_task_id: str | None = None
    external_task_id_in: list[str] | None = None
    topic_name: str | None = None
    worker_id: str | None = None
    locked: bool | None = None
    not_locked: bool | None = None
    with_retries_left: bool | None = None
    no_retries_left: bool | None = None
    activity_id: str | None = None
    activity_id_in: list[str] | None = None
    execution_id: str | None = None
    process_instance_id: str | None = None
    process_instance_id_in: list[str] | None = None
    process_definition_id: str | None = None
    process_definition_key: str | None = None
    active: bool | None = None
    suspended: bool | None = None
    priority_higher_than_or_equals: int | None = None
    priority_lower_than_or_equals: int | None = None


class Retries(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """retries: attempts that are left."""

    retries: int


class ManyRetries(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """externalTaskIds: of the tasks."""

    retries: int
    external_task_ids: list[str]


class Priority(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """priority: larger is more urgent."""

    priority: int


def task_wire(job: JobView) -> Wire:
    """A task as clients read it. retries: null until somebody has said how many, so that a worker begins its count."""
    id, instance = public(job.id), public(job.instance_id)
    said = job.attempt > 1 or job.state == "incident" or job.retries != declared_retries(job)
    return {
        "activityId": job.element_id,
        "activityInstanceId": f"{job.element_id}:{id}",
        "businessKey": job.business_key,
        "createTime": moment(job.created_at),
        "errorMessage": job.last_error or None,
        "executionId": instance,
        "id": id,
        "lockExpirationTime": moment(job.lease_until),
        "priority": job.priority,
        "processDefinitionId": job.definition_id,
        "processDefinitionKey": job.process,
        "processDefinitionVersionTag": None,
        "processInstanceId": instance,
        "retries": job.retries if said else None,
        "suspended": False,
        "tenantId": None,
        "topicName": job.type,
        "workerId": job.lease_owner,
    }


def declared_retries(job: JobView) -> int:
    """How many attempts the diagram gives the job."""
    text = job.properties.get("job.retries", "").strip()
    return int(text) if text.isascii() and text.isdigit() else RETRIES


@routes.get("/external-task")
@call(READERS)
def tasks(query: TasksFilter) -> Response:
    """The open tasks."""
    return listed(_found(query), query, SORTS)


@routes.post("/external-task")
@call(READERS)
def search(query: Slice, body: TasksFilter) -> Response:
    """The open tasks; the filter in the body."""
    return listed(_found(body), query, SORTS, body=body)


@routes.get("/external-task/count")
@call(READERS)
def count(query: TasksFilter) -> Response:
    """How many open tasks."""
    return counted(_found(query))


@routes.post("/external-task/count")
@call(READERS)
def search_count(body: TasksFilter) -> Response:
    """How many open tasks; the filter in the body."""
    return counted(_found(body))


def _found(wanted: TasksFilter) -> Iterator[Wire]:
    if wanted.suspended:
        return
    one = wanted.process_instance_id or wanted.execution_id
    pages = partial(engine().jobs, instance=None if one is None else internal(one), type=wanted.topic_name)
    for state in OPEN:
        for job in every(lambda cursor, state=state: pages(state=state, limit=PAGE_SIZE, cursor=cursor)):  # type: ignore[misc]
            if _fits(job, wanted):
                yield task_wire(job)


def _fits(job: JobView, wanted: TasksFilter) -> bool:
    locked, left = job.state == "leased", job.state != "incident"
    least, most = wanted.priority_higher_than_or_equals, wanted.priority_lower_than_or_equals
    return (
        same(public(job.id), wanted.external_task_id and public(wanted.external_task_id))
        and among(public(job.id), wanted.external_task_id_in)
        and same(job.lease_owner, wanted.worker_id)
        and same(job.element_id, wanted.activity_id)
        and among(job.element_id, wanted.activity_id_in)
        and among(public(job.instance_id), wanted.process_instance_id_in)
        and same(job.definition_id, wanted.process_definition_id)
        and same(job.process, wanted.process_definition_key)
        and not (wanted.locked and not locked)
        and not (wanted.not_locked and locked)
        and not (wanted.with_retries_left and not left)
        and not (wanted.no_retries_left and left)
        and (least is None or job.priority >= least)
        and (most is None or job.priority <= most)
    )


@routes.get("/external-task/<id>")
@call(JOB_READERS)
def task(id: str) -> Response:
    """One open task."""
    return answer(task_wire(_open(id)))


@routes.get("/external-task/<id>/errorDetails")
@call(JOB_READERS)
def error_details(id: str) -> Response:
    """What went wrong last, as text."""
    return Response(_open(id).last_error, content_type="text/plain; charset=utf-8")


def _open(id: str) -> JobView:
    job = engine().job(internal(id))
    if job.state not in OPEN:
        raise NotFound(f"Expected the id of an open external task but {id[:80]!r} is over")
    return job


@routes.put("/external-task/<id>/retries")
@call(OPERATORS)
def set_retries(id: str, body: Retries) -> Response:
    """Say how many attempts are left; one more than none resolves the incident."""
    engine().external_tasks.set_retries(_open(id).id, body.retries, actor=parsing.actor())
    return Response(status=204)


@routes.put("/external-task/retries")
@call(OPERATORS)
def set_many_retries(body: ManyRetries) -> Response:
    """The same for many tasks, one after the other; the first that cannot be done ends it."""
    if len(body.external_task_ids) > MOST_IDS:
        raise Refusal(400, f"Expected at most {MOST_IDS} tasks but got {len(body.external_task_ids)}.")
    for job in [_open(id) for id in body.external_task_ids]:
        engine().external_tasks.set_retries(job.id, body.retries, actor=parsing.actor())
    return Response(status=204)


@routes.put("/external-task/<id>/priority")
@call(OPERATORS)
def set_priority(id: str, body: Priority) -> Response:
    """Say how urgent the task is to workers that fetch with usePriority."""
    engine().external_tasks.set_priority(_open(id).id, body.priority, actor=parsing.actor())
    return Response(status=204)
