"""Unary tests: what passes, what fails, and what cannot be told (DMN 1.5, 10.3.1.2 and Table 55)."""

from __future__ import annotations

import pytest

from engine.expressions import SyntaxRefused, feel

ROWS = [
    ("-", 1, True),
    ("-", None, True),
    ("5", 5, True),
    ("5", 6, False),
    ("5", "5", None),
    ("5, 6", 6, True),
    ("< 5", 4, True),
    ("< 5", 5, False),
    ("< 5, > 10", 11, True),
    (">= limit", 3, True),
    ("= 5", 5, True),
    ("!= 5", 5, False),
    ("[1..5]", 5, True),
    ("[1..5)", 5, False),
    ("]1..5]", 1, False),
    ("(1..5[", 5, False),
    ("[1..5[, 7", 7, True),
    ('"a", "b"', "b", True),
    ("not(5)", 5, False),
    ("not(5, 6)", 7, True),
    ("not(< 5)", 7, True),
    ("not(5) and true", True, False),
    ("null", None, True),
    ("null", 1, False),
    ("true", True, True),
    ("false", True, False),
    ("? > 3 and ? < 5", 4, True),
    ("? > 3", 2, False),
    ('contains(?, "b")', "abc", True),
    ("count(?) > 1", [1, 2], True),
    ("known", "x", True),
    ("known", "z", False),
    ("limit = 3", "anything", True),
    ('date("2026-01-31")', "a text", None),
    ('< "b"', "a", True),
    ("[1, 2]", 2, True),
    ("[[1..3], [5..7]]", 6, True),
    ("< 5", None, None),
]


@pytest.mark.parametrize("text, given, passes", ROWS, ids=[f"{text} on {given!r}" for text, given, _ in ROWS])
def test_an_input_passes(text, given, passes):
    result = feel.unary_tests(text, given, {"limit": 3, "known": ["x", "y"]})
    assert result.value is passes
    assert passes is not None or result.warnings or given is None


@pytest.mark.parametrize("text", ["", "5,", "not(5", "< ", "[1..", "[1..5", "-, 5", "5 6"])
def test_what_is_no_unary_test_is_refused(text):
    with pytest.raises(SyntaxRefused):
        feel.compile_unary_tests(text)


IN = {
    "5 in 5": True,
    "5 in (5, 6)": True,
    "5 in [1, 5]": True,
    "5 in [1..5]": True,
    "5 in (1..5)": False,
    "5 in (1..5]": True,
    "5 in ]1..5[": False,
    "5 in < 6": True,
    "5 in (< 3, > 4)": True,
    "5 in ([1..2], [5..6])": True,
    "5 in [[1..2], [5..6]]": True,
    "[1] in [[1], [2]]": True,
    "[1, 2] in [1, 2]": True,
    '5 in "5"': None,
    '"x" in [1..2]': None,
    "null in [1..2]": None,
    "5 in []": False,
    "1 + 4 in [5..5] and true": True,
    "5 in [9..1]": False,
    "5 in [1..null]": False,
}


@pytest.mark.parametrize("text", IN)
def test_a_value_is_in(text):
    assert feel.evaluate(text).value is IN[text]
