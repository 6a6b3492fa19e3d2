"""What a request brings: parameters of the path, the query and the headers, and the body."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import Rule

from ..operations import Operation

Schema = dict[str, Any]

PATH = {
    "instance_id": "0192f0c4-8b02-7d11-8a3e-2c5d6e7f8091",
    "deployment_id": "0192f0c4-7a51-7c3e-9d2f-1b4c5d6e7f80",
    "definition_id": "approval:1",
    "job_id": "0192f0c4-8b02-7d11-8a3e-2c5d6e7f8091.4",
    "task_id": "0192f0c4-8b02-7d11-8a3e-2c5d6e7f8091.4",
    "incident_id": "0192f0c4-8b02-7d11-8a3e-2c5d6e7f8091.7",
    "message_id": "bank-4711",
    "signal_id": "nyse-1",
    "subscription_id": "0192f0c4-8b02-7d11-8a3e-2c5d6e7f8091.9",
    "timer_id": "0192f0c4-8b02-7d11-8a3e-2c5d6e7f8091.9",
    "start_event_id": "approval:1:start:0",
    "trail_key": "order-1001",
}
"""The parameters of paths, each with an example."""

_TEXT = {"type": "string", "pattern": r"^[\x20-\x7e]{1,255}$", "minLength": 1, "maxLength": 255}
HEADERS: dict[str, tuple[str, Schema]] = {
    "Idempotency-Key": ("A repeat with the same key and body changes nothing and is answered alike.", _TEXT),
    "Baton-Actor": ("Who acts, for the history; a key's name wins.", _TEXT),
    "traceparent": ("The trace that the call belongs to (W3C Trace Context).", {"type": "string"}),
    "Last-Event-ID": ("The id of the last event that arrived.", {"type": "string", "pattern": r"^[0-9]{1,18}$"}),
}
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def parameters(rule: Rule, one: Operation, query: Schema) -> list[Schema]:
    """The parameters of an operation. query: the schema of its query's type."""
    return [*_of_path(rule), *_of_query(query), *_of_headers(rule, one)]


def _of_path(rule: Rule) -> list[Schema]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string"},
            **({"example": PATH[name]} if name in PATH else {}),
        }
        for name in sorted(rule.arguments)
    ]


def _of_query(query: Schema) -> list[Schema]:
    required = query.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _without_null(of)}
        for name, of in query.get("properties", {}).items()
    ]


def _without_null(schema: Schema) -> Schema:
    """A query has no null: a parameter is there or it is not."""
    kept = {name: of for name, of in schema.items() if not (name == "default" and of is None)}
    if "enum" in kept:
        kept["enum"] = [word for word in kept["enum"] if word is not None]
    kinds = [kind for kind in kept.pop("anyOf", []) if kind.get("type") != "null"]
    if len(kinds) == 1:
        return {**kept, **kinds[0]}
    return {**kept, "anyOf": kinds} if kinds else kept


def _of_headers(rule: Rule, one: Operation) -> list[Schema]:
    everywhere = ("Idempotency-Key", "Baton-Actor") if (rule.methods or set()) & _WRITES else ()
    return [
        {"name": name, "in": "header", "required": False, "description": HEADERS[name][0], "schema": HEADERS[name][1]}
        for name in dict.fromkeys((*one.headers, *everywhere))
    ]


def body_of(one: Operation, bodies: dict[Any, Schema]) -> Schema | None:
    """The request body of an operation, None when it takes none."""
    content: Schema = {media: {"schema": schema} for media, schema in one.other_bodies.items()}
    if one.body is not None:
        content["application/json"] = {"schema": bodies[one.body]}
        if one.example is not None:
            content["application/json"]["example"] = one.example
    return {"required": not one.optional_body, "content": content} if content else None
