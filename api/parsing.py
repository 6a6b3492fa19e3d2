"""From a request to checked values: bodies, query parameters and headers, with a sentence for everything else."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import msgspec
from flask import current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from .identity import current
from .problems import Refusal
from .settings import WebSettings
from .strict_json import MalformedJson, check_text, check_texts, parse_json

T = TypeVar("T", bound=msgspec.Struct)

LONGEST_KEY = 255
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
    """The query parameters as a `kind`; raises Refusal 400 for an unknown, a repeated or an unfit one.

    A parameter may be repeated when its field is a list.
    """
    many = {field.name for field in msgspec.structs.fields(kind) if _is_list(field.type)}
    values: dict[str, str | list[str]] = {}
    for name, given in request.args.lists():
        texts = [_storable(text, f"parameter `{name[:80]}`") for text in given]
        if len(given) > 1 and name not in many:
            raise Refusal(400, f"Expected the parameter `{name[:80]}` once but got it {len(given)} times.")
        values[name] = texts if name in many else texts[0]
    found = _convert(values, _without_none(kind), "query", 400)
    return kind(**msgspec.structs.asdict(found))


def _is_list(kind: Any) -> bool:
    return get_origin(get_args(kind)[0] if get_origin(kind) is Annotated else kind) is list


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if field.default is not msgspec.NODEFAULT:
        return msgspec.field(default=field.default)
    if field.default_factory is not msgspec.NODEFAULT:
        return msgspec.field(default_factory=field.default_factory)
    return msgspec.field()


@functools.cache
def _without_none(kind: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """The type with fields that are absent or texts of their kind: to a query "null" is a text like any other."""
    fields: list[Any] = []
    for field in msgspec.structs.fields(kind):
        kept = [one for one in get_args(field.type) if one is not NoneType]
        optional = get_origin(field.type) in (Union, UnionType) and len(kept) < len(get_args(field.type))
        given = Union[tuple(kept)] if optional else field.type  # noqa: UP007 - the members are known only here
        fields.append((field.name, given, _default(field)))
    return msgspec.defstruct(kind.__name__, fields, forbid_unknown_fields=True)


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
    """Who acts: the name of the key; without one what the header Baton-Actor says, which nobody verifies."""
    said, identity = header_text("Baton-Actor"), current()
    return identity.name if identity is not None else said or "http"


def idempotency_key() -> str | None:
    """The caller's key for the request, None without one; two callers that have names never share one.

    Raises Refusal 400 for a key that is none.
    """
    given, identity = header_text("Idempotency-Key"), current()
    if given is None or identity is None:
        return given
    scoped = json.dumps([identity.name, given])
    return scoped if len(scoped) <= LONGEST_KEY else hashlib.sha256(scoped.encode()).hexdigest()


def _convert(value: Any, kind: type[T], where: str, status: int) -> T:
    try:
        return msgspec.convert(value, kind, strict=where == "body")
    except msgspec.ValidationError as error:
        sentence, field = _sentence(str(error), kind)
        members: dict[str, Any] = {"field": field} if field else {}
        raise Refusal(status, sentence, **members) from error


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
    if invalid := re.fullmatch(r"Invalid enum value (.*)", text, re.DOTALL):
        return f"Expected one of the known words but got {invalid[1][:80]}{f' in `{field}`' if field else ''}.", field
    got = re.fullmatch(r"Expected (.*), got (.*)", text, re.DOTALL)
    sentence = f"Expected {got[1]} but got {got[2]}" if got else f"{text} but got something else"
    return f"{sentence}{f' in `{field}`' if field else ''}.", field
