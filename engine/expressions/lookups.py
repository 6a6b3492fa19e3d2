"""The closures that look into values: by a dot, by a key, by an index."""

from __future__ import annotations

import difflib
from typing import Any

from .errors import FAULTS, EvaluationFailed, Place, located
from .evaluator import Frame, Node
from .secrets import SecretNames, refuse_secrets
from .values import check_key, describe

_SUBSCRIPTABLE = frozenset({list, tuple, dict, str, range})
_NEAR_KEYS = 1_000


def key_of(holder: Node, name: str, place: Place) -> Node:
    """Look up the key `name` of a dictionary: what a dot means."""

    def run(frame: Frame) -> Any:
        value = holder(frame)
        if type(value) is dict:
            try:
                return value[name]
            except KeyError:
                raise missing_key(value, name).at(*place) from None
        if type(value) is SecretNames:
            return value.pick(name)
        raise EvaluationFailed(f"Expected a dictionary before '.{name}' but got {describe(value)}", "", *place)

    return run


def missing_key(holder: dict[Any, Any], key: Any) -> EvaluationFailed:
    """Return the error for a key a dictionary does not have, with similar keys as a hint."""
    hint = "use .get(...) when it may be missing"
    if type(key) is str and len(holder) <= _NEAR_KEYS:
        near = difflib.get_close_matches(key[:100], [str(known)[:100] for known in holder if type(known) is str], n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else hint
    return EvaluationFailed(f"Expected the key {_short(key)} but the dictionary has none", hint)


def _short(key: Any) -> str:
    return repr(key[:100]) if type(key) is str else repr(key)[:100]


def item_of(holder: Node, key: Node, place: Place) -> Node:
    """Look up an item by index or key."""

    def run(frame: Frame) -> Any:
        value = holder(frame)
        index = key(frame)
        try:
            return get_item(frame, value, index)
        except FAULTS as error:
            raise located(error, place, "the subscript") from None

    return run


def get_item(frame: Frame, value: Any, index: Any) -> Any:
    """Return `value[index]`; raises EvaluationFailed when there is no such item."""
    kind = type(value)
    if kind not in _SUBSCRIPTABLE:
        if kind is SecretNames:
            return value.pick(index)
        refuse_secrets(value)
        raise EvaluationFailed(f"Expected a list, text or dictionary before '[' but got {describe(value)}")
    if kind is dict:
        if type(index) is not str:
            check_key(index, 0, frame.charge)
        try:
            return value[index]
        except KeyError:
            raise missing_key(value, index) from None
    if type(index) is not int and type(index) is not bool:
        raise EvaluationFailed(f"Expected an integer as the index of {describe(value)} but got {describe(index)}")
    try:
        return value[index]
    except IndexError:
        raise EvaluationFailed(f"Expected an index within {describe(value)} of {len(value)} but got {index}") from None
