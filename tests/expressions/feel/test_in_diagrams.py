"""FEEL in diagrams: conditions, mappings and scripts of Camunda 8 diagrams, and of others that ask for it."""

from __future__ import annotations

import pytest

from engine.expressions import EvaluationFailed, SyntaxRefused, compile_expression, compile_script

from ...support.diagrams import process
from ...support.instances import Instance


def forked(condition: str) -> bytes:
    return (
        process("p", dialect="zeebe").start().exclusive("g").when(condition).task("yes").end()
        .at("g").otherwise().task("no").end("e2").xml()
    )  # fmt: skip


@pytest.mark.parametrize(
    "condition, path",
    [
        ("= total > 100", "yes"),
        ("=total > 1000", "no"),
        ('customer.tier in ("gold", "vip") and total >= 150', "yes"),
        ("=count(lines[price > 10]) = 2", "yes"),
        ('=date(due) < date("2026-02-01")', "yes"),
        ("=`order-id` = 7", "yes"),
        ("=not(is defined(nothing))", "yes"),
    ],
)
def test_a_condition_chooses_the_flow(condition, path):
    instance = Instance(
        forked(condition),
        total=150,
        customer={"tier": "gold"},
        lines=[{"price": 5}, {"price": 11}, {"price": 12.5}],
        due="2026-01-31",
        **{"order-id": 7},
    )
    assert instance.path[:3] == ["start", "g", path]


def test_a_condition_that_is_null_is_an_incident_with_the_reasons_and_can_be_mended():
    # Given a condition over a variable that is misspelt
    instance = Instance(forked("= totl > 100"), total=150)
    message = instance.incident("g").message
    # Then it did not take the default flow, and says why
    assert "null" in message
    assert "Expected a variable 'totl' but there is none (line 1, column" in message
    # And it goes on when the variable is there
    assert instance.resolve("g", variables={"totl": 200}).path == ["start", "g", "yes", "end"]


def test_a_condition_that_is_no_boolean_is_an_incident():
    assert "Expected true or false" in Instance(forked("= 1 + 1")).incident("g").message


def test_mappings_convert_both_ways():
    inputs = {"amount": "= order.total * 1.1", "due": '= date("2026-01-31") + duration("P1M")', "text": "as it is"}
    outputs = {"receipt": "= {id: id, third: 1 / 3, whole: 6 / 2}"}
    diagram = process("p", dialect="zeebe").start().service("s", "charge", inputs=inputs, outputs=outputs).end()
    instance = Instance(diagram.xml(), order={"total": 0.1})
    created = next(event for event in instance.history if type(event).__name__ == "JobCreated")
    assert created.inputs == {"amount": 0.11, "due": "2026-02-28", "text": "as it is"}
    instance.complete("s", id="r-1")
    assert instance.variables["receipt"] == {"id": "r-1", "third": 0.3333333333333333, "whole": 3}


def test_a_mapping_may_be_null():
    diagram = process("p", dialect="zeebe").start().service("s", "charge", inputs={"a": "= nobody.knows"}).end()
    created = next(event for event in Instance(diagram.xml()).history if type(event).__name__ == "JobCreated")
    assert created.inputs == {"a": None}


def test_the_expression_of_a_camunda_8_script_task_gives_its_result_variable():
    script = '<zeebe:script expression="= sum(lines.price)" resultVariable="total"/>'
    diagram = process("p", dialect="zeebe").start().script("s", "x").user("u").end()
    xml = diagram.raw('scriptFormat="python"', "").raw("<bpmn:script>x</bpmn:script>", "").xml().decode()
    opening = xml.index("<bpmn:scriptTask")
    at = xml.index(">", opening) + 1
    xml = f"{xml[:at]}<bpmn:extensionElements>{script}</bpmn:extensionElements>{xml[at:]}"
    assert Instance(xml.encode(), lines=[{"price": 2}, {"price": 0.5}]).variables["total"] == 2.5


def test_a_script_in_feel_is_a_context_whose_entries_are_variables():
    source = '{net: price * amount, gross: net * 1.19, note: "for " + name}'
    diagram = process("p").start().script("s", source, language="feel").end()
    written = Instance(diagram.xml(), price=2.5, amount=4, name="Ada").variables
    assert written["net"] == 10
    assert written["gross"] == 11.9
    assert written["note"] == "for Ada"


def test_a_script_throws_a_bpmn_error_that_a_boundary_event_catches():
    source = '{total: if price > 9 then bpmn_error("TOO_MUCH", "more than " + string(9)) else price}'
    diagram = (
        process("p").start().script("s", source, language="feel").end().error_boundary("b", on="s", code="TOO_MUCH")
    )
    assert Instance(diagram.end("caught").xml(), price=10).path == ["start", "b", "caught"]
    assert Instance(diagram.xml(), price=5).variables["total"] == 5


def test_the_variables_a_script_reads_and_writes_are_known():
    script = compile_script("{a: x, b: a + y}", "feel")
    assert script.reads == {"x", "y"}
    assert script.writes == {"a", "b"}
    assert list(script.run({"x": 1, "y": 2})) == ["a", "b"]


def test_a_script_that_is_no_context_is_refused_or_fails():
    with pytest.raises(SyntaxRefused, match="Expected a context"):
        compile_script("1 + 1", "feel")
    with pytest.raises(EvaluationFailed, match="'a' is there twice"):
        compile_script("{a: 1, a: 2}", "feel").run({})


def test_the_text_may_begin_with_the_mark_of_camunda_and_keeps_its_positions():
    assert compile_expression("= 1 + 1", "feel").evaluate({}) == 2
    with pytest.raises(SyntaxRefused) as refused:
        compile_expression("\n = 1 +", "feel")
    assert (refused.value.line, refused.value.column) == (2, 7)


@pytest.mark.parametrize("text", ["", " ", "=", " = "])
def test_an_empty_text_is_refused(text):
    with pytest.raises(SyntaxRefused):
        compile_expression(text, "feel")
