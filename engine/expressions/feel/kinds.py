"""What kind of value this is, in the words of FEEL's types (DMN 1.5, Table 43)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

_KINDS: dict[type, str] = {
    type(None): "Null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    list: "list",
    dict: "context",
}


def kind_of(value: Any) -> str:
    """Return the name of the value's type, without what is inside it."""
    kind = _KINDS.get(type(value))
    return kind if kind is not None else getattr(type(value), "kind", type(value).__name__)
