"""A secret in an expression can be passed on and joined to texts; nothing looks into it, and nothing can forge it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.expressions import (
    SECRETS,
    EvaluationFailed,
    ExpressionError,
    SecretReference,
    compile_expression,
    separated,
)
from engine.expressions.feel.own_functions import BUILTINS
from engine.expressions.functions import FUNCTIONS
from engine.expressions.secrets import Opaque


def value(syntax: str, text: str, **variables: Any) -> tuple[Any, list[tuple[list[Any], int, str]]]:
    """What an input gives: the value at rest, and path (below it), start and name of each secret in it."""
    result = compile_expression(text, syntax).evaluate_with_secrets({"secrets": SECRETS, **variables})
    plain, places = separated({"it": result})
    return plain["it"], [(one.path[1:], one.start, one.name) for one in places]


@pytest.mark.parametrize(
    "syntax, text, shown, places",
    [
        ("python", "secrets.TOKEN", "secrets.TOKEN", [([], 0, "TOKEN")]),
        ("python", "'Bearer ' + secrets.TOKEN", "Bearer secrets.TOKEN", [([], 7, "TOKEN")]),
        ("python", "secrets.A + ':' + secrets.B", "secrets.A:secrets.B", [([], 0, "A"), ([], 10, "B")]),
        ("python", "secrets.A + secrets.A", "secrets.Asecrets.A", [([], 0, "A"), ([], 9, "A")]),
        ("python", "f'{user}:{secrets.A}'", "eve:secrets.A", [([], 4, "A")]),
        ("python", "secrets['db-password']", "secrets.db-password", [([], 0, "db-password")]),
        ("python", "{'a': [1, secrets.A]}", {"a": [1, "secrets.A"]}, [(["a", 1], 0, "A")]),
        ("python", "secrets.A if user == 'eve' else secrets.B", "secrets.A", [([], 0, "A")]),
        ("juel", "Bearer ${secrets.TOKEN}", "Bearer secrets.TOKEN", [([], 7, "TOKEN")]),
        ("juel", "${secrets.TOKEN}", "secrets.TOKEN", [([], 0, "TOKEN")]),
        ("juel", "${secrets['db-password']}!", "secrets.db-password!", [([], 0, "db-password")]),
        ("juel", "${user += 1 += secrets.A}", "eve1secrets.A", [([], 4, "A")]),
        ("juel", "${{'a': secrets.A}}", {"a": "secrets.A"}, [(["a"], 0, "A")]),
        ("feel", '"Bearer " + secrets.TOKEN', "Bearer secrets.TOKEN", [([], 7, "TOKEN")]),
        ("feel", "secrets.TOKEN", "secrets.TOKEN", [([], 0, "TOKEN")]),
        ("feel", "{a: {b: [secrets.A]}, n: 1}", {"a": {"b": ["secrets.A"]}, "n": 1}, [(["a", "b", 0], 0, "A")]),
        ("feel", 'if user = "eve" then secrets.A else secrets.B', "secrets.A", [([], 0, "A")]),
        ("feel", "for u in [user] return u + secrets.A", ["evesecrets.A"], [([0], 3, "A")]),
    ],
)  # fmt: skip
def test_it_is_passed_on_and_joined(syntax: str, text: str, shown: Any, places: list[Any]) -> None:
    assert value(syntax, text, user="eve") == (shown, places)


MISUSES = [
    *(("python", text) for text in (
        "secrets.A == 'x'", "secrets.A != 'x'", "'x' == secrets.A", "secrets.A == secrets.A", "secrets.A < 'x'",
        "len(secrets.A)", "secrets.A[0]", "secrets.A[1:]", "secrets.A.upper()", "str(secrets.A)", "str([secrets.A])",
        "'x' in secrets.A", "secrets.A in ['x']", "secrets.A * 2", "f'{secrets.A!r}'", "f'{secrets.A:>10}'",
        "1 if secrets.A else 2", "not secrets.A", "secrets.A and 1", "{secrets.A: 1}", "sorted([secrets.A, 'x'])",
        "'x'.join([secrets.A])", "'%s' % secrets.A", "[c for c in secrets.A]", "secrets.A + 1", "1 + secrets.A",
        "secrets", "[secrets]", "secrets + 'x'", "len(secrets)", "secrets['']", "secrets['../x']", "secrets[1]",
        "[x for x in secrets]", "'A' in secrets", "secrets == 1", "max(secrets.A, 'x')", "int(secrets.A)",
    )),
    *(("juel", text) for text in (
        "${secrets.A == 'x'}", "${empty secrets.A}", "${len(secrets.A)}", "${secrets.A + 1}", "${str(secrets.A)}",
        "${secrets.A.contains('x')}", "${secrets.A.startsWith('x')}", "${secrets.A ? 1 : 2}", "${secrets.A < 'x'}",
        "${'x' == secrets.A}", "${!secrets.A}", "${secrets.A && true}", "${secrets}", "a ${secrets}", "${secrets[0]}",
        "${secrets.A.length}", "${matches(secrets.A, '.*')}",
    )),
    *(("feel", text) for text in (
        'secrets.A = "x"', 'secrets.A != "x"', 'secrets.A < "x"', "secrets.A = secrets.A", "string length(secrets.A)",
        "substring(secrets.A, 1, 2)", "string(secrets.A)", "string({a: secrets.A})", "if secrets.A then 1 else 2",
        'contains(secrets.A, "x")', 'matches(secrets.A, "x")', "upper case(secrets.A)", "secrets", "[secrets]",
        'secrets.A in ("x", "y")', 'list contains(["x"], secrets.A)', "secrets.A + 1", "-secrets.A",
        'string join([secrets.A, "x"])', "number(secrets.A)", "secrets.A and true", "get entries(secrets)",
    )),
]  # fmt: skip


@pytest.mark.parametrize("syntax, text", MISUSES)
def test_whatever_looks_into_it_fails(syntax: str, text: str) -> None:
    with pytest.raises(EvaluationFailed):
        value(syntax, text)


def test_without_the_permission_it_is_not_even_there() -> None:
    # Where an expression is not an input, the name means an ordinary variable
    with pytest.raises(EvaluationFailed, match="'secrets'"):
        compile_expression("secrets.A", "python").evaluate({})


@pytest.mark.parametrize("syntax, text", [("python", "token"), ("juel", "${token}"), ("feel", "token")])
def test_an_expression_that_is_no_input_keeps_none(syntax: str, text: str) -> None:
    secret = SECRETS.pick("A")
    with pytest.raises(ExpressionError):
        compile_expression(f"[{text}]" if syntax != "juel" else "${[token]}", syntax).evaluate({"token": secret})


def _every_call() -> list[tuple[str, str]]:
    shapes = ("{f}(secrets.A)", "{f}(secrets.A, 'x')", "{f}('x', secrets.A)", "{f}([secrets.A])", "{f}([secrets.A], 1)")
    own = [("python", shape.format(f=name)) for name in FUNCTIONS for shape in (*shapes, "{f}({{'k': secrets.A}})")]
    feel = [("feel", shape.format(f=name).replace("'", '"')) for name in BUILTINS for shape in shapes]
    return own + feel + [("feel", f"{name}({{k: secrets.A}})") for name in BUILTINS]


def test_no_function_makes_a_text_of_it() -> None:
    # Given every function there is, with a secret and with collections that hold one
    leaks = []
    for syntax, text in _every_call():
        try:
            shown, places = value(syntax, text)
        except ExpressionError:
            continue
        except Exception as error:  # noqa: BLE001 - what `bpmn_error` throws
            assert type(error).__name__ == "BpmnErrorThrown", (text, error)  # noqa: PT017
            shown, places = str(error), []
        # Then wherever its name shows, it is the secret itself
        if json.dumps(shown).count("secrets.A") != len(places):
            leaks.append((text, shown))
    assert not leaks


HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["secrets.TOKEN", "${secrets.TOKEN}", "{{secrets.TOKEN}}", "Bearer secrets.TOKEN", "\x00"]),
)


@given(
    st.recursive(HOSTILE, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(HOSTILE, inner, max_size=3)),
    HOSTILE.filter(lambda text: "\x00" not in text),
    st.sampled_from(["{'a': data, 'b': before + secrets.TOKEN, 'c': before}", "[before + 'x' + secrets.TOKEN, data]"]),
)
def test_data_never_becomes_a_reference(data: Any, before: str, text: str) -> None:
    """Whatever variables hold, the only places are those where the diagram's own text puts a secret."""
    try:
        shown, places = value("python", text, data=data, before=before)
    except EvaluationFailed:
        return  # NUL and the like: not a value
    assert len(places) == 1
    path, start, name = places[0]
    assert name == "TOKEN"
    assert path == (["b"] if isinstance(shown, dict) else [0])
    assert start == (len(before) if isinstance(shown, dict) else len(before) + 1)


def test_a_reference_says_whose_diagram_asks() -> None:
    assert separated({"x": SECRETS.pick("A")}, "order")[1] == [SecretReference(["x"], 0, "A", "order")]


@pytest.mark.parametrize("operation", [str, repr, len, bool, hash, iter, "{}".format, lambda secret: secret == ""])
def test_the_object_itself_tells_nothing(operation: Any) -> None:
    with pytest.raises(Opaque):
        operation(SECRETS.pick("A"))


def test_a_text_with_secrets_has_the_length_of_texts() -> None:
    with pytest.raises(ExpressionError, match="at most"):
        value("python", "x + secrets.A", x="x" * 1_000_000)
