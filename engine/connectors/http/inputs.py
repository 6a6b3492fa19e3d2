"""From the inputs of an HTTP task to its request: the same bytes on every repeat of the job."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from ...traces import traceparent
from ..base import Call
from .headers import header_flaw, header_text
from .request import HttpRequest, RequestRefused, checked_url

INPUTS = frozenset({"url", "method", "headers", "query", "body", "timeout_seconds"})
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
FORM = "application/x-www-form-urlencoded"

_JSON_TYPE = re.compile(r"application/([\w.+-]+\+)?json", re.IGNORECASE)


def build_request(call: Call, user_agent: str) -> HttpRequest:
    """The request of a call; raises RequestRefused when its inputs do not fit (see docs/howto/service-tasks.md)."""
    inputs = call.inputs
    headers = _headers(inputs.get("headers"))
    body = _body(inputs.get("body"), headers)
    return HttpRequest(
        method=_method(inputs.get("method"), body is not None),
        url=_url(inputs.get("url"), inputs.get("query")),
        headers=_defaults(call, user_agent, headers) | headers,
        body=body,
        secrets=call.secrets,
    )


def timeout_of(call: Call, default: float) -> float:
    """Seconds that the whole call may take; never longer than the lease on the job."""
    wanted = call.inputs.get("timeout_seconds")
    try:
        seconds = default if wanted is None else float(wanted)
    except (TypeError, ValueError, OverflowError):
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0) or isinstance(wanted, bool):
        raise RequestRefused(f"Expected seconds above 0 in input 'timeout_seconds' but got {str(wanted)[:50]!r}")
    return min(seconds, call.timeout)


def _url(text: object, query: object) -> httpx.URL:
    if not isinstance(text, str) or not text.strip():
        raise RequestRefused(f"Input 'url' needs a URL but is {_kind(text)}", "Map an input parameter 'url'")
    url = checked_url(text.strip())
    added = urlencode(_pairs(query, "query"))
    if not added:
        return url
    return url.copy_with(query=b"&".join(filter(None, (url.query, added.encode("ascii")))))


def _method(method: object, has_body: bool) -> str:
    if method is None or method == "":
        return "POST" if has_body else "GET"
    name = str(method).strip().upper()
    if name not in METHODS:
        raise RequestRefused(f"Expected one of {', '.join(METHODS)} in input 'method' but got {str(method)[:50]!r}")
    return name


def _headers(value: object) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, one in _mapping(value, "headers").items():
        if one is None:
            continue
        flaw = header_flaw(name, one)
        if flaw is None and name.lower() in map(str.lower, headers):
            flaw = f"{name!r} is there twice"
        if flaw:
            raise RequestRefused(f"Expected headers that can be sent but {flaw}")
        headers[name] = header_text(one)
    return headers


def _defaults(call: Call, user_agent: str, headers: Mapping[str, str]) -> dict[str, str]:
    defaults = {
        "User-Agent": user_agent,
        "Accept": "application/json, */*;q=0.5",
        # A key is built from ids of the diagram, which may have any letters; a header may not.
        "Idempotency-Key": quote(call.idempotency_key, safe="!#$&'()*+,/:;=?@[]^`{|}~ "),
    }
    if call.trace:
        defaults["traceparent"] = traceparent(call.trace, call.idempotency_key)
    given = {name.lower() for name in headers}
    return {name: value for name, value in defaults.items() if name.lower() not in given}


def _body(value: Any, headers: dict[str, str]) -> bytes | None:
    if value is None:
        return None
    named = next((text for name, text in headers.items() if name.lower() == "content-type"), None)
    if named is None:
        headers["Content-Type"] = "application/json"
        return _json(value)
    return _encoded(value, named.partition(";")[0].strip().lower())


def _encoded(value: Any, content_type: str) -> bytes:
    if isinstance(value, str):
        return _utf8(value)
    if content_type == FORM and isinstance(value, dict):
        return urlencode(_pairs(value, "body")).encode("ascii")
    if _JSON_TYPE.fullmatch(content_type):
        return _json(value)
    raise RequestRefused(
        f"Expected a text as body with content type {content_type!r} but got {_kind(value)}",
        "Leave out the Content-Type header to send JSON",
    )


def _json(value: Any) -> bytes:
    try:
        return _utf8(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise RequestRefused(f"Expected a body that can be sent as JSON but {error}") from error


def _utf8(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise RequestRefused(f"Expected a text that can be sent as UTF-8 but {error.reason}") from error


def _pairs(value: object, name: str) -> list[tuple[str, str]]:
    pairs = []
    for key, item in _mapping(value, name).items():
        for one in item if isinstance(item, list) else [item]:
            if isinstance(one, dict | list):
                raise RequestRefused(f"Expected texts and numbers in input {name!r} but {key!r} holds {_kind(one)}")
            if one is not None:
                _utf8(key + str(one))
                pairs.append((key, str(one).lower() if isinstance(one, bool) else str(one)))
    return pairs


def _mapping(value: object, name: str) -> dict[str, Any]:
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise RequestRefused(f"Expected a dictionary in input {name!r} but got {_kind(value)}")
    return value


def _kind(value: object) -> str:
    names = {str: "a text", dict: "a dictionary", list: "a list", bool: "a truth value"}
    return "missing" if value is None else names.get(type(value), "a number")
