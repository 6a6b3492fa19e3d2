"""A route as one declaration: who may use it, what it takes and answers; the same types validate and are published."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

import msgspec
from flask import Response, request

from . import parsing
from .roles import Roles

View = Callable[..., Response]

EVENT_STREAM = "text/event-stream"
XML = "application/xml"

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class NoQuery(msgspec.Struct, forbid_unknown_fields=True):
    """A route without parameters."""


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """What one route is.

    roles: who may use it. query, body: the types of its parameters and its JSON body. answers: by status: the type of
    the JSON, a media type for something else, or None for no content. refusals: statuses beyond those that every route
    may have. headers: of the request. example: a body that may be sent. published: whether the description of the
    interface has it.
    """

    roles: Roles
    summary: str
    description: str
    answers: Mapping[int, Any]
    refusals: tuple[int, ...]
    headers: tuple[str, ...]
    query: type[msgspec.Struct]
    body: type[msgspec.Struct] | None
    optional_body: bool
    example: Any
    other_bodies: Mapping[str, Any]
    published: bool = True


def operation(
    roles: Roles,
    answers: Mapping[int, Any],
    *,
    refusals: tuple[int, ...] = (),
    headers: tuple[str, ...] = (),
    optional_body: bool = False,
    example: Any = None,
    other_bodies: Mapping[str, Any] | None = None,
) -> Callable[[View], View]:
    """Declare a route, between its method and its function; the function's annotations are part of the declaration.

    A parameter `query` gets the query parameters and `body` the JSON body, each as the msgspec type it is annotated
    with; without `query` no parameter is taken. The docstring's first line is the summary. other_bodies: media type ->
    JSON schema, for bodies that the function reads by itself. Refusals are those of `parsing`.
    """

    def declare(view: View) -> View:
        hints = get_type_hints(view)
        summary, _, description = (inspect.getdoc(view) or "").partition("\n")
        declared = Operation(
            roles=roles,
            summary=summary.rstrip("."),
            description=" ".join(description.split()),
            answers=answers,
            refusals=refusals,
            headers=headers,
            query=hints.get("query", NoQuery),
            body=hints.get("body"),
            optional_body=optional_body,
            example=example,
            other_bodies=other_bodies or {},
        )
        return _checked(view, declared, takes_query="query" in hints)

    return declare


def _checked(view: View, declared: Operation, *, takes_query: bool) -> View:
    @functools.wraps(view)
    def wrapper(**given: Any) -> Response:
        query = parsing.query(declared.query)
        if takes_query:
            given["query"] = query
        if request.method not in SAFE_METHODS:
            for name in ("Idempotency-Key", "Baton-Actor"):
                parsing.header_text(name)
        if declared.body is not None:
            given["body"] = parsing.body(declared.body, optional=declared.optional_body)
        return view(**given)

    wrapper.operation = declared  # type: ignore[attr-defined]
    return wrapper


def operation_of(view: Any) -> Operation | None:
    """What the route's function was declared as, None for a page or a static file."""
    return getattr(view, "operation", None)
