"""JSON schemas of the types that validate requests and of the records that are answered."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from ..wire import is_time

PLACE = "#/components/schemas/{name}"
_MOMENT = {"type": "string", "format": "date-time", "examples": ["2026-11-20T19:00:00.123456Z"]}

Schema = dict[str, Any]


def request_schemas(types: Iterable[Any]) -> tuple[dict[Any, Schema], dict[str, Schema]]:
    """What each type is, and the components that this refers to."""
    return _schemas(types)


def answer_schemas(types: Iterable[Any]) -> tuple[dict[Any, Schema], dict[str, Schema]]:
    """The same for answers: every field is always there, and times are text."""
    found, components = _schemas(types)
    for schema in components.values():
        properties = schema.get("properties")
        if properties:
            schema["required"] = list(properties)
            schema["properties"] = {name: _on_the_wire(name, of) for name, of in properties.items()}
    return found, components


def _schemas(types: Iterable[Any]) -> tuple[dict[Any, Schema], dict[str, Schema]]:
    wanted = list(dict.fromkeys(types))
    both = msgspec.json.schema_components(wanted, ref_template=PLACE)
    # A generic type's own name, "ListPage_JobView_", is no name that a generated client should have.
    text = re.sub(r'ListPage_(\w+?)_(?=")', r"\1Page", msgspec.json.encode(both).decode())
    found, components = msgspec.json.decode(text)
    for name, schema in components.items():
        schema["title"] = name  # generators name their classes by it
        schema["description"] = inspect.cleandoc(schema.get("description", ""))
        _open_objects(schema)
    return dict(zip(wanted, found, strict=True)), components


def _open_objects(schema: Schema) -> None:
    """Say that objects of any members may have any; some generators take silence for none."""
    waiting: list[Any] = [schema]
    while waiting:
        found = waiting.pop()
        if isinstance(found, list):
            waiting += found
        elif isinstance(found, dict):
            if found.get("type") == "object" and not {"properties", "additionalProperties"} & found.keys():
                found["additionalProperties"] = True
            waiting += found.values()


def _on_the_wire(name: str, schema: Schema) -> Schema:
    """A field of a record; the engine counts microseconds where the wire has RFC 3339 text."""
    if not is_time(name):
        return schema
    if schema.get("type") == "integer":
        return dict(_MOMENT)
    kinds = [dict(_MOMENT) if kind.get("type") == "integer" else kind for kind in schema.get("anyOf", [])]
    return {**schema, "anyOf": kinds} if kinds else schema
