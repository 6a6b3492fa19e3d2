"""Every function and every method that exists has a row here with its result."""

from __future__ import annotations

import pytest

from engine.expressions import BpmnErrorThrown, EvaluationFailed, compile_expression, compile_script
from engine.expressions.functions import FUNCTIONS
from engine.expressions.methods import METHODS, MUTATING

FUNCTION_CASES = {
    "abs(-3)": 3,
    "all([1, 0])": False,
    "all([])": True,
    "any([0, 1])": True,
    "bool('')": False,
    "bool([0])": True,
    "chr(228)": "ä",
    "dict([['a', 1]], b=2)": {"a": 1, "b": 2},
    "dict({'a': 1})": {"a": 1},
    "dict(a=1)": {"a": 1},
    "divmod(7, -2)": [-4, -1],
    "divmod(7.5, 2)": [3.0, 1.5],
    "enumerate('ab', 1)": [[1, "a"], [2, "b"]],
    "enumerate('a', start=5)": [[5, "a"]],
    "float('2.5')": 2.5,
    "float(2)": 2.0,
    "int('12')": 12,
    "int(-2.9)": -2,
    "int('ff', 16)": 255,
    "int(True)": 1,
    "len('abc')": 3,
    "len({'a': 1})": 1,
    "len(range(5))": 5,
    "list('ab')": ["a", "b"],
    "list({'k': 1})": ["k"],
    "list()": [],
    "matches('^a+$', 'aaa')": True,
    "matches('b', 'aaa')": False,
    "max(1, 5, 2)": 5,
    "max([1, 5], key=lambda x: -x)": 1,
    "max([], default=7)": 7,
    "min('b', 'a')": "a",
    "min([[2, 1], [1, 9]])": [1, 9],
    "min(['aa', 'b'], key=len)": "b",
    "now()": "2024-02-29T12:30:00.000001Z",
    "ord('ä')": 228,
    "pow(2, 10)": 1024,
    "pow(3, 200, 13)": pow(3, 200, 13),
    "range(2, 8, 3)": [2, 5],
    "range(3, 0, -1)": [3, 2, 1],
    "repr('a')": "'a'",
    "reversed([1, 2])": [2, 1],
    "reversed('ab')": ["b", "a"],
    "round(2.5)": 2,
    "round(2.675, 2)": 2.67,
    "round(1234, -2)": 1200,
    "set([1])  == {1}": True,
    "sorted([3, 1, 2])": [1, 2, 3],
    "sorted(['b', 'A'], key=lambda x: x.lower())": ["A", "b"],
    "sorted([1, 2], reverse=True)": [2, 1],
    "sorted({'b': 1, 'a': 2})": ["a", "b"],
    "sorted([[1, 'b'], [1, 'a'], [0, 'c']], key=lambda p: p[0])": [[0, "c"], [1, "b"], [1, "a"]],
    "sorted([[1, 'b'], [1, 'a']], key=lambda p: p[0], reverse=True)": [[1, "b"], [1, "a"]],
    "sorted([2, 1], key=None)": [1, 2],
    "str(1.0)": "1.0",
    "str([1, 'a'])": "[1, 'a']",
    "str({'a': None})": "{'a': None}",
    "str({2, 1})": "{2, 1}",
    "str((1,))": "(1,)",
    "str()": "",
    "sum([1, 2.5])": 3.5,
    "sum([], 4)": 4,
    "sum([1], start=1)": 2,
    "today()": "2024-02-29",
    "tuple([1])": [1],
    "zip([1, 2], 'ab')": [[1, "a"], [2, "b"]],
    "zip()": [],
}

METHOD_CASES = {
    "'Ab'.lower()": "ab",
    "'Ab'.upper()": "AB",
    "'ab cd'.title()": "Ab Cd",
    "'ab'.capitalize()": "Ab",
    "'ß'.casefold()": "ss",
    "'Ab'.swapcase()": "aB",
    "'a'.isalpha()": True,
    "'a1'.isalnum()": True,
    "'1'.isdigit()": True,
    "'1'.isdecimal()": True,
    "'½'.isnumeric()": True,
    "' '.isspace()": True,
    "'a'.islower()": True,
    "'A'.isupper()": True,
    "'Ab'.istitle()": True,
    "'a'.isascii()": True,
    "'a'.isprintable()": True,
    "'a b'.isidentifier()": False,
    "' a '.strip()": "a",
    "'xax'.strip('x')": "a",
    "' a '.lstrip()": "a ",
    "' a '.rstrip()": " a",
    "'aba'.find('a', 1)": 2,
    "'aba'.rfind('a')": 2,
    "'aba'.index('b')": 1,
    "'aba'.rindex('a')": 2,
    "'aba'.count('a')": 2,
    "'aba'.startswith('ab')": True,
    "'aba'.endswith(('x', 'a'))": True,
    "'aba'.removeprefix('a')": "ba",
    "'aba'.removesuffix('a')": "ab",
    "'a=b=c'.partition('=')": ["a", "=", "b=c"],
    "'a=b=c'.rpartition('=')": ["a=b", "=", "c"],
    "'a b'.split()": ["a", "b"],
    "'a,b,c'.split(',', 1)": ["a", "b,c"],
    "'a,b'.split(sep=',')": ["a", "b"],
    "'a,b,c'.rsplit(',', maxsplit=1)": ["a,b", "c"],
    "'a\\nb'.splitlines()": ["a", "b"],
    "'-'.join(['a', 'b'])": "a-b",
    "'-'.join(x for x in 'ab')": "a-b",
    "'aaa'.replace('a', 'b', 2)": "bba",
    "'ab'.replace('', '-')": "-a-b-",
    "'a'.ljust(3, '.')": "a..",
    "'a'.rjust(3)": "  a",
    "'a'.center(3)": " a ",
    "'-1'.zfill(4)": "-001",
    "'a\\tb'.expandtabs(4)": "a   b",
    "[1, 2].index(2)": 1,
    "[1, 2, 1].count(1)": 2,
    "[1].copy()": [1],
    "(1, 2).index(2)": 1,
    "(1, 1).count(1)": 2,
    "{'a': 1}.get('a')": 1,
    "{'a': 1}.get('b')": None,
    "{}.get('b', 2)": 2,
    "{'a': 1}.keys()": ["a"],
    "{'a': 1}.values()": [1],
    "{'a': 1}.items()": [["a", 1]],
    "{'a': 1}.copy()": {"a": 1},
    "list({1}.union([2]))": [1, 2],
    "list({1, 2}.intersection([2]))": [2],
    "list({1, 2}.difference([2]))": [1],
    "list({1}.symmetric_difference([2]))": [1, 2],
    "{1}.issubset([1, 2])": True,
    "{1, 2}.issuperset({1})": True,
    "{1}.isdisjoint([2])": True,
    "list({1}.copy())": [1],
}

# Each script starts with x = [3, 1], d = {'a': 1} and _s = {1, 2}; the result is what it leaves in r, x and d.
CHANGING_CASES = {
    "x.append(9)": (None, [3, 1, 9]),
    "x.extend('ab')": (None, [3, 1, "a", "b"]),
    "x.insert(0, 9)": (None, [9, 3, 1]),
    "x.remove(3)": (None, [1]),
    "x.pop()": (1, [3]),
    "x.pop(0)": (3, [1]),
    "x.clear()": (None, []),
    "x.sort()": (None, [1, 3]),
    "x.sort(key=lambda i: -i)": (None, [3, 1]),
    "x.sort(reverse=True)": (None, [3, 1]),
    "x.reverse()": (None, [1, 3]),
    "d.pop('a')": (1, {}),
    "d.pop('b', 5)": (5, {"a": 1}),
    "d.popitem()": (["a", 1], {}),
    "d.setdefault('b', [])": ([], {"a": 1, "b": []}),
    "d.setdefault('a', 2)": (1, {"a": 1}),
    "d.update({'b': 2}, c=3)": (None, {"a": 1, "b": 2, "c": 3}),
    "d.update([['z', 0]])": (None, {"a": 1, "z": 0}),
    "d.clear()": (None, {}),
    "_s.add(3)": (None, [1, 2, 3]),
    "_s.discard(7)": (None, [1, 2]),
    "_s.remove(1)": (None, [2]),
    "_s.update([5])": (None, [1, 2, 5]),
    "_s.clear()": (None, []),
}

NOW = 1_709_209_800_000_001


@pytest.mark.parametrize("source", [*FUNCTION_CASES, *METHOD_CASES])
def test_call_gives_its_result(source):
    assert compile_expression(source, "python").evaluate({}, NOW) == {**FUNCTION_CASES, **METHOD_CASES}[source]


@pytest.mark.parametrize("source", CHANGING_CASES)
def test_changing_method_changes_what_it_is_called_on(source):
    script = compile_script(f"x = [3, 1]\nd = {{'a': 1}}\n_s = {{1, 2}}\nr = {source}\ns = list(_s)", "python")
    result, changed = CHANGING_CASES[source]
    written = script.run({})
    assert written["r"] == result
    assert written[{"x": "x", "d": "d", "_": "s"}[source[0]]] == changed


def test_every_function_has_a_row():
    assert {source.partition("(")[0] for source in FUNCTION_CASES} == set(FUNCTIONS) - {"bpmn_error"}


def test_every_method_has_a_row():
    called = {name for source in (*METHOD_CASES, *CHANGING_CASES) for name in _method_names() if f".{name}(" in source}
    assert called == _method_names()


def test_every_method_that_changes_is_known_as_one():
    assert {source.partition(".")[2].partition("(")[0] for source in CHANGING_CASES} == MUTATING


def _method_names():
    return {name for methods in METHODS.values() for name in methods}


@pytest.mark.parametrize(
    "syntax, source", [("python", "bpmn_error('E1', 'no ' + x)"), ("juel", "${bpmn_error('E1', 'no stock')}")]
)
def test_bpmn_error_throws_its_code_and_message(syntax, source):
    with pytest.raises(BpmnErrorThrown) as thrown:
        compile_expression(source, syntax).evaluate({"x": "stock"})
    assert (thrown.value.code, thrown.value.message) == ("E1", "no stock")


def test_bpmn_error_leaves_a_script_from_within_its_loops_and_functions():
    script = compile_script("def f(x):\n  return [bpmn_error('E') for _ in x]\nfor x in 'ab':\n  f(x)", "python")
    with pytest.raises(BpmnErrorThrown, match=r"^E$"):
        script.run({})


@pytest.mark.parametrize(
    "source, said",
    [
        ("len(3)", "length but got an integer"),
        ("int('x')", "invalid literal"),
        ("int([])", "convert to an integer but got a list"),
        ("float('nan')", "finite number"),
        ("float('1e999')", "finite number"),
        ("int('9' * 5000)", "far too long"),
        ("sum(['a'])", "numbers to sum but got a text"),
        ("sum([[1], [2]])", "numbers to sum"),
        ("min([])", "at least one value"),
        ("min()", "at least one value"),
        ("max([1, 'a'])", "a text and an integer"),
        ("sorted([{}, {}])", "can be ordered"),
        ("round('a')", "a number for round"),
        ("round(5, -10**9)", "number of digits"),
        ("abs(none)", "a number for abs but got None"),
        ("dict([1])", "pairs of a key and a value"),
        ("set([[1]])", "a key that never changes but got a list"),
        ("pow(2, 3, 0)", "pow(...)"),
        ("pow(2, 3.0, 5)", "three integers"),
        ("divmod(1, 0)", "divisor other than zero"),
        ("chr(-1)", "chr(...)"),
        ("bpmn_error(1)", "texts as the code"),
        ("matches('(', '')", "RE2 accepts"),
        ("matches('(?=a)', '')", "RE2 accepts"),
        ("matches(1, '')", "two texts"),
        ("'a'.split('')", ".split(...)"),
        ("'a'.join([1])", "texts to join but got an integer"),
        ("'a'.index('b')", ".index(...)"),
        ("[1].index(2)", "the 1 items have none"),
        ("none.lower()", "has the method 'lower' but got None"),
        ("[].lower()", "but got a list"),
        ("order.get('a')", "cannot be called"),
        ("{}.split()", "has the method 'split' but got a dictionary"),
        ("'a'.copy()", "but got a text"),
        ("zip([1], [1, 2], strict=True)", "zip(...)"),
    ],
)
def test_misused_call_is_said_plainly(source, said):
    with pytest.raises(EvaluationFailed) as failure:
        compile_expression(source, "python").evaluate({"none": None, "order": {"get": 1}})
    assert said in str(failure.value)
