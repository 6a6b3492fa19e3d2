"""The tables of a demo: the whole history of an instance, and all orders at the end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ..client import Json
from ..sentences import sentence
from .logs import Entry, effects, of_order
from .stage import Stage

SAID_ELSEWHERE = frozenset(
    {"key", "activity", "scope", "host", "job", "message", "process", "element", "flow", "flows"}
)
"""Fields of an event that its sentence or the element's name tell already, or that only the engine needs."""

CAUSES = {"complete-job": "service answered", "fail-job": "attempt failed", "throw-job-error": "service refused"}

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


def show_history(stage: Stage, instance: Json, history: Sequence[Json], services: Mapping[str, str]) -> None:
    """Every entry: number, time since the start, what happened, which command led to it, and its data, shortened.

    services: name -> address, which is written as the name. Entries of one committed step stand together: time and
    reason are written at its first one only.
    """
    began = datetime.fromisoformat(instance["started_at"])
    what_width = int(stage.console.width * WHAT_SHARE)
    data_width = max(stage.console.width - what_width - WHY_WIDTH - NUMBERS_WIDTH, 1)
    rows, step = [], None
    for entry in history:
        same, step = entry["step"] == step, entry["step"]
        when, why = ("", "") if same else (_since(began, entry), _why(entry))
        told, data = _named(sentence(entry), services), _named(_shortened(entry["data"]), services)
        rows.append((str(entry["seq"]), when, _cut(told, 3 * what_width - 8), why, data))
    columns: dict[str, dict[str, Any]] = {
        "seq": {"justify": "right", "style": "dim"},
        "seconds": {"justify": "right", "no_wrap": True},
        "what happened": {"width": what_width},
        "why": {"width": WHY_WIDTH, "style": "cyan", "overflow": "ellipsis", "no_wrap": True},
        "data": {"width": data_width, "style": "dim", "overflow": "ellipsis", "no_wrap": True},
    }
    title = f"{instance['business_key']}: {instance['name']} version {instance['version']}, {instance['status']}"
    stage.table(columns, rows, f"{title}, started at {instance['started_at']}")


def show_orders(stage: Stage, orders: Mapping[str, Json], stories: Mapping[str, str], log: Sequence[Entry]) -> None:
    """Every order: its story, how it ended, what the services did for it, and how long it took."""
    columns: dict[str, dict[str, Any]] = {
        "order": {"no_wrap": True},
        "story": {},
        "status": {},
        "ended at": {},
        "what the services did, in order": {},
        "calls": {"justify": "right"},
        "seconds": {"justify": "right"},
    }
    rows = []
    for order, instance in orders.items():
        calls = of_order(log, order)
        done = " ".join(effects(calls))
        ended = ", ".join(instance["reached"]).replace("-", " ")
        rows.append((order, stories[order], instance["status"], ended, done, str(len(calls)), _lasted(instance)))
    stage.table(columns, rows, "All orders")


def _named(text: str, services: Mapping[str, str]) -> str:
    for name, address in services.items():
        text = text.replace(address, name)
    return text


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _since(began: datetime, entry: Json) -> str:
    return f"{(datetime.fromisoformat(entry['at']) - began).total_seconds():.3f}"


def _lasted(instance: Json) -> str:
    if not instance["ended_at"]:
        return ""
    lasted = datetime.fromisoformat(instance["ended_at"]) - datetime.fromisoformat(instance["started_at"])
    return f"{lasted.total_seconds():.2f}"


def _why(entry: Json) -> str:
    cause = CAUSES.get(entry["cause"], entry["cause"].replace("-", " "))
    people = entry["actor"] and not entry["actor"].startswith("local")
    return f"{cause} by {entry['actor']}" if people else cause


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
