"""Boxed expressions of models: what declared types make of values (10.3.2.9.4), and parts that are boxed themselves."""

from __future__ import annotations

import datetime

import pytest
from lxml import etree

from .boxed import Model
from .values import written

NOW = datetime.datetime(2026, 1, 31, tzinfo=datetime.UTC)

TYPES = """
<itemDefinition name="tNumbers" isCollection="true"><typeRef>number</typeRef></itemDefinition>
<itemDefinition name="tSize">
  <typeRef>string</typeRef><allowedValues><text>"S", "M"</text></allowedValues>
</itemDefinition>
<itemDefinition name="tSizes" isCollection="true">
  <typeRef>string</typeRef><allowedValues><text>"S", "M"</text></allowedValues>
</itemDefinition>
<itemDefinition name="tPair" isCollection="true">
  <typeRef>number</typeRef><typeConstraint><text>count(?) = 2</text></typeConstraint>
</itemDefinition>
<itemDefinition name="tPositive">
  <typeRef>number</typeRef><allowedValues><text>&gt; 0</text></allowedValues>
</itemDefinition>
<itemDefinition name="tPerson">
  <itemComponent name="name"><typeRef>string</typeRef></itemComponent>
  <itemComponent name="size"><typeRef>tSize</typeRef></itemComponent>
</itemDefinition>
<itemDefinition name="tCount">
  <functionItem outputTypeRef="number"><parameters name="of" typeRef="tNumbers"/></functionItem>
</itemDefinition>
"""

DECLARED = {
    # a declared type, a text: what the decision gives
    ("number", "1"): "1",
    ("number", '"a"'): "null",
    ("number", "[1]"): "1",
    ("number", "[1, 2]"): "null",
    ("number", "null"): "null",
    ("string", "1"): "null",
    ("Any", "[1]"): "[1]",
    ("", "[1]"): "[1]",
    ("tNumbers", "1"): "[1]",
    ("tNumbers", "[1, null]"): "[1, null]",
    ("tNumbers", '[1, "a"]'): "null",
    ("tNumbers", '"a"'): "null",
    ("date and time", '@"2026-01-31"'): "2026-01-31T00:00:00Z",
    ("dateTime", '@"2026-01-31"'): "2026-01-31T00:00:00Z",
    ("date", '@"2026-01-31T00:00:00"'): "null",
    ("dayTimeDuration", '@"P1Y"'): "null",
    ("tSize", '"S"'): '"S"',
    ("tSize", '"XL"'): "null",
    ("tSize", '["M"]'): '"M"',
    ("tSizes", '["S", "M"]'): '["S", "M"]',
    ("tSizes", '["S", "XL"]'): "null",
    ("tSizes", '"S"'): '["S"]',
    ("tPair", "[1, 2]"): "[1, 2]",
    ("tPair", "[1, 2, 3]"): "null",
    ("tPositive", "0"): "null",
    ("tPositive", "[5]"): "5",
    ("tPerson", '{name: "Ada", size: "M"}'): '{name: "Ada", size: "M"}',
    ("tPerson", '{name: "Ada", size: "XL"}'): "null",
    ("tPerson", '{name: "Ada"}'): "null",
    ("tPerson", '[{name: "Ada", size: "M"}]'): '{name: "Ada", size: "M"}',
}

LITERAL = "<literalExpression><text>{}</text></literalExpression>"
IN = f"<in>{LITERAL.format('[{n: 1}, {n: 2}]')}</in>"
BOXED = {
    # a boxed expression: what it gives
    "<list typeRef='tNumbers'><literalExpression><text>1</text></literalExpression></list>": "[1]",
    "<context><contextEntry><variable name='a' typeRef='tSize'/><literalExpression><text>\"XL\"</text>"
    "</literalExpression></contextEntry></context>": "{a: null}",
    "<relation><column name='a' typeRef='string'/><column name='b' typeRef='tNumbers'/>"
    f"<row>{LITERAL.format(1)}{LITERAL.format(2)}</row></relation>": "[{a: null, b: [2]}]",
    f"<filter>{IN}<match><conditional><if>{LITERAL.format('n = 2')}</if><then>{LITERAL.format('true')}</then>"
    f"<else>{LITERAL.format('false')}</else></conditional></match></filter>": "[{n: 2}]",
    f"<for iteratorVariable='one'>{IN}<return><context><contextEntry><variable name='m'/>"
    f"{LITERAL.format('one.n + count(partial)')}</contextEntry></context></return></for>": "[{m: 1}, {m: 3}]",
    f"<for iteratorVariable='one'>{IN}<return><literalExpression typeRef='string'><text>one.n</text>"
    "</literalExpression></return></for>": "[null, null]",
    f"<every iteratorVariable='one'>{IN}<satisfies><conditional><if>{LITERAL.format('one.n = 1')}</if>"
    f"<then>{LITERAL.format('true')}</then><else>{LITERAL.format('null')}</else></conditional></satisfies>"
    "</every>": "null",
    f"<conditional><if>{LITERAL.format('null')}</if><then>{LITERAL.format(1)}</then>"
    f"<else><list>{LITERAL.format(2)}</list></else></conditional>": "[2]",
    f"<invocation>{LITERAL.format('abs')}<binding><parameter name='n' typeRef='string'/>{LITERAL.format(1)}</binding>"
    "</invocation>": "null",
}

KNOWLEDGE = {
    # the declared type of a function and of its parameter, the argument: what calling it gives
    ("tCount", "tNumbers", "[1, 2]"): "2",
    ("tCount", "tNumbers", "7"): "1",
    ("tCount", "tNumbers", '"a"'): "null",
    ("number", "Any", "[1, 2, 3]"): "3",
    ("tNumbers", "Any", "[1]"): "[1]",
    ("string", "Any", "[1]"): "null",
}


def decided(body: str) -> tuple[str, list[str]]:
    model = Model(etree.fromstring(f"<definitions xmlns='dmn'>{TYPES}{body}</definitions>"), NOW)
    value, warnings = model.decided("d", {})
    return written(value), warnings


@pytest.mark.parametrize("declared, text", DECLARED)
def test_a_decision_has_its_declared_type(declared, text):
    body = f"<decision name='d'><variable name='d' typeRef='{declared}'/>{LITERAL.format(text)}</decision>"
    value, warnings = decided(body)
    assert value == DECLARED[declared, text]
    assert bool(warnings) is (value == "null" and text != "null")


@pytest.mark.parametrize("boxed", BOXED)
def test_a_boxed_expression_gives(boxed):
    assert decided(f"<decision name='d'>{boxed}</decision>")[0] == BOXED[boxed]


@pytest.mark.parametrize("function, parameter, argument", KNOWLEDGE)
def test_knowledge_has_its_declared_types(function, parameter, argument):
    body = (
        f"<businessKnowledgeModel name='f' id='f'><variable name='f' typeRef='{function}'/><encapsulatedLogic>"
        f"<formalParameter name='of' typeRef='{parameter}'/>{LITERAL.format('count(of)')}"
        "</encapsulatedLogic></businessKnowledgeModel><decision name='d'><knowledgeRequirement>"
        f"<requiredKnowledge href='#f'/></knowledgeRequirement>{LITERAL.format(f'f({argument})')}</decision>"
    )
    assert decided(body)[0] == KNOWLEDGE[function, parameter, argument]


def test_knowledge_is_asked_by_itself():
    # Given a business knowledge model, when it is invoked with arguments by name, then its logic is computed
    body = (
        "<definitions xmlns='dmn'><businessKnowledgeModel name='f'><encapsulatedLogic>"
        f"<formalParameter name='a'/><formalParameter name='b'/>{LITERAL.format('a - b')}"
        "</encapsulatedLogic></businessKnowledgeModel></definitions>"
    )
    value, warnings = Model(etree.fromstring(body), NOW).invoked("f", {"b": 2, "a": 5})
    assert (written(value), warnings) == ("3", [])


IMPORTED = """
<definitions xmlns='dmn' namespace='other'>
  <itemDefinition name="tName"><typeRef>string</typeRef></itemDefinition>
  <inputData name="first name" id="i"><variable name="first name" typeRef="tName"/></inputData>
  <businessKnowledgeModel name="greet" id="g"><encapsulatedLogic><formalParameter name="who" typeRef="tName"/>
    <literalExpression><text>"Hello " + who</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>
  <decision name="greeting" id="d"><variable name="greeting"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <knowledgeRequirement><requiredKnowledge href="#g"/></knowledgeRequirement>
    <literalExpression><text>greet(first name)</text></literalExpression></decision>
</definitions>
"""


@pytest.mark.parametrize("prefix", ["my.model", "other model", ""])
@pytest.mark.parametrize("nested", [True, False])
def test_another_model_is_imported(prefix, nested):
    # Given a model that requires what another one has, then names and types of that stand behind its prefix
    dot = f"{prefix}." if prefix else ""
    body = f"""
    <definitions xmlns='dmn' namespace='own'><import namespace='other' name='{prefix}'/>
      <decision name='d'><variable name='d' typeRef='{dot}tName'/>
        <informationRequirement><requiredInput href='other#i'/></informationRequirement>
        <informationRequirement><requiredDecision href='other#d'/></informationRequirement>
        <knowledgeRequirement><requiredKnowledge href='other#g'/></knowledgeRequirement>
        <literalExpression><text>[{dot}greeting, {dot}greet({dot}first name)][1]</text></literalExpression></decision>
    </definitions>"""
    given = {"first name": "Ada"}
    model = Model(etree.fromstring(body), NOW, {"other": etree.fromstring(IMPORTED)})
    value, warnings = model.decided("d", {prefix: given} if prefix and nested else given)
    assert (written(value), warnings) == ('"Hello Ada"', [])
