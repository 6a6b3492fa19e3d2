"""`baton crosscheck` prints both runs and where they part, and its exit code says which it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from tests.support.diagrams import Diagram, process

from .known_differences import lost_write
from .runs import counted_loop

APPROVAL = Path(__file__).resolve().parents[2] / "processes" / "approval" / "approval.bpmn"
REQUEST = '{"category": "books", "amount": 80, "requested_by": "ada"}'


@pytest.fixture
def baton(tmp_path: Path):
    """Run `baton crosscheck` on a drawing or a file with these words."""

    def call(drawing: Diagram | Path, *words: str) -> Result:
        path = drawing if isinstance(drawing, Path) else tmp_path / "p.bpmn"
        if isinstance(drawing, Diagram):
            path.write_bytes(drawing.xml())
        return CliRunner().invoke(main, ["crosscheck", str(path), *words])

    return call


def rows(result: Result) -> list[list[str]]:
    return [line.split() for line in result.stdout.splitlines()]


def test_the_same_is_exit_code_0(baton):
    result = baton(APPROVAL, "--variables", REQUEST)
    assert result.exit_code == 0, result.output
    assert ["note-grant", "note-grant"] in rows(result)
    assert 'SpiffWorkflow: completed with {"amount": 80' in result.stdout
    assert result.stdout.splitlines()[-1] == "Both engines did the same."


def test_a_difference_is_exit_code_1_and_is_explained(baton):
    result = baton(lost_write())
    assert result.exit_code == 1, result.output
    assert 'First difference: At the end a is "new" in Baton but is "old" in SpiffWorkflow.' in result.stdout
    assert "This is the known difference data-between-branches (BPMN 2.0.2, 10.4.1)." in result.stdout


def test_only_the_rows_around_the_difference_are_printed(baton):
    # Given a run that parts after some thousand elements
    result = baton(counted_loop(1_000))
    # Then the row where it parts is marked, and what is left out is counted
    assert [">", "again", "-"] in rows(result)
    assert ["...", "980", "more"] in rows(result)
    assert len(rows(result)) < 50


def test_a_diagram_that_one_engine_refuses_is_exit_code_2(baton):
    result = baton(process().start().task("a").end("e1").at("a").end("e2"))
    assert result.exit_code == 2, result.output
    assert "Not comparable: SpiffWorkflow does not take the diagram" in result.stdout
    assert "Baton (completed): start, a, e1, e2" in result.stdout
    assert "activity-splits" in result.stdout


def test_answers_come_from_a_file(baton, tmp_path):
    answers = tmp_path / "answers.json"
    answers.write_text('{"work": {"variables": {"x": 1}}}')
    drawing = process().start().service("work", "t").end()
    result = baton(drawing, "--var", "y=2", "--answers", str(answers), "--json")
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert said["verdict"] == "same"
    assert said["spiffworkflow"]["variables"] == {"x": 1, "y": 2}
    assert [visit["element"] for visit in said["baton"]["visits"]] == ["start", "work", "end"]


@pytest.mark.parametrize("text", ["[]", "{", '{"a": 1, "a": 2}'])
def test_answers_have_to_be_an_object(baton, tmp_path, text):
    answers = tmp_path / "answers.json"
    answers.write_text(text)
    result = baton(APPROVAL, "--answers", str(answers))
    assert result.exit_code == 2
    assert "Invalid value for --answers" in result.stderr
