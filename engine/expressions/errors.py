"""What can go wrong in an expression or a script, each as one readable sentence with its position."""

from __future__ import annotations

from typing import Self

SENTENCE_LENGTH = 500
"""Characters of a sentence at most: names and values in it may be as long as a text."""


class ExpressionError(Exception):
    """Anything wrong with the text or the evaluation of an expression or script.

    `sentence` says what was expected and what came instead, `hint` (may be empty) what to write instead,
    `line` and `column` (1-based, 0 while unknown) where in `source` it happened, `place` what the source is in the
    diagram (such as `input "url" of charge`, "" while unknown).
    """

    place = ""

    def __init__(self, sentence: str, hint: str = "", line: int = 0, column: int = 0, source: str = "") -> None:
        sentence = sentence if len(sentence) <= SENTENCE_LENGTH else sentence[: SENTENCE_LENGTH - 1] + "…"
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint
        self.line = line
        self.column = column
        self.source = source

    def at(self, line: int, column: int) -> Self:
        """Set the position, unless a more exact one is already known, and return the error itself."""
        if not self.line:
            self.line, self.column = line, column
        return self

    def within(self, source: str, place: str = "") -> Self:
        """Set the text that was compiled or evaluated, and its place in the diagram, and return the error itself."""
        self.source = source
        self.place = place or self.place
        return self.at(1, 1)

    def __str__(self) -> str:
        place = f"{self.place}, " if self.place else ""
        position = f" ({place}line {self.line}, column {self.column})" if self.line else ""
        return f"{self.sentence}{position}{'; ' if self.hint else ''}{self.hint}"


class SyntaxRefused(ExpressionError):
    """The text does not parse, or it uses something that does not exist in its syntax (raised when compiling)."""


class EvaluationFailed(ExpressionError):
    """The values did not fit what the text does with them: an unknown name, a wrong type, a division by zero."""


class LimitExceeded(ExpressionError):
    """A budget was hit; `limit` is the name of the field of `Limits` that was reached."""

    def __init__(self, limit: str, sentence: str, hint: str = "") -> None:
        super().__init__(sentence, hint)
        self.limit = limit


class BpmnErrorThrown(Exception):
    """`bpmn_error(code, message)` was called: the BPMN error `code` shall be thrown (BPMN 2.0.2, 10.5.6)."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.message = message


Place = tuple[int, int]
"""Line and column, both counted from 1."""

PYTHON_FAULTS = (TypeError, ValueError, ArithmeticError, LookupError, RuntimeError, MemoryError)
FAULTS = (ExpressionError, *PYTHON_FAULTS)


def too_deep() -> LimitExceeded:
    """Return the error for a calculation that nests deeper than the interpreter can follow."""
    return LimitExceeded(
        "nesting",
        "Expected a calculation that nests less deeply but it needs more levels than are allowed",
        "split it into several steps",
    )


def located(error: BaseException, place: Place, doing: str) -> ExpressionError:
    """Return `error`, raised while `doing` something at `place`, as an expression error with a position."""
    if isinstance(error, ExpressionError):
        return error.at(*place)
    if isinstance(error, RecursionError):
        return too_deep().at(*place)
    if isinstance(error, MemoryError):
        return LimitExceeded("steps", f"Expected {doing} to fit the memory but it does not").at(*place)
    if isinstance(error, ZeroDivisionError):
        return EvaluationFailed("Expected a divisor other than zero but it is zero", "check it before dividing", *place)
    if isinstance(error, OverflowError):
        return EvaluationFailed(f"Expected numbers that {doing} can handle but they are too large", "", *place)
    return EvaluationFailed(f"Expected values that fit {doing} but {_told_by_python(error)}", "", *place)


def _told_by_python(error: BaseException) -> str:
    if isinstance(error, KeyError):
        return f"there is no key {str(error)[:100]}"
    return str(error)[:200] or type(error).__name__
