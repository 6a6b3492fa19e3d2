"""What was: instances and their activity instances, as far as clients of Camunda 7 ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from flask import Blueprint, Response

from engine import ActivityView, InstanceView, VariableFilter

from ..access import engine
from ..problems import Refusal
from ..roles import READERS
from ..settings import HISTORY_PAGE_SIZE, PAGE_SIZE
from ..wire import answer
from .calls import call
from .definitions import ENDED
from .ids import internal, public
from .instances import VariableWanted, by_ids, filters_of
from .lists import MILLISECOND, Slice, Wire, among, counted, every, listed, moment, same

routes = Blueprint("engine_rest_history", __name__)

STATES = {"completed": "COMPLETED", "failed": "INTERNALLY_TERMINATED", "cancelled": "EXTERNALLY_TERMINATED"}
INSTANCE_SORTS = {
    "instanceId": "id",
    "definitionKey": "processDefinitionKey",
    "definitionId": "processDefinitionId",
    "businessKey": "businessKey",
    "startTime": "startTime",
    "endTime": "endTime",
    "duration": "durationInMillis",
}
ACTIVITY_SORTS = {
    "activityInstanceId": "id",
    "activityId": "activityId",
    "activityName": "activityName",
    "activityType": "activityType",
    "startTime": "startTime",
    "endTime": "endTime",
    "duration": "durationInMillis",
    "instanceId": "processInstanceId",
}


class PastInstances(Slice):
    """Which instances, running and ended."""

    process_instance_id: str | None = None
    process_instance_ids: list[str] | None = None
    process_instance_business_key: str | None = None
    process_definition_id: str | None = None
    process_definition_key: str | None = None
    process_definition_key_in: list[str] | None = None
    super_process_instance_id: str | None = None
    root_process_instances: bool | None = None
    finished: bool | None = None
    unfinished: bool | None = None
    active: bool | None = None
    completed: bool | None = None
    with_incidents: bool | None = None
    started_by: str | None = None


class PastInstancesBody(PastInstances):
    """The same as a body."""

    variables: list[VariableWanted] | None = None


class PastActivities(Slice):
    """Which activity instances; those of one process instance."""

    process_instance_id: str | None = None
    execution_id: str | None = None
    activity_instance_id: str | None = None
    activity_id: str | None = None
    activity_name: str | None = None
    activity_type: str | None = None
    finished: bool | None = None
    unfinished: bool | None = None
    canceled: bool | None = None


@routes.get("/history/process-instance")
@call(READERS)
def instances(query: PastInstances) -> Response:
    """The instances, youngest first."""
    return listed(_instances(query), query, INSTANCE_SORTS)


@routes.post("/history/process-instance")
@call(READERS)
def search(query: Slice, body: PastInstancesBody) -> Response:
    """The instances; the filter in the body."""
    return listed(_instances(body, body.variables), query, INSTANCE_SORTS, body=body)


@routes.get("/history/process-instance/count")
@call(READERS)
def count(query: PastInstances) -> Response:
    """How many instances."""
    return counted(_instances(query))


@routes.get("/history/process-instance/<id>")
@call(READERS)
def instance(id: str) -> Response:
    """One instance."""
    return answer(_instance_wire(engine().instance(internal(id))))


def _instances(wanted: PastInstances, variables: list[VariableWanted] | None = None) -> Iterator[Wire]:
    ids = [wanted.process_instance_id] if wanted.process_instance_id is not None else wanted.process_instance_ids
    filters = filters_of(variables)
    found = _all(wanted, filters) if ids is None else by_ids(ids, filters)
    yield from (_instance_wire(one) for one in found if _fits(one, wanted))


def _all(wanted: PastInstances, filters: list[VariableFilter]) -> Iterator[InstanceView]:
    pages = partial(
        engine().instances,
        process=wanted.process_definition_key,
        business_key=wanted.process_instance_business_key,
        parent=None if wanted.super_process_instance_id is None else internal(wanted.super_process_instance_id),
        status="completed" if wanted.completed else None,
        variables=filters,
        limit=PAGE_SIZE,
    )
    return every(lambda cursor: pages(cursor=cursor))


def _fits(one: InstanceView, wanted: PastInstances) -> bool:
    ended, parent = one.status in ENDED, wanted.super_process_instance_id
    return (
        same(one.definition_id, wanted.process_definition_id)
        and same(one.process, wanted.process_definition_key)
        and among(one.process, wanted.process_definition_key_in)
        and same(one.business_key, wanted.process_instance_business_key)
        and same(one.started_by, wanted.started_by)
        and (parent is None or one.parent_id == internal(parent))
        and not (wanted.root_process_instances and one.parent_id is not None)
        and not (wanted.finished and not ended)
        and not (wanted.completed and one.status != "completed")
        and not ((wanted.unfinished or wanted.active) and ended)
        and not (wanted.with_incidents and not one.incident_count)
    )


def _instance_wire(one: InstanceView) -> Wire:
    root = public(one.root_id or one.id)
    return {
        "id": public(one.id),
        "businessKey": one.business_key,
        "processDefinitionId": one.definition_id,
        "processDefinitionKey": one.process,
        "processDefinitionName": one.name or None,
        "processDefinitionVersion": one.version,
        "startTime": moment(one.started_at),
        "endTime": moment(one.ended_at),
        "removalTime": None,
        "durationInMillis": _duration(one.started_at, one.ended_at),
        "startUserId": one.started_by or None,
        "startActivityId": None,
        "deleteReason": one.error_message or None,
        "rootProcessInstanceId": root,
        "superProcessInstanceId": None if one.parent_id is None else public(one.parent_id),
        "superCaseInstanceId": None,
        "caseInstanceId": None,
        "tenantId": None,
        "state": STATES.get(one.status, "ACTIVE"),
    }


def _duration(start: int, end: int | None) -> int | None:
    return None if end is None else (end - start) // MILLISECOND


@routes.get("/history/activity-instance")
@call(READERS)
def activities(query: PastActivities) -> Response:
    """The activity instances of an instance, in order of their start."""
    return listed(_activities(query), query, ACTIVITY_SORTS)


@routes.get("/history/activity-instance/count")
@call(READERS)
def activities_count(query: PastActivities) -> Response:
    """How many activity instances of an instance."""
    return counted(_activities(query))


def _activities(wanted: PastActivities) -> Iterator[Wire]:
    instance = wanted.process_instance_id or wanted.execution_id
    if instance is None:
        raise Refusal(400, "A query for activity instances needs a processInstanceId but has none.")
    found = engine().instance(internal(instance))
    pages = partial(engine().activities, found.id, limit=HISTORY_PAGE_SIZE)
    for one in every(lambda cursor: pages(cursor=cursor)):
        ended = one.ended_at is not None
        if (
            same(_activity_id(one), wanted.activity_instance_id)
            and same(one.element_id, wanted.activity_id)
            and same(one.element_name, wanted.activity_name)
            and same(one.element_type, wanted.activity_type)
            and not (wanted.finished and not ended)
            and not (wanted.unfinished and ended)
            and not (wanted.canceled and one.outcome not in {"terminated", "failed"})
        ):
            yield _activity_wire(one, found)


def _activity_id(one: ActivityView) -> str:
    return f"{one.element_id}:{public(f'{one.instance_id}.{one.key}')}"


def _activity_wire(one: ActivityView, instance: InstanceView) -> Wire:
    id = public(instance.id)
    return {
        "id": _activity_id(one),
        "activityId": one.element_id,
        "activityName": one.element_name or None,
        "activityType": one.element_type,
        "assignee": None,
        "calledProcessInstanceId": None,
        "calledCaseInstanceId": None,
        "canceled": one.outcome in {"terminated", "failed"},
        "completeScope": False,
        "durationInMillis": _duration(one.started_at, one.ended_at),
        "endTime": moment(one.ended_at),
        "executionId": id,
        "parentActivityInstanceId": id,
        "processDefinitionId": instance.definition_id,
        "processDefinitionKey": instance.process,
        "processInstanceId": id,
        "removalTime": None,
        "rootProcessInstanceId": public(instance.root_id or instance.id),
        "startTime": moment(one.started_at),
        "taskId": None,
        "tenantId": None,
    }
