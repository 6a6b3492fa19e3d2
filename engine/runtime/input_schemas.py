"""JSON Schema (2020-12) for what comes in by routes: read strictly, checked within a bound on time, told by pointer."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import cache
from typing import Any

import msgspec
import re2  # type: ignore[import-untyped]

from ..strict_json import MalformedJson, read_json
from .schema_keywords import CHECKED, goes_in_circles, walk

MOST_BYTES = 65_536
"""Size of a schema."""

MOST_DEPTH = 40
"""Levels of objects and arrays in a schema."""

MOST_CHECKS = 50_000
"""Rules that are applied to one body."""

MEMBERS_A_STEP = 20
CHARACTERS_A_STEP = 2_000
"""How much a rule goes through in the time of one check."""

LOOPS = frozenset(
    {"additionalProperties", "contains", "dependentRequired", "dependentSchemas", "enum", "format", "items", "pattern"}
    | {"patternProperties", "prefixItems", "properties", "propertyNames", "required", "uniqueItems"}
)
"""Words whose rules go through their value or the body's."""

MOST_FINDINGS = 10
DIALECT = "https://json-schema.org/draft/2020-12/schema"

_left: ContextVar[list[int]] = ContextVar("left")


class Finding(msgspec.Struct, frozen=True):
    """What is wrong with a body: the JSON pointer of the place, the keyword of the schema, and a sentence."""

    pointer: str
    rule: str
    sentence: str


class _TooMuch(Exception):
    """The check needs more than MOST_CHECKS."""


class InputSchema:
    """A schema that bodies are checked against. names: the members that it declares, None where it declares none."""

    def __init__(self, text: bytes) -> None:
        """Read the schema; raises ValueError with what is wrong, to stand behind "Expected"."""
        if len(text) > MOST_BYTES:
            raise ValueError(f"at most {MOST_BYTES} bytes but it has {len(text)}")
        try:
            self.schema: Any = read_json(text, depth=MOST_DEPTH)
        except MalformedJson as error:
            raise ValueError(f"JSON but: {error}") from None
        _check_words(self.schema)
        self._check = _validator(self.schema)
        declared = self.schema.get("properties") if isinstance(self.schema, dict) else None
        self.names = frozenset(declared) if isinstance(declared, dict) else None

    def findings(self, body: Any) -> list[Finding]:
        """What is wrong with the body, at most MOST_FINDINGS; none when it fits."""
        token = _left.set([MOST_CHECKS])
        try:
            return [_finding(error) for error in itertools.islice(self._check.iter_errors(body), MOST_FINDINGS)]
        except _TooMuch:
            return [Finding("", "limit", f"Expected a body that is checked in {MOST_CHECKS} steps but it needs more")]
        except RecursionError:
            return [Finding("", "$ref", "Expected a body that nests less deeply but it needs too many levels")]
        finally:
            _left.reset(token)


def _check_words(schema: Any) -> None:
    if not isinstance(schema, dict | bool):
        raise ValueError("an object, true or false but it is something else")  # noqa: TRY004 - of a text
    dialect = schema.get("$schema", DIALECT) if isinstance(schema, dict) else DIALECT
    if dialect != DIALECT:
        raise ValueError(f"a schema of {DIALECT} but it is one of {str(dialect)[:80]!r}")
    for place, part in walk(schema):
        for word, value in part.items():
            _check_word(place, word, value)


def _check_word(place: str, word: str, value: Any) -> None:
    where = place[:80] or "the top"
    if word not in CHECKED and (place or word not in ("$schema", "$id")):
        raise ValueError(f"only words of JSON Schema that Baton checks but {where} has {word[:80]!r}")
    if word == "$ref" and not (isinstance(value, str) and value.startswith("#/")):
        raise ValueError(f'references inside the schema such as "#/$defs/address" but {where} has {str(value)[:80]!r}')
    patterns = [value] if word == "pattern" else list(value) if word == "patternProperties" else []
    for pattern in patterns:
        try:
            _compiled(str(pattern))
        except re2.error:
            raise ValueError(f"regular expressions without look-around but {where} has {pattern[:80]!r}") from None


@cache
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def _validator(schema: Any) -> Any:
    from jsonschema import exceptions

    kind = _kind()
    plain = {name: value for name, value in schema.items() if name != "$id"} if isinstance(schema, dict) else schema
    try:
        kind.check_schema(plain, format_checker=_formats())
    except exceptions.SchemaError as error:
        raise ValueError(f"JSON Schema but {error.json_path}: {error.message[:200]}") from None
    made = kind(plain, format_checker=_formats())
    leads = {}
    for place, part in walk(plain):
        if "$ref" in part:
            try:
                leads[id(part)] = made._resolver.lookup(part["$ref"]).contents  # noqa: SLF001 - there is no other way
            except Exception:  # noqa: BLE001 - whatever it is, the reference leads nowhere
                where = place[:80] or "the top"
                raise ValueError(f"references that lead somewhere but {where} has {part['$ref'][:80]!r}") from None
    if goes_in_circles(plain, leads):
        raise ValueError("references that come to an end but one of them leads to itself")
    return made


@cache
def _kind() -> Any:
    """The validator: every rule counted, regular expressions on RE2, nothing quadratic."""
    from jsonschema import Draft202012Validator, validators

    own = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "required": _required,
        "uniqueItems": _unique_items,
        "multipleOf": _multiple_of,
    }
    rules = {name: _counted(name, own.get(name, rule)) for name, rule in Draft202012Validator.VALIDATORS.items()}
    return validators.extend(Draft202012Validator, rules)  # type: ignore[no-untyped-call]


def _counted(name: str, rule: Any) -> Any:
    goes_through = name in LOOPS

    def counted(validator: Any, value: Any, instance: Any, schema: Any) -> Any:
        _spend(1 + (_price(name, value, instance, schema) if goes_through else 0))
        return rule(validator, value, instance, schema)

    return counted


def _spend(steps: int) -> None:
    left = _left.get(None)
    if left is not None:
        left[0] -= steps
        if left[0] < 0:
            raise _TooMuch


def _price(name: str, value: Any, instance: Any, schema: Any) -> int:
    """What a rule costs that goes through its value or the body's: a step for so much of it as takes that long."""
    if isinstance(instance, str):
        return len(instance) // CHARACTERS_A_STEP + _size(value) // MEMBERS_A_STEP
    members = _size(instance)
    patterns = _size(schema.get("patternProperties")) if name in ("patternProperties", "additionalProperties") else 0
    return (_size(value) + members * (1 + patterns)) // MEMBERS_A_STEP


def _size(value: Any) -> int:
    return len(value) if isinstance(value, dict | list) else 0


@cache
def _formats() -> Any:
    from jsonschema import FormatChecker

    from .schema_keywords import FORMATS

    checker = FormatChecker(formats=())
    for name, fits in FORMATS.items():
        checker.checks(name)(lambda value, fits=fits: not isinstance(value, str) or fits(value))
    return checker


# -- rules of our own -------------------------------------------------------------------------------------------------


def _error(sentence: str, *path: str) -> Any:
    from jsonschema import ValidationError

    return ValidationError(sentence, path=path)


def _pattern(validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[Any]:
    if isinstance(instance, str) and not _compiled(pattern).search(instance):
        yield _error("")


def _pattern_properties(validator: Any, patterns: Mapping[str, Any], instance: Any, _schema: Any) -> Iterator[Any]:
    if isinstance(instance, dict):
        for pattern, schema in patterns.items():
            for name, value in instance.items():
                if _compiled(pattern).search(name):
                    yield from validator.descend(value, schema, path=name, schema_path=pattern)


def _additional_properties(validator: Any, rule: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if not isinstance(instance, dict):
        return
    patterns = [_compiled(one) for one in schema.get("patternProperties", {})]
    for name, value in instance.items():
        if name in schema.get("properties", {}) or any(one.search(name) for one in patterns):
            continue
        if rule is False:
            yield _error(f"Expected only members that are declared but found {name[:80]!r}", name)
        else:
            yield from validator.descend(value, rule, path=name)


def _required(validator: Any, names: list[str], instance: Any, _schema: Any) -> Iterator[Any]:
    if isinstance(instance, dict):
        for name in names:
            if name not in instance:
                yield _error(f"The body needs {name[:80]!r} but it is not there", name)


def _unique_items(validator: Any, wanted: bool, instance: Any, _schema: Any) -> Iterator[Any]:
    if wanted and isinstance(instance, list):
        seen = {msgspec.json.encode(_canonical(item), order="sorted") for item in instance}
        _spend(sum(map(len, seen)) // 200)
        if len(seen) < len(instance):
            yield _error("Expected items that differ but two are the same")


def _canonical(value: Any) -> Any:
    """1.0 and 1 are one number in JSON Schema."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    return {name: _canonical(item) for name, item in value.items()} if isinstance(value, dict) else value


def _multiple_of(validator: Any, step: Any, instance: Any, _schema: Any) -> Iterator[Any]:
    from decimal import Decimal
    from fractions import Fraction

    is_number = isinstance(instance, int | float) and not isinstance(instance, bool)
    if is_number and Fraction(Decimal(repr(instance))) % Fraction(Decimal(repr(step))):
        yield _error("")


# -- sentences --------------------------------------------------------------------------------------------------------

_KINDS = {dict: "an object", list: "an array", str: "a text", bool: "true or false", type(None): "null"}


def _finding(error: Any) -> Finding:
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in error.absolute_path)
    rule = str(error.validator)
    return Finding(pointer[:500], rule, _sentence(error, rule))


def _sentence(error: Any, rule: str) -> str:
    if rule in ("required", "additionalProperties", "uniqueItems") and error.message.startswith(("The", "Expected")):
        return str(error.message)
    if rule == "type":
        wanted = error.validator_value
        named = " or ".join(wanted) if isinstance(wanted, list) else wanted
        return f"Expected {named} but got {_KINDS.get(type(error.instance), 'a number')}"
    if rule in ("anyOf", "oneOf", "not", "if", "contains", "additionalProperties"):
        return f"Expected what `{rule}` of the schema asks for but got something else"
    wanted = msgspec.json.encode(error.validator_value).decode()
    return f"Expected a value that fulfils `{rule}`: {wanted[:120]}"
