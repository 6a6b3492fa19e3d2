"""How urgent jobs are: what the diagram says, and what is said later of a job that waits."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..core.events import JobAdjusted
from .changes import Changes

PROPERTY = "job.priority"
"""The property of an element; a deployment refuses one that is no whole number, an older Baton took any text."""
_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,10}\s*")
_MOST = 2**31 - 1


def declared_priority(properties: Mapping[str, str]) -> int | None:
    """The priority that the diagram gives a job, None where it says nothing."""
    text = properties.get(PROPERTY, "")
    return int(text) if _WHOLE.fullmatch(text) and abs(int(text)) <= _MOST else None


def job_adjusted(changes: Changes, event: JobAdjusted) -> None:
    """The job's row says it too; a job that waits goes on waiting, a lease goes on."""
    row, change, retries = changes.jobs.get(event.key), changes.job_changes.get(event.key), event.retries
    if change is not None and retries is not None:
        change.retries, retries = retries, None
    if row is None:
        changes.adjusted.append((retries, event.priority, changes.root, event.key))
        return
    row.retries = row.retries if retries is None else retries
    row.priority = row.priority if event.priority is None else event.priority
