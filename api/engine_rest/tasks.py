"""User tasks: find, claim, give back, complete; who may do so is decided as below /api."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec
from flask import Blueprint, Response

from engine import NotFound, UserTaskView

from .. import parsing
from ..access import engine
from ..authentication import missing_role
from ..identity import current
from ..problems import Refusal
from ..roles import ANYONE, INSTANCE_READERS
from ..settings import PAGE_SIZE
from ..wire import answer
from .calls import call
from .ids import internal, public
from .lists import Slice, Wire, among, counted, every, listed, moment, same
from .values import Values, plain, typed

routes = Blueprint("engine_rest_tasks", __name__)

OPEN = ("created", "claimed")
SORTS = {
    "id": "id",
    "name": "name",
    "nameCaseInsensitive": "name",
    "assignee": "assignee",
    "created": "created",
    "dueDate": "due",
    "instanceId": "processInstanceId",
    "executionId": "executionId",
    "priority": "priority",
}
PRIORITY = 50
"""What Camunda gives every task; Baton lists them in the order of their creation."""


class TasksFilter(Slice):
    """Which open tasks."""

    task_id: str | None = None
    task_id_in: list[str] | None = None
    process_instance_id: str | None = None
    process_instance_id_in: list[str] | None = None
    process_instance_business_key: str | None = None
    process_instance_business_key_in: list[str] | None = None
    process_definition_id: str | None = None
    process_definition_key: str | None = None
    process_definition_key_in: list[str] | None = None
    task_definition_key: str | None = None
    task_definition_key_in: list[str] | None = None
    name: str | None = None
    assignee: str | None = None
    assignee_in: list[str] | None = None
    assigned: bool | None = None
    unassigned: bool | None = None
    candidate_user: str | None = None
    candidate_group: str | None = None
    candidate_groups: list[str] | None = None
    include_assigned_tasks: bool | None = None
    active: bool | None = None
    suspended: bool | None = None
    without_tenant_id: bool | None = None


class Person(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """userId: whose task it is from now on, null for nobody's."""

    user_id: str | None = None


class Completion(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """variables: typed values. withVariablesInReturn: answer with those of the process."""

    variables: Values | None = None
    with_variables_in_return: bool | None = None


@routes.get("/task")
@call(ANYONE)
def tasks(query: TasksFilter) -> Response:
    """The open tasks that the caller may see."""
    return listed(_found(query), query, SORTS)


@routes.post("/task")
@call(ANYONE)
def search(query: Slice, body: TasksFilter) -> Response:
    """The open tasks that the caller may see; the filter in the body."""
    return listed(_found(body), query, SORTS, body=body)


@routes.get("/task/count")
@call(ANYONE)
def count(query: TasksFilter) -> Response:
    """How many open tasks."""
    return counted(_found(query))


@routes.post("/task/count")
@call(ANYONE)
def search_count(body: TasksFilter) -> Response:
    """How many open tasks; the filter in the body."""
    return counted(_found(body))


def _found(wanted: TasksFilter) -> Iterator[Wire]:
    if wanted.suspended:
        return
    instance = None if wanted.process_instance_id is None else internal(wanted.process_instance_id)
    pages = partial(engine().tasks, instance=instance, assignee=wanted.assignee, limit=PAGE_SIZE)
    for state in OPEN:
        for one in every(lambda cursor, state=state: pages(state=state, cursor=cursor)):  # type: ignore[misc]
            if _is_of(one, wanted) and _is_for(one, wanted):
                yield task_wire(one)


def _is_of(one: UserTaskView, wanted: TasksFilter) -> bool:
    return (
        same(public(one.id), wanted.task_id)
        and among(public(one.id), wanted.task_id_in)
        and among(public(one.instance_id), wanted.process_instance_id_in)
        and same(one.business_key, wanted.process_instance_business_key)
        and among(one.business_key, wanted.process_instance_business_key_in)
        and same(one.definition_id, wanted.process_definition_id)
        and same(one.process, wanted.process_definition_key)
        and among(one.process, wanted.process_definition_key_in)
        and same(one.element_id, wanted.task_definition_key)
        and among(one.element_id, wanted.task_definition_key_in)
        and same(one.name, wanted.name)
    )


def _is_for(one: UserTaskView, wanted: TasksFilter) -> bool:
    """As Camunda: candidates are asked for tasks that are nobody's, unless the query says otherwise."""
    groups = [wanted.candidate_group] if wanted.candidate_group is not None else wanted.candidate_groups
    asked = wanted.candidate_user is not None or groups is not None
    return (
        among(one.assignee, wanted.assignee_in)
        and not (wanted.assigned and one.assignee is None)
        and not (wanted.unassigned and one.assignee is not None)
        and not (asked and one.assignee is not None and not wanted.include_assigned_tasks)
        and (wanted.candidate_user is None or wanted.candidate_user in one.candidate_users)
        and (groups is None or not set(groups).isdisjoint(one.candidate_groups))
    )


def task_wire(one: UserTaskView) -> Wire:
    """A task as clients read it."""
    instance = public(one.instance_id)
    return {
        "id": public(one.id),
        "name": one.name or None,
        "assignee": one.assignee,
        "owner": None,
        "created": moment(one.created_at),
        "lastUpdated": None,
        "due": moment(one.due_at),
        "followUp": None,
        "delegationState": None,
        "description": None,
        "executionId": instance,
        "parentTaskId": None,
        "priority": PRIORITY,
        "processDefinitionId": one.definition_id,
        "processInstanceId": instance,
        "taskDefinitionKey": one.element_id,
        "caseExecutionId": None,
        "caseInstanceId": None,
        "caseDefinitionId": None,
        "suspended": False,
        "formKey": one.form_key,
        "camundaFormRef": None,
        "tenantId": None,
        "taskState": "Created",
    }


@routes.get("/task/<id>")
@call(ANYONE)
def task(id: str) -> Response:
    """One open task."""
    return answer(task_wire(_open(id)))


def _open(id: str) -> UserTaskView:
    one = engine().task(internal(id))
    if one.state not in OPEN:
        raise NotFound(f"Expected the id of an open task but {id[:80]!r} is over")
    return one


@routes.get("/task/<id>/variables")
@call(INSTANCE_READERS)
def variables(id: str) -> Response:
    """The variables of the task's process."""
    return answer(typed(engine().instance(_open(id).instance_id, variables=True).variables or {}))


@routes.get("/task/<id>/identity-links")
@call(ANYONE)
def identity_links(id: str) -> Response:
    """Whose task it is and who else may take it."""
    one = _open(id)
    links = [(one.assignee, None, "assignee")] if one.assignee is not None else []
    links += [(user, None, "candidate") for user in one.candidate_users]
    wires = [{"userId": user, "groupId": group, "type": kind} for user, group, kind in links]
    wires += [{"userId": None, "groupId": group, "type": "candidate"} for group in one.candidate_groups]
    return answer(wires)


@routes.post("/task/<id>/claim")
@call(ANYONE)
def claim(id: str, body: Person) -> Response:
    """Take the task for somebody; refused when another has it."""
    if not body.user_id:
        raise Refusal(400, "A claim needs a userId but has none.")
    return _assign(id, body.user_id, force=False)


@routes.post("/task/<id>/unclaim")
@call(ANYONE)
def unclaim(id: str) -> Response:
    """Give the task back."""
    return _assign(id, None, force=False)


@routes.post("/task/<id>/assignee")
@call(ANYONE)
def assign(id: str, body: Person) -> Response:
    """Give the task to somebody, even from another."""
    return _assign(id, body.user_id or None, force=True)


def _assign(id: str, user: str | None, *, force: bool) -> Response:
    key = parsing.idempotency_key()
    engine().claim_task(_open(id).id, user, force=force, idempotency_key=key, actor=parsing.actor())
    return Response(status=204)


@routes.post("/task/<id>/complete")
@call(ANYONE)
def complete(id: str, body: Completion) -> Response:
    """The person is done."""
    return _complete(id, body)


@routes.post("/task/<id>/submit-form")
@call(ANYONE)
def submit_form(id: str, body: Completion) -> Response:
    """The person has filled in the form."""
    return _complete(id, body)


def _complete(id: str, body: Completion) -> Response:
    identity = current()
    if body.with_variables_in_return and identity is not None and not identity.roles & INSTANCE_READERS:
        raise missing_role(INSTANCE_READERS)
    key, given = parsing.idempotency_key(), plain(body.variables)
    instance = engine().complete_task(internal(id), given, idempotency_key=key, actor=parsing.actor())
    if not body.with_variables_in_return:
        return Response(status=204)
    return answer(typed(engine().instance(instance.id, variables=True).variables or {}))
