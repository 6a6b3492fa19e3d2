"""All methods that values have, by kind of value: those of Python's own that are harmless, each bounded."""

from __future__ import annotations

from typing import Any

from . import methods_collections, methods_texts
from .errors import EvaluationFailed
from .registry import METHODS, Function
from .values import OrderedSet, describe

__all__ = ["KINDS", "METHODS", "MUTATING", "find_method", "methods_collections", "methods_texts"]

MUTATING = frozenset(
    "append extend insert remove pop clear sort reverse update setdefault popitem add discard".split()  # noqa: SIM905
)
"""Names of the methods that change the collection they are called on; only scripts have them."""

KINDS = {str: "text", list: "list", dict: "dictionary", tuple: "tuple", OrderedSet: "set"}
"""The kinds of values that have methods, as the documentation calls them."""


def find_method(value: Any, name: str) -> Function:
    """Return the method `name` of a value; raises EvaluationFailed when its kind has none."""
    kind = type(value)
    if kind is dict and name in value:
        raise EvaluationFailed(
            f"Expected a method '{name}' but the dictionary has a key of that name, which cannot be called",
            f"write ['{name}'] to read the key",
        )
    found = METHODS.get(kind, {}).get(name)
    if found is None:
        owners = " or ".join(KINDS[each] for each, methods in METHODS.items() if name in methods)
        sentence = f"Expected a value that has the method '{name}' but got {describe(value)}"
        raise EvaluationFailed(sentence, f"it is a method of a {owners}")
    return found
