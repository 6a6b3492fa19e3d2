"""The tables of a demo: the whole history of an instance, and all runs at the end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from engine import HistoryEntry, InstanceView, TrailEntry

from ..client import Json
from ..sentences import sentence
from ..trail import Trail
from ..wire import rfc3339, to_wire
from .logs import Entry, effects, of_subject
from .script import Demo
from .stage import Stage

SAID_ELSEWHERE = frozenset(
    {"key", "activity", "scope", "host", "job", "message", "process", "element", "flow", "flows"}
)
"""Fields of an event that its sentence or the element's name tell already, or that only the engine needs."""

CAUSES = {"complete-job": "service answered", "fail-job": "attempt failed", "throw-job-error": "service refused"}

SECOND = 1_000_000
"""In microseconds, as times are counted."""

WHY_WIDTH = 17
NUMBERS_WIDTH = 20
"""The columns of numbers, and the space between the columns."""
WHAT_SHARE = 0.33
"""Of the whole width; what the others leave is the data's."""

NOISE = frozenset(
    {
        "instance",
        "definition",
        "business_key",
        "headers",
        "properties",
        "timeout",
        "services",
        "request",
        "shadow",
        "undoes",
    }
)
"""Parts of the data that would bury the rest."""


def show_history(
    stage: Stage, instance: InstanceView, history: Sequence[HistoryEntry], services: Mapping[str, str]
) -> None:
    """Every entry: number, time since the start, what happened, which command led to it, and its data, shortened.

    services: name -> address, which is written as the name. Entries of one committed step stand together: time and
    reason are written at its first one only.
    """
    what_width = int(stage.console.width * WHAT_SHARE)
    data_width = max(stage.console.width - what_width - WHY_WIDTH - NUMBERS_WIDTH, 1)
    rows, step = [], None
    for entry in history:
        same, step = entry.step == step, entry.step
        when, why = ("", "") if same else (_since(instance.started_at, entry), _why(entry))
        told, data = _named(sentence(to_wire(entry)), services), _named(_shortened(entry.data), services)
        rows.append((str(entry.seq), when, _cut(told, 3 * what_width - 8), why, data))
    columns: dict[str, dict[str, Any]] = {
        "seq": {"justify": "right", "style": "dim"},
        "seconds": {"justify": "right", "no_wrap": True},
        "what happened": {"width": what_width},
        "why": {"width": WHY_WIDTH, "style": "cyan", "overflow": "ellipsis", "no_wrap": True},
        "data": {"width": data_width, "style": "dim", "overflow": "ellipsis", "no_wrap": True},
    }
    title = f"{instance.business_key}: {instance.name} version {instance.version}, {instance.status}"
    stage.table(columns, rows, f"{title}, started at {rfc3339(instance.started_at)}")


def show_trail(stage: Stage, trail: Trail, services: Mapping[str, str]) -> None:
    """Every entry of a trail: time since the first one, process and sentence; services: name -> address."""
    items = trail.items
    rows = [(_since(items[0].at, item), item.process_name, _named(item.sentence, services)) for item in items]
    columns: dict[str, dict[str, Any]] = {
        "seconds": {"justify": "right", "no_wrap": True},
        "process": {"style": "cyan", "no_wrap": True},
        "what happened": {},
    }
    stage.table(columns, rows, f"{trail.key}: {len(trail.instances)} instances, {len(items)} entries")


def show_runs(
    stage: Stage, demo: Demo, runs: Mapping[str, InstanceView], stories: Mapping[str, str], log: Sequence[Entry]
) -> None:
    """Every run: its story, how it ended, what the services did for it, and how long it took."""
    columns: dict[str, dict[str, Any]] = {
        demo.noun.removesuffix("s"): {"no_wrap": True},
        "story": {},
        "status": {},
        "ended at": {},
        "what the services did, in order": {},
        "calls": {"justify": "right"},
        "seconds": {"justify": "right"},
    }
    rows = []
    for key, instance in runs.items():
        calls = of_subject(log, demo.subject, key)
        done = " ".join(effects(calls))
        ended = ", ".join(instance.reached).replace("-", " ")
        rows.append((key, stories[key], instance.status, ended, done, str(len(calls)), _lasted(instance)))
    stage.table(columns, rows, f"All {demo.noun}")


def _named(text: str, services: Mapping[str, str]) -> str:
    for name, address in services.items():
        text = text.replace(address, name)
    return text


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _since(began: int, entry: HistoryEntry | TrailEntry) -> str:
    return f"{(entry.at - began) / SECOND:.3f}"


def _lasted(instance: InstanceView) -> str:
    return f"{(instance.ended_at - instance.started_at) / SECOND:.2f}" if instance.ended_at is not None else ""


def _why(entry: HistoryEntry) -> str:
    cause = CAUSES.get(entry.cause, entry.cause.replace("-", " "))
    people = entry.actor and not entry.actor.startswith("local")
    return f"{cause} by {entry.actor}" if people else cause


def _shortened(data: Json) -> str:
    """The data in one line, without what the other columns say."""
    told = {name: value for name, value in data.items() if name not in SAID_ELSEWHERE}
    return "  ".join(f"{name} {_value(value)}" for name, value in _flat(told))


def _flat(data: Json) -> list[tuple[str, Any]]:
    """The values that matter; those that hold others stand for what they hold."""
    flat: list[tuple[str, Any]] = []
    for name, value in data.items():
        if name in NOISE or value in ("", {}, []):
            continue
        inner = value if name in ("variables", "inputs", "detail") and isinstance(value, dict) else {}
        flat += _flat(inner) if inner else [(name, value)]
    return flat


def _value(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        value = {name: inner for name, inner in value.items() if name not in NOISE}
    return json.dumps(value, ensure_ascii=False)
