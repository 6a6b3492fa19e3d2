"""Puts the OpenAPI document together: paths from the routes, operations from their declarations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from ..operations import EVENT_STREAM, Operation, operation_of
from ..problems import ProblemDetails
from .names import operation_id, tag_of, tags
from .parameters import body_of, parameters
from .refusals import REFUSALS, refusals_of
from .schemas import answer_schemas, request_schemas

Document = dict[str, Any]
Schemas = dict[Any, Document]

SECURITY: list[Document] = [{"key": []}, {"password": []}, {"login": []}, {}]
"""A key, in either way, or a login of the pages; without any key made, programs of this machine need none of them."""

_SCHEMES = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "A key made by `baton keys create`, or a token of the server's identity provider.",
    },
    "password": {"type": "http", "scheme": "basic", "description": "Such a key as the password of any user."},
    "login": {"type": "apiKey", "in": "cookie", "name": "baton_session", "description": "A login on the pages."},
}
_EVENT = {
    "type": "object",
    "description": "One event: `data` is a history entry as JSON, or, where `event` is end, the last status.",
    "properties": {
        "id": {"type": "string"},
        "event": {"type": "string"},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["data"],
}
_HEADERS = {
    "Location": {"description": "Where the resource is.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds after which to ask again.", "schema": {"type": "string"}},
}


def describe(app: Flask, version: str) -> Document:
    """The document for all declared routes of the app. version: of the product."""
    routes = list(_routes(app))
    declared = [operation for _, _, operation in routes]
    bodies, taken = request_schemas(kind for one in declared for kind in (one.query, one.body) if kind is not None)
    given, answered = answer_schemas(kind for one in declared for kind in one.answers.values() if _is_json(kind))
    _, problems = request_schemas([ProblemDetails])
    paths: Document = {}
    for rule, method, one in routes:
        paths.setdefault(_path(rule), {})[method.lower()] = _operation(rule, method, one, bodies, taken, given)
    queries = {bodies[one.query]["$ref"].rpartition("/")[2] for one in declared}
    schemas = {**{name: of for name, of in taken.items() if name not in queries}, **answered, **problems}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Baton",
            "version": version,
            "summary": "Runs BPMN 2.0 processes.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": SECURITY,
        "tags": tags({tag_of(rule.rule) for rule, _, _ in routes}),
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": REFUSALS,
            "securitySchemes": _SCHEMES,
        },
    }


def _routes(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    for rule in app.url_map.iter_rules():
        declared = operation_of(app.view_functions[rule.endpoint])
        if declared is not None and declared.published:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, declared


def _path(rule: Rule) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)


def _is_json(kind: Any) -> bool:
    return kind is not None and not isinstance(kind, str)


def _operation(rule: Rule, method: str, one: Operation, bodies: Schemas, taken: Document, given: Schemas) -> Document:
    made: Document = {
        "operationId": operation_id(rule, method, one),
        "tags": [tag_of(rule.rule)],
        "summary": one.summary,
        "description": f"{one.description}\n\nRoles: {', '.join(sorted(one.roles))}.".strip(),
        "parameters": parameters(rule, one, taken[bodies[one.query]["$ref"].rpartition("/")[2]]),
        "responses": {
            **{str(status): _answer(status, kind, given) for status, kind in one.answers.items()},
            **refusals_of(rule, one),
        },
    }
    body = body_of(one, bodies)
    if body is not None:
        made["requestBody"] = body
    if rule.endpoint == "index.health":
        made["security"] = []
    return made


def _answer(status: int, kind: Any, given: Schemas) -> Document:
    words = {200: "As asked for.", 201: "Made.", 202: "Not there yet.", 204: "Nothing more to say."}
    answer: Document = {"description": words[status]}
    if isinstance(kind, str):
        answer["content"] = {kind: {"schema": _EVENT if kind == EVENT_STREAM else {"type": "string"}}}
    elif kind is not None:
        answer["content"] = {"application/json": {"schema": given[kind]}}
    headers = {201: ("Location",), 202: ("Location", "Retry-After")}.get(status, ())
    if headers:
        answer["headers"] = {name: _HEADERS[name] for name in headers}
    return answer
