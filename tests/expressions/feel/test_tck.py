"""The compatibility kit's cases about FEEL pass, each but for those that are listed with their clause."""

from __future__ import annotations

import pytest

from .tck import folders, run

if not folders():
    pytest.skip("the DMN compatibility kit is not beside this checkout", allow_module_level=True)

CONTRADICTED: dict[str, dict[str, str]] = {
    "0076-feel-external-java": {
        f"{case} {case}": "10.3.2.13.3: a result that cannot be obtained is null; Java is never called"
        for case in (
            "boxed_001", "literal_001", "literal_002", "literal_003", "literal_004", "literal_005", "literal_006",
            "literal_007", "literal_008", "literal_009", "literal_010", "literal_011", "literal_012", "varargs_001",
        )
    },
}  # fmt: skip
"""Cases that fail, by folder and name: the clause that says why."""

OUTSIDE = {
    "a decision table",
    "a decision service",
}
"""What is not part of FEEL."""


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)
def test_the_cases_of_a_folder_pass(folder):
    cases = list(run(folder))
    failed = {case.name: case.reason for case in cases if case.status == "failed"}
    assert failed.keys() == CONTRADICTED.get(folder.name, {}).keys(), failed
    assert {case.reason for case in cases if case.status == "outside"} <= OUTSIDE
    assert cases


def test_most_of_the_kit_is_about_feel():
    # Given all of its folders, then nothing was left out by mistake
    cases = [case for folder in folders() for case in run(folder)]
    assert sum(case.status == "passed" for case in cases) >= 959
    assert sum(case.status == "outside" for case in cases) <= 84
