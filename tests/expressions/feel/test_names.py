"""Names may hold spaces, marks and keywords: what is in scope tells, the longest name wins."""

from __future__ import annotations

import pytest

from engine.expressions import SyntaxRefused, compile_expression, feel

from .values import gives, written

SCOPE = {
    "a": 5,
    "b": 3,
    "a-b": 100,
    "order total": 7,
    "profit and loss": 8,
    "time of day": 9,
    "in stock": 10,
    "what if?": 11,
    "date": 12,
    "Größe": 13,
    "🐎": 14,
    "order": {"line items": [{"unit price": 2}, {"unit price": 4}], "a/b": 1, "net-sum": 6},
    "x2 y": 15,
}

NESTED = {"net-sum": 6, "lines": [{"unit/price": 1}, {"unit/price": 2}]}

ROWS = {
    "a-b": "100",
    "a - b": "100",
    "(a)-(b)": "2",
    "a -(b)": "2",
    "order   total + 1": "8",
    "profit and loss + a": "13",
    "a = 5 and b = 3": "true",
    "time of day * 2": "18",
    "if in stock > 1 then in stock else a": "10",
    "what if? + 1": "12",
    "date + 1": "13",
    'date("2026-01-31").day + date': "43",
    "Größe": "13",
    "🐎 + 1": "15",
    "x2 y": "15",
    "order.line items.unit price": "[2, 4]",
    "order.line items[unit price > 2].unit price": "[4]",
    "order.net-sum": "6",
    "order.net-sum / order.a/b": "6",
    "for line item in order.line items return line item.unit price": "[2, 4]",
    "some line item in order.line items satisfies line item.unit price > 3": "true",
    "(function(first part, second part) first part - second part)(second part: 1, first part: 4)": "3",
    "{net sum: a, gross-sum: net sum * 2, r: gross-sum + 1}.r": "11",
    "{a+b: 1, r: a+b}.r": "1",
    "{in: 1}.in": "1",
    "`a-b` + 1": "101",
    "`order total`": "7",
    "order.`net-sum`": "6",
    "nobody knows this": "null",
}


@pytest.mark.parametrize("text", ROWS)
def test_a_name_is_found_in_the_scope(text):
    result = feel.compile(text, names=SCOPE, keys=["line items", "unit price", "a/b", "net-sum"]).evaluate(SCOPE)
    assert written(result.value) == ROWS[text]


def test_the_keys_of_a_context_that_is_given_are_known():
    assert gives("order.net-sum + order.lines[unit/price > 1].unit/price[1]", order=NESTED) == "8"
    assert gives("order.net - sum", order={"net": 5}, sum=2) == "3"


def test_a_variable_hides_a_function_of_its_name():
    assert gives("count + 1", count=1) == "2"
    assert gives("count([1, 2]) + count", count=1) == "3"
    assert gives("sum", sum=[1]) == "[1]"


def test_words_side_by_side_are_one_name_where_nothing_is_known():
    expression = compile_expression("order total > limit and not(order total between 1 and max value)", "feel")
    assert expression.names == {"order total", "limit", "max value"}
    assert expression.evaluate({"order total": 5, "limit": 4, "max value": 3}) is True


def test_the_names_that_are_read_leave_out_what_the_text_declares():
    text = "{a: x, b: for y in ys return y + a, f: function(z) z + w, c: [1][item > 1]}"
    assert compile_expression(text, "feel").names == {"x", "ys", "w"}


@pytest.mark.parametrize(
    "text", ["a b(c d(", "1 2", "a 'b'", "and", "a then", "{a b}", "for x y return 1", "x.1", "a..b"]
)
def test_what_is_no_name_is_refused(text):
    with pytest.raises(SyntaxRefused) as refused:
        feel.compile(text)
    assert refused.value.line == 1
    assert refused.value.column >= 1
