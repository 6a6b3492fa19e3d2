"""From an HTTP request to a call of a route as plain data: body, parameters, headers and user."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes

from flask import request

from engine import MalformedJson, RouteCall, check_text, check_texts

from .. import parsing
from ..identity import Identity
from ..problems import Refusal
from ..strict_json import parse_json


def read_call(method: str, identity: Identity | None) -> RouteCall:
    """The request as a call. method: GET where HEAD asks for the same without the body.

    Raises Refusal: 400 for what cannot be read, 413 for too much, 415 for a body that is no JSON.
    """
    body, with_body = _body()
    return RouteCall(
        method=method,
        path=request.path,
        query=_query(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        with_body=with_body,
        user=user_of(identity),
    )


def check_target() -> None:
    """Raise Refusal 400 for a path or query that others on the way may have read in another way than the routes do.

    A gateway in front that lets only some paths through, and a service whose address is made of a parameter, would be
    led astray by encoded slashes and by dots; bytes that are no UTF-8 would be lost.
    """
    written = request.environ.get("REQUEST_URI", "").partition("?")[0]
    if written.startswith("//") or "%2f" in written.lower():
        raise Refusal(400, "Expected a path with single slashes, none of them encoded, but found others.")
    if not {".", ".."}.isdisjoint(request.path.split("/")):
        raise Refusal(400, "Expected a path without parts that are only dots but found one.")
    try:
        for text in (written.encode("latin-1"), request.query_string):
            unquote_to_bytes(text).decode()
    except UnicodeError as error:
        raise Refusal(400, "Expected path and query in UTF-8 but some of it is not.") from error


def user_of(identity: Identity | None) -> dict[str, Any] | None:
    """Who calls, as expressions see it."""
    if identity is None:
        return None
    return {"name": identity.name, "roles": sorted(identity.roles), "groups": sorted(identity.groups)}


def _body() -> tuple[Any, bool]:
    settings = parsing.settings()
    data = parsing.raw_body(settings.json_bytes)
    if not data:
        return None, False
    kind = request.mimetype
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise Refusal(415, f"Expected application/json but got {kind[:80] or 'no Content-Type'}.")
    try:
        value = parse_json(data, settings)
        check_texts(value)
    except MalformedJson as error:
        raise Refusal(400, str(error), field="body") from error
    return value, True


def _query() -> dict[str, list[str]]:
    found = {}
    for name, texts in request.args.lists():
        try:
            for text in (name, *texts):
                check_text(text)
        except MalformedJson as error:
            raise Refusal(400, f"The parameter `{ascii(name)[:80]}` cannot be used: {error}") from error
        found[name] = list(texts)
    return found
