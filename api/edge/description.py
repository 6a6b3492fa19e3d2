"""The published routes as an OpenAPI 3.1 document, made from what their diagrams say."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from engine import PublishedRoute

from ..problems import MEDIA_TYPE
from .answers import RESULT

Document = dict[str, Any]


class Described(NamedTuple):
    """A route, its input schema (None where it has none), and the schemas of its answers by their statuses."""

    published: PublishedRoute
    schema: Any
    answers: Mapping[int, list[Any]]


KINDS: dict[str, Document] = {
    "text": {"type": "string"},
    "int": {"type": "integer", "minimum": -(10**18 - 1), "maximum": 10**18 - 1},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "uuid": {"type": "string", "format": "uuid"},
}
REFUSED = {
    400: "The request cannot be read, or a parameter does not fit.",
    401: "A key is needed, and there is none or a wrong one.",
    403: "The key's roles do not allow it, or the request comes from another site.",
    404: "No process is for this request.",
    413: "The body is too large.",
    414: "Path and query are too long.",
    415: "The body is no JSON.",
    421: "The Host header names another machine.",
    422: "The body does not fit; `errors` names the places.",
    431: "The headers are too long.",
    500: "The process ended without an answer, or the server met a fault of its own.",
    503: "Too busy, or shutting down.",
}
_PROBLEM: Document = {
    "type": "object",
    "description": "A problem answer (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "hint": {"type": "string"},
        "field": {
            "type": "string",
            "description": "The parameter's name, or the JSON pointer of the place in the body.",
        },
        "errors": {"type": "array", "items": {"type": "object"}, "description": "Everything that does not fit."},
        "code": {"type": "string", "description": "The code of the BPMN error with which the process ended."},
        "instance": {"type": "string", "description": "The id of the instance, for those who may look at it."},
    },
}
_WAITING: Document = {
    "type": "object",
    "required": ["status", "result"],
    "properties": {"status": {"const": "running"}, "result": {"type": "string"}},
}
_HEADERS = {
    "Location": {"description": f"Where the answer will be: {RESULT}.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds after which to ask again.", "schema": {"type": "string"}},
}


def describe_routes(routes: Iterable[Described], *, keys_needed: bool) -> Document:
    """The document for these routes; routes that share method and path are one operation.

    keys_needed: whether the server asks for keys where a route is not public.
    """
    paths: Document = {}
    schemas: Document = {"Problem": _PROBLEM, "Waiting": _WAITING}
    together: dict[tuple[str, str], list[Described]] = {}
    for one in routes:
        together.setdefault((one.published.route.path.shape, one.published.route.method), []).append(one)
    texts: dict[str, str] = {}
    names: set[str] = set()
    for (shape, method), described in sorted(together.items(), key=lambda item: item[0]):
        # Parameters may have another name in another route; a path stands in the document once.
        path = texts.setdefault(shape, described[0].published.route.path.text)
        name = _unused(re.sub(r"\W+", "-", f"{method.lower()}{path}").strip("-"), names)
        operation = _operation(name, path, described, schemas)
        operation["security"] = [{"key": []}] if keys_needed and not _is_public(described) else [{"key": []}, {}]
        paths.setdefault(path, {})[method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "Routes", "version": "1", "summary": "Calls that diagrams answer."},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    }


def _unused(name: str, names: set[str]) -> str:
    """The name, with a number where another operation has it: "/a/b" and "/a-b" are written alike."""
    free = next(one for one in itertools.chain([name], (f"{name}-{n}" for n in itertools.count(2))) if one not in names)
    names.add(free)
    return free


def _is_public(described: list[Described]) -> bool:
    return any("public" in one.published.route.access for one in described)


def _operation(name: str, path: str, described: list[Described], schemas: Document) -> Document:
    processes = list(dict.fromkeys(one.published.process for one in described))
    made: Document = {
        "operationId": name,
        "summary": f"Answered by {', '.join(processes)}",
        "tags": processes,
        "parameters": [*_path_parameters(path, described), *_query_parameters(described), _KEY],
        "responses": _responses(described, name, schemas),
    }
    stated = [one.schema.schema for one in described if one.schema is not None]
    if stated:
        whole = len(stated) == len(described)
        schema = _kept(stated, f"{name}-request", schemas)
        made["requestBody"] = {"required": whole, "content": {"application/json": {"schema": schema}}}
    elif described[0].published.route.method not in ("GET", "DELETE"):
        made["requestBody"] = {"required": False, "content": {"application/json": {"schema": {}}}}
    return made


_KEY: Document = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A repeat with the same key gets the answer of the first.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}


def _kept(stated: list[Any], name: str, schemas: Document) -> Document:
    """What fits one of the schemas, which are kept by this name, or by this name and a number."""
    names = [name, *(f"{name}-{number}" for number in range(2, len(stated) + 1))]
    for one, schema in zip(names, stated, strict=True):
        plain = {word: value for word, value in schema.items() if word != "$id"} if isinstance(schema, dict) else schema
        schemas[one] = _moved(plain, f"#/components/schemas/{one}")
    found = [{"$ref": f"#/components/schemas/{one}"} for one in names]
    return found[0] if len(found) == 1 else {"anyOf": found}


def _moved(schema: Any, place: str) -> Any:
    """The schema where its references, which begin with the whole of it, begin with its place in the document."""
    if isinstance(schema, list):
        return [_moved(one, place) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        word: place + value.removeprefix("#") if word == "$ref" and isinstance(value, str) else _moved(value, place)
        for word, value in schema.items()
    }


def _path_parameters(path: str, described: list[Described]) -> list[Document]:
    first = described[0].published.route.path
    names = re.findall(r"\{(\w+)\}", path)
    found = zip(names, first.parameters, strict=True)
    return [{"name": name, "in": "path", "required": True, "schema": _of_path(one.kind)} for name, one in found]


def _of_path(kind: str) -> Document:
    """A text in a path has at least one character, and no slash."""
    return {"type": "string", "minLength": 1, "pattern": "^[^/]+$"} if kind == "text" else KINDS[kind]


def _query_parameters(described: list[Described]) -> list[Document]:
    found: dict[str, Document] = {}
    for one in described:
        for parameter in one.published.route.query:
            said = {"name": parameter.name, "in": "query", "schema": KINDS[parameter.kind]}
            found.setdefault(parameter.name, {**said, "required": parameter.required and len(described) == 1})
    return list(found.values())


def _responses(described: list[Described], name: str, schemas: Document) -> Document:
    made: dict[int, Document] = {status: _problem(words) for status, words in REFUSED.items()} | {202: _later()}
    for one, _, _ in described:
        for status in one.route.errors.values():
            made[status] = _problem("The process ended with an error that the route names.")
        if one.route.incident is not None:
            made[one.route.incident] = _problem("The process got stuck.")
    for status in {status for one in described for status in one.published.statuses}:
        made[status] = _either(made.get(status), _own(described, status, name, schemas))
    if any(not one.published.statuses for one in described):
        made.setdefault(200, {"description": "The process completed without a response of its own."})
    found: Document = {str(status): made[status] for status in sorted(made)}
    if any(one.published.any_status for one in described):
        found["default"] = {"description": "The diagram's response, whose status is an expression."}
    return found


def _own(described: list[Described], status: int, name: str, schemas: Document) -> Document:
    """The diagram's response; its body is described where every process tells what it is, and it is JSON."""
    words = {"description": "The diagram's response."}
    those = [one for one in described if status in one.published.statuses]
    whole = all(status in one.answers for one in those) and not any(one.published.any_status for one in described)
    if not whole:
        return words
    told = [schema for one in those for schema in one.answers[status]]
    schema = _kept(told, f"{name}-{status}", schemas)
    return {**words, "content": {"application/json": {"schema": schema}}}


def _either(known: Document | None, own: Document) -> Document:
    """A status that the server uses too may come with a problem or with the diagram's own body."""
    if known is None:
        return own
    described = {"description": f"{known['description']} Or the diagram's response."}
    if "content" in own and MEDIA_TYPE in known.get("content", {}):
        return {**described, "content": {**known["content"], **own["content"]}}
    return described


def _problem(words: str) -> Document:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": words, "content": content}


def _later() -> Document:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Waiting"}}}
    return {"description": "There is no answer yet.", "headers": _HEADERS, "content": content}
