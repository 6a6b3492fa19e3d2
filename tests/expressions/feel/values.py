"""How tests write FEEL values: as FEEL itself does, texts in quotes."""

from __future__ import annotations

from typing import Any

from engine.expressions import DEFAULT_LIMITS, feel
from engine.expressions.feel.faults import FeelFrame
from engine.expressions.feel.texts import text_of


def written(value: Any) -> str:
    """The value as FEEL writes it inside of a list."""
    return text_of(FeelFrame({}, 0, DEFAULT_LIMITS, 0), [value])[1:-1]


def gives(text: str, **context: Any) -> str:
    """What an expression gives, written."""
    return written(feel.evaluate(text, context).value)
