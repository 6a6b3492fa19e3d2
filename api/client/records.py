"""From the JSON of the wire to the engine's records: the opposite of api/wire.py."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec

from ..wire import EPOCH, is_time
from .problems import UnexpectedAnswer

T = TypeVar("T")

_MICROSECOND = timedelta(microseconds=1)


def record(value: Any, kind: type[T]) -> T:
    """The JSON value as a `kind`, times as microseconds since the epoch; members that it does not know are left out.

    Raises UnexpectedAnswer when it has another shape.
    """
    try:
        return msgspec.convert(_timed(value, kind), kind)
    except (msgspec.ValidationError, ValueError) as error:
        raise UnexpectedAnswer(200, f"got another {getattr(kind, '__name__', kind)}: {error}") from error


def _timed(value: Any, kind: Any) -> Any:
    """The value with numbers where records of the engine count time."""
    kind = _present(kind)
    if isinstance(value, list):
        (item,) = get_args(kind) or (Any,)
        return [_timed(one, item) for one in value]
    if isinstance(value, dict) and isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        fields = _fields(kind)
        return {name: _field(name, one, fields.get(name)) for name, one in value.items()}
    return value


def _field(name: str, value: Any, kind: Any) -> Any:
    if isinstance(value, str) and is_time(name) and _present(kind) is int:
        return microseconds(value)
    return value if kind is None else _timed(value, kind)


def microseconds(text: str) -> int:
    """The time "2026-11-20T19:00:00.123456Z" in microseconds since the epoch; raises ValueError."""
    return (datetime.fromisoformat(text) - EPOCH) // _MICROSECOND


def _present(kind: Any) -> Any:
    """The type without None."""
    if get_origin(kind) in (Union, UnionType):
        kept = [one for one in get_args(kind) if one is not NoneType]
        return kept[0] if len(kept) == 1 else kind
    return kind


@functools.cache
def _fields(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {field.name: field.type for field in msgspec.structs.fields(kind)}
