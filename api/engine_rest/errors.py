"""Errors as clients of Camunda 7 read them: `{"type": ..., "message": ...}` instead of a problem answer."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, Response, request

from ..problems import MEDIA_TYPE
from ..wire import encode

PREFIX = "/engine-rest"
STATUSES = {409: 400, 422: 400}
"""What Camunda calls a bad request, whatever is bad about it; other statuses mean the same here and there."""
TYPES = {
    400: "InvalidRequestException",
    401: "AuthenticationException",
    403: "AuthorizationException",
    404: "InvalidRequestException",
    501: "NotImplementedException",
}
FAULT = "ProcessEngineException"
GONE = frozenset({"job-not-open", "job-failed"})
"""Reasons of a refusal that say: there is no such external task any more."""


def install(app: Flask) -> None:
    """Rewrite every problem answer below PREFIX, those of other layers (login, routing, limits) too."""

    @app.after_request
    def rewrite(response: Response) -> Response:
        if is_ours(request.path) and response.mimetype == MEDIA_TYPE:
            found = json.loads(response.get_data())
            status = 404 if found.get("reason") in GONE else STATUSES.get(response.status_code, response.status_code)
            response.status_code = status
            response.set_data(encode(_error(status, found)) + b"\n")
            response.content_type = "application/json"
        return response


def is_ours(path: str) -> bool:
    """Whether the path is one of these calls."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def _error(status: int, found: dict[str, Any]) -> dict[str, Any]:
    kind = found.get("exception") or TYPES.get(status) or ("RestException" if status < 500 else FAULT)
    message = " ".join(part for part in (found["detail"], found.get("hint", ""), found.get("id", "")) if part)
    error = {"type": kind, "message": message, "code": 0}
    return {**error, "details": found["details"]} if "details" in found else error
