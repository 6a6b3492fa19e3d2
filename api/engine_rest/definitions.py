"""Definitions: find them, read their documents, start instances."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import msgspec
from flask import Blueprint, Response, request

from engine import DefinitionView, InstanceView, NotFound

from .. import parsing
from ..access import engine
from ..problems import Refusal
from ..roles import DIAGRAM_READERS, STARTERS
from ..settings import PAGE_SIZE
from ..tracing import trace
from ..wire import answer
from .calls import call
from .errors import PREFIX
from .ids import public
from .lists import Slice, Wire, among, counted, every, listed, same
from .values import Values, plain, typed

routes = Blueprint("engine_rest_definitions", __name__)

SORTS = {name: name for name in ("id", "key", "name", "version", "deploymentId")}
ENDED = frozenset({"completed", "failed", "cancelled"})


class DefinitionsQuery(Slice):
    """Which definitions. active, suspended: all are active."""

    process_definition_id: str | None = None
    process_definition_id_in: list[str] | None = None
    name: str | None = None
    deployment_id: str | None = None
    key: str | None = None
    keys_in: list[str] | None = None
    version: int | None = None
    latest_version: bool | None = None
    resource_name: str | None = None
    active: bool | None = None
    suspended: bool | None = None
    without_tenant_id: bool | None = None


class StartRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """variables: typed values. withVariablesInReturn: answer with those of the process."""

    business_key: str | None = None
    variables: Values | None = None
    with_variables_in_return: bool | None = None
    case_instance_id: str | None = None
    start_instructions: list[Any] | None = None
    skip_custom_listeners: bool | None = None
    skip_io_mappings: bool | None = None


@routes.get("/process-definition")
@call(DIAGRAM_READERS)
def definitions(query: DefinitionsQuery) -> Response:
    """The definitions."""
    return listed(_found(query), query, SORTS)


@routes.get("/process-definition/count")
@call(DIAGRAM_READERS)
def count(query: DefinitionsQuery) -> Response:
    """How many definitions."""
    return counted(_found(query))


def _found(query: DefinitionsQuery) -> Iterator[Wire]:
    if query.suspended:
        return
    pages = partial(engine().definitions, key=query.key, latest=bool(query.latest_version), limit=PAGE_SIZE)
    for one in every(lambda cursor: pages(cursor=cursor)):
        wanted = (
            same(one.id, query.process_definition_id)
            and among(one.id, query.process_definition_id_in)
            and same(one.name, query.name)
            and same(one.deployment_id, query.deployment_id)
            and among(one.key, query.keys_in)
            and same(one.file_name, query.resource_name)
            and (query.version is None or one.version == query.version)
        )
        if wanted:
            yield definition_wire(one)


def definition_wire(one: DefinitionView) -> Wire:
    """A definition as clients read it."""
    return {
        "id": one.id,
        "key": one.key,
        "category": None,
        "description": None,
        "name": one.name or None,
        "version": one.version,
        "resource": one.file_name,
        "deploymentId": one.deployment_id,
        "diagram": None,
        "suspended": False,
        "tenantId": None,
        "versionTag": None,
        "historyTimeToLive": None,
        "startableInTasklist": one.executable,
    }


@routes.get("/process-definition/<id>")
@call(DIAGRAM_READERS)
def definition(id: str) -> Response:
    """One definition."""
    return answer(definition_wire(engine().definition(id)))


@routes.get("/process-definition/key/<key>")
@call(DIAGRAM_READERS)
def latest_definition(key: str) -> Response:
    """The latest definition of a process."""
    return answer(definition_wire(_latest(key)))


@routes.get("/process-definition/<id>/xml")
@call(DIAGRAM_READERS)
def xml(id: str) -> Response:
    """The document of a definition."""
    return _xml(id)


@routes.get("/process-definition/key/<key>/xml")
@call(DIAGRAM_READERS)
def latest_xml(key: str) -> Response:
    """The document of the latest definition of a process."""
    return _xml(_latest(key).id)


def _latest(key: str) -> DefinitionView:
    found = engine().definitions(key=key, latest=True, limit=1).items
    if not found:
        raise NotFound(f"Expected a deployed process but there is none with key {key[:200]!r}")
    return found[0]


def _xml(id: str) -> Response:
    return answer({"id": id, "bpmn20Xml": engine().definition_xml(id).decode("utf-8-sig", "replace")})


@routes.post("/process-definition/<id>/start")
@call(STARTERS)
def start(id: str, body: StartRequest) -> Response:
    """Start an instance of this definition."""
    found = engine().definition(id)
    return _start(found.key, found.version, body)


@routes.post("/process-definition/key/<key>/start")
@call(STARTERS)
def start_latest(key: str, body: StartRequest) -> Response:
    """Start an instance of the latest definition of a process."""
    return _start(key, None, body)


def _start(key: str, version: int | None, body: StartRequest) -> Response:
    if body.start_instructions:
        raise Refusal(501, "Baton starts instances at their start events but the request has startInstructions.")
    if body.case_instance_id is not None:
        raise Refusal(400, "Baton has no cases but the request has a caseInstanceId.")
    instance = engine().start(
        key,
        version=version,
        business_key=body.business_key,
        variables=plain(body.variables),
        idempotency_key=parsing.idempotency_key(),
        actor=parsing.actor(),
        trace=trace(),
    )
    wire = instance_wire(instance)
    if body.with_variables_in_return:
        wire["variables"] = typed(engine().instance(instance.id, variables=True).variables or {})
    return answer(wire)


def instance_wire(one: InstanceView) -> Wire:
    """An instance as clients read it."""
    id = public(one.id)
    href = f"{request.url_root.rstrip('/')}{PREFIX}/process-instance/{id}"
    return {
        "links": [{"method": "GET", "href": href, "rel": "self"}],
        "id": id,
        "definitionId": one.definition_id,
        "definitionKey": one.process,
        "businessKey": one.business_key,
        "caseInstanceId": None,
        "ended": one.status in ENDED,
        "suspended": False,
        "tenantId": None,
    }
