"""Every operator, literal and form of a Python expression gives the result Python gives."""

from __future__ import annotations

import pytest

from engine.expressions import compile_expression

VARIABLES = {
    "n": 7,
    "f": 2.5,
    "t": "Hällo",
    "yes": True,
    "none": None,
    "xs": [3, 1, 2],
    "empty": [],
    "order": {"total": 120, "lines": [{"sku": "a", "qty": 2}, {"sku": "b", "qty": 5}], "get": "key"},
}

CASES = {
    # literals and displays
    "1_000": 1000,
    "0xff": 255,
    "1e3": 1000.0,
    "'a' 'b'": "ab",
    "None": None,
    "True": True,
    "[1, 'a', None]": [1, "a", None],
    "(1, 2)": [1, 2],
    "()": [],
    "1, 2": [1, 2],
    "{'a': 1, **{'b': 2}}": {"a": 1, "b": 2},
    "[*xs, *'ab']": [3, 1, 2, "a", "b"],
    "sorted({2, 1, 2})": [1, 2],
    "{}": {},
    "range(3)": [0, 1, 2],
    r"r'\d'": "\\d",
    r"'\\d\x41\u00e4\n'": "\\dAä\n",
    # arithmetic
    "n + 1": 8,
    "n + f": 9.5,
    "f + n": 9.5,
    "n - 1": 6,
    "n - f": 4.5,
    "n * 2": 14,
    "2 * f": 5.0,
    "n / 2": 3.5,
    "n // 2": 3,
    "-n // 2": -4,
    "n % 4": 3,
    "-n % 4": 1,
    "n ** 2": 49,
    "2 ** -1": 0.5,
    "n << 2": 28,
    "n >> 1": 3,
    "n & 3": 3,
    "n | 8": 15,
    "n ^ 1": 6,
    "-n": -7,
    "+n": 7,
    "~n": -8,
    "-(-3)": 3,
    "yes + 1": 2,
    "0.1 + 0.2": 0.1 + 0.2,
    "2 ** 100": 2**100,
    # joining and repeating
    "t + '!'": "Hällo!",
    "'ab' * 2": "abab",
    "2 * 'ab'": "abab",
    "xs + [9]": [3, 1, 2, 9],
    "xs * 2": [3, 1, 2, 3, 1, 2],
    "(1,) + (2,)": [1, 2],
    "'a' * -1": "",
    "{'a': 1} | {'b': 2}": {"a": 1, "b": 2},
    "'a' * 0": "",
    # sets
    "list({1, 2} | {3})": [1, 2, 3],
    "list({1, 2} & {2})": [2],
    "list({1, 2} - {2})": [1],
    "list({1, 2} ^ {2, 3})": [1, 3],
    "{1} < {1, 2}": True,
    "{1} <= {1}": True,
    "{1, 2} > {1}": True,
    "{1} >= {2}": False,
    "{1, 2} == {2, 1}": True,
    # comparison
    "n == 7": True,
    "n == 7.0": True,
    "n != 7": False,
    "n < 8": True,
    "n <= 7": True,
    "n > 7": False,
    "n >= 7": True,
    "f > n": False,
    "0 < n <= 7": True,
    "0 < n > 9": False,
    "t == 'Hällo'": True,
    "t < 'I'": True,
    "xs == [3, 1, 2]": True,
    "xs < [3, 2]": True,
    "(1, 2) < (1, 3)": True,
    "n == 'x'": False,
    "none == None": True,
    "xs == n": False,
    "order == {}": False,
    "none is None": True,
    "n is not None": True,
    "yes is True": True,
    "1 is True": False,
    "n in xs": False,
    "3 in xs": True,
    "3 not in xs": False,
    "'äll' in t": True,
    "'total' in order": True,
    "n in (7, 8)": True,
    "'x' in ['x', 'y']": True,
    "2 in {1, 2}": True,
    "3 in range(2, 9)": True,
    "3.0 in range(5)": True,
    "'3' in range(5)": False,
    "[1] in [[1], [2]]": True,
    # logic
    "yes and n": 7,
    "none and n": None,
    "none or n": 7,
    "n or none": 7,
    "not empty": True,
    "not n": False,
    "yes and n and f": 2.5,
    "none or empty or 5": 5,
    "yes and none and n": None,
    "0 or n or 1": 7,
    "'big' if n > 5 else 'small'": "big",
    "1 if none else 2": 2,
    # look-ups
    "order.total": 120,
    "order['total']": 120,
    "order.lines[1].sku": "b",
    "xs[0]": 3,
    "xs[-1]": 2,
    "t[1]": "ä",
    "(1, 2)[1]": 2,
    "xs[True]": 1,
    "{1: 'one'}[1]": "one",
    "{(1, 2): 'x'}[1, 2]": "x",
    "range(5)[2]": 2,
    "order['get']": "key",
    "xs[1:]": [1, 2],
    "xs[::-1]": [2, 1, 3],
    "t[:2]": "Hä",
    "xs[5:9]": [],
    "range(9)[2:4]": [2, 3],
    "(1, 2, 3)[:2]": [1, 2],
    # comprehensions
    "[x * 2 for x in xs if x > 1]": [6, 4],
    "{x: x for x in 'ab'}": {"a": "a", "b": "b"},
    "sorted({x % 2 for x in xs})": [0, 1],
    "[line.sku for line in order.lines]": ["a", "b"],
    "[(x, y) for x in xs for y in 'ab' if x == 1]": [[1, "a"], [1, "b"]],
    "[k + str(v) for k, v in {'a': 1}.items()]": ["a1"],
    "sum(x.qty for x in order.lines)": 7,
    "[xs for xs in xs]": [3, 1, 2],
    "[y for y in [x for x in xs]]": [3, 1, 2],
    "[b for a, *b in [[1, 2, 3]]]": [[2, 3]],
    "[x for [x, _] in [[1, 2]]]": [1],
    "any(1 / x > 0 for x in [1, 0])": True,
    "all(x for x in [0, none])": False,
    "max((x for x in xs), default=0)": 3,
    # f-strings
    "f'{n}'": "7",
    "f'{n:>4}|{f:.2f}|{n:05d}|{n:,}'": "   7|2.50|00007|7",
    "f'{t!r}'": "'Hällo'",
    "f'{t!a}'": "'H\\xe4llo'",
    "f'{none}-{yes}-{xs}'": "None-True-[3, 1, 2]",
    "f'{n:{n}d}'": "      7",
    "f'{{}}'": "{}",
    "f'{n=}'": "n=7",
    "f'{f:%}'": "250.000000%",
    "f'{t:^9}'": "  Hällo  ",
    "f'{n:#x}'": "0x7",
    "f'{t!s:.2}'": "Hä",
    "f''": "",
    # kinds
    "isinstance(n, int)": True,
    "isinstance(n, (str, float))": False,
    "isinstance(yes, int)": True,
    "isinstance(none, dict)": False,
    "isinstance({1}, set)": True,
    # layout
    " n ": 7,
    "\n n +\n 1\n": 8,
    "n # comment": 7,
    "(n)": 7,
}


@pytest.mark.parametrize("source", CASES)
def test_expression_gives_its_result(source):
    result = compile_expression(source, "python").evaluate(VARIABLES)
    assert result == CASES[source]
    assert type(result) is type(CASES[source])


def test_names_are_the_free_variables_only():
    expression = compile_expression(
        "[x + rate for x in order.lines if len(x) > min] + f(y)".replace("f(y)", "ys"), "python"
    )
    assert expression.names == {"rate", "order", "min", "ys"}


def test_an_expression_tells_what_it_is():
    expression = compile_expression("a + 1", "python")
    assert (expression.source, expression.syntax) == ("a + 1", "python")
    assert repr(expression) == "Expression('a + 1', 'python')"


def test_a_result_that_is_only_read_is_the_very_value_of_the_variable():
    order = {"lines": [{"a": 1}]}
    assert compile_expression("order.lines", "python").evaluate({"order": order}) is order["lines"]
    assert compile_expression("[order][0]", "python").evaluate({"order": order}) is order


def test_reading_needs_nothing_but_subscripts():
    class Chain:
        def __getitem__(self, name):
            if name == "n":
                return 41
            raise KeyError(name)

    assert compile_expression("n + 1", "python").evaluate(Chain()) == 42
