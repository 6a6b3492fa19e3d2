"""What messages and signals that an instance throws do to the rows: they wait until they are handed on or published."""

from __future__ import annotations

from typing import Any

from ..core import events as e
from .publications import publication_row
from .rows import OutboxRow, json_text


def message_thrown(changes: Any, event: e.MessageThrown) -> None:
    """A message for the bus is published; any other is handed on to who waits for it."""
    bus, thrown = event.bus, (event.name, event.correlation, event.variables)
    if bus is None or not bus.topic:
        _hand_on(changes, event.key, "message", thrown, bus)
        return
    row = publication_row(changes.root, event.key, *thrown, bus, changes.at)
    row.trace = changes.state.trace or None
    changes.publications.append(row)


def signal_thrown(changes: Any, event: e.SignalThrown) -> None:
    """A signal is broadcast."""
    _hand_on(changes, event.key, "signal", (event.name, "", event.variables), None)


def _hand_on(changes: Any, key: int, topic: str, thrown: tuple[str, str, dict[str, Any]], bus: e.ToBus | None) -> None:
    state, (name, correlation, variables) = changes.state, thrown
    said: dict[str, Any] = {"name": name, "correlation": correlation, "variables": variables}
    said |= {"business_key": state.business_key, "trace": state.trace or None}
    payload = json_text(said if bus is None else {**said, "bus": bus})
    row = (changes.root, key, topic, json_text([topic, name, correlation]), payload, 0, changes.at, changes.at)
    changes.outgoing.append(OutboxRow(*row))
