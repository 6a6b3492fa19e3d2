"""Incidents: stuck work, as clients of Camunda 7 ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from flask import Blueprint, Response

from engine import IncidentView, NotFound

from ..access import engine
from ..roles import READERS
from ..settings import PAGE_SIZE
from ..wire import answer
from .calls import call
from .ids import internal, public
from .lists import Slice, Wire, counted, every, listed, moment, same

routes = Blueprint("engine_rest_incidents", __name__)

SORTS = {
    "incidentId": "id",
    "incidentTimestamp": "incidentTimestamp",
    "incidentType": "incidentType",
    "activityId": "activityId",
    "processInstanceId": "processInstanceId",
    "incidentMessage": "incidentMessage",
}


class IncidentsQuery(Slice):
    """Which open incidents."""

    incident_id: str | None = None
    incident_type: str | None = None
    incident_message: str | None = None
    process_instance_id: str | None = None
    execution_id: str | None = None
    activity_id: str | None = None
    failed_activity_id: str | None = None
    configuration: str | None = None


@routes.get("/incident")
@call(READERS)
def incidents(query: IncidentsQuery) -> Response:
    """The open incidents."""
    return listed(_found(query), query, SORTS)


@routes.get("/incident/count")
@call(READERS)
def count(query: IncidentsQuery) -> Response:
    """How many open incidents."""
    return counted(_found(query))


@routes.get("/incident/<id>")
@call(READERS)
def incident(id: str) -> Response:
    """One open incident."""
    one = engine().incident(internal(id))
    if one.status != "open":
        raise NotFound(f"Expected the id of an open incident but {id[:80]!r} is resolved")
    return answer(_wire(one, {}))


def _found(query: IncidentsQuery) -> Iterator[Wire]:
    instance = query.process_instance_id or query.execution_id
    pages = partial(engine().incidents, instance=None if instance is None else internal(instance), limit=PAGE_SIZE)
    definitions: dict[str, str] = {}
    for one in every(lambda cursor: pages(cursor=cursor)):
        wire = _wire(one, definitions)
        if (
            same(wire["id"], query.incident_id)
            and same(wire["incidentType"], query.incident_type)
            and same(one.message, query.incident_message)
            and same(one.element_id, query.activity_id)
            and same(one.element_id, query.failed_activity_id)
            and same(wire["configuration"], query.configuration)
        ):
            yield wire


def _wire(one: IncidentView, definitions: dict[str, str]) -> Wire:
    """definitions: those of instances that were looked up before, by instance."""
    id, instance = public(one.id), public(one.instance_id)
    if one.instance_id not in definitions:
        definitions[one.instance_id] = engine().instance(one.instance_id).definition_id
    return {
        "id": id,
        "processDefinitionId": definitions[one.instance_id],
        "processInstanceId": instance,
        "executionId": instance,
        "incidentTimestamp": moment(one.raised_at),
        "incidentType": "failedExternalTask" if one.job_id is not None else "failedJob",
        "activityId": one.element_id or None,
        "failedActivityId": one.element_id or None,
        "causeIncidentId": id,
        "rootCauseIncidentId": id,
        "configuration": None if one.job_id is None else public(one.job_id),
        "incidentMessage": one.message,
        "tenantId": None,
        "jobDefinitionId": None,
        "annotation": None,
    }
