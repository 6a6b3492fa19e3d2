"""The fuzzers repeat themselves, reach what they are for, and find, shrink and keep what breaks a promise."""

from __future__ import annotations

import collections
import json
import subprocess
import sys

import pytest

from engine.bpmn import read
from engine.expressions import ExpressionError, compile_expression, compile_script

from . import diagrams, findings, json_bodies, target, texts
from .target import Target

SEED = "suite"


@pytest.mark.parametrize("name", findings.TARGETS)
def test_some_cases_of_every_target_keep_every_promise(name):
    one = findings.TARGETS[name]
    for number in range(40):
        one.check(one.case(SEED, number))


@pytest.mark.parametrize("name", findings.TARGETS)
def test_a_seed_repeats_its_cases(name):
    one = findings.TARGETS[name]
    cases = [one.case(SEED, number) for number in range(20)]
    assert cases == [one.case(SEED, number) for number in range(20)]
    assert len(set(cases)) > 10
    assert cases != [one.case("other", number) for number in range(20)]


def outcome(compute) -> str:
    try:
        compute()
    except ExpressionError as error:
        return type(error).__name__
    except Exception as error:  # noqa: BLE001 - a thrown BPMN error is an outcome too
        return type(error).__name__
    return "value"


def test_grown_expressions_reach_the_evaluator():
    # Given the outcomes of many grown expressions
    cases = [texts.EXPRESSION_TEXTS.case(SEED, number).decode("utf-8", "surrogatepass") for number in range(300)]
    found = collections.Counter(
        outcome(lambda text=text: compile_expression(text, "python", texts.SMALL).evaluate(texts.VARIABLES))
        for text in cases
    )
    # Then they compile and fail in every way often enough to prove something
    assert found["value"] > 30, found
    assert found["EvaluationFailed"] > 30, found
    assert found["SyntaxRefused"] > 10, found


def test_grown_scripts_and_placeholders_reach_the_evaluator():
    scripts = [texts.SCRIPT_TEXTS.case(SEED, number).decode("utf-8", "surrogatepass") for number in range(200)]
    found = collections.Counter(
        outcome(lambda text=text: compile_script(text, "python", texts.SMALL).run(texts.VARIABLES)) for text in scripts
    )
    assert found["value"] > 10, found
    assert found["EvaluationFailed"] > 20, found
    assert found["LimitExceeded"] >= 1, found
    juel = [texts.JUEL_TEXTS.case(SEED, number).decode("utf-8", "surrogatepass") for number in range(200)]
    found = collections.Counter(
        outcome(lambda text=text: compile_expression(text, "juel", texts.SMALL).evaluate(texts.VARIABLES))
        for text in juel
    )
    assert found["value"] > 20, found
    assert found["EvaluationFailed"] > 20, found


def test_changed_diagrams_are_refused_for_many_reasons_and_some_run():
    documents = [read(diagrams.DIAGRAMS.case(SEED, number)) for number in range(150)]
    assert sum(one.ok for one in documents) > 5
    assert len({problem.rule for one in documents for problem in one.problems}) > 25


def test_requests_in_json_are_often_well_formed():
    def is_json(data: bytes) -> bool:
        try:
            json.loads(data)
        except ValueError:
            return False
        return True

    cases = [json_bodies.JSON_BODIES.case(SEED, number) for number in range(200)]
    assert 40 < sum(map(is_json, cases)) < 160


def broken(case: bytes) -> None:
    assert b"bug" not in case, "a planted bug"


def test_a_finding_is_shrunk_and_kept(tmp_path):
    # Given a target with a bug, and a case that meets it
    planted = Target("planted", lambda chance: b"", broken)
    error = planted.broken(b"xxxxxx bug yyyyyy")
    assert isinstance(error, AssertionError)
    # When it is made smaller and kept
    small = findings.smallest(planted, b"xxxxxx bug yyyyyy", error)
    file = findings.keep(planted, small, tmp_path)
    # Then nothing is left but what it needs, in the target's folder
    assert small == b"bug"
    assert file.read_bytes() == small
    assert file.parent == tmp_path / "planted"


def test_a_found_diagram_is_shrunk_to_the_elements_it_needs():
    # Given a fault that shows with one attribute of one element of a real diagram
    def fault(data: bytes) -> None:
        assert b'attachedToRef="b"' not in data

    planted = Target("planted", diagrams.make, fault, diagrams.smaller)
    case = diagrams.corpus()[0]
    error = planted.broken(case)
    assert error is not None
    # Then hardly more than that attribute is left
    assert len(findings.smallest(planted, case, error)) < 30 < len(case)


def test_a_fault_of_another_line_is_another_fault():
    def fault(data: bytes) -> None:
        if data == b"a":
            raise ValueError(data)
        raise ValueError(data + b"!")

    planted = Target("planted", lambda chance: b"", fault)
    one, other = planted.broken(b"a"), planted.broken(b"b")
    assert one is not None
    assert other is not None
    assert not findings.same_fault(one, other)
    assert findings.same_fault(planted.broken(b"c"), other)
    assert not findings.same_fault(None, other)


def test_a_case_that_takes_too_long_is_a_finding(monkeypatch):
    def endless(case: bytes) -> None:
        while True:
            pass

    monkeypatch.setattr(target, "SECONDS_PER_CASE", 0.05)
    assert isinstance(Target("endless", lambda chance: b"", endless).broken(b""), target.TooSlow)


def test_the_command_tells_its_seed_and_what_it_did():
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz"],
        env={"FUZZ_SECONDS": "1", "FUZZ_SEED": "suite", "PATH": ""},
        check=False, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FUZZ_SEED=suite repeats it" in done.stdout
    assert all(f"{name}: " in done.stdout for name in findings.TARGETS)
