"""Variables of instances, running and ended: the last values."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from flask import Blueprint, Response

from engine import InstanceView, VariableView

from ..access import engine
from ..problems import Refusal
from ..roles import READERS
from ..settings import HISTORY_PAGE_SIZE
from .calls import call
from .ids import internal, public
from .lists import Slice, Wire, among, every, listed, moment, same
from .values import typed_value

routes = Blueprint("engine_rest_variables", __name__)

SORTS = {"variableName": "name", "instanceId": "processInstanceId"}


class Variables(Slice):
    """Which variables; those of one process instance, or of a few."""

    process_instance_id: str | None = None
    process_instance_id_in: list[str] | None = None
    variable_name: str | None = None
    variable_name_in: list[str] | None = None
    deserialize_values: bool | None = None
    include_deleted: bool | None = None


@routes.get("/history/variable-instance")
@call(READERS)
def past_variables(query: Variables) -> Response:
    """The last values of an instance's variables."""
    return listed(_variables(query), query, SORTS)


@routes.post("/history/variable-instance")
@call(READERS)
def search_past_variables(query: Variables, body: Variables) -> Response:
    """The same; the filter in the body."""
    return listed(_variables(body), query, SORTS, body=body)


@routes.get("/variable-instance")
@call(READERS)
def variables(query: Variables) -> Response:
    """The current values of an instance's variables."""
    return listed(_variables(query), query, SORTS)


@routes.post("/variable-instance")
@call(READERS)
def search_variables(query: Variables, body: Variables) -> Response:
    """The same; the filter in the body."""
    return listed(_variables(body), query, SORTS, body=body)


def _variables(wanted: Variables) -> Iterator[Wire]:
    asked = [wanted.process_instance_id] if wanted.process_instance_id is not None else wanted.process_instance_id_in
    if not asked:
        raise Refusal(400, "A query for variables needs a processInstanceId or processInstanceIdIn but has neither.")
    for id in asked:
        instance = engine().instance(internal(id))
        pages = partial(engine().variables_page, instance.id, limit=HISTORY_PAGE_SIZE)
        for one in every(lambda cursor, pages=pages: pages(cursor=cursor)):  # type: ignore[misc]
            if same(one.name, wanted.variable_name) and among(one.name, wanted.variable_name_in):
                yield _variable_wire(one, instance)


def _variable_wire(one: VariableView, instance: InstanceView) -> Wire:
    id = public(instance.id)
    return {
        "id": f"{id}:{one.scope}:{one.name}",
        "name": one.name,
        **typed_value(one.value),
        "processDefinitionId": instance.definition_id,
        "processDefinitionKey": instance.process,
        "processInstanceId": id,
        "executionId": id,
        "rootProcessInstanceId": public(instance.root_id or instance.id),
        "activityInstanceId": id,
        "caseInstanceId": None,
        "caseExecutionId": None,
        "taskId": None,
        "batchId": None,
        "tenantId": None,
        "errorMessage": None,
        "state": "CREATED",
        "createTime": moment(one.updated_at),
    }
