"""A script returns the variables it assigned or changed, in order, and keeps its own names to itself."""

from __future__ import annotations

import pytest

from engine.expressions import EvaluationFailed, compile_script

VARIABLES = {"n": 7, "xs": [3, 1, 2], "order": {"total": 10, "lines": [{"qty": 1}]}, "t": "ab"}

CASES = {
    "": {},
    "# nothing": {},
    "pass": {},
    "'text'": {},
    "x = 1": {"x": 1},
    "x = n": {"x": 7},
    "n = n + 1": {"n": 8},
    "a = b = n": {"a": 7, "b": 7},
    "x: int = 1": {"x": 1},
    "a, b = 1, 2": {"a": 1, "b": 2},
    "a, (b, *c) = 1, xs": {"a": 1, "b": 3, "c": [1, 2]},
    "[a, b] = 'xy'": {"a": "x", "b": "y"},
    "*a, b = xs": {"a": [3, 1], "b": 2},
    "a, b = 1, 2\na, b = b, a": {"a": 2, "b": 1},
    "x = (1, 2)": {"x": [1, 2]},
    "x = 1; y = 2": {"x": 1, "y": 2},
    # augmented
    "n += 1": {"n": 8},
    "n -= 1": {"n": 6},
    "n *= 2": {"n": 14},
    "n /= 2": {"n": 3.5},
    "n //= 2": {"n": 3},
    "n %= 4": {"n": 3},
    "n **= 2": {"n": 49},
    "n <<= 1": {"n": 14},
    "n >>= 1": {"n": 3},
    "n &= 3": {"n": 3},
    "n |= 8": {"n": 15},
    "n ^= 1": {"n": 6},
    "t += 'c'": {"t": "abc"},
    "t *= 2": {"t": "abab"},
    "xs += 'a'": {"xs": [3, 1, 2, "a"]},
    "xs *= 2": {"xs": [3, 1, 2, 3, 1, 2]},
    "order |= {'a': 1}": {"order": {**VARIABLES["order"], "a": 1}},
    "ys = xs\nys += [9]": {"ys": [3, 1, 2, 9], "xs": [3, 1, 2, 9]},
    "_s = {1}\n_t = _s\n_s |= {2}\nx = list(_t)": {"x": [1, 2]},
    "order.total += 5": {"order": {"total": 15, "lines": [{"qty": 1}]}},
    "order['total'] *= 2": {"order": {"total": 20, "lines": [{"qty": 1}]}},
    "xs[0] -= 1": {"xs": [2, 1, 2]},
    "order.lines[0].qty += 1": {"order": {"total": 10, "lines": [{"qty": 2}]}},
    "order.lines += [1]": {"order": {"total": 10, "lines": [{"qty": 1}, 1]}},
    # in place
    "xs[1] = 'b'": {"xs": [3, "b", 2]},
    "xs[-1] = 0": {"xs": [3, 1, 0]},
    "order.paid = True": {"order": {**VARIABLES["order"], "paid": True}},
    "order['a'] = 1": {"order": {**VARIABLES["order"], "a": 1}},
    "del order.total": {"order": {"lines": [{"qty": 1}]}},
    "del order['total'], xs[0]": {"order": {"lines": [{"qty": 1}]}, "xs": [1, 2]},
    "xs.append(n)": {"xs": [3, 1, 2, 7]},
    "order.lines[0].qty = 5": {"order": {"total": 10, "lines": [{"qty": 5}]}},
    "xs.sort()": {"xs": [1, 2, 3]},
    "for line in order.lines:\n  line.qty = 9": {"order": {"total": 10, "lines": [{"qty": 9}]}},
    "x = xs.pop()": {"x": 2, "xs": [3, 1]},
    "order.total = 10": {},
    "xs.append(1)\nxs.pop()": {},
    "x = order\nx.a = 1": {"x": {**VARIABLES["order"], "a": 1}, "order": {**VARIABLES["order"], "a": 1}},
    "xs = []\nxs.append(1)": {"xs": [1]},
    "order.total = 10.0": {"order": {"total": 10.0, "lines": [{"qty": 1}]}},
    "order.total = 11\norder = 1": {"order": 1},
    "x = [xs.append(i) for i in 'a']": {"x": [None], "xs": [3, 1, 2, "a"]},
    # branches
    "if n > 5:\n  x = 1\nelse:\n  x = 2": {"x": 1},
    "if n > 9:\n  x = 1\nelif n > 5:\n  x = 2\nelse:\n  x = 3": {"x": 2},
    "if n > 9: x = 1": {},
    # loops
    "total = 0\nfor i in xs:\n  total += i": {"total": 6},
    "x = [0]\nfor i in xs:\n  if i == 1: continue\n  x.append(i)": {"x": [0, 3, 2]},
    "for i in xs:\n  if i == 1: break\n  x = i\nelse:\n  x = 'all'": {"x": 3},
    "for i in xs: pass\nelse: x = i": {"x": 2},
    "x = 0\nwhile x < 5: x += 1": {"x": 5},
    "x = 3\nwhile x:\n  x -= 1\nelse: y = 1": {"x": 0, "y": 1},
    "while True:\n  x = 1\n  break\nelse: y = 1": {"x": 1},
    "x = ''\nfor k, v in order.items():\n  x += k": {"x": "totallines"},
    "x = 0\nfor a in range(3):\n  for b in range(3):\n    if b > a: break\n    x += 1": {"x": 6},
    "x = []\nfor c in t:\n  x += [c]": {"x": ["a", "b"]},
    "x = 0\nwhile x < 9:\n  x += 1\n  if x % 2: continue\n  y = x": {"x": 9, "y": 8},
    # functions
    "def f(a, b):\n  c = a * b\n  return c + n\nx = f(2, 3)": {"x": 13},
    "def f(x): return 1 if x < 2 else x * f(x - 1)\nx = f(5)": {"x": 120},
    "def f(): pass\nx = f()": {"x": None},
    "def f(a):\n  for i in a:\n    if i < 3: return i\nx = f(xs)": {"x": 1},
    "def f(a):\n  while True:\n    return a\nx = f(1)": {"x": 1},
    "def key(o): return -o\nx = sorted(xs, key=key)": {"x": [3, 2, 1]},
    "def f(a): a.append(1)\nf(xs)": {"xs": [3, 1, 2, 1]},
    "rate = 2\ndef f(a): return [a * rate * i for i in xs]\nx = f(1)": {"rate": 2, "x": [6, 2, 4]},
    "def even(i): return i == 0 or odd(i - 1)\ndef odd(i): return i != 0 and even(i - 1)\nx = even(10)": {"x": True},
    "def len(a): return 5\nx = len(xs)": {"x": 5},
    "def f(a):\n  if a: x = 1\n  else: x = 2\n  return x\ny = f(0)": {"y": 2},
    "def f(a):\n  return\nx = f(1)": {"x": None},
    "_k = 3\ndef f(): return _k\nx = f()": {"x": 3},
    "def f(a):\n  a += 1\n  return a\nx = f(1)": {"x": 2},
    # names that stay inside
    "_a = 1\nx = _a + 1": {"x": 2},
    "x = [i for i in xs]": {"x": [3, 1, 2]},
    "for i, _ in [[1, 2]]: x = i": {"x": 1},
    "x = 1\ndel x": {},
    "x = 1\ny = 2\ndel x, y\nx = 3": {"x": 3},
    "n = 1\nx = n": {"n": 1, "x": 1},
    "\n    if n:\n        x = 1\n    y = 2\n": {"x": 1, "y": 2},
}


@pytest.mark.parametrize("source", CASES)
def test_script_writes(source):
    written = compile_script(source, "python").run(VARIABLES)
    assert written == CASES[source]
    assert list(written) == list(CASES[source])
    assert {name: type(value) for name, value in written.items()} == {
        name: type(v) for name, v in CASES[source].items()
    }


@pytest.mark.parametrize(
    "source, reads, writes",
    [
        ("x = 1\ny = x", set(), {"x", "y"}),
        ("x = x + 1", {"x"}, {"x"}),
        ("if a: x = 1\ny = x", {"a", "x"}, {"x", "y"}),
        ("if a: x = 1\nelse: x = 2\ny = x", {"a"}, {"x", "y"}),
        ("for i in xs: s = i\nt = s", {"xs", "s"}, {"s", "t"}),
        ("_x = a\nb = _x", {"a"}, {"b"}),
        ("xs.append(y)", {"xs", "y"}, {"xs", "y"}),
        ("x = [i for i in xs if i > m]", {"xs", "m"}, {"x"}),
        ("def f(a):\n  b = a + c\n  return b\nx = f(1)", {"c"}, {"x"}),
        ("x += 1", {"x"}, {"x"}),
        ("x = 1\ndel x\ny = x", {"x"}, {"x", "y"}),
        ("total = 0\nfor i in xs: total += i.a", {"xs"}, {"total"}),
        ("s = ''\nfor i in xs: s += i", {"xs"}, {"s"}),
        ("while a:\n  b = 1\nc = b", {"a", "b"}, {"b", "c"}),
        ("r = 2\ndef f(): return r\nx = f()", set(), {"r", "x"}),
    ],
)
def test_reads_and_writes_are_known_when_compiling(source, reads, writes):
    script = compile_script(source, "python")
    assert script.reads == reads
    assert script.writes == writes
    assert (script.source, script.syntax, repr(script)) == (source, "python", f"Script({source!r}, 'python')")


def test_a_script_that_changes_nothing_in_place_reads_without_copying():
    order = {"lines": [1, 2]}
    written = compile_script("x = order\ntotal = 0\nfor i in order.lines: total += i", "python").run({"order": order})
    assert written["x"] is order


def test_a_script_that_changes_in_place_works_on_its_own_copy():
    order = {"lines": [1, 2]}
    written = compile_script("x = order\nx.lines.append(3)", "python").run({"order": order})
    assert order == {"lines": [1, 2]}
    assert written["order"] == {"lines": [1, 2, 3]}


FAILURES = {
    "x = y": ("a variable 'y' but there is none", 1, 5),
    "x = 1\nz = total": ("a variable 'total'", 2, 5),
    "x = i\nfor i in xs: pass": ("local to the script", 1, 5),
    "_a += 1": ("local to the script", 1, 1),
    "def f():\n  x = y\n  y = 1\nf()": ("local here and not assigned", 2, 7),
    "a, b = 1, 2, 3": ("2 values to unpack but got 3", 1, 1),
    "a, *b, c = [1]": ("3 values to unpack but got 1", 1, 1),
    "a, b = 1": ("a collection to go through but got an integer", 1, 1),
    "n.x = 1": ("a dictionary before '.x' but got an integer", 1, 1),
    "t[0] = 'x'": ("a list or a dictionary to change but got a text", 1, 1),
    "xs[5] = 1": ("an index within a list of 3 but got 5", 1, 1),
    "xs['a'] = 1": ("an integer as the index", 1, 1),
    "order[[1]] = 1": ("a key that never changes", 1, 1),
    "order.b += 1": ("the key 'b'", 1, 1),
    "n.b += 1": ("a dictionary before '.b'", 1, 1),
    "xs[9] += 1": ("an index within a list", 1, 1),
    "t += 1": ("operands that fit '+'", 1, 1),
    "order.total += 'a'": ("operands that fit '+'", 1, 1),
    "del n": ("to be assigned in this script before del", 1, 5),
    "n = 1\ndel n": ("is the process's", 2, 5),
    "del order.x": ("no key 'x'", 1, 5),
    "del xs[7]": ("an index within a list", 1, 5),
    "del t[0]": ("a list or a dictionary", 1, 5),
    "for i in 5: pass": ("a collection to go through but got an integer", 1, 1),
    "for i in order:\n  order.pop(i)\n  order[i + '2'] = 1": ("changed", 1, 1),
    "x = {1, 2}": (
        "The variable 'x' cannot keep its value: Expected a value that can be stored as JSON but got a set",
        1,
        1,
    ),
    "x = {1: 2}": ("keys that are texts", 1, 1),
    "xs.append(xs)": ("contains itself", 1, 1),
    "xs.append({2})": ("'xs' cannot keep its value", 1, 1),
    "order.total()": ("method that exists", 1, 1),
    "x = '\\ud800'": ("surrogate", 1, 1),
    "x = '\\0'": ("NUL", 1, 1),
}


@pytest.mark.parametrize("source", FAILURES)
def test_failing_script_says_what_and_where(source):
    said, line, column = FAILURES[source]
    with pytest.raises(Exception) as failure:  # noqa: PT011 - several classes, told apart by their sentence
        compile_script(source, "python").run(VARIABLES)
    assert said in str(failure.value)
    assert (failure.value.line, failure.value.column) == (line, column)
    assert failure.value.source == source


def test_similar_names_are_offered():
    with pytest.raises(EvaluationFailed, match="did you mean total"):
        compile_script("x = totl", "python").run({"total": 1})
    with pytest.raises(EvaluationFailed, match="did you mean total"):
        compile_script("x = order.totl", "python").run({"order": {"total": 1}})


def test_no_state_is_kept_between_runs():
    script = compile_script("xs = []\nxs.append(n)\n_k = {'a': []}\n_k.a.append(1)\nx = _k.a", "python")
    assert script.run({"n": 1}) == {"xs": [1], "x": [1]}
    assert script.run({"n": 2}) == {"xs": [2], "x": [1]}
