"""On generated expressions and scripts the evaluator gives what Python itself gives, or refuses where Python fails."""

from __future__ import annotations

import ast
import json
import warnings

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from engine.expressions import EvaluationFailed, LimitExceeded, compile_expression, compile_script

VARIABLES = {
    "a": 3,
    "b": -2,
    "c": 2.5,
    "s": "Hello, wörld",
    "t": "ab",
    "yes": True,
    "none": None,
    "xs": [3, 1, 2, 1],
    "empty": [],
    "d": {"k": 1, "a b": [1, {"z": None}]},
}
BUILTINS = {
    each.__name__: each
    for each in (
        *(len, sum, min, max, abs, round, int, float, str, bool, list, dict, tuple, set, sorted, reversed, range),
        *(enumerate, zip, any, all, isinstance, divmod, pow, repr, ord, chr),
    )
}
FAILURES = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, NameError)

ATOMS = st.sampled_from(
    [
        *VARIABLES,
        "(0)",
        "(1)",
        "(7)",
        "(-3)",
        "(2.0)",
        "(0.5)",
        "''",
        "'b'",
        "'k'",
        "True",
        "None",
        "[]",
        "[1, 'x']",
        "(1, 2)",
        "{'k': 2}",
    ]
)


BINARY = [
    *["+", "-", "*", "/", "//", "%", "==", "!=", "<", ">", "<=", ">=", "in", "and", "or", "&", "|", "^", ">>", "<<"],
    "not in",
]
CALLS = [
    *[
        "len",
        "sum",
        "min",
        "max",
        "abs",
        "round",
        "int",
        "float",
        "str",
        "bool",
        "list",
        "tuple",
        "sorted",
        "any",
        "all",
        "repr",
    ]
]


def _forms(inner):
    return st.one_of(
        st.builds(
            "({} {} {})".format,
            inner,
            st.sampled_from(
                [
                    "+",
                    "-",
                    "*",
                    "/",
                    "//",
                    "%",
                    "==",
                    "!=",
                    "<",
                    "<=",
                    ">",
                    ">=",
                    "in",
                    "and",
                    "or",
                    "&",
                    "|",
                    "^",
                    ">>",
                    "<<",
                    "not in",
                ]
            ),
            inner,
        ),
        st.builds(
            "({} {} {} {} {})".format,
            inner,
            st.sampled_from(["<", "<=", "=="]),
            inner,
            st.sampled_from(["<", "!="]),
            inner,
        ),
        st.builds("({}{})".format, st.sampled_from(["-", "+", "~", "not "]), inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("{}[{}]".format, inner, inner),
        st.builds("{}[{}:{}]".format, inner, inner, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("({}, {})".format, inner, inner),
        st.builds("[*{}, {}]".format, inner, inner),
        st.builds("{{**{}, 'm': {}}}".format, inner, inner),
        st.builds(
            "[{} for v in {} if {}]".format, st.one_of(inner, st.just("(v, a)")), inner, st.one_of(inner, st.just("v"))
        ),
        st.builds("{{str(v): {} for v in {}}}".format, inner, inner),
        st.builds(
            "{}({} for v in {})".format,
            st.sampled_from(["any", "all", "sum", "list", "max"]),
            st.one_of(inner, st.just("v")),
            inner,
        ),
        st.builds("sorted({}, key=lambda v: {}, reverse=not {})".format, inner, st.one_of(inner, st.just("v")), inner),
        st.builds("{}({})".format, st.sampled_from(CALLS), inner),
        st.builds("list({}({}))".format, st.sampled_from(["enumerate", "zip", "reversed"]), inner),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max", "divmod"]), inner, inner),
        st.builds(
            "{}.{}()".format, inner, st.sampled_from(["lower", "upper", "title", "strip", "split", "copy", "isdigit"])
        ),
        st.builds("list({}.{}())".format, inner, st.sampled_from(["items", "keys", "values"])),
        st.builds(
            "{}.{}({})".format,
            inner,
            st.sampled_from(["get", "count", "index", "find", "split", "startswith", "join"]),
            inner,
        ),
        st.builds("f'{{{}}}|{{{}!r:>9}}'".format, st.sampled_from([*VARIABLES]), st.sampled_from([*VARIABLES])),
        st.builds("isinstance({}, (int, str))".format, inner),
    )


EXPRESSIONS = st.recursive(ATOMS, _forms, max_leaves=6)
BOUNDED = settings(
    max_examples=400, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)


def _python(source):
    tree = ast.parse(source, mode="eval")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = compile(tree, "<generated>", "eval")
    return eval(code, {"__builtins__": BUILTINS, **json.loads(json.dumps(VARIABLES))})


def _at_rest(value):
    return json.loads(json.dumps(value, allow_nan=False))


@BOUNDED
@given(EXPRESSIONS)
def test_expression_agrees_with_python(source):
    variables = json.loads(json.dumps(VARIABLES))
    try:
        expected = _python(source)
    except FAILURES:
        with pytest.raises(EvaluationFailed):
            compile_expression(source, "python").evaluate(variables)
        return
    result, refusal = _outcome(lambda: compile_expression(source, "python").evaluate(variables))
    assert _is_stricter_here(refusal) if refusal else repr(result) == repr(_at_rest(expected))
    assert variables == VARIABLES


def _outcome(compute):
    try:
        return compute(), ""
    except (EvaluationFailed, LimitExceeded) as refusal:
        return None, str(refusal)


def _is_stricter_here(refusal):
    """What Python can do and values here cannot: list or format with %, order mixed or odd things, deep keys ..."""
    return any(
        words in refusal
        for words in (
            "that fit '%'",
            "for '%' but got a text",
            "can be ordered",
            "numbers to sum",
            "stored as JSON",
            "keys that are texts",
        )
    )


def _indented(source):
    return "\n".join("  " + line for line in source.split("\n"))


STATEMENTS = st.recursive(
    st.one_of(
        st.builds("{} = {}".format, st.sampled_from(["a", "x", "y"]), EXPRESSIONS),
        st.builds("{} {}= {}".format, st.sampled_from(["a", "s", "xs", "x"]), st.sampled_from(["+", "*", "-"]), ATOMS),
        st.builds("xs.append({})".format, ATOMS),
        st.builds("xs[{}] = {}".format, st.integers(-2, 3), ATOMS),
        st.builds("d['{}'] = {}".format, st.sampled_from("kmn"), ATOMS),
        st.sampled_from(
            [
                "xs.sort()",
                "xs.reverse()",
                "xs.pop()",
                "d.pop('k', 0)",
                "x, y = a, b",
                "x, *y = xs",
                "y = xs",
                "y = d",
                "x = 0",
                "x = []",
                "pass",
            ]
        ),
    ),
    lambda inner: st.one_of(
        st.builds("if {}:\n{}\nelse:\n{}".format, ATOMS, inner.map(_indented), inner.map(_indented)),
        st.builds(
            "for i in {}:\n{}".format, st.sampled_from(["xs[:3]", "'ab'", "range(3)", "list(d)"]), inner.map(_indented)
        ),
        st.builds("{}\n{}".format, inner, inner),
        st.builds(
            "for i in [1, 2, 3]:\n  if i == 2: {}\n{}\nelse:\n{}".format,
            st.sampled_from(["break", "continue"]),
            inner.map(_indented),
            inner.map(_indented),
        ),
    ),
    max_leaves=8,
)


@BOUNDED
@given(STATEMENTS)
def test_script_agrees_with_python_and_never_changes_what_it_reads(source):
    variables = json.loads(json.dumps(VARIABLES))
    names = {"__builtins__": BUILTINS, **json.loads(json.dumps(VARIABLES))}
    script = compile_script(source, "python")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = compile(source, "<generated>", "exec")
    try:
        exec(code, names)
        expected = _at_rest({name: value for name, value in names.items() if name not in ("__builtins__", "i")})
    except FAILURES:
        with pytest.raises((EvaluationFailed, LimitExceeded)):
            script.run(variables)
        return
    written, refusal = _outcome(lambda: script.run(variables))
    assert variables == VARIABLES
    assert _is_stricter_here(refusal) if refusal else {**VARIABLES, **written} == expected
    assert set(written or ()) <= script.writes
