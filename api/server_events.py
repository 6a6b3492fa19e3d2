"""Reads a text/event-stream (HTML standard, 9.2) as far as Baton's own streams use it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec


class ServerEvent(msgspec.Struct, frozen=True):
    """One event. name: "" unless the stream gives it one. id: "" when it has none."""

    name: str
    id: str
    data: str


def server_events(lines: Iterable[str]) -> Iterator[ServerEvent]:
    """The events in the lines; comments, and fields that are none of the three, are passed over."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            fields[name] = f"{fields[name]}\n{value}" if name == "data" and name in fields else value
            continue
        if "data" in fields:
            yield ServerEvent(fields.get("event", ""), fields.get("id", ""), fields["data"])
        fields = {}
