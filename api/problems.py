"""Every error as a problem answer (RFC 9457, application/problem+json); the one table of what means which status.

Refusal                 the HTTP layer's own: 400, 401, 403, 405, 413, 415, 422 ...
engine.BatonError       by class, see STATUSES
any other exception     500 with an id that stands in the log, and nothing of the inside
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Literal

import msgspec
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

import engine

from .wire import encode, to_wire

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

STATUSES: tuple[tuple[type[engine.BatonError], int], ...] = (
    (engine.NotFound, 404),
    (engine.ManualClockNeeded, 404),
    (engine.Forbidden, 403),
    (engine.DeploymentRefused, 422),
    (engine.IdempotencyConflict, 422),
    (engine.InvalidRequest, 422),
    (engine.CommandRejected, 409),
    (engine.Busy, 503),
    (engine.ShuttingDown, 503),
    (engine.StoreLocked, 503),
    (engine.StoreUnavailable, 503),
)
RETRY_AFTER_SECONDS = 1


class FoundProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a diagram. file: the document's name, null for what concerns all of them."""

    file: str | None
    severity: Literal["error", "warning", "info"]
    rule: str
    element_id: str | None
    line: int | None
    sentence: str
    hint: str


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True):
    """A problem answer (RFC 9457); the members without a default are always there.

    field: what in the request is wrong. reason: a stable word for programs. problems: of diagrams. id: of a fault, it
    stands in the log.
    """

    type: str
    title: str
    status: int
    detail: str
    hint: str = ""
    field: str = ""
    reason: str = ""
    problems: list[FoundProblem] = []
    id: str = ""


class Refusal(Exception):
    """A request that the HTTP layer refuses.

    status: 4xx. detail: a sentence. hint: what to do. headers: further ones of the answer. members: further members of
    the problem answer.
    """

    def __init__(
        self, status: int, detail: str, *, hint: str = "", headers: Mapping[str, str] | None = None, **members: Any
    ) -> None:
        self.status, self.detail, self.hint, self.members = status, detail, hint, members
        self.headers = headers or {}
        super().__init__(detail)


def problem(status: int, detail: str, *, kind: str = "", hint: str = "", **members: Any) -> Response:
    """A problem answer; kind: the last part of its `type`, by default the status in words."""
    title = HTTPStatus(status).phrase
    slug = kind or title.lower().replace(" ", "-").replace("'", "")
    body: dict[str, Any] = {"type": f"urn:baton:problem:{slug}", "title": title, "status": status, "detail": detail}
    if hint:
        body["hint"] = hint
    response = Response(encode({**body, **members}) + b"\n", status=status, content_type=MEDIA_TYPE)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def install(app: Flask) -> None:
    """Answer every error of the app with a problem."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(engine.BatonError, _refused_by_engine)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _fault)


def _refused(refusal: Refusal) -> Response:
    answer = problem(refusal.status, refusal.detail, hint=refusal.hint, **refusal.members)
    answer.headers.update(refusal.headers)
    return answer


def _refused_by_engine(error: engine.BatonError) -> Response:
    status = status_of(error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return _fault(error)
    return problem(
        status, closed(error.sentence), kind=_slug(type(error).__name__), hint=closed(error.hint), **_members(error)
    )


def status_of(error: engine.BatonError) -> int:
    """The HTTP status of an engine's refusal; 500 for one that this table does not know."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def closed(sentence: str) -> str:
    """The sentence with a large first letter and a full stop; the engine leaves both to whoever prints it."""
    sentence = sentence[:1].upper() + sentence[1:]
    return sentence if sentence.endswith((".", "?", "!")) or not sentence else f"{sentence}."


def _slug(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")


def _members(error: engine.BatonError) -> dict[str, Any]:
    if isinstance(error, engine.DeploymentRefused):
        return {"problems": problems_of(error.problems)}
    if isinstance(error, engine.CommandRejected):
        return {"reason": error.reason}
    return {}


def problems_of(by_file: Any) -> list[dict[str, Any]]:
    """Problems by file name as one flat list, each with its `file`."""
    return [{"file": file, **to_wire(found)} for file, problems in by_file.items() for found in problems]


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _fault(error)
    if error.response is not None or status < HTTPStatus.BAD_REQUEST:
        return error.get_response()  # type: ignore[return-value]
    answer = problem(status, _sentence(error, status))
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            answer.headers[name] = value
    return answer


def _sentence(error: HTTPException, status: int) -> str:
    if status == HTTPStatus.NOT_FOUND:
        return f"Expected the path of a resource but found {request.path[:200]!r}."
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"Expected one of the methods in the Allow header but got {request.method}."
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return "Expected a smaller request but its body or the number of its parts exceeds the limit."
    return str(error.description)


def _fault(error: Exception) -> Response:
    fault_id = secrets.token_hex(8)
    log.error("Request %s %s failed, id %s", request.method, request.path[:200], fault_id, exc_info=error)
    return problem(500, "The server met a fault of its own.", hint="The log has it under this id.", id=fault_id)
