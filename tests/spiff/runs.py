"""Crosschecks for tests: SpiffWorkflow runs in this very process, since the diagrams are our own and many."""

from __future__ import annotations

from typing import Any

from engine.spiff import Crosscheck, crosscheck
from engine.spiff.spiff_run import run_in_spiffworkflow
from tests.support.diagrams import Diagram, process


def checked(diagram: Diagram | bytes, **given: Any) -> Crosscheck:
    """The crosscheck of a drawing or of a document's bytes."""
    document = diagram.xml() if isinstance(diagram, Diagram) else diagram
    return crosscheck(document, run=lambda request, _seconds: run_in_spiffworkflow(request), **given)


def fork(*branches: str) -> Diagram:
    """A parallel gateway "fork" with one task per name, all leading to the parallel join "join"."""
    diagram = process().start().parallel("fork")
    for branch in branches:
        diagram.at("fork").task(branch)
        _ = diagram.parallel("join") if branch == branches[0] else diagram.to("join")
    return diagram.at("join")


def counted_loop(turns: int) -> Diagram:
    """A loop of an exclusive gateway that counts to `turns`."""
    return (
        process().start().script("zero", "n = 0").exclusive("head").script("count", "n = n + 1").exclusive("again")
        .when(f"n < {turns}").to("head").otherwise().end()
    )  # fmt: skip
