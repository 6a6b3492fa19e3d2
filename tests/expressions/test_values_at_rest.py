"""Values at rest are JSON: what is already so is returned itself, what can never be so is refused with a sentence."""

from __future__ import annotations

import copy

import pytest

from engine.expressions import EvaluationFailed, LimitExceeded, Limits, to_json_value
from engine.expressions.values import OrderedSet, copy_value, same_value


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -(2**1000), 1.5, -0.0, "", "ä😀", [], {}, [1, [2, {"a": None}]], {"a": [1], "b": {"c": "d"}}],
)
def test_a_value_at_rest_is_returned_itself(value):
    assert to_json_value(value) is value


@pytest.mark.parametrize(
    "value, at_rest",
    [
        ((1, 2), [1, 2]),
        (range(3), [0, 1, 2]),
        ([(1,)], [[1]]),
        ({"a": (1, (2,))}, {"a": [1, [2]]}),
        ([[1], ()], [[1], []]),
    ],
)
def test_tuples_and_ranges_become_lists_without_touching_the_value(value, at_rest):
    before = copy.deepcopy(value)
    assert to_json_value(value) == at_rest
    assert value == before


@pytest.mark.parametrize(
    "value, said",
    [
        (float("nan"), "finite"),
        (float("inf"), "finite"),
        ([1, [float("-inf")]], "finite"),
        (OrderedSet([1]), "got a set"),
        ({1}, "got a set"),
        ({1: 2}, "keys that are texts but got an integer"),
        ([{None: 1}], "keys that are texts"),
        (b"x", "got a bytes"),
        (object(), "got a object"),
        (1j, "got a complex"),
        ("a\0b", "NUL"),
        ({"a\0": 1}, "NUL"),
        ("\ud800", "surrogate"),
        ({"\udfff": 1}, "surrogate"),
        (len, "stored as JSON"),
    ],
)
def test_what_json_cannot_say_is_refused(value, said):
    with pytest.raises(EvaluationFailed, match=said):
        to_json_value(value)


def _deep(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


def _endless():
    value = {}
    value["a"] = [value]
    return value


def _shared(levels):
    value = [1]
    for _ in range(levels):
        value = [value, value]
    return value


@pytest.mark.parametrize(
    "value, limit",
    [
        (2**1024, "integer_bits"),
        ("a" * 1_000_001, "string_length"),
        ([0] * 100_001, "collection_size"),
        ([[0] * 60_000] * 2, "collection_size"),
        (_deep(100_000), "nesting"),
        (_endless(), "nesting"),
        (_shared(50), "collection_size"),
        ({"a": {"b": "c" * 1_000_001}}, "string_length"),
    ],
    ids=["wide", "long", "big", "big together", "deep", "endless", "shared", "long inside"],
)
def test_a_value_beyond_a_limit_is_refused(value, limit):
    with pytest.raises(LimitExceeded) as exceeded:
        to_json_value(value)
    assert exceeded.value.limit == limit


def test_limits_can_be_set():
    assert to_json_value("a" * 10, Limits(string_length=10)) == "a" * 10
    with pytest.raises(LimitExceeded):
        to_json_value("a" * 11, Limits(string_length=10))


@pytest.mark.parametrize(
    "one, other",
    [(1, 1.0), (True, 1), ({"a": 1, "b": 2}, {"b": 2, "a": 1}), ([1], [1, 2]), ([1], [1.0]), (None, False), ("", [])],
)
def test_equal_is_not_the_same(one, other):
    assert not same_value(one, other)
    assert same_value(one, copy.deepcopy(one))


def test_a_copy_shares_nothing_that_can_change():
    value = {"a": [1, {"b": []}], "c": "d"}
    charged = []
    copied = copy_value(value, charged.append)
    assert copied == value
    copied["a"][1]["b"].append(1)
    assert value == {"a": [1, {"b": []}], "c": "d"}
    assert sum(charged) == 4


def test_a_set_keeps_the_order_of_insertion():
    assert list(OrderedSet([3, 1, 3, 2])) == [3, 1, 2]
    assert repr(OrderedSet(["b", "a"])) == "{'b', 'a'}"
    assert OrderedSet([1, 2]) == OrderedSet([2, 1])
    assert OrderedSet([1]) != [1]
