"""FEEL as one of the evaluator's syntaxes: expressions over process variables."""

from __future__ import annotations

from typing import Any, ClassVar

from ..errors import PYTHON_FAULTS, EvaluationFailed, ExpressionError, SyntaxRefused, located
from ..evaluator import Expression, Script, Variables
from ..limits import Limits
from ..values import Value, to_json_value
from .compiling import Compiled, compiled, new_frame
from .conversion import lowered
from .faults import FeelFrame
from .nodes import Read

SYNTAX = "feel"


class FeelExpression(Expression):
    """A compiled FEEL expression; its values are JSON, and null may have reasons."""

    __slots__ = ("_compiled", "_raw")

    null_is_false: ClassVar[bool] = False

    def __init__(self, of: Compiled, limits: Limits) -> None:
        super().__init__(source=of.source, syntax=SYNTAX, node=of.node, names=of.names, limits=limits, slots=of.slots)
        self._compiled = of
        # What is only read out of a variable is a value at rest already.
        self._raw = of.node.raw if isinstance(of.node, Read) else None

    def evaluate(self, variables: Variables, now: int = 0) -> Value:
        """Return the value over `variables` at the time `now` (microseconds since the epoch, UTC).

        Whatever has no value is null. Raises LimitExceeded, and EvaluationFailed for values that are no JSON.
        """
        value: Value = self._evaluated(new_frame(self._compiled, variables, now, self._limits))
        return value

    def evaluate_with_secrets(self, variables: Variables, now: int = 0) -> Any:
        """Return the value where `variables` may hold texts with secrets, which then may be in the value, too."""
        frame = new_frame(self._compiled, variables, now, self._limits)
        try:
            return to_json_value(lowered(frame, self._node(frame)), self._limits, secrets=True)
        except ExpressionError as error:
            raise error.within(self.source, self.place) from None
        except PYTHON_FAULTS as error:
            raise located(error, (1, 1), "the expression").within(self.source, self.place) from error

    def _evaluated(self, frame: FeelFrame) -> Any:
        try:
            if self._raw is not None:
                return lowered_scalar(frame, self._raw(frame))
            value = self._node(frame)
            if value is None or value is True or value is False:
                return value
            return to_json_value(lowered(frame, value), self._limits)
        except ExpressionError as error:
            raise error.within(self.source, self.place) from None
        except PYTHON_FAULTS as error:
            raise located(error, (1, 1), "the expression").within(self.source, self.place) from error

    def reasons(self, variables: Variables, now: int = 0) -> list[str]:
        """Return why the value is null, or parts of it are: the same evaluation has the same reasons."""
        frame = new_frame(self._compiled, variables, now, self._limits)
        self._evaluated(frame)
        return [str(warning) for warning in frame.warnings]


class FeelScript(Script):
    """A compiled FEEL context whose entries are written as variables."""

    __slots__ = ("_compiled",)

    def __init__(self, of: Compiled, keys: frozenset[str], limits: Limits) -> None:
        super().__init__(source=of.source, syntax=SYNTAX, step=of.node, reads=of.names, writes=keys, limits=limits)
        self._compiled = of

    def run(self, variables: Variables, now: int = 0) -> dict[str, Value]:
        """Return the entries of the context, in order. Raises EvaluationFailed when there is none, with the reasons."""
        expression = FeelExpression(self._compiled, self._limits)
        expression.place = self.place
        written = expression.evaluate(variables, now)
        if type(written) is dict:
            return written
        why = "; ".join(expression.reasons(variables, now))
        sentence = f"Expected a context with the variables to write but got null: {why}"
        raise EvaluationFailed(sentence).within(self.source, self.place)


def lowered_scalar(frame: FeelFrame, value: Any) -> Any:
    """Return what a variable gave: a value at rest as it is, properties and functions of FEEL converted."""
    kind = type(value)
    if kind is int or kind is float or kind is str or kind is bool or value is None or kind is dict:
        return value
    return lowered(frame, value)


def compile_expression(text: str, limits: Limits) -> Expression:
    """Compile an expression in FEEL; a leading `=` as Camunda writes it is allowed. Raises SyntaxRefused."""
    return FeelExpression(compiled(_without_mark(text), limits), limits)


def compile_script(text: str, limits: Limits) -> Script:
    """Compile a script in FEEL: a context, whose entries are written as variables. Raises SyntaxRefused."""
    of = compiled(_without_mark(text), limits)
    if of.keys is None:
        raise SyntaxRefused(
            "Expected a context as a script in FEEL but found another expression",
            "write {name: value, ...}, or give the task a result variable",
            *(1, 1),
            text,
        )
    return FeelScript(of, of.keys, limits)


def _without_mark(text: str) -> str:
    """The text with a blank in place of a leading `=`, so that positions are those of the text as it was given."""
    marked = text.lstrip()
    if not marked.startswith("="):
        return text
    at = len(text) - len(marked)
    return f"{text[:at]} {text[at + 1 :]}"
