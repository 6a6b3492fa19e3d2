"""Whatever a text does, it ends soon and in little memory: every way to grow hits a limit that names itself."""

from __future__ import annotations

import tracemalloc

import pytest

from engine.expressions import LimitExceeded, Limits, SyntaxRefused, compile_expression, compile_script

EXPRESSIONS = {
    "9**9**9": "integer_bits",
    "2**2000": "integer_bits",
    "1 << 10**9": "integer_bits",
    "(2**1000) * (2**1000)": "integer_bits",
    "(2**1023) + (2**1023)": "integer_bits",
    "-(2**1023) - (2**1023) - 1": "integer_bits",
    "pow(10, 10**9)": "integer_bits",
    "int('f' * 400, 16)": "integer_bits",
    "sum([2**1023, 2**1023])": "integer_bits",
    "{2**61: 1}": "integer_bits",
    "{2**61}": "integer_bits",
    "'a' * 10**10": "string_length",
    "10**10 * 'a'": "string_length",
    "'a'.ljust(10**10)": "string_length",
    "'a'.rjust(10**10)": "string_length",
    "'a'.center(10**10)": "string_length",
    "'a'.zfill(10**10)": "string_length",
    "'\\t'.expandtabs(10**10)": "string_length",
    "f'{1:>10000000000}'": "string_length",
    "f'{1:{w}}'": "string_length",
    "f'{1.5:.100000000f}'": "string_length",
    "f'{1:0{w}d}'": "string_length",
    "('a' * 900000).replace('a', 'bc')": "string_length",
    "('a' * 900000).replace('', '-')": "string_length",
    "('a' * 600000) + ('a' * 600000)": "string_length",
    "('a' * 900000).join(['b', 'c', 'd'])": "string_length",
    "f'{big}{big}'": "string_length",
    "str([big, big])": "string_length",
    "repr([big, big])": "string_length",
    "('ß' * 900000).upper()": "string_length",
    "f'{big!a:>10}{big!r}'": "string_length",
    "[0] * 10**9": "collection_size",
    "10**9 * (0,)": "collection_size",
    "list(range(10**10))": "collection_size",
    "[*range(10**7)]": "collection_size",
    "[x for x in range(10**7)]": "collection_size",
    "{x for x in range(10**7)}": "collection_size",
    "{x: x for x in range(10**7)}": "collection_size",
    "sorted(range(10**8))": "collection_size",
    "list('a' * 900000)": "collection_size",
    "(','*900000).split(',')": "collection_size",
    "('\\n'*900000).splitlines()": "collection_size",
    "enumerate(range(10**8))": "collection_size",
    "zip(range(10**8), range(10**8))": "collection_size",
    "reversed(range(10**9))": "collection_size",
    "tuple(range(10**9))": "collection_size",
    "set(range(10**9))": "collection_size",
    "[[0] * 60000, [0] * 60000]": "collection_size",
    "([0] * 60000) + ([0] * 60000)": "collection_size",
    "range(10**9)[1:]": "collection_size",
    "range(10**9)": "collection_size",
    "max(range(10**9))": "collection_size",
    "sum(range(10**9))": "steps",
    "any(0 for x in range(10**12))": "steps",
    "all(range(1, 10**12))": "steps",
    "[y for x in range(10**6) for y in [] if y]": "steps",
    "[0 for x in range(10**7) if x < 0]": "steps",
    "[(', '.join([big])) for i in range(99)]": "steps",
    "[big + str(i) for i in range(999)]": "steps",
    "[big == 'a' + big[1:] for i in range(9999)]": "steps",
    "['b' in big for i in range(9999)]": "steps",
    "[big.find('b') for i in range(9999)]": "steps",
    "[xs == ys for i in range(9999)]": "steps",
    "[xs + [i] for i in range(99999)]": "steps",
    "[xs[:] for i in range(99999)]": "steps",
    "[7 in xs for i in range(99999)]": "steps",
    "[sorted(xs) for i in range(9999)]": "steps",
    "[big.strip(big[1:]) for i in range(99)]": "steps",
    "[matches('b', big) for i in range(9999)]": "steps",
    "[big.upper() for i in range(9999)]": "steps",
    "[str(xs) for i in range(9999)]": "steps",
    "[big.count('b') for i in range(9999)]": "steps",
    "sorted(xs, key=lambda x: [y for y in xs])": "steps",
    "len({(x, 1) for x in range(99999)})": "steps",
    "[pow(3, 2**1000, 7) for i in range(9999)]": "steps",
    "[xs.count(big) for i in range(99999)]": "steps",
    "[dict(order) for i in range(10**6)]": "steps",
    "matches('a' * 2000, '')": "string_length",
}

SCRIPTS = {
    "while True: pass": "steps",
    "while 1:\n  x = [0] * 1000": "steps",
    "x = 1\nwhile True: x = x * 2": "integer_bits",
    "x = 'a'\nwhile True: x += x": "string_length",
    "x = [1]\nwhile True: x += x": "collection_size",
    "x = [1]\nwhile True: x.append(1)": "collection_size",
    "x = [1]\nfor i in x: x.append(i)": "collection_size",
    "x = []\nwhile True: x = [x]": "steps",
    "x = []\nfor i in range(200): x = [x]": "nesting",
    "x = [1]\nx.append(x)": "nesting",
    "x = {}\nx.a = x": "nesting",
    "x = [1]\nx.append(x)\ny = str(x)": "nesting",
    "x = [1]\nx.append(x)\ny = [1]\ny.append(y)\nz = x == y": "nesting",
    "x = [1]\nfor i in range(50): x = [x, x]": "collection_size",
    "x = [1]\nfor i in range(50): x = [x, x]\ny = str(x)": "steps",
    "_x = [1]\n_y = [1]\nfor i in range(50):\n  _x = [_x, _x]\n  _y = [_y, _y]\nz = _x == _y": "steps",
    "_x = (1,)\nfor i in range(50): _x = (_x, _x)\nz = {_x: 1}": "EvaluationFailed",
    "_x = [1]\nfor i in range(50): _x = [_x, _x]\nz = _x in [[1], _x[:]]": "steps",
    "_x = [1]\nfor i in range(50): _x = [_x, _x]\nz = sorted([_x, _x])": "steps",
    "_x = [1]\nfor i in range(50): _x = [_x, _x]\nz = max(_x, [_x, _x])": "steps",
    "x = {}\nfor i in range(10**7): x[str(i)] = 1": "collection_size",
    "def f(): return f()\nf()": "call_depth",
    "def f(x): return [f(x) for i in 'ab']\nf(1)": "call_depth",
    "def f(): return sorted([1, 2], key=g)\ndef g(x): return f()\nf()": "call_depth",
    "x = []\nfor i in range(10**6): x.insert(0, i)": "steps",
    "for i in range(10**9): pass": "steps",
    "x = []\nwhile True:\n  x.append(1)\n  x.pop()": "steps",
    "_s = {0}\nfor i in range(10**7): _s.add(i)": "collection_size",
    "x = {}\nwhile True: x.update({str(len(x)): 1})": "steps",
    "x = {}\nwhile True: x.setdefault(str(len(x)), 1)": "steps",
    "x = []\nwhile True: x.extend(range(1000))": "collection_size",
    "xs[0] = 1\nx = [xs for i in range(99)]": "collection_size",
    "x = [1]\nwhile True: x *= 2": "collection_size",
    "x = 1.5\nwhile True: x *= x": "EvaluationFailed",
    "_x = [0]\nwhile True: _x = [_x, _x, _x, [1], {'a': {}}, [], [], {}, {}, [[], [], []]]": "steps",
    "_x = []\nwhile True:\n  _x = [[{} for i in range(999)], _x]": "steps",
    "_x = []\nwhile True:\n  _x.append(['a' * 999 + str(len(_x)), {'a': 1, 'b': 2}])": "steps",
}

BIG = "a" * 900_000
VARIABLES = {
    "big": BIG,
    "w": 10**10,
    "xs": list(range(50_000)),
    "ys": list(range(50_000)),
    "order": {str(i): i for i in range(1000)},
}
MEGABYTES_ALLOWED = 300


@pytest.mark.parametrize("source", EXPRESSIONS)
def test_expression_hits_its_limit(source):
    compiled = compile_expression(source, "python")
    with pytest.raises(LimitExceeded) as exceeded:
        compiled.evaluate(VARIABLES)
    assert exceeded.value.limit == EXPRESSIONS[source]
    assert exceeded.value.sentence.startswith("Expected ")
    assert exceeded.value.line == 1


@pytest.mark.parametrize("source", SCRIPTS)
def test_script_hits_its_limit(source):
    compiled = compile_script(source, "python")
    with pytest.raises(Exception) as exceeded:  # noqa: PT011 - the row names the limit or the class
        compiled.run(VARIABLES)
    assert getattr(exceeded.value, "limit", type(exceeded.value).__name__) == SCRIPTS[source]


@pytest.mark.parametrize(
    "source",
    [
        "_x = []\nwhile True:\n  _x.append(['a' * 999 + str(len(_x)), {'a': 1, 'b': 2}])",
        "_x = []\nwhile True: _x = [_x, [], {}, {'a': 1}, [[]], {}]",
        "_x = []\nwhile True: _x = [[0] * 1000, _x]",
        "_x = []\nwhile True: _x = [big + str(1), _x]",
        "_x = 1\nwhile True: _x = [f'{_x!r:>99}', (1, 2), {1}, {2: 3}]",
        "_x = []\nwhile True: _x = [{i for i in range(99)}, {i: {} for i in range(99)}, _x]",
    ],
)
def test_memory_is_bounded_by_the_steps(source):
    compiled = compile_script(source, "python", Limits(steps=50_000))
    tracemalloc.start()
    try:
        with pytest.raises(LimitExceeded):
            compiled.run(VARIABLES)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MEGABYTES_ALLOWED / 10 * 2**20


def test_limits_can_be_set():
    with pytest.raises(LimitExceeded, match="at most 10 steps"):
        compile_script("for i in range(20): pass", "python", Limits(steps=10)).run({})
    with pytest.raises(LimitExceeded, match="at most 3 characters"):
        compile_expression("'ab' + 'cd'", "python", Limits(string_length=3)).evaluate({})
    with pytest.raises(LimitExceeded, match="at most 2 items"):
        compile_expression("[1, 2, 3]", "python", Limits(collection_size=2)).evaluate({})
    with pytest.raises(LimitExceeded, match="at most 70 bits"):
        compile_expression("a * a", "python", Limits(integer_bits=70)).evaluate({"a": 2**40})
    with pytest.raises(SyntaxRefused, match="at most 3 levels"):
        compile_expression("[[[[1]]]]", "python", Limits(nesting=3))
    with pytest.raises(LimitExceeded, match="at most 2 open calls"):
        compile_script("def f(x): return x and f(x - 1)\nf(5)", "python", Limits(call_depth=2)).run({})


def test_a_limit_says_where_it_was_hit():
    with pytest.raises(LimitExceeded) as exceeded:
        compile_script("x = 1\nfor i in range(9):\n  y = 'ab' * 10**9", "python").run({})
    assert (exceeded.value.line, exceeded.value.column) == (3, 7)


def test_work_near_the_limit_is_still_done():
    assert compile_expression("sum(x * x for x in range(50000))", "python").evaluate({}) == sum(
        x * x for x in range(50000)
    )
    assert len(compile_expression("sorted(x % 1000 for x in range(50000))", "python").evaluate({})) == 50_000


def test_running_out_of_stack_is_a_limit_too():
    def at_the_bottom(levels):
        return at_the_bottom(levels - 1) if levels else compile_expression("[[[[[[[[x]]]]]]]]", "python")

    compiled = at_the_bottom(0)

    def deep():
        try:
            return deep()
        except RecursionError:
            return compiled.evaluate({"x": 1})

    with pytest.raises(LimitExceeded) as exceeded:
        deep()
    assert exceeded.value.limit == "nesting"
