"""What FEEL does instead of failing: a part without a value becomes null, and a warning says why and where."""

from __future__ import annotations

import msgspec

from ..errors import SENTENCE_LENGTH, Place
from ..evaluator import Frame

WARNINGS = 20
"""How many warnings one evaluation keeps; a loop may have the same one in every turn."""


class NoValue(Exception):
    """A part of an expression has no value; the sentence says why. Whoever calls it makes that null and a warning."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Warned(msgspec.Struct, frozen=True):
    """Why a part of an expression is null: a sentence, and where it stands (line and column count from 1)."""

    sentence: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.sentence} (line {self.line}, column {self.column})"


class FeelFrame(Frame):
    """A frame that also collects warnings and counts open calls."""

    __slots__ = ("calls", "has_time", "warnings")

    warnings: list[Warned]
    calls: int
    has_time: bool

    def warn(self, sentence: str, place: Place) -> None:
        """Keep a warning unless there are enough or it is known."""
        if len(self.warnings) < WARNINGS:
            warned = Warned(sentence[:SENTENCE_LENGTH], *place)
            if warned not in self.warnings:
                self.warnings.append(warned)
