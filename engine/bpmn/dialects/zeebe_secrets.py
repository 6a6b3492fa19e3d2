"""Camunda 8's `{{secrets.NAME}}` in the inputs of tasks, written as the expression that it stands for."""

from __future__ import annotations

import re

from ...model import FormalExpression
from ..rules.registry import quoted
from .base import ExtensionReading

_BRACES = re.compile(r"\{\{\s*secrets\.([A-Za-z_][A-Za-z0-9_.-]*)\s*\}\}")
# What is not closed goes on to the end, so that every start matches and the text is read once.
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def with_secrets(reading: ExtensionReading, source: str, line: int) -> FormalExpression | None:
    """The expression for an input's source in which secrets are named; None for one that names none."""
    text = source.strip()
    if not _BRACES.search(text):
        return None
    if not text.startswith("="):
        return reading.expression(_joined_text(text), line, "python")
    name = next((name for name in _BRACES.findall(text) if not _PLAIN.fullmatch(name)), None)
    if name is not None:
        reading.bad(f"Expected the name of a secret made of letters, digits and '_' but got {quoted(name)}", line)
    return reading.expression(_LITERAL.sub(lambda found: _joined(found[0]), text[1:]), line, "feel")


def _joined_text(text: str) -> str:
    pieces = enumerate(_BRACES.split(text))
    return " + ".join(
        f"secrets[{piece!r}]" if index % 2 else repr(piece) for index, piece in pieces if index % 2 or piece
    )


def _joined(literal: str) -> str:
    names = _BRACES.findall(literal)
    closed = len(literal) > 1 and literal[0] == literal[-1] == '"'
    if not closed or not names or not all(map(_PLAIN.fullmatch, names)):
        return literal
    pieces = _BRACES.split(literal[1:-1])
    parts = [f"secrets.{piece}" if index % 2 else f'"{piece}"' for index, piece in enumerate(pieces)]
    return f"({' + '.join(part for part in parts if part != _EMPTY)})"


_EMPTY = '""'
