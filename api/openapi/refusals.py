"""The problem answers that an operation may give: those of every route, those of its kind, and its own."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import Rule

from ..operations import Operation
from ..problems import MEDIA_TYPE

EVERYWHERE = (400, 401, 403, 414, 421, 431, 500, 503)
WITH_BODY = (413, 415, 422)
_WORDS = {
    400: "The request cannot be read.",
    401: "A key is needed, and there is none or a wrong one.",
    403: "The key's roles do not allow it, or the request comes from another site.",
    404: "There is no such thing.",
    409: "That cannot be done now; nothing changed. `reason` is a word for programs.",
    413: "The body is too large.",
    414: "Path and query are too long.",
    415: "The body has another media type.",
    421: "The Host header names another machine.",
    422: "The request can be read but not carried out; `field` says what is wrong.",
    431: "The headers are too long.",
    500: "A fault of the server; `id` stands in its log.",
    503: "Too busy, or shutting down.",
}
_NAMES = {status: f"Refused{status}" for status in _WORDS}


def _response(status: int) -> dict[str, Any]:
    made: dict[str, Any] = {
        "description": _WORDS[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    }
    header = {401: "WWW-Authenticate", 503: "Retry-After"}.get(status)
    if header is not None:
        made["headers"] = {header: {"schema": {"type": "string"}}}
    return made


REFUSALS: dict[str, Any] = {_NAMES[status]: _response(status) for status in _WORDS}
"""The components that the operations refer to."""


def refusals_of(rule: Rule, one: Operation) -> dict[str, Any]:
    """The problem answers of one operation, by status."""
    own = WITH_BODY if one.body is not None else ()
    statuses = sorted({*EVERYWHERE, *own, *one.refusals})
    # A path's id may be so odd that no route takes it: then nothing is there, whatever the operation says.
    if rule.arguments:
        statuses = sorted({*statuses, 404})
    return {str(status): {"$ref": f"#/components/responses/{_NAMES[status]}"} for status in statuses}
