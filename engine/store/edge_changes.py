"""What the events of the edge do to the rows that readers see."""

from __future__ import annotations

from ..core import events as e
from .changes import Changes
from .rows import json_text


def response_given(changes: Changes, event: e.ResponseGiven) -> None:
    """The row of the response: what whoever waits for it is answered, now or later."""
    body = json_text(event.body) if event.with_body else None
    row = (changes.root, event.activity, event.status, json_text(event.headers), body, changes.at)
    changes.responses.append(row)
