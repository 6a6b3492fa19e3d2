"""What holds for every test: a test that claims to prove an element executed it; what tests start ends with them."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from .support.proofs import EXECUTED, executed_rows


@pytest.fixture(autouse=True)
def proven(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that is marked as the proof of a row of the standard's table and did not execute it."""
    marks = list(request.node.iter_markers("proves"))
    if not marks:
        yield
        return
    with executed_rows(monkeypatch) as found:
        yield
    case = getattr(request.node, "callspec", None)
    values = {} if case is None else {name: str(value) for name, value in case.params.items()}
    claimed = {row.format(**values) for mark in marks for row in mark.args} & EXECUTED
    assert claimed <= found, f"{sorted(claimed - found)} were claimed but not executed"


def pytest_sessionfinish() -> None:
    """Stop the database server if a test has asked for it."""
    postgres = sys.modules.get("tests.support.postgres")
    if postgres is not None:
        postgres.stop()
