"""From a request to checked values: bodies, query parameters and headers, with a sentence for everything else."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec
from flask import current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from .problems import Refusal
from .settings import WebSettings
from .strict_json import MalformedJson, check_text, check_texts, parse_json

T = TypeVar("T", bound=msgspec.Struct)

_PRINTABLE = re.compile(r"[\x20-\x7e]{1,255}")


def settings() -> WebSettings:
    """The settings of the running app."""
    found: WebSettings = current_app.config["BATON"]
    return found


def body(kind: type[T], *, optional: bool = False) -> T:
    """The JSON body as a `kind`; with `optional`, no body means all defaults.

    Raises Refusal: 400 for what is not JSON, 413 for too much, 415 for another media type, 422 for another shape.
    """
    data = raw_body(settings().json_bytes)
    if optional and not data:
        return kind()
    if request.mimetype != "application/json":
        raise Refusal(415, f"Expected application/json but got {request.mimetype[:80] or 'no Content-Type'}.")
    try:
        value = parse_json(data, settings())
        check_texts(value)
    except MalformedJson as error:
        raise Refusal(400, str(error)) from error
    return _convert(value, kind, "body", 422)


def raw_body(most: int) -> bytes:
    """The body's bytes; raises Refusal 413 when there are more than `most` and 415 when they are compressed."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refusal(415, "Expected a body without Content-Encoding but it is encoded.")
    request.max_content_length = most
    try:
        return request.get_data(cache=True)
    except RequestEntityTooLarge as error:
        raise Refusal(413, f"Expected at most {most} bytes but the body is larger.") from error


def query(kind: type[T]) -> T:
    """The query parameters as a `kind`; raises Refusal 400 for an unknown, a repeated or an unfit one."""
    values: dict[str, str] = {}
    for name, given in request.args.lists():
        if len(given) > 1:
            raise Refusal(400, f"Expected the parameter `{name[:80]}` once but got it {len(given)} times.")
        values[name] = _storable(given[0], f"parameter `{name[:80]}`")
    return _convert(values, kind, "query", 400)


def _storable(text: str, where: str) -> str:
    try:
        check_text(text)
    except MalformedJson as error:
        raise Refusal(400, f"The {where} cannot be used: {error}") from error
    return text


def header_text(name: str) -> str | None:
    """A header of ours, or None; raises Refusal 400 unless it is printable ASCII of at most 255 characters."""
    value = request.headers.get(name)
    if value is not None and not _PRINTABLE.fullmatch(value):
        raise Refusal(400, f"Expected 1 to 255 printable ASCII characters in the header {name} but got something else.")
    return value


def actor() -> str:
    """Who says to act: the header Baton-Actor, which nobody verifies while there is no login."""
    return header_text("Baton-Actor") or "http"


def limited(limit: int | None, default: int, most: int) -> int:
    """The page size to use; raises Refusal 400 outside of 1 to `most`."""
    if limit is None:
        return default
    if not 1 <= limit <= most:
        raise Refusal(400, f"Expected a limit from 1 to {most} but got {limit}.", field="limit")
    return limit


def _convert(value: Any, kind: type[T], where: str, status: int) -> T:
    try:
        return msgspec.convert(value, kind, strict=where == "body")
    except msgspec.ValidationError as error:
        sentence, field = _sentence(str(error), kind)
        raise Refusal(status, sentence, **({"field": field} if field else {})) from error


def _sentence(message: str, kind: type[msgspec.Struct]) -> tuple[str, str]:
    """Msgspec's message in our grammar, and the path of the field that it is about."""
    text, _, path = message.partition(" - at `$")
    field = path.rstrip("`").lstrip(".")
    inside = f"{field}." if field else ""
    if unknown := re.fullmatch(r"Object contains unknown field `(.*)`", text, re.DOTALL):
        names = ", ".join(f"`{name}`" for name in kind.__struct_encode_fields__)
        return f"Expected only {names} but found `{unknown[1][:80]}`.", inside + unknown[1][:80]
    if missing := re.fullmatch(r"Object missing required field `(.*)`", text):
        return f"The request needs `{missing[1]}`.", inside + missing[1]
    got = re.fullmatch(r"Expected (.*), got (.*)", text, re.DOTALL)
    sentence = f"Expected {got[1]} but got {got[2]}" if got else f"{text} is what was expected but not found"
    return f"{sentence}{f' in `{field}`' if field else ''}.", field
