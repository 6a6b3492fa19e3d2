"""A hostile expression or script is refused, fails or hits a limit; it reaches nothing outside and little memory."""

from __future__ import annotations

import contextlib
import copy

# Python's reader of wide characters in names imports it when it first meets one.
import unicodedata  # noqa: F401

import pytest

from engine.expressions import ExpressionError, Limits, compile_expression, compile_script

from .confined import confined
from .texts import EXPRESSIONS, FAILED, JUEL, LIMIT, REFUSED, SCRIPTS, VARIABLES

RAISES = {REFUSED: {"SyntaxRefused"}, FAILED: {"EvaluationFailed"}, LIMIT: {"LimitExceeded"}}


@pytest.fixture(scope="module", autouse=True)
def _imported():
    """What evaluators import lazily is imported, so that every import of a hostile text shows."""
    compile_expression("matches('a', 'a')", "python").evaluate({})


def assert_contained(outcome, expected):
    assert outcome.killed_by == ""
    assert outcome.reached == ()
    if isinstance(expected, str) and expected in RAISES:
        assert {outcome.raised} == RAISES[expected], outcome
        assert outcome.sentence.startswith(("Expected ", "The variable "))
        assert len(outcome.sentence) < 500
    else:
        assert (outcome.raised, outcome.value) == ("", repr(expected)[:200]), outcome


def identified(texts):
    return [pytest.param(text, id=f"{number} {text[:40]!a}") for number, text in enumerate(texts)]


@pytest.mark.parametrize("text", identified(EXPRESSIONS))
def test_an_expression_is_contained(text):
    outcome = confined(lambda: compile_expression(text, "python").evaluate(VARIABLES))
    assert_contained(outcome, EXPRESSIONS[text])


@pytest.mark.parametrize("text", identified(SCRIPTS))
def test_a_script_is_contained(text):
    outcome = confined(lambda: compile_script(text, "python").run(VARIABLES))
    assert_contained(outcome, SCRIPTS[text])


@pytest.mark.parametrize("text", identified(JUEL))
def test_a_text_with_placeholders_is_contained(text):
    outcome = confined(lambda: compile_expression(text, "juel").evaluate(VARIABLES))
    assert_contained(outcome, JUEL[text])


@pytest.mark.parametrize("text", identified(SCRIPTS))
def test_what_a_script_was_given_stays_as_it_was(text):
    # Given variables, and a script with a small budget
    before = copy.deepcopy(VARIABLES)
    with contextlib.suppress(ExpressionError):
        compile_script(text, "python", Limits(steps=2_000)).run(VARIABLES)
    # Then they are unchanged, and so is Python
    assert before == VARIABLES
    assert len([1]) == 1
