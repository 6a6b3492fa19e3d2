"""How the engine's records look on the wire: plain JSON, times as RFC 3339 text in UTC."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from flask import Response

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_FIELDS = frozenset({"at", "since", "lease_until", "due"})


def rfc3339(microseconds: int) -> str:
    """Microseconds since the epoch as "2026-11-20T19:00:00.123456Z"."""
    moment = EPOCH + timedelta(microseconds=microseconds)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def to_wire(record: Any) -> Any:
    """The JSON form of a record, a list of records, or a plain value; only the fields of records hold times.

    Values that belong to a user (variables, inputs, details) are passed on as they are.
    """
    if isinstance(record, msgspec.Struct):
        return {name: _field(name, getattr(record, name)) for name in record.__struct_fields__}
    if isinstance(record, (list, tuple)):
        return [to_wire(item) for item in record]
    return record


def is_time(name: str) -> bool:
    """Whether a record's field of this name holds a time, when it holds a number."""
    return name in _TIME_FIELDS or name.endswith("_at")


def _field(name: str, value: Any) -> Any:
    return rfc3339(value) if type(value) is int and is_time(name) else to_wire(value)


def history_entry(entry: Any) -> dict[str, Any]:
    """A history entry on the wire; the top level of its `data` are an event's fields, so times there are text too."""
    wire: dict[str, Any] = to_wire(entry)
    wire["data"] = {name: _field(name, value) for name, value in entry.data.items()}
    return wire


def page(items: list[Any], next_cursor: str | None) -> dict[str, Any]:
    """One page of a list; `next_cursor` is null on the last one."""
    return {"items": to_wire(items), "next_cursor": next_cursor}


def encode(value: Any) -> bytes:
    """JSON in UTF-8; integers keep every digit."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def answer(value: Any, status: int = 200, *, location: str | None = None) -> Response:
    """A JSON answer; location: where the created resource is."""
    response = Response(encode(value) + b"\n", status=status, content_type="application/json")
    if location is not None:
        response.headers["Location"] = location
    return response
