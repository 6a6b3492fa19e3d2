"""What kind of value this is, in the words of FEEL's types (DMN 1.5, Table 43)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..secrets import refuse_secrets

_KINDS: dict[type, str] = {
    type(None): "Null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    list: "list",
    dict: "context",
}


def kind_of(value: Any) -> str:
    """Return the name of the value's type, without what is inside it.

    Raises Opaque for a secret: where FEEL asks what a value is, it does not fit, and null would hide that.
    """
    kind = _KINDS.get(type(value))
    if kind is not None:
        return kind
    refuse_secrets(value)
    return getattr(type(value), "kind", type(value).__name__)
