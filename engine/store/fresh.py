"""A new instance as readers see it, from the very rows of the commit that stored it: nothing has to be read back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ..core.state import ROOT
from . import tables as t
from .changes import Changes
from .paging import MAX_PAGE
from .rows import InstanceRow
from .views import ActiveElement, InstanceView
from .whole import Parts, waiting_tokens, whole

END_EVENT = str(t.END_EVENT.name).strip("'")


class Fresh(NamedTuple):
    """What a commit says about an instance that it made; to be taken before the writer goes on, shown at any time."""

    row: InstanceRow
    changes: Changes
    tokens: list[ActiveElement]

    def view(self, version: int, name: str) -> InstanceView:
        """The instance with all its parts but variables. version, name: of its definition."""
        changes, row = self.changes, self.row
        ended = row.ended_at is not None
        waits: dict[str, list[Any]] = {
            t.job.name: _open(changes.jobs.values()),
            t.user_task.name: _open(changes.tasks.values()),
            t.timer.name: _first(changes.timers.values()),
            t.subscription.name: _first(changes.subscriptions.values()),
        }
        alive = _open(changes.activities.values())
        parts = Parts(self._reached(), _open(changes.incidents.values()), alive, waits, self.tokens)
        return whole(row, version, name, Parts(parts.reached) if ended else parts)

    def _reached(self) -> list[Any]:
        rows = [row for row in self.changes.activities.values() if row.outcome == "completed"]
        ends = [row for row in rows if row.element_type == END_EVENT and row.scope == ROOT]
        return sorted(ends, key=lambda row: row.end_seq or 0)[:MAX_PAGE]


def fresh(changes: Changes) -> Fresh | None:
    """What the commit says about the instance, None unless it made it, and nothing that it called."""
    if changes.new is None or changes.called.began:
        return None
    return Fresh(changes.new, changes, waiting_tokens(changes.state) if changes.new.ended_at is None else [])


def _open(rows: Iterable[Any]) -> list[Any]:
    return _first(row for row in rows if row.ended_at is None)


def _first(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: int(row.key))[:MAX_PAGE]
