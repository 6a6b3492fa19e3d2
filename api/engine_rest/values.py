"""Typed values of Camunda 7 and plain JSON values: `{"value": "[1]", "type": "json"}` is the list with a 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from .. import parsing
from ..problems import Refusal
from ..strict_json import MalformedJson, check_texts, parse_json

_INT32, _INT64 = 2**31, 2**63
_WHOLE = {"short": 2**15, "integer": _INT32, "long": _INT64}
_TEXTS = frozenset({"string", "date", "xml", "bytes"})
_JSON = frozenset({"json", "object"})
JSON_FORMAT = "application/json"


class TypedValue(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A value as clients send it. type: in any letter case, or absent for whatever the JSON is.

    local: accepted and without meaning, as where it is sent everything is the process's own.
    """

    value: Any = None
    type: str | None = None
    value_info: dict[str, Any] | None = None
    local: bool | None = None


Values = dict[str, TypedValue]


def plain(values: Mapping[str, TypedValue] | None) -> dict[str, Any]:
    """The JSON values by name; raises Refusal 400 for a value that is not of its type."""
    return {name: _plain(name, value) for name, value in (values or {}).items()}


def _plain(name: str, given: TypedValue) -> Any:
    kind, value, info = (given.type or "").lower(), given.value, given.value_info or {}
    if info.get("transient"):
        raise Refusal(
            400, f"Expected a variable that may be kept but {name[:80]!r} is transient: Baton keeps every value."
        )
    if kind in {"", "null"} or value is None:
        return value
    if kind in _JSON:
        return _document(name, kind, value, info)
    if kind == "boolean":
        return _boolean(name, value)
    if kind in _WHOLE:
        return _whole(name, kind, value)
    if kind == "double":
        return _double(name, value)
    if kind in _TEXTS and isinstance(value, str):
        return value
    raise _unfit(name, given.type or "", value)


def _document(name: str, kind: str, value: Any, info: Mapping[str, Any]) -> Any:
    if not isinstance(value, str):
        return value
    if kind == "object" and str(info.get("serializationDataFormat", JSON_FORMAT)).split(";")[0] != JSON_FORMAT:
        raise Refusal(400, f"Expected the object {name[:80]!r} in the format {JSON_FORMAT} but it has another one.")
    try:
        found = parse_json(value.encode("utf-8", "replace"), parsing.settings())
        check_texts(found)
    except MalformedJson as error:
        raise Refusal(400, f"The variable {name[:80]!r} needs JSON as its value but: {error}") from error
    return found


def _boolean(name: str, value: Any) -> bool:
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if isinstance(value, bool):
        return value
    raise _unfit(name, "Boolean", value)


def _whole(name: str, kind: str, value: Any) -> int:
    number = _number(value)
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if not isinstance(number, int) or not -_WHOLE[kind] <= number < _WHOLE[kind]:
        raise _unfit(name, kind.capitalize(), value)
    return number


def _double(name: str, value: Any) -> int | float:
    number = _number(value)
    if number is None:
        raise _unfit(name, "Double", value)
    return number


def _number(value: Any) -> int | float | None:
    """The number that the value is, or that its text says."""
    if isinstance(value, str):
        try:
            value = parse_json(value.encode("utf-8", "replace"), parsing.settings())
        except MalformedJson:
            return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _unfit(name: str, kind: str, value: Any) -> Refusal:
    return Refusal(400, f"Expected the variable {name[:80]!r} to be of type {kind[:80]!r} but got {str(value)[:80]!r}.")


def typed(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The values by name as clients read them."""
    return {name: typed_value(value) for name, value in values.items()}


def typed_value(value: Any) -> dict[str, Any]:
    """One value with the name of its type."""
    kind = _type_of(value)
    if kind == "Json":
        value = msgspec.json.encode(value).decode()
    return {"type": kind, "value": value, "valueInfo": {}}


def _type_of(value: Any) -> str:
    if value is None:
        return "Null"
    if isinstance(value, bool):
        return "Boolean"
    if isinstance(value, int):
        return "Integer" if -_INT32 <= value < _INT32 else "Long" if -_INT64 <= value < _INT64 else "Json"
    if isinstance(value, float):
        return "Double"
    return "String" if isinstance(value, str) else "Json"
