"""What the services' own logs prove: pure questions about their entries, first answered first."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

Entry = Mapping[str, Any]
"""service, kind ("do", "undo" or "read"), path, key, sha256, body, trace, status, answer, repeat, effect, violation,
and the times received_at and answered_at in microseconds since the epoch."""


def read_logs(paths: Iterable[Path]) -> list[Entry]:
    """Every call in the logs, in the order of the answers; a log that was never written is empty."""
    entries = [json.loads(line) for path in paths if path.exists() for line in path.read_text("utf-8").splitlines()]
    return sorted(entries, key=lambda entry: entry["answered_at"])


def of_subject(entries: Iterable[Entry], member: str, subject: str) -> list[Entry]:
    """The calls made for one thing: those whose body has this value of the member, such as "order_id"."""
    return [entry for entry in entries if entry["body"].get(member) == subject]


def calls(entries: Iterable[Entry], path: str) -> list[Entry]:
    """The calls of one path."""
    return [entry for entry in entries if entry["path"] == path]


def effects(entries: Iterable[Entry]) -> list[str]:
    """The paths of the calls that changed something, in order."""
    return [entry["path"] for entry in entries if entry["effect"]]


def doing(entries: Iterable[Entry]) -> list[Entry]:
    """The calls that were to change something, and have an idempotency key for that."""
    return [entry for entry in entries if entry["kind"] != "read"]


def keys_with_several_bodies(entries: Iterable[Entry]) -> list[str]:
    """Idempotency keys that came with more than one body, or to more than one path; none is right."""
    requests: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for entry in doing(entries):
        requests[entry["key"]].add((entry["service"], entry["path"], entry["sha256"]))
    return sorted(key for key, seen in requests.items() if len(seen) > 1)


def keys_with_several_effects(entries: Iterable[Entry]) -> list[str]:
    """Idempotency keys under which something changed more than once; none is right."""
    counted = Counter(entry["key"] for entry in entries if entry["effect"])
    return sorted(key for key, count in counted.items() if count > 1)


def repeated(entries: Iterable[Entry]) -> list[Entry]:
    """The calls whose key the service had seen before."""
    return [entry for entry in entries if entry["repeat"]]


def one_after_the_other(entries: Sequence[Entry], paths: Sequence[str]) -> bool:
    """Whether these effects, and no other undoing ones, happened in this order and none began before the last ended."""
    chosen = [entry for entry in entries if entry["effect"] and entry["kind"] == "undo"]
    if [entry["path"] for entry in chosen] != list(paths):
        return False
    return all(before["answered_at"] <= after["received_at"] for before, after in pairwise(chosen))
