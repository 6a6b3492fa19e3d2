"""What the reader makes of Camunda's lists, maps and scripts in parameters evaluates to what was drawn."""

# ruff: noqa: E501 - a row of a table of diagrams reads best on one line

from __future__ import annotations

import pytest

from engine.bpmn import Document, read
from engine.expressions import compile_expression
from tests.support.diagrams import process

VARIABLES = {"name": "Ada", "amount": 5, "empty": None, "tags": ["a"]}

DRAWN = {
    "<camunda:list/>": [],
    "<camunda:map/>": {},
    "<camunda:list><camunda:value>a</camunda:value><camunda:value>${amount + 1}</camunda:value></camunda:list>": ["a", 6],
    '<camunda:map><camunda:entry key="n">${name}</camunda:entry><camunda:entry key="t">x</camunda:entry></camunda:map>': {
        "n": "Ada", "t": "x",
    },
    '<camunda:map><camunda:entry key="l"><camunda:list><camunda:value>1</camunda:value></camunda:list></camunda:entry>'
    "</camunda:map>": {"l": ["1"]},
    '<camunda:list><camunda:map><camunda:entry key="a">b</camunda:entry></camunda:map></camunda:list>': [{"a": "b"}],
    "<camunda:list><camunda:list/><camunda:map/></camunda:list>": [[], {}],
    "<camunda:list><camunda:value/></camunda:list>": [""],
    "<camunda:list><camunda:value>it's \\ \"so\"</camunda:value></camunda:list>": ["it's \\ \"so\""],
    "<camunda:list><camunda:value>Dear ${name}, ${amount}!</camunda:value></camunda:list>": ["Dear Ada, 5!"],
    "<camunda:list><camunda:value>${{'k': name}}</camunda:value></camunda:list>": [{"k": "Ada"}],
    "<camunda:list><camunda:value>#{tags}</camunda:value></camunda:list>": [["a"]],
    "<camunda:list><camunda:value>${'}'}</camunda:value></camunda:list>": ["}"],
    "<camunda:map><camunda:entry key=\"it's \\ {\">1</camunda:entry></camunda:map>": {"it's \\ {": "1"},
    "<camunda:list><camunda:value>a\nb</camunda:value></camunda:list>": ["a\nb"],
    '<camunda:script scriptFormat="python">{"total": amount * 2, "to": name}</camunda:script>': {"total": 10, "to": "Ada"},
    '<camunda:script scriptFormat="python">\n  [tag\n   for tag in tags]\n</camunda:script>': ["a"],
    '<camunda:script scriptFormat="juel">${amount}</camunda:script>': 5,
    "${{'k': [name, amount]}}": {"k": ["Ada", 5]},
    "${['a', {'b': amount}]}": ["a", {"b": 5}],
    "plain text": "plain text",
}  # fmt: skip


def parameter(inside: str, kind: str = "inputParameter") -> Document:
    box = f'<camunda:inputOutput><camunda:{kind} name="x">{inside}</camunda:{kind}></camunda:inputOutput>'
    diagram = process(dialect="camunda").start().service("s", "work", inputs={"y": "1"}).end()
    return read(diagram.raw("<camunda:inputOutput>", box + "<camunda:inputOutput>").xml())


@pytest.mark.parametrize("kind", ["inputParameter", "outputParameter"])
@pytest.mark.parametrize("inside", DRAWN)
def test_a_parameter_evaluates_to_what_was_drawn(inside, kind):
    # Given a service task with such a parameter
    document = parameter(inside, kind)
    # When it is read, then nothing is wrong with it,
    assert [problem.sentence for problem in document.problems if problem.severity == "error"] == []
    extensions = document.processes[0].process.nodes["s"].view.extensions
    mapping = extensions.inputs if kind == "inputParameter" else extensions.outputs
    value = next(one.expression for one in mapping if one.target == "x")
    # and what came of it is what was drawn
    assert compile_expression(value.source, value.syntax).evaluate(VARIABLES) == DRAWN[inside]


@pytest.mark.parametrize(
    "inside, said",
    [
        ('<camunda:script scriptFormat="groovy">1</camunda:script>', "groovy"),
        ('<camunda:script scriptFormat="python">x = 1</camunda:script>', "script task"),
        ('<camunda:script scriptFormat="python" resource="x.py"/>', "resource"),
        ("<camunda:list><camunda:value>${name</camunda:value></camunda:list>", "closing brace"),
        ("<camunda:list><camunda:entry2/></camunda:list>", "entry2"),
        ("<camunda:set/>", "set"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_with_advice(inside, said):
    errors = [problem for problem in parameter(inside).problems if problem.severity == "error"]
    assert errors
    assert any(said in f"{problem.sentence} {problem.hint}" for problem in errors), errors
