"""FEEL's own functions at their edges: each row is a call and what it gives (DMN 1.5, 10.3.4)."""

from __future__ import annotations

import pytest

from engine.expressions import BpmnErrorThrown, feel
from engine.expressions.feel.builtin import BUILTINS

from .values import gives

CONVERSIONS = {
    'number("1 234,5", " ", ",")': "1234.5",
    'number("1,234.5", ",", ".")': "1234.5",
    'number("-12")': "-12",
    'number("1,5", ".", ",")': "1.5",
    'number("12", null, null)': "12",
    'number("1.5", ".", ".")': "null",
    'number("1;5", ";", ".")': "null",
    'number("abc")': "null",
    'number("NaN")': "null",
    'number("1e400000")': "null",
    'number(from: "1.000", grouping separator: ".", decimal separator: ",")': "1000",
    "string(1.50)": '"1.5"',
    "string(10 ** 20)": '"100000000000000000000"',
    "string(10 ** -3)": '"0.001"',
    "string(null)": "null",
    'string("a")': '"a"',
    'string(["a", 1, null, true])': r'"[\"a\", 1, null, true]"',
    'string({a: "b", "c d": [1..2)})': r'"{a: \"b\", \"c d\": [1..2)}"',
    'string(duration("PT0S"))': '"PT0S"',
    'string(duration("-P13M"))': '"-P1Y1M"',
    'string(duration("PT100.250S"))': '"PT1M40.25S"',
    'string(date("12026-01-31"))': '"12026-01-31"',
    'is(@"10:00:00Z", @"10:00:00+00:00")': "true",
    'is(@"10:00:00Z", @"10:00:00")': "false",
    'is(@"10:00:00.1", @"10:00:00.2")': "false",
    'is(date("2026-01-31"), 1)': "false",
    "is([1, {a: 2}], [1, {a: 2}])": "true",
    "is(1, 1.0)": "true",
    "is(null, null)": "true",
    "is(null)": "null",
    'not("a")': "null",
}

TEXTS = {
    'substring("foobar", 3)': '"obar"',
    'substring("foobar", 3, 3)': '"oba"',
    'substring("foobar", -2, 1)': '"a"',
    'substring("foobar", 3, 9)': '"obar"',
    'substring("foobar", 7)': "null",
    'substring("foobar", 0)': "null",
    'substring("foobar", 1, 0)': "null",
    r'substring("\U01F40Eab", 2)': '"ab"',
    'upper case(["ab"])': '"AB"',
    'upper case(["ab", "c"])': "null",
    'substring before("abc", "")': '""',
    'substring after("abc", "")': '"abc"',
    'replace("banana", "a", "o")': '"bonono"',
    'replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")': '"[1=ab][2=]cd"',
    r'replace("abc", "b", "\$\\\\")': r'"a$\\c"',
    'replace("abc", "b", "$")': "null",
    'replace("abc", "b", "$1")': '"ac"',
    'replace("a.c", ".", "x", "q")': '"axc"',
    'replace("abc", "x*", "-")': "null",
    'replace("ABC", "b", "-", "i")': '"A-C"',
    'split("a;b;;", ";")': '["a", "b", "", ""]',
    'split("a1b22c", "[0-9]+")': '["a", "b", "c"]',
    'split("abc", "")': "null",
    'string join(["a", null, "b"], ", ")': '"a, b"',
    'string join(["a", "b"], null)': '"ab"',
    'string join([], ",")': '""',
    "string join([1])": "null",
    'string join("a")': '"a"',
    'contains(string: "abc", match: "c")': "true",
    'contains("abc")': "null",
    'contains(string: "abc", text: "c")': "null",
}

LISTS = {
    "count([])": "0",
    "count([1, [2, 3]])": "2",
    "count(null)": "null",
    "count()": "null",
    "min([])": "null",
    "min(1, 3)": "1",
    'max([@"2026-01-01", @"2026-02-01"])': "2026-02-01",
    'max(1, "a")': "null",
    "min([true])": "null",
    "sum([])": "null",
    "sum(1, 2)": "3",
    'sum([duration("P1D"), duration("PT1H")])': "P1DT1H",
    "sum([1, null])": "null",
    "mean([])": "null",
    "median([8, 2, 5, 3, 4])": "4",
    "median([])": "null",
    "mode([6, 1, 9, 6, 1])": "[1, 6]",
    "mode([])": "[]",
    "stddev([47])": "null",
    "all([])": "true",
    "all([true, null])": "null",
    "all(0)": "null",
    "any([])": "false",
    "any(null, true)": "true",
    "sublist([1, 2, 3], -2)": "[2, 3]",
    "sublist([1, 2, 3], 2, 3)": "null",
    "sublist([1, 2, 3], 1, 0)": "null",
    "append([1])": "null",
    "append([1], null)": "[1, null]",
    "append(1, [2])": "[1, [2]]",
    "concatenate([1, 2])": "[1, 2]",
    "concatenate([1], null)": "null",
    "insert before([1, 2], -1, 9)": "[1, 9, 2]",
    "insert before([1, 2], 3, 9)": "null",
    "remove([1, 2], -1)": "[1]",
    "remove([1, 2], 3)": "null",
    "reverse([1, [2, 3]])": "[[2, 3], 1]",
    "index of([1, null, [1]], null)": "[2]",
    "index of([1, 2], 3)": "[]",
    "union([1, 2], [2, 3], [3, null])": "[1, 2, 3, null]",
    'distinct values([1, "1", true, 1.0, {a: 1}, {a: 1}, null, null])': '[1, "1", true, {a: 1}, null]',
    "flatten([[1, [[2]]], 3, []])": "[1, 2, 3]",
    "list contains([1, null], null)": "true",
    "list contains([[1]], [1])": "true",
    "list replace([1, 2, 3], function(item, new) item > new, 2)": "[1, 2, 2]",
    "list replace([1, 2], 3, 0)": "null",
    "sort([3, 1, 2])": "[1, 2, 3]",
    "sort([3, 1, 2], function(a, b) a > b)": "[3, 2, 1]",
    'sort([1, "a"], function(a, b) a < b)': "null",
    "sort(list: [2, 1], precedes: function(x, y) x < y)": "[1, 2]",
    "sort([{k: 2}, {k: 1}], function(x, y) x.k < y.k)": "[{k: 1}, {k: 2}]",
}

NUMBERS = {
    "decimal(2.5, 0)": "2",
    "decimal(1/3, 2)": "0.33",
    "decimal(123.4, -2)": "100",
    "decimal(1, 10000)": "null",
    "floor(-1.56, 1)": "-1.6",
    "ceiling(-1.56, 1)": "-1.5",
    "ceiling(9.99)": "10",
    "round half up(-2.5, 0)": "-3",
    "round half down(-2.5, 0)": "-2",
    "round up(9.91, 1)": "10",
    "round down(-9.99, 1)": "-9.9",
    'abs(duration("-PT5H"))': "PT5H",
    'abs(@"-P1M")': "P1M",
    "modulo(10.1, -4.5)": "-3.4",
    "modulo(10, 0)": "null",
    "modulo(10 ** 30 + 1, 10)": "1",
    "sqrt(-1)": "null",
    "sqrt(2)": "1.414213562373095048801688724209698",
    "log(0)": "null",
    "decimal(log(10), 11)": "2.30258509299",
    "decimal(exp(5), 12)": "148.413159102577",
    "exp(10 ** 6)": "null",
    "odd(1.5)": "false",
    "even(0)": "true",
    'abs("1")': "null",
}

TIMES = {
    'date("2026-02-30")': "null",
    'date("2026-1-31")': "null",
    'date("2026-01-31T00:00:00")': "null",
    'date(@"2026-01-31T23:59:59@Europe/Berlin")': "2026-01-31",
    "date(2026, 2, 30)": "null",
    "date(2026.5, 1, 1)": "null",
    "date(year: 2026, month: 1)": "null",
    'time("24:00:00")': "00:00:00",
    'date and time("2025-12-31T24:00:00")': "2026-01-01T00:00:00",
    'time("10:00:00.123456789+01:00")': "10:00:00.123456789+01:00",
    'time("10:00:00+15:00")': "null",
    'time("10:00:00@Mars/Base")': "null",
    'time(@"2026-01-31T10:00:00Z")': "10:00:00Z",
    "time(10, 0, 1.5)": "10:00:01.5",
    "time(10, 0, 60)": "null",
    'time(10, 0, 0, duration("-PT1H30M"))': "10:00:00-01:30",
    'date and time("2026-01-31")': "2026-01-31T00:00:00",
    'date and time(date("2026-01-31"), time("10:00:00@Asia/Tokyo"))': "2026-01-31T10:00:00@Asia/Tokyo",
    'date and time(@"2026-01-31T10:00:00Z", "Asia/Tokyo")': "2026-01-31T19:00:00@Asia/Tokyo",
    'date and time("2026-01-31T10:00:00").timezone': "null",
    '@"2026-07-31T10:00:00@Europe/Berlin".time offset': "PT2H",
    '@"10:00:00@Europe/Berlin".time offset': "PT1H",
    '@"10:00:30.25".second': "30.25",
    'duration("-P1DT2H3M4.5S").seconds': "-4.5",
    'duration("P1Y").days': "null",
    'duration("P14M").months': "2",
    'duration("P1YT1H")': "null",
    'duration("P1W")': "null",
    'duration("P")': "null",
    'duration("P1DT")': "null",
    'years and months duration(@"2026-01-31", @"2026-02-28")': "P0M",
    'years and months duration(@"2026-02-28", @"2024-03-01")': "-P1Y11M",
    'day of year(@"2024-12-31")': "366",
    'week of year(@"2005-01-01")': "53",
    'week of year(@"2003-12-29")': "1",
    'day of week(@"-0001-01-01")': '"Friday"',
    'month of year("May")': "null",
    "now()": "null",
    "today()": "null",
}

CONTEXTS = {
    'get value({a: 1}, "b")': "null",
    'get value({"a b": 1}, "a b")': "1",
    "get entries({})": "[]",
    'context([{key: "a", value: 1, more: 2}])': "{a: 1}",
    'context([{key: "a"}])': "null",
    'context([{key: "a", value: 1}, {key: "a", value: 2}])': "null",
    "context([])": "{}",
    'context put({a: 1, b: 2}, "a", 3)': "{a: 3, b: 2}",
    'context put({a: 1}, ["b"], 2)': "{a: 1, b: 2}",
    'context put({a: 1}, ["a", "b"], 2)': "null",
    "context put({}, [], 2)": "null",
    "context merge([{a: 1}, {b: 2}, {a: 3}])": "{a: 3, b: 2}",
    "context merge({a: 1})": "{a: 1}",
    "context merge([1])": "null",
}

RANGES = {
    "before(1, 10)": "true",
    "before(10, [1..10])": "false",
    "before([1..10), 10)": "true",
    "before([1..10], (10..20])": "true",
    "after((11..20], 11)": "true",
    "after([11..20], [1..11))": "true",
    "meets([1..5), [5..10])": "false",
    "met by([5..10], [1..5])": "true",
    "overlaps([1..5), [5..8])": "false",
    "overlaps([1..8], [3..5])": "true",
    "overlaps before([1..5), (1..5])": "true",
    "overlaps before([1..5], [1..5])": "false",
    "overlaps after((1..5], [1..5))": "true",
    "finishes(10, [1..10))": "false",
    "finishes([5..10), [1..10))": "true",
    "finished by([1..10], (1..10])": "true",
    "includes([1..10), 10)": "false",
    "includes((1..10], (1..5])": "true",
    "during([1..10), [1..10])": "true",
    "during(1, (1..10])": "false",
    "starts((1..5], [1..10])": "false",
    "started by([1..10], [1..10))": "true",
    "coincides([1..5], (1..5))": "false",
    "coincides(3, 3)": "true",
    'before(1, "a")': "null",
    "before(1, (> 2))": "true",
    "before(1, (< 2))": "null",
    "before(point1: 1, point2: 2)": "true",
    "includes(range: [1..2], point: 2)": "true",
    'range("[1..3)")': "[1..3)",
    'range("(date(\\"2026-01-01\\")..@\\"2026-02-01\\"]")': "(2026-01-01..2026-02-01]",
    'range("[3..1]")': "null",
    'range("[1..a]")': "null",
    'range("[-2..-1]")': "[-2..-1]",
    "[3..1]": "null",
    '[1.."a"]': "null",
    "[true..false]": "null",
    "[1..5].start included": "true",
    "(<= 10).start": "null",
    "(<= 10).end included": "true",
    "(> 1).end included": "false",
}

ALL = {**CONVERSIONS, **TEXTS, **LISTS, **NUMBERS, **TIMES, **CONTEXTS, **RANGES}


@pytest.mark.parametrize("text", ALL)
def test_a_function_gives(text):
    assert gives(text) == ALL[text]


@pytest.mark.parametrize("name", sorted(BUILTINS.keys() - {"bpmn_error"}))
def test_a_function_is_null_with_a_reason_for_what_it_cannot_take(name):
    # Given calls with no argument, with far too many, and with a name that no parameter has
    for arguments in ("nobody: 1", "1, 2, 3, 4, 5, 6, 7, {}"):
        result = feel.evaluate(f"{name}({arguments})")
        assert result.value is None or name in ("append", "concatenate", "count", "union")
        assert result.warnings or result.value is not None


@pytest.mark.parametrize("name", BUILTINS)
def test_a_function_can_be_handed_on_and_asked_for(name):
    assert feel.evaluate("f instance of function<Any> -> Any or true", {"f": BUILTINS[name]}).value is True


def test_a_bpmn_error_is_the_one_thing_that_is_thrown():
    with pytest.raises(BpmnErrorThrown) as thrown:
        feel.evaluate('bpmn_error("TOO_MUCH", "why")')
    assert (thrown.value.code, thrown.value.message) == ("TOO_MUCH", "why")
    assert feel.evaluate("bpmn_error()").value is None
