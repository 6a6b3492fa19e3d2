"""What a test executed, by rows of tools.standard_rows: a test that is marked as a proof has to have done it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from engine.core import events as e
from engine.core.elements.executable import Executable
from engine.core.run import Run
from tools.standard_rows import ROWS, rows_of

EXECUTED = {row.key for row in ROWS if not row.refused}


@contextmanager
def executed_rows(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """The keys of the rows that are executed inside, by any engine or interpreter of this process."""
    found: set[str] = set()
    emit = Run.emit

    def noting(run: Run, event: e.Event) -> None:
        emit(run, event)
        if isinstance(event, e.ProcessStarted):
            found.update(_of_process(run.definitions[event.definition]))
        elif isinstance(event, e.ActivityStarted | e.HandlerStarted):
            executable: Executable = run.executable(event.scope)
            node = executable.process.nodes.get(event.element)
            if node is not None:
                found.update(rows_of(executable.process, node))
        elif isinstance(event, e.ProcessCalled):
            kind = run.definitions[event.definition].process.view.kind
            found.add(f"callActivity of a {kind}")

    with monkeypatch.context() as patched:
        patched.setattr(Run, "emit", noting)
        yield found


def _of_process(executable: Executable) -> Iterator[str]:
    process = executable.process
    kinds = {"dataObject": "dataObject", "dataStore": "dataStoreReference", "property": "property"}
    yield from (kinds[one.kind] for one in process.data.values() if one.kind in kinds)
    if any(part.binding is not None for key in process.correlation.values() for part in key.properties):
        yield "correlationSubscription"
    if process.participants:
        yield "participant"
    if process.message_flows:
        yield "messageFlow"
    if any(node.lane for node in process.nodes.values()):
        yield "lane"
