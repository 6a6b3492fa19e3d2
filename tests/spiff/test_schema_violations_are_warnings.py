"""The OMG's schemas, as SpiffWorkflow ships them, add warnings with lines and refuse nothing."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from engine.spiff import schema_problems
from tests.support.diagrams import process

GOOD = process().start().script("a", "x = 1").end()


def test_a_valid_document_has_no_schema_problems():
    assert schema_problems(GOOD.xml()) == []


def test_a_violation_is_a_warning_with_its_line():
    # Given a task with an attribute that the schema does not know
    diagram = process().start().node("task", "a", {"colour": "red"}).end()
    # When the schema is checked
    (problem,) = schema_problems(diagram.xml())
    # Then it is a warning at that line, in words without namespaces
    assert (problem.severity, problem.rule, problem.line) == ("warning", "schema", diagram.line_of("a"))
    assert "'colour'" in problem.sentence
    assert "{http" not in problem.sentence


def test_only_so_many_violations_are_listed():
    diagram = process().start()
    for number in range(30):
        diagram.node("task", f"t{number}", {"colour": "red"})
    problems = schema_problems(diagram.xml(), at_most=5)
    assert len(problems) == 6
    assert "30" in problems[-1].sentence
    assert [one.line for one in problems[:5]] == [diagram.line_of(f"t{number}") for number in range(5)]


def test_what_is_no_document_has_no_schema_problems():
    for data in (b"", b"hello", b"<!DOCTYPE a><a/>", b"<a>" * 100_000):
        assert schema_problems(data) == []


def test_what_is_not_bpmn_violates_the_schema():
    (problem,) = schema_problems(b"<html/>")
    assert problem.line == 1


def test_threads_do_not_see_the_problems_of_others():
    bad = process().start().node("task", "a", {"colour": "red"}).end().xml()
    with ThreadPoolExecutor(4) as pool:
        counts = [len(found) for found in pool.map(schema_problems, [GOOD.xml(), bad] * 20)]
    assert counts == [0, 1] * 20


def test_spiffworkflow_is_imported_only_when_it_is_used():
    code = (
        "import engine.bpmn, engine.spiff, sys; sys.exit(any(name.startswith('SpiffWorkflow') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
