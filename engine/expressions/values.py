"""The one value model: what a value is while it is computed and while it is at rest (JSON), and how big it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from .errors import EvaluationFailed, LimitExceeded
from .limits import DEFAULT_LIMITS, Limits
from .secrets import SecretNames, SecretText

Value: TypeAlias = "bool | int | float | str | list[Value] | dict[str, Value] | None"
"""A value at rest, as variables hold it."""

UNSET: Any = type("Unset", (), {"__repr__": lambda _self: "UNSET", "__slots__": ()})()

SCALARS = frozenset({type(None), bool, int, float, str})
CONSTANT_SIZE = frozenset({type(None), bool, int, float})
KEY_BITS = 60
"""Widest integer that may be a key: Python's hash of wider ones repeats, which makes tables arbitrarily slow."""

_NARROW = 1 << 63


class OrderedSet:
    """A set that keeps the order of insertion, so that everything computed from it is the same in every process."""

    __slots__ = ("items",)

    def __init__(self, items: Iterable[Any] = ()) -> None:
        self.items: dict[Any, None] = dict.fromkeys(items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, item: object) -> bool:
        return item in self.items

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OrderedSet) and self.items.keys() == other.items.keys()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "{" + ", ".join(map(repr, self.items)) + "}" if self.items else "set()"


_NAMES = {
    type(None): "None",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "a dictionary",
    tuple: "a tuple",
    OrderedSet: "a set",
    range: "a range",
    SecretText: "a secret",
    SecretNames: "all secrets",
}


def describe(value: Any) -> str:
    """Return what kind of value this is, in words."""
    return _NAMES.get(type(value), f"a {type(value).__name__}")


def to_json_value(value: Any, limits: Limits = DEFAULT_LIMITS, *, secrets: bool = False) -> Value:
    """Return `value` as a value at rest: tuples and ranges become lists, anything already at rest is returned itself.

    secrets: texts with secrets in them may stay in it, for `separated` to take out.

    Raises EvaluationFailed for NaN, infinities, sets, keys that are not texts, texts that cannot be stored and objects
    that are not values; LimitExceeded for too wide integers, too long texts, too many items or too deep nesting
    (which a value that contains itself always reaches).
    """
    kind = type(value)
    if kind is int and -_NARROW < value < _NARROW:
        return value  # type: ignore[no-any-return]
    if kind in SCALARS:
        return _checked_scalar(value, kind, limits)  # type: ignore[no-any-return]
    return _Normaliser(limits, secrets=secrets).normal(value, 0)  # type: ignore[no-any-return]


class _Normaliser:
    def __init__(self, limits: Limits, *, secrets: bool) -> None:
        self._limits = limits
        self._secrets = secrets
        self._room = limits.collection_size

    def normal(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind in SCALARS:
            return _checked_scalar(value, kind, self._limits)
        if depth >= self._limits.nesting:
            raise value_too_deep(self._limits)
        if kind is list or kind is tuple or kind is range:
            return self._list(value, kind, depth + 1)
        if kind is dict:
            return self._dict(value, depth + 1)
        if kind is SecretText and self._secrets:
            return value
        hint = "use sorted(...) or list(...)" if kind is OrderedSet else "use texts, numbers, lists and dictionaries"
        raise EvaluationFailed(f"Expected a value that can be stored as JSON but got {describe(value)}", hint)

    def _list(self, value: Any, kind: type, depth: int) -> Any:
        self._take(len(value))
        new = [self.normal(item, depth) for item in value]
        unchanged = kind is list and all(map(_is, new, value))
        return value if unchanged else new

    def _dict(self, value: dict[Any, Any], depth: int) -> Any:
        self._take(len(value))
        for key in value:
            if type(key) is not str:
                raise EvaluationFailed(
                    f"Expected dictionary keys that are texts but got {describe(key)}", "use str(...)"
                )
            _checked_text(key, self._limits)
        new = {key: self.normal(item, depth) for key, item in value.items()}
        return value if all(map(_is, new.values(), value.values())) else new

    def _take(self, items: int) -> None:
        self._room -= items
        if self._room < 0:
            raise too_many_items(self._limits)


def _is(one: object, other: object) -> bool:
    return one is other


def _checked_scalar(value: Any, kind: type, limits: Limits) -> Any:
    if kind is str:
        return _checked_text(value, limits)
    if kind is float:
        return finite(value)
    if kind is int:
        return checked_integer(value, limits)
    return value


def _checked_text(text: str, limits: Limits) -> str:
    if len(text) > limits.string_length:
        raise too_long(limits)
    if "\0" in text:
        raise EvaluationFailed("Expected a text that can be stored but it contains the character NUL")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise EvaluationFailed(
                "Expected a text of whole characters but it contains half of a surrogate pair"
            ) from None
    return text


def finite(number: float) -> float:
    """Return `number`; raises EvaluationFailed when it is NaN or infinite."""
    if number - number == 0.0:
        return number
    raise EvaluationFailed(f"Expected a finite number but the result is {number}", "check the operands first")


def checked_integer(number: int, limits: Limits) -> int:
    """Return `number`; raises LimitExceeded when it is wider than `integer_bits`."""
    if -_NARROW < number < _NARROW or number.bit_length() <= limits.integer_bits:
        return number
    raise too_wide(limits)


def too_wide(limits: Limits) -> LimitExceeded:
    """Return the error for an integer that is wider than `integer_bits`."""
    return LimitExceeded(
        "integer_bits", f"Expected integers of at most {limits.integer_bits} bits but the result is wider"
    )


def too_long(limits: Limits) -> LimitExceeded:
    """Return the error for a text that is longer than `string_length`."""
    return LimitExceeded(
        "string_length", f"Expected texts of at most {limits.string_length} characters but the result is longer"
    )


def too_many_items(limits: Limits) -> LimitExceeded:
    """Return the error for a collection of more than `collection_size` items."""
    return LimitExceeded(
        "collection_size", f"Expected collections of at most {limits.collection_size} items but the result has more"
    )


def value_too_deep(limits: Limits) -> LimitExceeded:
    """Return the error for collections that nest deeper than `nesting`, as one that contains itself does."""
    return LimitExceeded(
        "nesting",
        f"Expected collections nested at most {limits.nesting} levels deep but the value is deeper or contains itself",
    )


def copy_value(value: Any, charge: Callable[[int], None]) -> Any:
    """Return a copy of a value at rest that shares no list or dictionary with it, charging steps by its size."""
    if type(value) is list:
        charge(1 + (len(value) >> 2))
        return [item if type(item) in SCALARS else copy_value(item, charge) for item in value]
    if type(value) is dict:
        charge(1 + (len(value) >> 2))
        return {key: item if type(item) in SCALARS else copy_value(item, charge) for key, item in value.items()}
    return value


def same_value(one: Any, other: Any) -> bool:
    """Return whether two values at rest are the same, telling 1, 1.0 and True apart, and keys in another order."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if type(one) is list:
        return len(one) == len(other) and all(map(same_value, one, other))
    if type(one) is dict:
        return list(one) == list(other) and all(map(same_value, one.values(), other.values()))
    return bool(one == other)


def weigh(value: Any, charge: Callable[[int], None], limits: Limits) -> None:
    """Charge the steps of visiting all of `value` once, before something visits it (comparing, writing as text ...).

    Raises LimitExceeded when it nests too deeply, so that a value that contains itself is never visited.
    """
    level = [value]
    depth = 0
    while level:
        depth += 1
        if depth > limits.nesting + 1:
            raise value_too_deep(limits)
        below: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is str:
                charge(len(item) >> 5)
            elif kind not in CONSTANT_SIZE:
                charge(1 + (len(item) >> 2))
                if kind is dict:
                    below.extend(key for key in item if type(key) is str and len(key) > 32)
                    below.extend(item.values())
                elif kind is not range:
                    below.extend(item)
        level = below


def check_key(key: Any, held: int, charge: Callable[[int], None]) -> None:
    """Refuse what may not be a key or a member of a set; `held` is the number of keys there already.

    Keys are None, booleans, numbers, texts and tuples of these. Tuples are charged by the size of the table, because
    their hashes can be made to collide.
    """
    kind = type(key)
    if kind is str or kind is bool or key is None or kind is float:
        return
    if kind is int:
        if key.bit_length() > KEY_BITS:
            raise LimitExceeded("integer_bits", f"Expected integer keys of at most {KEY_BITS} bits but got a wider one")
        return
    if kind is not tuple:
        raise EvaluationFailed(f"Expected a key that never changes but got {describe(key)}", "use a text as the key")
    charge(1 + (held >> 6) + (len(key) >> 2))
    for part in key:
        if type(part) is tuple:
            raise EvaluationFailed(
                "Expected a key that is a flat tuple but it contains a tuple", "use a text as the key"
            )
        check_key(part, 0, charge)
