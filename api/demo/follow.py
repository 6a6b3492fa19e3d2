"""Following an instance live: its history as it grows, each thing that matters to a person as a line."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from engine import HistoryEntry, InstanceView

from ..client import Client
from ..client.records import microseconds
from .children import DemoFailed
from .stage import Stage

GLANCE_SECONDS = 0.05
LONGEST_SECONDS = 20.0
ALIVE = ("running", "waiting")

Told = tuple[str, str, str]
"""Mark, text, style."""


class Follower:
    """Reads an instance's history from where it last stopped. quiet: prints nothing."""

    def __init__(self, stage: Stage, client: Client, instance_id: str, *, quiet: bool = False) -> None:
        self.history: list[HistoryEntry] = []
        self._stage = stage
        self._client = client
        self._id = instance_id
        self._quiet = quiet

    def to_the_end(self) -> InstanceView:
        """Print what happens until the instance is over, and return it."""
        return self._follow(lambda _entry: False)

    def until(self, event: str, times: int = 1) -> InstanceView:
        """Print what happens until the event was seen that often, or the instance is over; return the instance."""
        count: int = sum(entry.event == event for entry in self.history)

        def reached(entry: HistoryEntry) -> bool:
            nonlocal count
            count += int(entry.event == event)
            return count >= times

        return self._follow(reached)

    def _follow(self, reached: Callable[[HistoryEntry], bool]) -> InstanceView:
        deadline = self._stage.seconds + LONGEST_SECONDS
        while True:
            instance = self._client.instances.wait(self._id, GLANCE_SECONDS, goal="rest").instance
            news = self._news()
            for entry in news:
                self._tell(entry)
            if sum(reached(entry) for entry in news) or instance.status not in ALIVE:
                return instance
            if self._stage.seconds > deadline:
                found = f"{instance.status} at {', '.join(each.element_id for each in instance.active)}"
                raise DemoFailed(
                    f"Expected {instance.business_key} to move on within {LONGEST_SECONDS:g} s but it is {found}"
                )

    def _news(self) -> list[HistoryEntry]:
        seen = self.history[-1].seq if self.history else 0
        news = list(self._client.instances.history(self._id, after=seen))
        self.history += news
        return news

    def _tell(self, entry: HistoryEntry) -> None:
        teller = _TELLERS.get(entry.event)
        if teller is not None and not self._quiet:
            self._stage.line(*teller(entry))


def seconds_until(entry: HistoryEntry) -> float:
    """How long after a failed attempt the next one is due."""
    return (microseconds(entry.data["available_at"]) - entry.at) / 1_000_000


def _name(entry: HistoryEntry) -> str:
    return str(entry.element_name or entry.element_id)


def _asked(entry: HistoryEntry) -> Told:
    inputs = entry.data["inputs"]
    return "→", f"{_name(entry)}: {inputs.get('method', 'GET')} {inputs.get('url', '')}", "dim"


def _answered(entry: HistoryEntry) -> Told:
    response: dict[str, Any] = entry.data.get("variables", {}).get("response", {})
    return "✓", f"{_name(entry)}: {response.get('status', '')} {json.dumps(response.get('body'))}", "green"


def _failed(entry: HistoryEntry) -> Told:
    left = entry.data.get("retries", 0)
    after = f"again in {seconds_until(entry):.2f} s" if left else "no attempt left"
    return "✗", f"{_name(entry)}: {entry.data['message']} ({after})", "yellow"


def _error(entry: HistoryEntry) -> Told:
    return "✗", f"{_name(entry)}: BPMN error {entry.data['code']}", "red"


def _undo(entry: HistoryEntry) -> Told:
    return "↶", f"{_name(entry)}: what completed last is undone first", "magenta"


def _incident(entry: HistoryEntry) -> Told:
    return "!", f"{_name(entry)} is stuck: {entry.data['message']}", "bold red"


def _person(entry: HistoryEntry) -> Told:
    return "☺", f"{_name(entry)} waits for a person", "cyan"


def _timer(entry: HistoryEntry) -> Told:
    return "◷", f"{_name(entry)}: its time has come", "cyan"


def _sent(entry: HistoryEntry) -> Told:
    return "✉", f"{_name(entry)}: sends {entry.data['name']}", "cyan"


_TELLERS: dict[str, Callable[[HistoryEntry], Told]] = {
    "job-created": _asked,
    "job-completed": _answered,
    "job-failed": _failed,
    "job-error-thrown": _error,
    "compensation-triggered": _undo,
    "user-task-created": _person,
    "timer-fired": _timer,
    "message-thrown": _sent,
    "incident-raised": _incident,
}
