"""Deploying diagrams: the XML itself as the body, or several files as multipart."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from flask import Blueprint, Response, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header

from engine import DefinitionView, DeploymentView, Problem

from .. import parsing
from ..access import engine
from ..problems import Refusal, problems_of
from ..wire import answer, to_wire

routes = Blueprint("deployments", __name__)

DEFAULT_FILE_NAME = "process.bpmn"
_FILE_NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,255}")
_XML_TYPE = re.compile(r"(application|text)/([\w.-]+\+)?xml")


class DeployQuery(msgspec.Struct, forbid_unknown_fields=True):
    """name: the file's name when the body is the document itself."""

    name: str | None = None


@routes.post("/api/deployments")
def deploy() -> Response:
    """Deploy all files of the request, or none; 201 with the definitions or 422 with all problems."""
    query = parsing.query(DeployQuery)
    parsing.header_text("Idempotency-Key")
    if request.mimetype == "multipart/form-data":
        name, files = _uploaded()
    elif _XML_TYPE.fullmatch(request.mimetype):
        name, files = "", {_file_name(query.name or _disposition_name()): _document()}
    else:
        given = request.mimetype[:80] or "no Content-Type"
        raise Refusal(415, f"Expected an XML body or multipart/form-data but got {given}.")
    deployment = engine().deploy(files, name=name, actor=parsing.actor())
    return answer(_deployment(deployment), 201, location=f"/api/definitions/{deployment.definitions[0].id}")


def _document() -> bytes:
    data = parsing.raw_body(parsing.settings().upload_bytes)
    if not data:
        raise Refusal(400, "A deployment needs a document but the body is empty.")
    return data


def _disposition_name() -> str:
    header = request.headers.get("Content-Disposition", "")
    return parse_options_header(header)[1].get("filename") or DEFAULT_FILE_NAME


def _file_name(text: str) -> str:
    if not _FILE_NAME.fullmatch(text) or text in {".", ".."}:
        raise Refusal(400, f"Expected a plain file name of at most 255 characters but got {text[:80]!r}.")
    return text


def _uploaded() -> tuple[str, dict[str, bytes]]:
    form, uploads = _parts()
    if unknown := sorted(set(form) - {"name"}):
        raise Refusal(400, f"Expected files and the field `name` but found the field `{unknown[0][:80]}`.")
    files: dict[str, bytes] = {}
    for upload in uploads:
        file_name = _file_name(upload.filename or "")
        if file_name in files:
            raise Refusal(400, f"Expected every file name once but got {file_name!r} twice.")
        files[file_name] = upload.read()
    if not files:
        raise Refusal(400, "A deployment needs at least one file but the request has none.")
    return form.get("name", ""), files


def _parts() -> tuple[dict[str, str], list[FileStorage]]:
    most = parsing.settings()
    try:
        uploads = [upload for found in request.files.listvalues() for upload in found]
        form = request.form.to_dict()
    except RequestEntityTooLarge as error:
        raise Refusal(413, f"Expected at most {most.upload_bytes} bytes and {most.upload_files} files.") from error
    if len(uploads) > most.upload_files:
        raise Refusal(413, f"Expected at most {most.upload_files} files but got {len(uploads)}.")
    return form, uploads


def _deployment(deployment: DeploymentView) -> dict[str, Any]:
    wire: dict[str, Any] = to_wire(deployment)
    wire["definitions"] = [_summary(definition) for definition in deployment.definitions]
    wire["problems"] = problems_of(_by_file(deployment))
    return wire


def _by_file(deployment: DeploymentView) -> dict[str | None, list[Problem]]:
    """The findings under the file of the definition that they are about, the others under None."""
    found: dict[str | None, list[Problem]] = {}
    for definition in deployment.definitions:
        of_file = found.setdefault(definition.file_name, [])
        of_file.extend(problem for problem in definition.problems if problem not in of_file)
    known = [problem for problems in found.values() for problem in problems]
    return {**found, None: [problem for problem in deployment.problems if problem not in known]}


def _summary(definition: DefinitionView) -> dict[str, Any]:
    fields = ("id", "key", "version", "name", "file_name", "executable")
    return {field: getattr(definition, field) for field in fields}
