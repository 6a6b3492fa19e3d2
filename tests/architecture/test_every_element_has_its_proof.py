"""Every row of the standard's table is proved by a test, every proof names a row, and the registry agrees with both."""

from __future__ import annotations

import pytest

from engine.core.elements import ELEMENTS
from tools.standard_rows import ROWS, proofs

POSITIONS = {
    "startEvent": ("start", "event sub-process start", "event sub-process start non-interrupting"),
    "intermediateCatchEvent": ("catch",),
    "intermediateThrowEvent": ("throw",),
    "boundaryEvent": ("boundary", "boundary non-interrupting"),
    "endEvent": ("end",),
}


def test_every_row_has_a_proof() -> None:
    assert [row.key for row in ROWS if row.key not in proofs()] == []


def test_every_proof_names_a_row() -> None:
    assert sorted(proofs().keys() - {row.key for row in ROWS}) == []


@pytest.mark.parametrize("element_type", ELEMENTS)
def test_what_is_executed_is_in_the_table(element_type: str) -> None:
    rows = {row.key for row in ROWS if not row.refused}
    kind, _, trigger = element_type.partition(":")
    if kind in POSITIONS:
        assert rows & {f"{position}:{trigger}" for position in POSITIONS[kind]}
    else:
        assert any(kind in row.split() for row in rows)


def test_what_the_table_calls_executed_is() -> None:
    kinds = {element_type.partition(":")[0] for element_type in ELEMENTS}
    named = {row.key.split()[0] for row in ROWS if row.group in ("Activities", "Gateways") and not row.refused}
    assert named - {"event", "mixed"} <= kinds
    triggers = {f"{position}:{type_.partition(':')[2]}" for type_ in ELEMENTS for position in _positions(type_)}
    events = {row.key for row in ROWS if ":" in row.key}
    assert {event.replace("parallelMultiple", "multiple") for event in events} <= triggers


def _positions(element_type: str) -> tuple[str, ...]:
    return POSITIONS.get(element_type.partition(":")[0], ())
