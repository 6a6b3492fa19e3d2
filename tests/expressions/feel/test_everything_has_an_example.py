"""Everything FEEL has is on its page with an example, and every example is true."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from engine.expressions import feel
from engine.expressions.examples import VARIABLES
from engine.expressions.feel.builtin import BUILTINS
from engine.expressions.feel.examples import CAMUNDA, CONSTRUCTS, FUNCTIONS
from engine.expressions.feel.parser_keywords import KEYWORD_FORMS
from engine.expressions.feel.properties import PROPERTIES
from engine.expressions.feel.reference import tables

from .values import written

NOW = datetime.datetime(2026, 1, 31, 8, 30, tzinfo=datetime.UTC)
PAGE = (Path(__file__).resolve().parents[3] / "docs" / "feel.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("shown", CONSTRUCTS, ids=lambda one: one.written)
def test_the_example_of_a_construct_is_true(shown):
    result = feel.evaluate(shown.text, VARIABLES, now=NOW)
    assert written(result.value) == shown.gives


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_example_of_a_function_is_true(name):
    text, gives = FUNCTIONS[name]
    assert f"{name}(" in text
    result = feel.evaluate(text, VARIABLES, now=NOW)
    assert written(result.value) == gives


def test_every_function_has_an_example():
    assert set(FUNCTIONS) == set(BUILTINS)
    assert set(BUILTINS) >= CAMUNDA


@pytest.mark.parametrize("name", BUILTINS)
def test_every_function_says_what_it_gives(name):
    assert BUILTINS[name].purpose


def test_every_keyword_and_property_is_shown():
    everything = " ".join(one.written for one in CONSTRUCTS)
    properties = {name for known in PROPERTIES.values() for name in known}
    assert [word for word in (*KEYWORD_FORMS, *properties) if word not in everything] == []


@pytest.mark.parametrize("name", tables())
def test_the_page_holds_the_generated_table(name):
    assert f"<!-- generated:{name} -->\n{tables()[name].rstrip()}\n<!-- end generated -->" in PAGE, "needs `make docs`"
