"""CloudEvents 1.0: how an event is written (structured mode), and read (structured and binary mode)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from ..strict_json import MalformedJson, check_texts, read_json
from .base import Delivery

CONTENT_TYPE = "application/cloudevents+json"
"""The media type of structured mode."""

BINARY_PREFIXES = ("ce_", "ce-", "cloudevents_", "cloudevents:", "cloudevents.")
"""What the names of attributes begin with in the headers of binary mode, by protocol."""

LONGEST_ATTRIBUTE = 500
"""Characters of an attribute that is a text."""

MOST_ATTRIBUTES = 50
"""Attributes of one event."""

_CORE = ("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema")
_NAME = re.compile(r"[a-z0-9]{1,50}")
_JSON_TYPE = re.compile(r"[^/;]+/([^;]+\+)?json(;.*)?", re.IGNORECASE | re.DOTALL)


class MalformedEvent(Exception):
    """What came is no event that Baton takes; the message is the sentence for people. attributes: as far as known."""

    def __init__(self, sentence: str, attributes: Mapping[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.attributes = dict(attributes or {})


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event. id and source together name it. extensions: other attributes, texts, whole numbers, true or false."""

    id: str
    source: str
    type: str
    subject: str = ""
    time: str = ""
    data: Any = None
    extensions: Mapping[str, Any] = {}


def encode_event(event: CloudEvent) -> bytes:
    """The event in structured mode, as UTF-8 JSON; equal events give equal bytes. Raises MalformedEvent."""
    members: dict[str, Any] = {"specversion": "1.0", "id": event.id, "source": event.source, "type": event.type}
    members |= {name: getattr(event, name) for name in ("subject", "time") if getattr(event, name)}
    members |= {name: event.extensions[name] for name in sorted(event.extensions)}
    _check(members)
    members |= {"datacontenttype": "application/json", "data": event.data}
    return msgspec.json.encode(members)


def decode_event(delivery: Delivery) -> CloudEvent:
    """The event that was delivered; raises MalformedEvent."""
    binary = _binary_attributes(delivery.headers)
    if "specversion" in binary and not delivery.content_type.lower().startswith("application/cloudevents"):
        return _event(binary, _data_of(delivery, binary))
    document = _json(delivery.body)
    if not isinstance(document, dict):
        raise MalformedEvent(f"Expected a CloudEvent as a JSON object but got {type(document).__name__}")
    attributes = {name: value for name, value in document.items() if name not in ("data", "data_base64")}
    if "data_base64" not in document:
        return _event(attributes, document.get("data"))
    if "data" in document:
        raise MalformedEvent("Expected data or data_base64 but the event has both", attributes)
    return _event(attributes, _decoded(document["data_base64"], attributes))


def _event(attributes: Mapping[str, Any], data: Any) -> CloudEvent:
    given = {name: value for name, value in attributes.items() if value is not None}
    _check(given)
    extensions = {name: value for name, value in given.items() if name not in _CORE}
    named = {name: given[name] for name in ("id", "source", "type", "subject", "time") if name in given}
    return CloudEvent(**named, data=data, extensions=extensions)


def _check(given: Mapping[str, Any]) -> None:
    if given.get("specversion") != "1.0":
        found = str(given.get("specversion", "none"))
        raise MalformedEvent(f'A CloudEvent needs the specversion "1.0" but has {found:.40}', given)
    if len(given) > MOST_ATTRIBUTES:
        raise MalformedEvent(f"Expected at most {MOST_ATTRIBUTES} attributes but got {len(given)}")
    for name in ("id", "source", "type"):
        if not isinstance(given.get(name), str) or not given[name]:
            raise MalformedEvent(f"A CloudEvent needs the text {name} but has none", given)
    for name, value in given.items():
        if _NAME.fullmatch(name) is None:
            sentence = f"Expected attributes of 1 to 50 lower-case letters and digits but got {name!r:.80}"
            raise MalformedEvent(sentence, given)
        if isinstance(value, str) and len(value) > LONGEST_ATTRIBUTE:
            sentence = f"Expected {name} of at most {LONGEST_ATTRIBUTE} characters but got {len(value)}"
            raise MalformedEvent(sentence, given)
        if isinstance(value, str) and not value.isprintable():
            raise MalformedEvent(f"Expected {name} of printable characters but it contains others")
        if not isinstance(value, str | int) or (name in _CORE and not isinstance(value, str)):
            raise MalformedEvent(f"Expected {name} to be a text but got {type(value).__name__}", given)


def _binary_attributes(headers: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for header, value in headers.items():
        name = header.lower()
        prefix = next((one for one in BINARY_PREFIXES if name.startswith(one)), None)
        if prefix is not None:
            found[name.removeprefix(prefix)] = value
    return found


def _data_of(delivery: Delivery, attributes: dict[str, Any]) -> Any:
    kind = delivery.content_type
    if kind:
        attributes["datacontenttype"] = kind
    if not delivery.body:
        return None
    if not kind or _JSON_TYPE.fullmatch(kind):
        return _json(delivery.body, attributes)
    return _text(delivery.body)


def _json(body: bytes, attributes: Mapping[str, Any] | None = None) -> Any:
    try:
        value = read_json(body)
        check_texts(value)
    except MalformedJson as error:
        raise MalformedEvent(str(error).rstrip("."), attributes) from None
    return value


def _decoded(text: Any, attributes: Mapping[str, Any]) -> Any:
    try:
        body = base64.b64decode(text, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise MalformedEvent("Expected data_base64 to be a text in base64 but it is not", attributes) from None
    kind = str(attributes.get("datacontenttype", ""))
    return _json(body, attributes) if not kind or _JSON_TYPE.fullmatch(kind) else _text(body)


def _text(body: bytes) -> str:
    """Text as it is; what is no text as base64, which a variable can hold."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return base64.b64encode(body).decode()
    return text if "\0" not in text else base64.b64encode(body).decode()
