"""The interchange working group's reference diagrams and public examples are read, and every finding is a good one."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.bpmn import read

MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"
FILES = sorted(MODELS.rglob("*.bpmn"))

if not FILES:
    pytest.skip("the reference models are not beside this checkout", allow_module_level=True)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_reference_model_is_read_with_lines_and_sentences(file):
    document = read(file.read_bytes(), file.name)
    assert document.processes
    lines = file.read_bytes().count(b"\n") + 1
    for problem in document.problems:
        assert 1 <= problem.line <= lines, problem
        assert 10 < len(problem.sentence) < 300, problem
    sorted_by_line = sorted(document.problems, key=lambda one: one.line)
    assert [one.line for one in document.problems] == [one.line for one in sorted_by_line]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_reference_model_has_no_mistake_in_its_drawing(file):
    # Given a diagram that its makers consider correct
    document = read(file.read_bytes(), file.name)
    # Then what is found is only what Baton does not execute or what is missing for execution
    assert {one.rule for one in document.problems} <= {
        "bad-extension", "condition-without-choice", "expression", "foreign-extensions", "ignored", "ignored-extension",
        "loop",
        "missing-condition", "missing-job-type", "missing-message", "missing-signal", "no-effect", "no-start",
        "not-executed", "syntax-not-available", "timer",
        "unknown-language", "unsupported-element", "unsupported-extension",
    }  # fmt: skip


def test_some_reference_models_can_be_deployed_as_they_are():
    deployable = {file.name for file in FILES if read(file.read_bytes()).ok}
    assert {"A.1.0.bpmn", "A.2.0.bpmn", "A.3.0.bpmn", "B.2.0.bpmn", "invoiceApproval.bpmn"} <= deployable
