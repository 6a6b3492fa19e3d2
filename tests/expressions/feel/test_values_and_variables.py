"""FEEL values and process variables: exact both ways, and a sentence for what cannot be a variable."""

# ruff: noqa: E501 - a row of a table reads best on one line
from __future__ import annotations

import datetime
import zoneinfo
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.expressions import EvaluationFailed, LimitExceeded, Limits, compile_expression, feel
from engine.expressions.feel.temporal import Date, DateTime, DaysTime, Time
from engine.expressions.feel.types import ContextType, Type

from .values import gives, written

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**200), 2**200)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3).filter(lambda key: "\0" not in key), inner),
    max_leaves=10,
)


def same(one: object, other: object) -> bool:
    """Equal as JSON values: 1 and 1.0 are, true and 1 are not; a double is any number that is nearest to it."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(other, float) and isinstance(one, int | float):
        return float(one) == other and not isinstance(one, bool)
    return one == other and isinstance(one, bool) == isinstance(other, bool)


@given(JSON)
def test_what_goes_in_comes_out(value):
    assert compile_expression("x", "feel").evaluate({"x": value}) == value
    assert same(compile_expression("[x][1]", "feel").evaluate({"x": [value]}), [value])


@pytest.mark.parametrize(
    "text, value",
    [
        ("1.0", 1),
        ("1.5", 1.5),
        ("0.1 + 0.2", 0.3),
        ("2 ** 100", 2**100),
        ("10 ** 400", float("inf")),
        ("1 / 3", 0.3333333333333333),
        ("-0.0", 0),
        ('@"2026-01-31"', "2026-01-31"),
        ('@"2026-01-31T08:30:00@Europe/Berlin"', "2026-01-31T08:30:00@Europe/Berlin"),
        ('@"08:30:00.5Z"', "08:30:00.5Z"),
        ('duration("PT90M")', "PT1H30M"),
        ('[duration("P14M")]', ["P1Y2M"]),
        ('{a: date("2026-01-31")}', {"a": "2026-01-31"}),
    ],
)
def test_a_value_becomes_a_variable(text, value):
    if value == float("inf"):
        with pytest.raises(LimitExceeded, match="too large"):
            compile_expression(text, "feel").evaluate({})
        return
    given_value = compile_expression(text, "feel").evaluate({})
    assert given_value == value
    assert type(given_value) is type(value)


@pytest.mark.parametrize("text", ["[1..2]", "(< 3)", "function(x) x", "abs", "[abs]", "{a: [1..2]}"])
def test_ranges_and_functions_cannot_be_variables(text):
    with pytest.raises(EvaluationFailed, match=r"Expected a value that a variable can hold but got a (range|function)"):
        compile_expression(text, "feel").evaluate({})


def test_integers_are_exact_beyond_34_digits_until_they_are_computed_with():
    wide = 10**40 + 1
    assert compile_expression("[x]", "feel").evaluate({"x": wide}) == [wide]
    assert compile_expression("x + 0", "feel").evaluate({"x": wide}) == 10**40


def test_an_integer_that_is_too_wide_becomes_a_double():
    narrow = Limits(integer_bits=64)
    assert compile_expression("x * 10", "feel", narrow).evaluate({"x": 2**63}) == float(2**63 * 10)


def test_numbers_compare_by_their_value_and_not_by_how_json_wrote_them():
    assert gives("a = 1 and b = 0.1 and c = 100", a=1.0, b=0.1, c=1e2) == "true"
    assert gives("a = b", a=[1, {"x": 0.1}], b=[1.0, {"x": 0.1}]) == "true"
    assert gives("list contains(a, 0.1)", a=[0.1]) == "true"
    assert gives("a > 1.05", a=1.1) == "true"


def test_nothing_that_was_given_is_changed():
    order = {"lines": [{"price": 1}]}
    compile_expression('context put(order, ["lines"], append(order.lines, 2))', "feel").evaluate({"order": order})
    assert order == {"lines": [{"price": 1}]}


def test_what_python_programs_have_is_taken():
    moment = datetime.datetime(2026, 1, 31, 8, 30, 0, 500_000, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
    context = {
        "date": moment.date(),
        "moment": moment,
        "local": datetime.datetime(2026, 1, 31, 8, 30),  # noqa: DTZ001 - a local time is what is tested
        "utc": moment.astimezone(datetime.UTC).timetz(),
        "gap": datetime.timedelta(days=-1, microseconds=5),
        "several": (1, Decimal("2.5")),
    }
    values = feel.evaluate("[date, moment, local, utc, gap, several]", context).value
    assert values == [
        Date(2026, 1, 31),
        DateTime(Date(2026, 1, 31), Time(30_600, 500_000_000, None, "Europe/Berlin")),
        DateTime(Date(2026, 1, 31), Time(30_600)),
        Time(27_000, 500_000_000, 0),
        DaysTime(-86_400_000_000_000 + 5_000),
        [Decimal(1), Decimal("2.5")],
    ]
    assert gives("[a, b, c]", a=float("nan"), b=float("inf"), c=Decimal("NaN")) == "[null, null, null]"
    with pytest.raises(TypeError, match="Expected a FEEL value but got object"):
        feel.evaluate("x", {"x": object()})


def test_time_is_what_the_command_says():
    moment = datetime.datetime(2026, 1, 31, 8, 30, tzinfo=datetime.UTC)
    assert str(compile_expression("[now(), today()]", "feel").evaluate({}, int(moment.timestamp() * 1_000_000))) == (
        "['2026-01-31T08:30:00Z', '2026-01-31']"
    )


def test_warnings_say_why_and_where():
    result = feel.evaluate('{\n  a: 1 + "x",\n  b: missing,\n  c: date("nonsense")\n}')
    assert result.value == {"a": None, "b": None, "c": None}
    assert [(one.line, one.column) for one in result.warnings] == [(2, 8), (3, 6), (4, 6)]
    assert [one.sentence for one in result.warnings] == [
        "Expected operands that fit '+' but got number and string",
        "Expected a variable 'missing' but there is none",
        "Expected the text of a date but got 'nonsense' (date)",
    ]


def test_a_loop_does_not_repeat_its_warning():
    result = feel.evaluate('for x in 1..1000 return x + "a"')
    assert len(result.warnings) == 1


def test_external_functions_are_listed_and_null():
    text = 'function(x) external {java: {class: "java.lang.Math", method signature: "cos(double)"}}'
    compiled = feel.compile(f"{{f: {text},\n r: f(1)}}.r")
    assert compiled.external_functions == ((1, 5),)
    result = compiled.evaluate()
    assert result.value is None
    assert "external functions (Java, PMML) are not called" in result.warnings[-1].sentence


def test_types_of_the_caller_can_be_named():
    types = {"Employee Type": ContextType({"id": Type("number")})}
    compiled = feel.compile("{id: 1} instance of Employee Type", types=types)
    assert compiled.evaluate().value is True


USES = (
    "X", "X.a", "X.a.b", "X[1]", "X[-1].a", "X[item > 1]", "X[a > 1]", "X[a > 1].a", "X[b = 0.1][1]", "count(X)", "X = [1, 2]",
    "for i in X return i", "for i in X return i.a", "for i in X, j in X return i = j", "some i in X satisfies i > 1",
    "every i in X satisfies i.a != null", "sum(X)", "X[item.a = 1]", "distinct values(X)", "1 in X", "{y: X}.y[1]",
    "X + 1", "X > 1", 'X = "a"', "string(X)", "for i in X return i[a = 1]", "X[b[item = 1] = [1]]", "(function(f) f)(X)",
)  # fmt: skip
SMALL = st.recursive(
    st.sampled_from([None, True, 0, 1, 2, 0.1, 1.5, "a", "b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b"]), inner),
    max_leaves=6,
)


@given(value=SMALL, text=st.sampled_from(USES))
def test_what_is_converted_late_is_what_would_be_converted_at_once(value, text):
    # Given a variable, whose parts are converted as they are used, and the same value out of a context
    late = feel.evaluate(text.replace("X", "x"), {"x": value})
    at_once = feel.evaluate(text.replace("X", "{v: x}.v"), {"x": value})
    # Then nothing tells them apart
    assert written(late.value) == written(at_once.value)
