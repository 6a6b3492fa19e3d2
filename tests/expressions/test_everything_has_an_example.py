"""Everything that exists has an example that is true; every construct of Python is supported or refused with a hint."""

from __future__ import annotations

import ast

import pytest

from engine.expressions import EvaluationFailed, SyntaxRefused, compile_expression, compile_script
from engine.expressions import examples as shown
from engine.expressions.functions import FUNCTIONS
from engine.expressions.juel import _LEVELS, OFFERED
from engine.expressions.juel_tokens import _WORDS
from engine.expressions.methods import KINDS, METHODS, MUTATING
from engine.expressions.python_refusals import REFUSED, REFUSED_CALLS, REFUSED_METHODS
from engine.expressions.values import OrderedSet

CALLS = [
    *((f"{name}", one, False) for name, one in shown.FUNCTIONS.items()),
    *((f"{kind}.{name}", one, name in MUTATING) for kind, rows in shown.METHODS.items() for name, one in rows.items()),
]


def evaluated(text: str) -> object:
    return compile_expression(text, "python").evaluate(shown.VARIABLES, 1_700_000_000_000_000)


def run(text: str) -> object:
    return compile_script(text, "python").run(shown.VARIABLES, 1_700_000_000_000_000)


def same(one: object, other: object) -> bool:
    return repr(one) == repr(other)


@pytest.mark.parametrize("name, example, is_script", CALLS, ids=[row[0] for row in CALLS])
def test_the_example_of_a_function_or_method_is_true(name, example, is_script):
    assert f"{name.rpartition('.')[2]}(" in example.text
    assert same((run if is_script else evaluated)(example.text), ast.literal_eval(example.gives))


def test_every_function_and_method_has_an_example():
    assert set(shown.FUNCTIONS) == {*FUNCTIONS, "isinstance"}
    assert {kind: set(rows) for kind, rows in shown.METHODS.items()} == {
        kind: set(METHODS[of]) for of, kind in KINDS.items()
    }


@pytest.mark.parametrize("construct", shown.EXPRESSIONS, ids=lambda one: one.written)
def test_the_example_of_an_expression_is_true(construct):
    assert same(evaluated(construct.text), ast.literal_eval(construct.gives))
    assert set(construct.nodes) <= nodes_of(construct.text)


@pytest.mark.parametrize("construct", shown.STATEMENTS, ids=lambda one: one.written)
def test_the_example_of_a_statement_is_true(construct):
    assert same(run(construct.text), ast.literal_eval(construct.gives))
    assert set(construct.nodes) <= nodes_of(construct.text)


@pytest.mark.parametrize("construct", shown.JUEL, ids=lambda one: one.written)
def test_the_example_of_a_placeholder_is_true(construct):
    given = compile_expression(construct.text, "juel").evaluate(shown.VARIABLES)
    assert same(given, ast.literal_eval(construct.gives))


def test_every_operator_of_juel_has_an_example():
    shown_marks = " ".join(one.written for one in shown.JUEL)
    assert [mark for mark in (*_LEVELS, *_WORDS, "empty", "?", "!", ".", "[", "{") if mark not in shown_marks] == []


@pytest.mark.parametrize("name", OFFERED)
def test_a_function_that_placeholders_have_is_callable_there(name):
    arguments = {"matches": "'a', 'b'", "bpmn_error": "'E', 'm'", "now": "", "today": "", "sum": "[1]", "len": "tags"}
    compiled = compile_expression(f"${{{name}({arguments.get(name, '1')})}}", "juel")
    assert compiled.names <= {"tags"}


# -- every kind of syntax node ----------------------------------------------------------------------------------------

REFUSED_TEXTS = {
    "import os": (ast.Import, ast.alias),
    "from os import path": (ast.ImportFrom,),
    "class A: pass": (ast.ClassDef,),
    "async def f(): pass": (ast.AsyncFunctionDef,),
    "async for x in y: pass": (ast.AsyncFor,),
    "async with x: pass": (ast.AsyncWith,),
    "a = await x": (ast.Await,),
    "def f(): yield 1": (ast.Yield,),
    "def f(): yield from x": (ast.YieldFrom,),
    "with x as y: pass": (ast.With, ast.withitem),
    "try: pass\nexcept KeyError: pass": (ast.Try, ast.ExceptHandler),
    "try: pass\nexcept* KeyError: pass": (ast.TryStar,),
    "raise x": (ast.Raise,),
    "assert x": (ast.Assert,),
    "global x": (ast.Global,),
    "nonlocal x": (ast.Nonlocal,),
    "match x:\n  case 1: pass\n  case None: pass\n  case [*a]: pass\n  case {'a': b}: pass\n  case str(): pass\n"
    "  case 1 | 2: pass\n  case c: pass": (
        ast.Match, ast.match_case, ast.MatchValue, ast.MatchSingleton, ast.MatchSequence, ast.MatchStar,
        ast.MatchMapping, ast.MatchClass, ast.MatchOr, ast.MatchAs,
    ),
    "a = (b := 1)": (ast.NamedExpr,),
    "a = b @ c": (ast.MatMult,),
    "a @= b": (ast.MatMult,),
    "a = lambda: 1": (ast.Lambda,),
    "a = (x for x in y)": (ast.GeneratorExp,),
    "f(*x)": (ast.Starred,),
    "a = x[1:2, 3]": (ast.Slice,),
    "a[1:2] = x": (ast.Slice,),
    "del a[1:2]": (ast.Slice,),
    "if x:\n  def f(): pass": (ast.FunctionDef,),
    "a = [x async for x in y]": (ast.comprehension,),
    "a = 1j": (ast.Constant,),
    "a = b'x'": (ast.Constant,),
    "a = ...": (ast.Constant,),
    "a = x is y": (ast.Is,),
    "a = x()()": (ast.Call,),
    "a = max(**x)": (ast.keyword,),
    "a = x.__class__": (ast.Attribute,),
    "x: int": (ast.AnnAssign,),
    "def f(*, a=1): pass": (ast.arguments,),
    "return 1": (ast.Return,),
    "break": (ast.Break,),
    "continue": (ast.Continue,),
    "def f(x):\n  del x": (ast.Delete,),
    "def f(x): pass\nf(x=1)": (ast.keyword,),
    "a = [1 for x.y in z]": (ast.Attribute,),
    "*a, *b = x": (ast.Starred,),
    "a = sorted(x, key=3)": (ast.keyword,),
    "a = sorted(x, key=lambda: 1)": (ast.Lambda,),
    "a = isinstance(x, 3)": (ast.Call,),
    "a = isinstance(x)": (ast.Call,),
    "a = len()": (ast.Call,),
    "a = 1e999": (ast.Constant,),
    f"a = {'9' * 400}": (ast.Constant,),
    "a = nope(1)": (ast.Call,),
    "a = x.nope()": (ast.Call,),
}  # fmt: skip
"""Python that is refused, with the nodes that it shows the refusal of."""

NOT_WRITTEN = {ast.Module, ast.Expression, ast.Interactive, ast.FunctionType, ast.TypeIgnore}
"""Roots of a tree, and the comments of type checkers: nobody writes them."""


def nodes_of(text: str) -> set[type[ast.AST]]:
    return {type(node) for node in ast.walk(ast.parse(text))}


def every_node() -> set[type[ast.AST]]:
    """Every kind of node that this Python's parser makes: those that no other kind is derived from."""
    kinds = {one for one in vars(ast).values() if isinstance(one, type) and issubclass(one, ast.AST)}
    parents = {parent for one in kinds for parent in one.__mro__[1:]}
    made = {one for one in kinds - parents if one.__module__ in ("ast", "_ast")}
    old = {one for one in made if "Deprecated" in (one.__doc__ or "")}
    return made - old - NOT_WRITTEN


def test_every_kind_of_node_is_supported_or_refused():
    # Given all that the parser of this Python may make of a text
    supported = {node for one in (*shown.EXPRESSIONS, *shown.STATEMENTS) for node in one.nodes}
    refused = {node for nodes in REFUSED_TEXTS.values() for node in nodes}
    # Then each has an example above, or a text that shows its refusal
    assert len(every_node()) > 80
    assert {one.__name__ for one in every_node() - supported - refused} == set()


@pytest.mark.parametrize("text", REFUSED_TEXTS)
def test_every_refusal_says_what_to_use_instead(text):
    assert set(REFUSED_TEXTS[text]) <= nodes_of(text)
    with pytest.raises(SyntaxRefused) as refused:
        compile_script(text, "python")
    assert refused.value.hint, refused.value
    assert refused.value.sentence.startswith("Expected ")


def test_the_table_of_refusals_has_a_hint_everywhere():
    for what, hint in REFUSED.values():
        assert what
        assert hint
    assert all(REFUSED_CALLS.values())
    assert all(REFUSED_METHODS.values())
    assert all(issubclass(one, ast.AST) for one in REFUSED)


BUILTINS = {name: one for name, one in vars(__import__("builtins")).items() if not name.startswith("_")}


@pytest.mark.parametrize("name", sorted(name for name, one in BUILTINS.items() if callable(one)))
def test_every_builtin_of_python_is_there_or_refused_with_a_hint(name):
    if name in shown.FUNCTIONS:
        return
    with pytest.raises(SyntaxRefused) as refused:
        compile_expression(f"{name}(1)", "python")
    assert refused.value.hint
    assert "did you mean" not in refused.value.hint, "a builtin of Python is no misspelt name"


METHODS_OF_PYTHON = {(kind, name) for kind in (str, list, dict, tuple, set) for name in dir(kind) if name[0] != "_"}


@pytest.mark.parametrize("kind, name", sorted(METHODS_OF_PYTHON, key=str))
def test_every_method_of_python_is_there_or_refused_with_a_hint(kind, name):
    ours = METHODS[OrderedSet if kind is set else kind]
    if name in ours:
        return
    if any(name in methods for methods in METHODS.values()):
        value = {str: "'a'", set: "{1}", list: "[1]", dict: "{}", tuple: "()"}[kind]
        with pytest.raises(EvaluationFailed) as failed:
            compile_script(f"a = {value}.{name}()", "python").run({})
        assert failed.value.hint
        return
    with pytest.raises(SyntaxRefused) as refused:
        compile_script(f"a = x.{name}()", "python")
    assert refused.value.hint
    assert "did you mean" not in refused.value.hint, "a method of Python is no misspelt name"
