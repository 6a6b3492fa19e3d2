"""The words of JSON Schema that input schemas may use, where schemas stand inside each other, and the formats."""

from __future__ import annotations

import datetime
import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

ONE = frozenset({"additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then"})
"""Words whose value is a schema."""

SEVERAL = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
"""Words whose value is a list of schemas."""

NAMED = frozenset({"$defs", "definitions", "dependentSchemas", "patternProperties", "properties"})
"""Words whose value is an object of schemas."""

PLAIN = frozenset(
    {"$ref", "const", "dependentRequired", "enum", "exclusiveMaximum", "exclusiveMinimum", "format", "maxContains"}
    | {"maxItems", "maxLength", "maxProperties", "maximum", "minContains", "minItems", "minLength", "minProperties"}
    | {"minimum", "multipleOf", "pattern", "required", "type", "uniqueItems"}
)
NOTES = frozenset(
    {"$comment", "contentEncoding", "contentMediaType", "default", "deprecated", "description", "example", "examples"}
    | {"readOnly", "title", "writeOnly"}
)
"""Words that say something to people and check nothing."""

CHECKED = ONE | SEVERAL | NAMED | PLAIN | NOTES
"""Every word that a schema may use beside $schema and $id at its top."""


def walk(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema that is an object, the whole one first, each with its JSON pointer."""
    waiting: list[tuple[str, Any]] = [("", schema)]
    while waiting:
        place, part = waiting.pop()
        if not isinstance(part, dict):
            continue
        yield place, part
        for word, value in part.items():
            if word in ONE:
                waiting.append((f"{place}/{word}", value))
            elif word in SEVERAL and isinstance(value, list):
                waiting += [(f"{place}/{word}/{index}", one) for index, one in enumerate(value)]
            elif word in NAMED and isinstance(value, dict):
                waiting += [(f"{place}/{word}/{name}", one) for name, one in value.items()]


IN_PLACE = frozenset({"allOf", "anyOf", "dependentSchemas", "else", "if", "not", "oneOf", "then"})
"""Words whose schemas are about the same value as the schema that has them."""


def goes_in_circles(schema: Any, leads: Mapping[int, Any]) -> bool:
    """Whether some value is checked for ever: references lead back without going into a member of it.

    leads: where the reference of a schema (by its id) leads.
    """
    done: set[int] = set()
    for _, first in walk(schema):
        open_ones: set[int] = set()
        way: list[tuple[int, Iterator[Any]]] = []
        waiting: Iterator[Any] = iter([first])
        while True:
            part = next(waiting, None)
            if part is None:
                if not way:
                    break
                place, waiting = way.pop()
                open_ones.discard(place)
                done.add(place)
            elif id(part) in open_ones:
                return True
            elif id(part) not in done:
                open_ones.add(id(part))
                way.append((id(part), waiting))
                waiting = iter(_about_the_same(part, leads))
    return False


def _about_the_same(part: Mapping[str, Any], leads: Mapping[int, Any]) -> list[Any]:
    found = [leads.get(id(part))]
    for word in IN_PLACE & set(part):
        value = part[word]
        several = word in SEVERAL or word in NAMED
        found += (value.values() if isinstance(value, dict) else value) if several else [value]
    return [one for one in found if isinstance(one, dict)]


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


def _is_date_time(text: str) -> bool:
    if not _DATE_TIME.fullmatch(text):
        return False
    try:
        return datetime.datetime.fromisoformat(text.upper()).tzinfo is not None
    except ValueError:
        return False


def _is_address(kind: Callable[[str], Any]) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        try:
            return len(text) <= 45 and bool(kind(text).version)
        except ValueError:
            return False

    return fits


_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x1f<>\"{}|\\^`]+")

FORMATS: Mapping[str, Callable[[str], bool]] = {
    "date": _is_date,
    "date-time": _is_date_time,
    "email": lambda text: bool(_EMAIL.fullmatch(text)),
    "ipv4": _is_address(ipaddress.IPv4Address),
    "ipv6": _is_address(ipaddress.IPv6Address),
    "uri": lambda text: bool(_URI.fullmatch(text)),
    "uuid": lambda text: bool(_UUID.fullmatch(text)),
}
"""The formats that are checked; others say something to people."""
