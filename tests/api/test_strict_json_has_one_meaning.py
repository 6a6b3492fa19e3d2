"""Strict JSON: what every parser reads alike passes unchanged, everything else is refused with a sentence."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.settings import WebSettings
from api.strict_json import MalformedJson, check_texts, parse_json

SETTINGS = WebSettings(json_depth=5, number_length=20)

REFUSED = [
    (b'{"a": 1, "a": 2}', "`a` twice"),
    (b'{"x": {"b": 1, "b": 1}}', "`b` twice"),
    (b"[[[[[[1]]]]]]", "at most 5 levels"),
    (b'{"a":' * 6 + b"1" + b"}" * 6, "at most 5 levels"),
    (b"123456789012345678901", "at most 20 characters"),
    (b"1.12345678901234567890", "at most 20 characters"),
    (b"1e400", "a double can hold"),
    (b"NaN", "NaN"),
    (b"-Infinity", "-Infinity"),
    (b"\xff", "UTF-8"),
    (b"\xef\xbb\xbf{}", "BOM"),
    (b'{"a": 1', "line 1"),
    (b"", "line 1"),
    (b"{} {}", "Extra data"),
    (b"'a'", "line 1"),
    (b'"a\nb"', "control character"),
]


@pytest.mark.parametrize("body, sentence", REFUSED)
def test_what_parsers_may_read_differently_is_refused(body, sentence):
    # When it is parsed, then the refusal names the reason.
    with pytest.raises(MalformedJson, match=sentence):
        parse_json(body, SETTINGS)


def test_brackets_inside_texts_do_not_count_as_levels():
    # Given texts full of brackets, quotes and backslashes
    value = {"a": '[[[[[[{{{{{{"\\', "b": "]]]"}
    # Then they are only texts.
    assert parse_json(json.dumps(value).encode(), SETTINGS) == value


def test_a_hundred_thousand_levels_are_refused_without_recursion():
    with pytest.raises(MalformedJson, match="levels"):
        parse_json(b"[" * 100_000, WebSettings())


@pytest.mark.parametrize("text", ['"\\u0000"', '{"a\\u0000": 1}', '["\\ud800"]', '{"\\udfff": 1}'])
def test_texts_that_cannot_be_stored_everywhere_are_refused(text):
    # Given NUL or half of a surrogate pair, as a value or as a key
    value = parse_json(text.encode(), SETTINGS)
    # Then the check finds it wherever it is.
    with pytest.raises(MalformedJson):
        check_texts([{"deep": value}])


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_what_python_writes_comes_back_unchanged(value):
    assert parse_json(json.dumps(value).encode(), WebSettings()) == value
