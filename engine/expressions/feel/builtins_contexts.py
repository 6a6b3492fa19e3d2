"""FEEL's functions on contexts (DMN 1.5, Table 81)."""

from __future__ import annotations

from typing import Any

from ..operators import room_for_items
from .builtin import builtin
from .faults import FeelFrame, NoValue
from .kinds import kind_of


@builtin("get value(m: context, key: string)", "the entry of a context under `key`")
def _get_value(_frame: FeelFrame, m: dict[str, Any], key: str) -> Any:
    if key not in m:
        raise NoValue(f"Expected an entry '{key[:80]}' but the context has none")
    return m[key]


@builtin("get entries(m: context)", "a list of contexts with `key` and `value`, one for each entry")
def _get_entries(frame: FeelFrame, m: dict[str, Any]) -> list[Any]:
    room_for_items(frame, len(m))
    return [{"key": key, "value": value} for key, value in m.items()]


@builtin("context(entries: list)", "a context from contexts with `key` and `value`")
def _context(frame: FeelFrame, entries: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in entries:
        if type(entry) is not dict or type(entry.get("key")) is not str or "value" not in entry:
            raise NoValue("Expected contexts with a key that is a text and a value")
        if entry["key"] in found:
            raise NoValue(f"Expected each key once but '{entry['key'][:80]}' is there twice")
        found[entry["key"]] = entry["value"]
    room_for_items(frame, len(found))
    return found


@builtin("context put(context: context, key: string, value: Any?)", "a context with one entry new or changed")
def _context_put(frame: FeelFrame, context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    room_for_items(frame, len(context) + 1)
    return {**context, key: value}


@builtin("context put(context: context, keys: list, value: Any?)")
def _context_put_deep(frame: FeelFrame, context: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any]:
    if not keys or any(type(key) is not str for key in keys):
        raise NoValue("Expected a list of keys that are texts")
    copies = [dict(context)]
    for key in keys[:-1]:
        inner = copies[-1].get(key)
        if type(inner) is not dict:
            raise NoValue(f"Expected a context under '{key[:80]}' but got {kind_of(inner)}")
        room_for_items(frame, len(inner) + 1)
        frame.charge(len(inner) >> 2)
        copies.append(dict(inner))
    for outer, key, inner in zip(copies, keys, copies[1:], strict=False):
        outer[key] = inner
    copies[-1][keys[-1]] = value
    return copies[0]


@builtin("context merge(contexts: list)", "one context with the entries of all; of a key, the last one's")
def _context_merge(frame: FeelFrame, contexts: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in contexts:
        if type(one) is not dict:
            raise NoValue(f"Expected contexts but got {kind_of(one)}")
        frame.charge(1 + (len(one) >> 2))
        found.update(one)
    room_for_items(frame, len(found))
    return found
