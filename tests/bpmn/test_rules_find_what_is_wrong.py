"""Each wrong diagram gets exactly the findings it deserves: rule, element and line."""

from __future__ import annotations

import pytest

from engine.bpmn import read
from engine.bpmn.rules import all_rules
from tests.support.diagrams import process

from .wrong_data import WRONG_DATA
from .wrong_diagrams import WRONG as WRONG_FLOW
from .wrong_diagrams import line
from .wrong_events import WRONG_EVENTS
from .wrong_experience import WRONG_EXPERIENCE
from .wrong_waiting import WRONG_WAITING

WRONG = WRONG_FLOW | WRONG_DATA | WRONG_EXPERIENCE | WRONG_WAITING | WRONG_EVENTS


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_diagram_gets_exactly_its_findings(name):
    # Given a diagram that is wrong in one way
    make, expected = WRONG[name]
    diagram = make()
    # When it is read
    document = read(diagram.xml())
    # Then exactly that is found, each finding with a line and a sentence
    assert {(one.rule, one.element_id) for one in document.problems} == expected
    for one in document.problems:
        assert one.line, one
        said = one.sentence
        assert said.startswith("Expected ") or " needs " in said or "no effect" in said or "not execute" in said, said
    # And the line is that of the element, or inside it
    for one in document.problems:
        if one.element_id and not one.element_id.endswith("…"):
            assert one.line >= diagram.line_of(one.element_id)


SEVERITIES = {rule.name: rule.severity for rule in all_rules()}


@pytest.mark.parametrize("name", WRONG)
def test_a_document_is_refused_exactly_when_a_finding_is_an_error(name):
    make, expected = WRONG[name]
    document = read(make().xml())
    assert document.ok == all(SEVERITIES[rule] != "error" for rule, _ in expected)
    assert {one.executable is not None for one in document.processes} == {document.ok}


def test_every_structural_rule_has_a_wrong_diagram():
    # Given the rules that are not tested with documents of their own (hostile XML, dialects, the schema)
    elsewhere = {"The document", "Extensions"}
    # tests/hostile builds what is too large for a table, and tests/runtime deploys
    too_large = {"inclusive-paths", "advice-cut"}
    of_deployments = {"connector", "unknown-secret", "duplicate-process", "message-start-taken", "route-taken"}
    # Then every other rule is found in some wrong diagram
    found = {rule for _, expected in WRONG.values() for rule, _ in expected}
    listed = {rule.name for rule in all_rules() if rule.topic not in elsewhere}
    assert listed - too_large - of_deployments <= found


def test_all_problems_are_reported_at_once_by_line():
    # Given a diagram with five mistakes
    diagram = line().node("callActivity", "c").exclusive("g").end("e1").at("g").when("x >").end("e2").task("z")
    # When it is read
    problems = read(diagram.xml()).problems
    # Then all are reported, sorted by line
    assert {one.rule for one in problems} == {
        "called-element", "missing-condition", "expression", "end-with-outgoing",
    }  # fmt: skip
    assert [one.line for one in problems] == sorted(one.line for one in problems)


def test_a_process_that_is_only_drawn_is_never_refused():
    # Given a process with isExecutable="false" that Baton could not execute, and that is drawn wrong
    diagram = process(executable=False).start().node("callActivity", "c").to("start")
    # When it is read
    document = read(diagram.xml())
    # Then it can be deployed to be looked at, but not be started, and the drawing's mistake is a warning
    assert document.ok
    assert document.processes[0].executable is None
    assert [(one.severity, one.rule) for one in document.problems] == [("warning", "start-with-incoming")]


def test_an_error_in_one_process_keeps_the_other_from_running():
    xml = line().end().xml().decode()
    second = (
        '<bpmn:process id="q"><bpmn:startEvent id="s"/><bpmn:callActivity id="c"/></bpmn:process></bpmn:definitions>'
    )
    document = read(xml.replace("</bpmn:definitions>", second).encode())
    assert [one.process.id for one in document.processes] == ["p", "q"]
    assert [one.executable for one in document.processes] == [None, None]
