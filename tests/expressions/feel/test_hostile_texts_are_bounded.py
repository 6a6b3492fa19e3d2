"""Texts and values made to run for long or to fill the memory end as a refusal, a limit or null with a reason."""

# ruff: noqa: E501 - a row of a table reads best on one line
from __future__ import annotations

import pytest

from engine.expressions import LimitExceeded, Limits, SyntaxRefused, compile_expression, feel

DEEP = {
    "parentheses": "(" * 15_000 + "1" + ")" * 15_000,
    "lists": "[" * 15_000 + "]" * 15_000,
    "contexts": "{a:" * 8_000 + "1" + "}" * 8_000,
    "signs": "-" * 30_000 + "1",
    "paths": "a" + ".b" * 15_000,
    "filters": "a" + "[1]" * 10_000,
    "calls": "f(" * 15_000,
    "conditionals": "if true then " * 2_000 + "1",
    "functions": "function(a) " * 2_500 + "1",
    "loops": "for x in " * 3_000,
    "membership": "x in (" * 5_000,
    "types": "a instance of " + "list<" * 6_000,
    "negations": "not(" * 8_000,
    "comparisons": "a" + " = a" * 5_000,
}

LONG = {
    "a sum": ("1" + " + 1" * 8_000, 8_001),
    "a product": ("1" + " * 1" * 8_000, 1),
    "a disjunction": (" or ".join(["false"] * 3_000), False),
    "a list": (f"count([{', '.join(['1'] * 10_000)}])", 10_000),
    "a context": (f"count(get entries({{{', '.join(f'a{n}: 1' for n in range(3_000))}}}))", 3_000),
    "names with one beginning": (f"count(get entries({{{', '.join(f'a {n}: 1' for n in range(3_000))}}}))", 3_000),
}

GROWING = {
    "a range gone through": "for i in 1..10**12 return i",
    "a range that nothing satisfies": "some x in 1..10**12 satisfies x < 0",
    "a product of ranges": "for i in 1..10**4, j in 1..10**4 return i",
    "results so far, copied": "for i in 1..100000 return partial",
    "a text doubled": 'for i in 1..60 return if i = 1 then "0123456789" else partial[-1] + partial[-1]',
    "a value written that shares its parts": "string(for i in 1..99 return if i = 1 then [1] else [partial[-1], partial[-1]])",
    "a value compared that shares its parts": "{a: for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]], b: a = a}",
    "a value flattened that shares its parts": "flatten(for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]])",
    "a deep value flattened": "flatten(for i in 1..3000 return [partial[-1]])",
    "a function that calls itself": "{f: function(x) f(x), r: f(1)}.r",
    "functions that call themselves twice": "{f: function(x) if x = 0 then 0 else f(x - 1) + f(x - 1), r: f(30)}.r",
    "replacements": f'replace("{"a" * 9_000}", "a", "{"$0" * 100}")',
    "a back-reference": f'matches("{"a" * 3_000}", "(a*)*\\\\1b")',
    "a back-reference to choices": f'matches("{"a" * 300}", "((a|a)*)\\\\1b")',
    "lists told apart": "distinct values(for i in 1..3000 return [i])",
    "a long pattern": f'matches("a", "{"a" * 2_000}")',
}

NULL = {
    "a tower of powers": "9**9**9**9**9**9",
    "a huge exponent": "9**(9**9)",
    "a huge number": "10**6144 * 10",
    "a huge exponential": "exp(10**6)",
    "a text of a huge number": f'number("{"9" * 9_000}")',
    "a huge index": "[1, 2][10**6000]",
    "a huge position": 'substring("abc", 10**6000)',
    "a huge duration": 'duration("P1D") * 10**40',
    "a year beyond the calendar": 'date("999999999-12-31") + duration("P1D")',
    "a file as a zone": '@"2026-01-01T00:00:00@../../etc/passwd"',
    "a folder as a zone": '@"2026-01-01T00:00:00@Europe"',
    "nested counts": 'matches("a", "(a{999}){999}\\\\1")',
    "nested groups": f'matches("a", "{"(" * 400}a{")" * 400}")',
}


@pytest.mark.parametrize("what", DEEP)
def test_deep_nesting_is_refused(what):
    with pytest.raises(SyntaxRefused, match="nested at most 100 levels"):
        feel.compile(DEEP[what], limits=Limits(source_length=200_000))


def test_a_long_text_is_refused_before_it_is_read():
    with pytest.raises(SyntaxRefused, match="at most 32768 characters"):
        feel.compile("(" * 100_000)


@pytest.mark.parametrize("what", LONG)
def test_length_is_not_depth(what):
    text, value = LONG[what]
    assert feel.compile(text, limits=Limits(source_length=200_000)).evaluate().value == value


@pytest.mark.parametrize("what", GROWING)
def test_a_growing_calculation_hits_a_limit(what):
    with pytest.raises(LimitExceeded) as reached:
        feel.evaluate(GROWING[what])
    assert reached.value.line >= 1


@pytest.mark.parametrize("what", NULL)
def test_what_is_too_large_is_null(what):
    result = feel.evaluate(NULL[what])
    assert result.value is None
    assert result.warnings


def test_a_regular_expression_takes_no_longer_for_being_catastrophic():
    assert feel.evaluate(f'matches("{"a" * 20_000}", "^(a*)*$")').value is True
    assert feel.evaluate(f'matches("{"a" * 20_000}!", "^(a|aa)+$")').value is False


def test_a_deep_variable_is_a_limit():
    deep: list[object] = []
    for _ in range(500):
        deep = [deep]
    for text in ("count(flatten(x))", "x = x", "string(x)", "x"):
        with pytest.raises(LimitExceeded):
            compile_expression(text, "feel").evaluate({"x": deep, "y": 1})


def test_a_deep_context_of_a_program_is_a_limit_too():
    deep: list[object] = []
    for _ in range(50_000):
        deep = [deep]
    with pytest.raises(LimitExceeded):
        feel.evaluate("x", {"x": deep})


@pytest.mark.parametrize(
    "text",
    [
        "x.__class__", '"a".upper', "x.`__init__`", "(function(a) a).body", "(function(a) a).variables", "abs.overloads",
        "[1].append", "[1].__class__", '@"2026-01-31".__struct_fields__', "[1..2].operator", "now.__globals__",
        'get value(x, "__class__")', "__import__", "`__builtins__`", "x.keys", "1.real",
    ],
)  # fmt: skip
def test_a_name_reaches_nothing_of_python(text):
    assert feel.evaluate(text, {"x": {"a": 1}}).value in (None, [None])
