"""One call of Camunda 7: who may use it, and what it takes from the query and the body."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from flask import request

from .. import parsing
from ..operations import SAFE_METHODS, NoQuery, Operation, View
from ..problems import Refusal
from ..roles import Roles
from ..strict_json import MalformedJson, check_text, check_texts, parse_json

T = TypeVar("T", bound=msgspec.Struct)

MOST_PARAMETERS = 100


def call(roles: Roles) -> Callable[[View], View]:
    """Declare a call, between its method and its function.

    A parameter `query` gets the query parameters and `body` the JSON body, each as the msgspec type it is annotated
    with; both in camel case, and with None for what is null or absent. A body without content is one without members,
    that of a GET is not read. Raises Refusal 400 for what the type does not know.
    """

    def declare(view: View) -> View:
        hints = get_type_hints(view)
        declared = Operation(
            roles=roles,
            summary=(inspect.getdoc(view) or "").partition("\n")[0].rstrip("."),
            description="",
            answers={},
            refusals=(),
            headers=(),
            query=hints.get("query", NoQuery),
            body=hints.get("body"),
            optional_body=True,
            example=None,
            other_bodies={},
            published=False,
        )

        @functools.wraps(view)
        def wrapper(**given: Any) -> Any:
            found = _query(declared.query)
            if "query" in hints:
                given["query"] = found
            if declared.body is not None and request.method not in SAFE_METHODS:
                given["body"] = body(declared.body)
            return view(**given)

        wrapper.operation = declared  # type: ignore[attr-defined]
        return wrapper

    return declare


def body(kind: type[T]) -> T:
    """The JSON body of the request; raises Refusal 400, 413 and 415."""
    data = parsing.raw_body(parsing.settings().json_bytes)
    if not data.strip():
        return _convert({}, kind, strict=True)
    if not (request.mimetype == "application/json" or request.mimetype.endswith("+json")):
        raise Refusal(415, f"Expected application/json but got {request.mimetype[:80] or 'no Content-Type'}.")
    try:
        value = parse_json(data, parsing.settings())
        check_texts(value)
    except MalformedJson as error:
        raise Refusal(400, str(error)) from error
    if not isinstance(value, dict):
        raise Refusal(400, "Expected an object as the body but got another value.")
    return _convert(value, kind, strict=True)


def _query(kind: type[T]) -> T:
    lists = {field.encode_name for field in msgspec.structs.fields(kind) if _is_list(field.type)}
    values: dict[str, Any] = {}
    if len(request.args) > MOST_PARAMETERS:
        raise Refusal(400, f"Expected at most {MOST_PARAMETERS} parameters but got {len(request.args)}.")
    for name, given in request.args.lists():
        if len(given) > 1:
            raise Refusal(400, f"Expected the parameter {name[:80]!r} once but got it {len(given)} times.")
        try:
            check_text(given[0])
        except MalformedJson as error:
            raise Refusal(400, f"The parameter {name[:80]!r} cannot be used: {error}") from error
        values[name] = given[0].split(",") if name in lists else given[0]
    return _convert(values, kind, strict=False)


def _is_list(kind: Any) -> bool:
    kinds = get_args(kind) if get_origin(kind) in (Union, type(int | None)) else (kind,)
    return any(get_origin(one) is list for one in kinds)


def _convert(value: dict[str, Any], kind: type[T], *, strict: bool) -> T:
    try:
        return msgspec.convert(_said(value, kind), kind, strict=strict)
    except msgspec.ValidationError as error:
        raise Refusal(400, f"The request does not fit: {str(error)[:300]}.") from error


def _said(value: dict[str, Any], kind: type[Any]) -> dict[str, Any]:
    """Without members that are unknown and null: clients send null for everything that Camunda knows."""
    known = {field.encode_name for field in msgspec.structs.fields(kind)}
    return {name: item for name, item in value.items() if item is not None or name in known}
