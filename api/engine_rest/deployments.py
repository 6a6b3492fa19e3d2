"""Deployments, as the Camunda Modeler's button and other clients make them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from flask import Blueprint, Response, request

from engine import DeploymentRefused, DeploymentView, Problem

from .. import parsing
from ..access import engine
from ..problems import Refusal, closed
from ..roles import DEPLOYERS, DIAGRAM_READERS
from ..routes.deployments import form_parts, plain_file_name
from ..settings import PAGE_SIZE
from ..wire import answer
from .calls import call
from .definitions import definition_wire
from .errors import PREFIX
from .lists import Slice, Wire, counted, every, listed, moment, same

routes = Blueprint("engine_rest_deployments", __name__)

SORTS = {name: name for name in ("id", "name", "deploymentTime")}
FIELDS = frozenset(
    {"deployment-name", "deployment-source", "enable-duplicate-filtering", "deploy-changed-only"}
    | {"deployment-activation-time", "tenant-id"}
)
"""Fields of the form. An unchanged document never makes a new version here, whatever the filtering says."""
REFUSED = {"deployment-activation-time": "a time to begin at", "tenant-id": "a tenant"}
NOT_BPMN = "ENGINE-09005 Could not parse BPMN process."


class DeploymentsQuery(Slice):
    """Which deployments."""

    id: str | None = None
    name: str | None = None
    source: str | None = None
    without_tenant_id: bool | None = None


@routes.get("/deployment")
@call(DIAGRAM_READERS)
def deployments(query: DeploymentsQuery) -> Response:
    """The deployments, newest first."""
    return listed(_found(query), query, SORTS)


@routes.get("/deployment/count")
@call(DIAGRAM_READERS)
def count(query: DeploymentsQuery) -> Response:
    """How many deployments."""
    return counted(_found(query))


def _found(query: DeploymentsQuery) -> Iterator[Wire]:
    if query.source is not None or query.max_results == 0:
        return
    pages = partial(engine().deployments, limit=PAGE_SIZE)
    for one in every(lambda cursor: pages(cursor=cursor)):
        if same(one.id, query.id) and same(one.name, query.name):
            yield _wire(one)


@routes.get("/deployment/<id>")
@call(DIAGRAM_READERS)
def deployment(id: str) -> Response:
    """One deployment."""
    return answer(_wire(engine().deployment(id)))


@routes.post("/deployment/create")
@call(DEPLOYERS)
def create() -> Response:
    """Deploy the files of the form, all or none."""
    if request.mimetype != "multipart/form-data":
        raise Refusal(415, f"Expected multipart/form-data but got {request.mimetype[:80] or 'no Content-Type'}.")
    form, given = form_parts()
    _check(form)
    files: dict[str, bytes] = {}
    for upload in given:
        name = plain_file_name(upload.filename or upload.name or "")
        if name in files:
            raise Refusal(400, f"Expected every file name once but got {name!r} twice.")
        files[name] = upload.read()
    if not files:
        raise Refusal(400, "A deployment needs at least one file but the request has none.")
    try:
        made = engine().deploy(files, name=form.get("deployment-name", ""), actor=parsing.actor())
    except DeploymentRefused as refused:
        raise _not_parsed(refused) from refused
    definitions = {one.id: definition_wire(one) for one in made.definitions}
    return answer({**_wire(made), **_NOTHING_ELSE, "deployedProcessDefinitions": definitions})


_NOTHING_ELSE: Wire = {
    "deployedCaseDefinitions": None,
    "deployedDecisionDefinitions": None,
    "deployedDecisionRequirementsDefinitions": None,
}


def _check(form: dict[str, str]) -> None:
    for field, text in form.items():
        # A field without a name is there under None.
        if field not in FIELDS:
            known = ", ".join(sorted(FIELDS))
            raise Refusal(400, f"Expected files and the fields {known} but found {str(field)[:80]!r}.")
        if field in REFUSED and text:
            raise Refusal(400, f"Baton cannot deploy for {REFUSED[field]} but the request has {field}.")


def _wire(one: DeploymentView) -> Wire:
    href = f"{request.url_root.rstrip('/')}{PREFIX}/deployment/{one.id}"
    return {
        "links": [{"method": "GET", "href": href, "rel": "self"}],
        "id": one.id,
        "name": one.name or None,
        "source": None,
        "deploymentTime": moment(one.deployed_at),
        "tenantId": None,
    }


def _not_parsed(refused: DeploymentRefused) -> Refusal:
    """The refusal that the Modeler shows: every error with its file and line, warnings only in the details."""
    lines: list[str] = []
    details: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for file, problems in refused.problems.items():
        said = details.setdefault(file, {"errors": [], "warnings": []})
        for problem in problems:
            said["errors" if problem.severity == "error" else "warnings"].append(_problem(problem))
            if problem.severity == "error":
                where = f"resource {file} | line {problem.line or 0} | element {problem.element_id or ''}"
                lines.append(f"* {closed(problem.sentence)} | {where}")
    message = "\n".join([f"{NOT_BPMN} Errors:", *lines])
    return Refusal(400, message, exception="ParseException", details=details)


def _problem(problem: Problem) -> dict[str, Any]:
    message = closed(problem.sentence) + (f" {closed(problem.hint)}" if problem.hint else "")
    ids = [problem.element_id] if problem.element_id else []
    return {
        "message": message,
        "line": problem.line or 0,
        "column": 0,
        "mainElementId": problem.element_id,
        "elementIds": ids,
    }
