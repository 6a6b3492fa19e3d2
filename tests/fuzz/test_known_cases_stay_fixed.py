"""What fuzzing once found stays found: every kept case keeps every promise now."""

from __future__ import annotations

import pytest

from .findings import TARGETS, known

CASES = known()


@pytest.mark.parametrize("target, file", CASES, ids=[f"{target}-{file.stem}" for target, file in CASES])
def test_a_kept_case_keeps_every_promise(target, file):
    TARGETS[target].check(file.read_bytes())


def test_every_folder_of_cases_belongs_to_a_target():
    assert {target for target, _ in CASES} <= set(TARGETS)
