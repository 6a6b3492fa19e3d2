"""Deploying diagrams: the XML itself as the body, or several files as multipart."""

from __future__ import annotations

import re

import msgspec
from flask import Blueprint, Response, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header

from engine import DefinitionView, DeploymentView, Problem

from .. import parsing
from ..access import engine
from ..answers import DefinitionSummary, Deployed, Limit, ListPage
from ..operations import XML, operation
from ..problems import FoundProblem, Refusal, problems_of
from ..roles import DEPLOYERS, DIAGRAM_READERS
from ..wire import answer, page, to_wire

routes = Blueprint("deployments", __name__)

DEFAULT_FILE_NAME = "process.bpmn"
_FILE_NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,255}")
_XML_TYPE = re.compile(r"(application|text)/([\w.-]+\+)?xml")


class DeploymentsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """One page of the deployments."""

    limit: Limit = 50
    cursor: str | None = None


class DeployQuery(msgspec.Struct, forbid_unknown_fields=True):
    """name: the file's name when the body is the document itself."""

    name: str | None = None


_DOCUMENT = {"type": "string", "description": "One BPMN 2.0 document."}
_FILES = {
    "type": "object",
    "required": ["files"],
    "properties": {
        "files": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "string", "format": "binary"},
            "description": "BPMN 2.0 documents, one part each, with their file names; what they refer to beside them.",
        },
        "name": {"type": "string", "description": "What the deployment is called."},
    },
}


@routes.post("/api/deployments")
@operation(
    DEPLOYERS,
    {201: Deployed},
    refusals=(413, 415, 422),
    other_bodies={XML: _DOCUMENT, "text/xml": _DOCUMENT, "multipart/form-data": _FILES},
)
def deploy(query: DeployQuery) -> Response:
    """Deploy all files of the request, or none; 201 with the definitions or 422 with all problems.

    An unchanged file makes no new version. The body is one document, or several files as a form.
    """
    if request.mimetype == "multipart/form-data":
        name, files = _uploaded()
    elif _XML_TYPE.fullmatch(request.mimetype):
        name, files = "", {plain_file_name(query.name or _disposition_name()): _document()}
    else:
        given = request.mimetype[:80] or "no Content-Type"
        raise Refusal(415, f"Expected an XML body or multipart/form-data but got {given}.")
    made = engine().deploy(files, name=name, idempotency_key=parsing.idempotency_key(), actor=parsing.actor())
    return answer(to_wire(_deployment(made)), 201, location=f"/api/definitions/{made.definitions[0].id}")


@routes.get("/api/deployments")
@operation(DIAGRAM_READERS, {200: ListPage[Deployed]}, refusals=(422,))
def deployments(query: DeploymentsQuery) -> Response:
    """The deployments with their definitions, newest first."""
    found = engine().deployments(limit=query.limit, cursor=query.cursor)
    return answer(page([_deployment(deployment) for deployment in found.items], found.next_cursor))


@routes.get("/api/deployments/<deployment_id>")
@operation(DIAGRAM_READERS, {200: Deployed}, refusals=(404,))
def deployment(deployment_id: str) -> Response:
    """One deployment, with the problems that its check found."""
    return answer(to_wire(_deployment(engine().deployment(deployment_id))))


def _document() -> bytes:
    data = parsing.raw_body(parsing.settings().upload_bytes)
    if not data:
        raise Refusal(400, "A deployment needs a document but the body is empty.")
    return data


def _disposition_name() -> str:
    header = request.headers.get("Content-Disposition", "")
    return parse_options_header(header)[1].get("filename") or DEFAULT_FILE_NAME


def plain_file_name(text: str) -> str:
    """The name, when it names a file and no folder; raises Refusal 400."""
    if not _FILE_NAME.fullmatch(text) or text in {".", ".."}:
        raise Refusal(400, f"Expected a plain file name of at most 255 characters but got {text[:80]!r}.")
    return text


def _uploaded() -> tuple[str, dict[str, bytes]]:
    form, uploads = form_parts()
    # A field without a name is there under None.
    unknown = [name or "" for name in form if name != "name"]
    if unknown:
        raise Refusal(400, f"Expected files and the field `name` but found the field `{unknown[0][:80]}`.")
    files: dict[str, bytes] = {}
    for upload in uploads:
        file_name = plain_file_name(upload.filename or "")
        if file_name in files:
            raise Refusal(400, f"Expected every file name once but got {file_name!r} twice.")
        files[file_name] = upload.read()
    if not files:
        raise Refusal(400, "A deployment needs at least one file but the request has none.")
    return form.get("name", ""), files


def form_parts() -> tuple[dict[str, str], list[FileStorage]]:
    """The fields and the files of the form; raises Refusal 413 for too many or too large ones."""
    most = parsing.settings()
    try:
        uploads = [upload for found in request.files.listvalues() for upload in found]
        form = request.form.to_dict()
    except RequestEntityTooLarge as error:
        raise Refusal(413, f"Expected at most {most.upload_bytes} bytes and {most.upload_files} files.") from error
    if len(uploads) > most.upload_files:
        raise Refusal(413, f"Expected at most {most.upload_files} files but got {len(uploads)}.")
    return form, uploads


def _deployment(deployment: DeploymentView) -> Deployed:
    return Deployed(
        id=deployment.id,
        name=deployment.name,
        deployed_at=deployment.deployed_at,
        deployed_by=deployment.deployed_by,
        definitions=[_summary(definition) for definition in deployment.definitions],
        problems=msgspec.convert(problems_of(_by_file(deployment)), list[FoundProblem]),
    )


def _by_file(deployment: DeploymentView) -> dict[str | None, list[Problem]]:
    """The findings under the file of the definition that they are about, the others under None."""
    found: dict[str | None, list[Problem]] = {}
    for definition in deployment.definitions:
        of_file = found.setdefault(definition.file_name, [])
        of_file.extend(problem for problem in definition.problems if problem not in of_file)
    known = [problem for problems in found.values() for problem in problems]
    return {**found, None: [problem for problem in deployment.problems if problem not in known]}


def _summary(definition: DefinitionView) -> DefinitionSummary:
    return DefinitionSummary(**{name: getattr(definition, name) for name in DefinitionSummary.__struct_fields__})
