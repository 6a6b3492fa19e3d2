"""The scenario runner: each expectation can fail, each mistake in a file is named with its line."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from api.scenarios import run_file, run_scenarios
from api.scenarios.lines import ScenarioProblem, load

APPROVAL = Path(__file__).resolve().parents[2] / "processes" / "approval" / "approval.bpmn"
SAGA = APPROVAL.parents[1] / "order-saga" / "order-saga.bpmn"
SMALL = "start: {variables: {category: books, amount: 80, requested_by: ada}}"
LARGE = "start: {variables: {category: books, amount: 800, requested_by: ada}}"
ORDER = (
    "start: {variables: {order_id: o, item: i, quantity: 1, amount: 8, address: {},"
    ' services: {payment: "http://p", inventory: "http://i", shipping: "http://s"}}}'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for diagram in (APPROVAL, SAGA):
        (tmp_path / diagram.name).write_bytes(diagram.read_bytes())
    return tmp_path


def write(folder: Path, *lines: str, process: str = "approval.bpmn") -> Path:
    path = folder / "scenario.yaml"
    body = "\n".join(f"    {line}" for line in lines)
    path.write_text(f"processes: [{process}]\nscenarios:\n  - name: it\n{body}\n", encoding="utf-8")
    return path


def failures(path: Path) -> list[tuple[int | None, str]]:
    report = run_file(path)
    assert report.problems == []
    return [(failure.line, failure.sentence) for result in report.results for failure in result.failures]


def test_a_true_story_passes(folder: Path) -> None:
    path = write(folder, SMALL, "expect: {status: completed, variables: {decision: granted}}")
    assert failures(path) == []


@pytest.mark.parametrize(
    "expect,sentence",
    [
        ("status: waiting", 'Expected status "waiting" but got "completed"'),
        ("outcome: terminated", 'Expected outcome "terminated" but got ""'),
        ("error_code: X", 'Expected error_code "X" but got null'),
        ("variables: {decision: refused}", 'Expected the variable "decision" to be "refused" but it is "granted"'),
        ("variables: {limit: true}", 'Expected the variable "limit" to be true but it is 100'),
        ("variables: {nothing: 1}", 'Expected a variable "nothing" but there is none'),
        ("path: [request-received, grantable]", 'Expected path[1] to be "grantable" but it is "look-up-limit"'),
        ("path_includes: [note-grant, look-up-limit]", 'Expected "look-up-limit" on the path after "note-grant"'),
        ("jobs: [x]", 'Expected jobs[0] to be "x" but it is nothing more'),
        ("incidents: [x]", 'Expected incidents[0] to be "x" but it is nothing more'),
        ("reached: []", 'Expected reached[0] to be nothing more but it is "request-granted"'),
    ],
)
def test_each_expectation_can_fail_and_names_its_line(folder: Path, expect: str, sentence: str) -> None:
    found = failures(write(folder, SMALL, "expect:", f"  {expect}"))
    assert [line for line, _ in found] == [6]
    assert found[0][1].startswith(sentence)


@pytest.mark.parametrize(
    "lines,line,fragment",
    [
        (("expects: {}",), 4, 'a key that scenario files know but got "expects"'),
        (("expect: {stauts: x}",), 4, '"stauts"'),
        (("expect: {status: done}",), 4, "done"),
        (("expect: {}", "answers:", "  x:", "    - complete: {}", "      fail: {}"), None, "exactly one of"),
        (("expect: {}", "steps: [{by: ada}]"), 5, "exactly one of"),
        (("expect: {}", "expect: {}"), 5, "each key once"),
        (("expect: [",), None, "Expected YAML but"),
        (("description: no expectation",), 3, "expect"),
    ],
)
def test_mistakes_in_the_file_are_named(folder: Path, lines: tuple[str, ...], line: int | None, fragment: str) -> None:
    [problem] = run_file(write(folder, *lines)).problems
    assert fragment in problem.sentence
    assert line is None or problem.line == line


def test_a_diagram_that_is_not_there_is_named(folder: Path) -> None:
    [problem] = run_file(write(folder, "expect: {}", process="absent.bpmn")).problems
    assert (problem.line, "absent.bpmn" in problem.sentence) == (1, True)


def test_a_refused_diagram_tells_why(folder: Path) -> None:
    (folder / "approval.bpmn").write_text("<not-bpmn/>", encoding="utf-8")
    problems = run_file(write(folder, SMALL, "expect: {}")).problems
    assert problems
    assert all(problem.sentence.startswith("approval.bpmn: ") for problem in problems)


def test_a_task_that_is_not_open_is_named_with_what_is(folder: Path) -> None:
    path = write(folder, LARGE, "steps: [complete_task: approve]", "expect: {}")
    [(line, sentence)] = failures(path)
    assert (line, sentence) == (5, 'Expected an open user task at "approve" but found review-request')


def test_answers_that_nobody_asks_for_are_a_failure(folder: Path) -> None:
    path = write(folder, SMALL, "answers:", "  ghost: [complete: {}]", "expect: {status: completed}")
    [(line, sentence)] = failures(path)
    assert (line, sentence) == (6, 'Expected every answer of "ghost" to be asked for but some were not')


def test_a_call_too_many_is_a_failure(folder: Path) -> None:
    answers = ("answers:", "  charge-payment: [fail: {message: busy}]")
    [(_, sentence)] = failures(write(folder, ORDER, *answers, "expect: {}", process="order-saga.bpmn"))
    assert sentence == 'Expected no more calls of "charge-payment" but attempt 2 has no answer'


def test_a_job_without_an_answer_is_named_when_something_is_wrong(folder: Path) -> None:
    found = failures(write(folder, ORDER, "expect: {status: completed}", process="order-saga.bpmn"))
    assert found[0][1] == 'Expected status "completed" but got "running"'
    assert found[1][1] == "These jobs needed an answer but the scenario has none: charge-payment"


def test_a_manual_clock_moves_in_steps_only(folder: Path) -> None:
    answers = ("answers:", "  charge-payment:", "    - fail: {message: busy}", "      times: 2")
    still = write(folder, "clock: manual", ORDER, *answers[:-1], "expect: {jobs: [charge-payment]}", process=SAGA.name)
    assert failures(still) == []
    moved = write(
        folder,
        "clock: manual",
        ORDER,
        *answers,
        "steps: [advance: PT1M]",
        "expect: {jobs: [charge-payment, charge-payment]}",
        process=SAGA.name,
    )
    assert failures(moved) == []


def test_coverage_names_what_was_never_reached(folder: Path) -> None:
    [coverage] = run_file(write(folder, SMALL, "expect: {}")).coverage
    assert set(coverage.nodes.missing) == {"review-request", "approved-by-person", "note-refusal", "request-refused"}
    assert "person-approved" in coverage.flows.missing
    assert (coverage.nodes.total, coverage.flows.total) == (10, 10)


def test_exit_codes_and_the_report_for_programs(folder: Path) -> None:
    out = io.StringIO()
    write(folder, SMALL, "expect: {status: waiting}")
    assert run_scenarios([folder], as_json=True, console=Console(file=out, width=200)) == 1
    report = json.loads(out.getvalue())
    assert (report["ok"], report["passed"], report["failed"]) == (False, 0, 1)
    assert report["files"][0]["scenarios"][0]["failures"][0]["line"] == 5
    write(folder, SMALL, "expect: {status: completed}")
    assert run_scenarios([folder], console=Console(file=out)) == 0
    assert run_scenarios([folder / "nothing-here"], console=Console(file=out)) == 1
    (folder / "empty").mkdir()
    assert run_scenarios([folder / "empty"], console=Console(file=out)) == 2


def test_yaml_traps_are_closed() -> None:
    value, _ = load("{no: no, yes: yes, on: on, day: 2026-01-01, true: true, octal: 010}")
    assert value == {"no": "no", "yes": "yes", "on": "on", "day": "2026-01-01", "true": True, "octal": 8}


@pytest.mark.parametrize(
    "text", ["a: &a [*a]", "[" * 100 + "]" * 100, "a: !!python/object:os.system {}", "? [a]\n: b", "", "x" * 1_000_001]
)
def test_hostile_yaml_is_a_problem_not_an_exception(text: str) -> None:
    with pytest.raises(ScenarioProblem):
        load(text)


def test_an_alias_bomb_is_a_problem() -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(ScenarioProblem, match="values"):
        load("\n".join(["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]", *levels]))
