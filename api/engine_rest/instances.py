"""Running instances: find, look at their variables, correct them, end one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec
from flask import Blueprint, Response

from engine import InstanceView, NotFound, VariableFilter

from .. import parsing
from ..access import engine
from ..problems import Refusal
from ..roles import INSTANCE_READERS, OPERATORS, READERS
from ..settings import PAGE_SIZE
from ..wire import answer
from .calls import call
from .definitions import ENDED, instance_wire
from .ids import internal
from .lists import MOST_RESULTS, Slice, Wire, among, counted, every, listed, same
from .values import TypedValue, Values, plain, typed, typed_value

routes = Blueprint("engine_rest_instances", __name__)

SORTS = {
    "instanceId": "id",
    "definitionKey": "definitionKey",
    "definitionId": "definitionId",
    "businessKey": "businessKey",
}
OPERATORS_OF_CAMUNDA = {"eq": "eq", "neq": "ne", "gt": "gt", "gteq": "gte", "lt": "lt", "lteq": "lte"}

_CONDITION = re.compile(rf"(?P<name>.+?)_(?P<operator>{'|'.join(OPERATORS_OF_CAMUNDA)})_(?P<value>.*)", re.DOTALL)


class VariableWanted(msgspec.Struct, forbid_unknown_fields=True):
    """What a variable of the process must be like."""

    name: str
    value: Any
    operator: str


class InstancesFilter(Slice):
    """Which running instances."""

    process_instance_ids: list[str] | None = None
    business_key: str | None = None
    process_definition_id: str | None = None
    process_definition_key: str | None = None
    process_definition_key_in: list[str] | None = None
    super_process_instance: str | None = None
    root_process_instances: bool | None = None
    active: bool | None = None
    suspended: bool | None = None
    with_incident: bool | None = None
    without_tenant_id: bool | None = None
    activity_id_in: list[str] | None = None


class InstancesQuery(InstancesFilter):
    """The same as parameters. variables: each as name_operator_value."""

    variables: list[str] | None = None


class InstancesBody(InstancesFilter):
    """The same as a body."""

    variables: list[VariableWanted] | None = None


class VariablesQuery(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """deserializeValues: without meaning, JSON is always sent as text."""

    deserialize_value: bool | None = None
    deserialize_values: bool | None = None


class Modifications(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """modifications: typed values. deletions: names, which is refused: variables of a process are not removed."""

    modifications: Values | None = None
    deletions: list[str] | None = None


class DeleteQuery(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """What Camunda may leave out when it ends an instance; nothing of it exists here."""

    skip_custom_listeners: bool | None = None
    skip_io_mappings: bool | None = None
    skip_subprocesses: bool | None = None
    fail_if_not_exists: bool | None = None


@routes.get("/process-instance")
@call(READERS)
def instances(query: InstancesQuery) -> Response:
    """The running instances."""
    return listed(_found(query, _texts(query.variables)), query, SORTS)


@routes.post("/process-instance")
@call(READERS)
def search(query: Slice, body: InstancesBody) -> Response:
    """The running instances; the filter in the body."""
    return listed(_found(body, filters_of(body.variables)), query, SORTS, body=body)


@routes.get("/process-instance/count")
@call(READERS)
def count(query: InstancesQuery) -> Response:
    """How many running instances."""
    return counted(_found(query, _texts(query.variables)))


@routes.post("/process-instance/count")
@call(READERS)
def search_count(body: InstancesBody) -> Response:
    """How many running instances; the filter in the body."""
    return counted(_found(body, filters_of(body.variables)))


def filters_of(wanted: list[VariableWanted] | None) -> list[VariableFilter]:
    """The conditions of a query as the engine's; raises Refusal 400 for one that it does not have."""
    found = []
    for one in wanted or []:
        if one.operator not in OPERATORS_OF_CAMUNDA:
            known = ", ".join(OPERATORS_OF_CAMUNDA)
            raise Refusal(400, f"Expected one of the operators {known} but got {one.operator[:80]!r}.")
        found.append(VariableFilter(one.name, OPERATORS_OF_CAMUNDA[one.operator], one.value))  # type: ignore[arg-type]
    return found


def _texts(texts: list[str] | None) -> list[VariableFilter]:
    """The same of parameters: name_operator_value, where the value is JSON if it can be, else a text."""
    wanted = []
    for text in texts or []:
        said = _CONDITION.fullmatch(text)
        if said is None:
            raise Refusal(400, f"Expected a variable as name_operator_value but got {text[:80]!r}.")
        try:
            value = msgspec.json.decode(said["value"])
        except msgspec.DecodeError:
            value = said["value"]
        wanted.append(VariableWanted(said["name"], value, said["operator"]))
    return filters_of(wanted)


def _found(wanted: InstancesFilter, filters: list[VariableFilter]) -> Iterator[Wire]:
    if wanted.suspended:
        return
    if wanted.process_instance_ids is not None:
        known = by_ids(wanted.process_instance_ids, filters)
        yield from (instance_wire(one) for one in known if one.status not in ENDED and _fits(one, wanted))
        return
    parent = None if wanted.super_process_instance is None else internal(wanted.super_process_instance)
    pages = partial(
        engine().instances,
        process=wanted.process_definition_key,
        business_key=wanted.business_key,
        parent=parent,
        variables=filters,
        limit=PAGE_SIZE,
    )
    for status in ("running", "waiting"):
        for one in every(lambda cursor, status=status: pages(status=status, cursor=cursor)):  # type: ignore[misc]
            if _fits(one, wanted):
                yield instance_wire(one)


def by_ids(ids: list[str], filters: list[VariableFilter]) -> Iterator[InstanceView]:
    """The instances with these ids, as far as there are such; raises Refusal 400 for a filter by variables as well."""
    if filters or len(ids) > MOST_RESULTS:
        raise Refusal(400, f"Expected either variables or at most {MOST_RESULTS} ids of instances but got more.")
    for id in dict.fromkeys(ids):
        with suppress(NotFound):
            yield engine().instance(internal(id))


def _fits(one: InstanceView, wanted: InstancesFilter) -> bool:
    if wanted.activity_id_in is not None:
        active = {at.element_id for at in engine().instance(one.id).active}
        if active.isdisjoint(wanted.activity_id_in):
            return False
    return (
        same(one.definition_id, wanted.process_definition_id)
        and same(one.process, wanted.process_definition_key)
        and same(one.business_key, wanted.business_key)
        and (wanted.super_process_instance is None or one.parent_id == internal(wanted.super_process_instance))
        and among(one.process, wanted.process_definition_key_in)
        and not (wanted.root_process_instances and one.parent_id is not None)
        and not (wanted.with_incident and not one.incident_count)
    )


@routes.get("/process-instance/<id>")
@call(INSTANCE_READERS)
def instance(id: str) -> Response:
    """One running instance."""
    return answer(instance_wire(_running(id)))


def _running(id: str) -> InstanceView:
    one = engine().instance(internal(id), variables=True)
    if one.status in ENDED:
        raise NotFound(f"Expected the id of a running process instance but {id[:80]!r} has ended")
    return one


@routes.delete("/process-instance/<id>")
@call(OPERATORS)
def delete(id: str, query: DeleteQuery) -> Response:
    """End the instance."""
    engine().cancel(_running(id).id, reason="deleted over /engine-rest", actor=parsing.actor())
    return Response(status=204)


@routes.get("/process-instance/<id>/variables")
@call(INSTANCE_READERS)
def variables(id: str, query: VariablesQuery) -> Response:
    """The variables of the process."""
    return answer(typed(_running(id).variables or {}))


@routes.get("/process-instance/<id>/variables/<name>")
@call(INSTANCE_READERS)
def variable(id: str, name: str, query: VariablesQuery) -> Response:
    """One variable of the process."""
    found = _running(id).variables or {}
    if name not in found:
        raise NotFound(f"Expected a variable of the process instance but it has none named {name[:80]!r}")
    return answer(typed_value(found[name]))


@routes.post("/process-instance/<id>/variables")
@call(OPERATORS)
def modify(id: str, body: Modifications) -> Response:
    """Set variables of the process."""
    if body.deletions:
        raise Refusal(400, "Baton keeps every variable of a process but the request has deletions.")
    if body.modifications:
        engine().set_variables(_running(id).id, plain(body.modifications), actor=parsing.actor())
    return Response(status=204)


@routes.put("/process-instance/<id>/variables/<name>")
@call(OPERATORS)
def put(id: str, name: str, body: TypedValue) -> Response:
    """Set one variable of the process."""
    engine().set_variables(_running(id).id, plain({name: body}), actor=parsing.actor())
    return Response(status=204)
