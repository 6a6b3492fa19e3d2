"""Bodies are checked as JSON Schema 2020-12 says, in time that no body and no schema makes endless."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from engine.core.elements.route_paths import Parameter, read_path
from engine.runtime.input_schemas import MOST_FINDINGS, Finding, InputSchema

TREE = {"$defs": {"t": {"type": "object", "properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/t"}}}}}}


def findings(schema: Any, body: Any) -> list[Finding]:
    return InputSchema(json.dumps(schema).encode()).findings(body)


def rules(schema: Any, body: Any) -> list[str]:
    return [one.rule for one in findings(schema, body)]


@pytest.mark.parametrize("schema, good, bad", [
    ({"uniqueItems": True}, [1, True, "1", [1], {"a": 1}], [1, 1.0]),
    ({"uniqueItems": True}, [{"a": 1, "b": 2}, {"a": 2}], [{"a": 1, "b": 2}, {"b": 2, "a": 1.0}]),
    ({"multipleOf": 0.01}, 19.99, 19.995), ({"multipleOf": 3}, 10**300 * 3, 10**300 * 3 + 1),
    ({"multipleOf": 0.5}, True, 0.25),
    ({"pattern": "b+c"}, "abbcd", "ac"), ({"pattern": "^\\p{L}+$"}, "\u00fcber", "a1"),
    ({"patternProperties": {"^x-": {"type": "integer"}}}, {"x-a": 1, "y": "a"}, {"x-a": "1"}),
    ({"patternProperties": {"^x-": True}, "additionalProperties": False}, {"x-a": 1}, {"a": 1}),
    ({"properties": {"a": True}, "additionalProperties": {"type": "null"}}, {"a": 1, "b": None}, {"b": 1}),
    ({"required": ["a", "b"]}, {"a": 1, "b": 2}, {"a": 1}), ({"required": ["a"]}, [], {}),
    ({"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"maxProperties": 1}}, {"c": 1}, {"a": 1}),
    ({"dependentRequired": {"a": ["b"]}}, {"b": 1}, {"a": 1}), ({"const": {"a": [1]}}, {"a": [1.0]}, {"a": [True]}),
    ({"contains": {"const": 1}, "maxContains": 1}, [1, 2], [1, 1]), ({"prefixItems": [{"const": 1}]}, [1, 2], [2]),
    ({"oneOf": [{"type": "integer"}, {"minimum": 2}]}, 1, 3), ({"not": {"type": "string"}}, 1, "a"),
    (False, None, None), ({"$ref": "#/$defs/t", **TREE}, {"kids": [{"kids": []}]}, {"kids": [{"kids": [1]}]}),
])  # fmt: skip
def test_it_agrees_with_the_specification(schema: Any, good: Any, bad: Any) -> None:
    # Python's regular expressions know no \\p, and doubles are no hundredths.
    if "\\p" not in str(schema) and "multipleOf" not in str(schema):
        reference = Draft202012Validator(schema)
        assert [findings(schema, body) == [] for body in (good, bad)] == [
            reference.is_valid(body) for body in (good, bad)
        ]
    assert (findings(schema, good) == []) is (schema is not False)
    assert findings(schema, bad) != []


@pytest.mark.parametrize("name, good, bad", [
    ("date", "2026-02-28", "2026-02-30"), ("date", "2026-12-01", "20261201"),
    ("date-time", "2026-02-28T10:00:00Z", "2026-02-28T10:00:00"), ("date-time", "2026-02-28t10:00:00.5+01:00", "today"),
    ("email", "a.b@example.org", "a b@example.org"), ("email", "a@b", "a@"), ("ipv4", "10.0.0.1", "10.0.0.256"),
    ("ipv6", "::1", "1.2.3.4"), ("uri", "https://a.b/c?d", "//a"),
    ("uuid", "0" * 8 + "-0000" * 3 + "-" + "0" * 12, "0"),
])  # fmt: skip
def test_formats_are_checked(name: str, good: str, bad: str) -> None:
    assert rules({"format": name}, good) == []
    assert rules({"format": name}, bad) == ["format"]
    assert rules({"format": name}, 1) == []
    assert rules({"format": "colour"}, "x") == []


def test_places_are_pointers_and_findings_are_few() -> None:
    schema = {"properties": {"a/b~c": {"items": {"properties": {"n": {"minimum": 1}}}}}}
    assert [one.pointer for one in findings(schema, {"a/b~c": [{"n": 1}, {"n": 0}]})] == ["/a~1b~0c/1/n"]
    assert len(findings({"items": {"type": "string"}}, list(range(1_000)))) == MOST_FINDINGS
    assert all(len(one.pointer) <= 500 and len(one.sentence) < 300 for one in findings(False, {"x" * 10_000: 1}))


@pytest.mark.parametrize("schema, body", [
    ({"pattern": "(a+)+$"}, "a" * 200_000 + "!"),
    ({"patternProperties": {"(x+)+y": False}}, {"x" * 200_000: 1}),
    ({"additionalProperties": False, "patternProperties": {"^(([a-z])+.)+[A-Z]$": True}}, {"a" * 100_000: 1}),
    ({"uniqueItems": True}, [[n] for n in range(50_000)]),
    ({"items": {"uniqueItems": True}}, [[{"a": n} for n in range(100)] for _ in range(100)]),
])  # fmt: skip
def test_hostile_bodies_take_no_long_time(schema: Any, body: Any) -> None:
    assert len(findings(schema, body)) <= 1


@pytest.mark.parametrize("schema, body", [
    ({"items": {"enum": [f"{n:05d}" for n in range(7_000)]}}, ["06999"] * 40_000),
    ({"patternProperties": {f"a{n}$": True for n in range(3_000)}}, {f"k{n}": 1 for n in range(60_000)}),
    ({"additionalProperties": {"type": "integer"}, "patternProperties": {f"a{n}$": True for n in range(3_000)}},
     {f"k{n}": 1 for n in range(60_000)}),
    ({"allOf": [{"uniqueItems": True}] * 2_500}, [list(range(90_000))]),
    ({"allOf": [{"items": True}] * 3_000}, [0] * 400_000),
    ({"allOf": [{"pattern": "(a|b)*c?$"}] * 2_000}, "ab" * 400_000),
    ({"items": {"properties": {f"p{n}": True for n in range(4_000)}}}, [{}] * 40_000),
])  # fmt: skip
def test_rules_that_go_through_much_count_for_more(schema: Any, body: Any) -> None:
    assert rules(schema, body) == ["limit"]


@pytest.mark.parametrize("schema, is_circle", [
    ({"properties": {"a": {"$ref": "#/properties/a"}}}, True),
    ({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"allOf": [{}, {"$ref": "#/$defs/a"}]}}}, True),
    ({"$defs": {"a": {"not": {"if": {"dependentSchemas": {"x": {"$ref": "#/$defs/a"}}}}}}}, True),
    ({"$defs": {"a/b": {"oneOf": [{"$ref": "#/$defs/a~1b"}]}}}, True),
    ({"$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}, "anyOf": [{"$ref": "#/$defs/a"}] * 2}, False),
    ({"$defs": {"a": {"type": "string"}}, "allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}]}, False),
])  # fmt: skip
def test_a_reference_that_leads_to_itself_is_found_at_deployment(schema: Any, is_circle: bool) -> None:
    with pytest.raises(ValueError, match="leads to itself") if is_circle else nullcontext():
        InputSchema(json.dumps(schema).encode())


def test_what_would_take_for_ever_is_refused() -> None:
    twice = {"anyOf": [{"properties": {"x": {"$ref": "#/$defs/a"}}, "required": ["q"]}] * 2}
    body: Any = {}
    for _ in range(40):
        body = {"x": body}
    assert rules({"$ref": "#/$defs/a", "$defs": {"a": twice}}, body) == ["limit"]
    deep: Any = {}
    for _ in range(99):
        deep = {"kids": [deep]}
    assert len(rules({"$ref": "#/$defs/t", **TREE}, deep)) <= 1


WORDS = st.text("abcdefgh-._~0123456789", min_size=1, max_size=8).filter(lambda text: text not in (".", ".."))
SEGMENTS = st.lists(st.one_of(WORDS, st.just("{}")), max_size=6)


@given(SEGMENTS, st.data())
@settings(max_examples=100, deadline=None)
def test_a_path_finds_its_parameters_again(segments: list[str], data: Any) -> None:
    # Given any path, its parameters named by their places
    named = [f"{{p{index}}}" if part == "{}" else part for index, part in enumerate(segments)]
    path = read_path("/first/" + "/".join(named)) if named else read_path("/first")
    assert read_path(path.text) == path
    # When any request is made of it
    values = {
        one.name: data.draw(st.text(st.characters(exclude_characters="/"), min_size=1)) for one in path.parameters
    }
    parts = [values[one.name] if isinstance(one, Parameter) else one for one in path.segments]
    # Then the same values are found, and none where it is longer.
    assert path.match(parts) == values
    assert path.match([*parts, "more"]) is None
