"""What the diagram shows of an instance: the path taken, where tokens are, what failed, was undone or is stuck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from engine import Engine, HistoryEntry, InstanceView

MOST_ENTRIES = 20_000
"""How much of a history is read to draw the path; the page says when there is more."""
PAGE = 1_000


def picture(engine: Engine, instance: InstanceView) -> dict[str, Any]:
    """The marks for the viewer: counts by element id and flow id, tokens and incidents.

    completed, failed, interrupted, undoing: element id -> how often. flows: flow id -> tokens that took it.
    tokens, incidents: `{element_id, text}`, for tokens with `count`. whole: whether the entire history was read. last:
    the sequence number of the last entry that was.
    """
    counts: dict[str, Counter[str]] = {name: Counter() for name in _COUNTED.values()}
    entries = last = 0
    for entry in _entries(engine, instance.id):
        entries, last = entries + 1, entry.seq
        if entry.instance_id != instance.id:
            continue  # of a called process, which has a diagram of its own
        name, mark = _COUNTED.get(entry.event), _marked(entry)
        if name is not None and mark:
            counts[name][mark] += 1
    return {
        **counts,
        "tokens": _tokens(instance),
        "incidents": _incidents(instance),
        "whole": entries < MOST_ENTRIES,
        "last": last,
    }


_COUNTED = {
    "activity-completed": "completed",
    "activity-failed": "failed",
    "activity-terminated": "interrupted",
    "handler-started": "undoing",
    "sub-process-reopened": "undoing",
    "sub-process-restored": "undoing",
    "token-placed": "flows",
}


def _marked(entry: HistoryEntry) -> str | None:
    """The element or flow to mark; a token that arrives at a node without a flow ("@node") marks nothing."""
    flow = entry.data.get("flow")
    return entry.element_id if flow is None else None if flow.startswith("@") else str(flow)


def _entries(engine: Engine, instance_id: str) -> Iterator[HistoryEntry]:
    after = 0
    while after < MOST_ENTRIES:
        page = engine.history(instance_id, after=after, limit=min(PAGE, MOST_ENTRIES - after))
        yield from page.items
        if page.next_cursor is None:
            return
        after = page.items[-1].seq


def _tokens(instance: InstanceView) -> list[dict[str, Any]]:
    here: Counter[str] = Counter()
    texts: dict[str, str] = {}
    for element in instance.active:
        if element.incident_id is None:
            here[element.element_id] += 1
            texts[element.element_id] = f"waits for {element.waits_for}" if element.waits_for else "active"
    return [{"element_id": name, "count": count, "text": texts[name]} for name, count in here.items()]


def _incidents(instance: InstanceView) -> list[dict[str, str]]:
    own = (incident for incident in instance.incidents if incident.instance_id == instance.id)
    return [{"element_id": incident.element_id, "text": incident.message} for incident in own]
