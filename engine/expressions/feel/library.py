"""FEEL as a library: compile a text once, evaluate it over a context, and see why something is null."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from ..errors import PYTHON_FAULTS, ExpressionError, Place, located
from ..limits import DEFAULT_LIMITS, Limits
from ..values import value_too_deep
from .compiling import Compiled, compiled, new_frame
from .conversion import given, lowered
from .faults import FeelFrame, Warned
from .functions import Function, Parameter
from .types import ANY, Type

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)
_KEYS_LOOKED_AT = 10_000


class Result(msgspec.Struct, frozen=True):
    """What an evaluation gave: the value, and why parts of it are null."""

    value: Any
    warnings: tuple[Warned, ...]


class Feel:
    """A compiled expression or unary tests; it never changes, and may be evaluated from several threads."""

    def __init__(self, of: Compiled, limits: Limits) -> None:
        self._compiled = of
        self._limits = limits

    @property
    def names(self) -> frozenset[str]:
        """The names of the variables that the text reads."""
        return self._compiled.names

    @property
    def external_functions(self) -> tuple[Place, ...]:
        """Line and column of each external (Java, PMML) function: these are null."""
        return self._compiled.externals

    def evaluate(
        self, context: Mapping[str, Any] | None = None, *, input: Any = None, now: datetime.datetime | None = None
    ) -> Result:
        """Return the value over a context of variables.

        Args:
            context: what the names of the text mean: JSON values, FEEL values, or dates and times of `datetime`.
            input: what unary tests are applied to, and what `?` is.
            now: the time that `now()` and `today()` give; without it they are null.

        Raises:
            LimitExceeded: a budget was hit.
            TypeError: something in the context is not a value.
        """
        variables = {name: self._given(value) for name, value in (context or {}).items()}
        moment = None if now is None else (now - _EPOCH) // _MICROSECOND
        frame = new_frame(self._compiled, variables, moment, self._limits)
        if self._compiled.input is not None:
            frame.slots[self._compiled.input] = self._given(input)
        try:
            value = self._compiled.node(frame)
        except ExpressionError as error:
            raise error.within(self._compiled.source) from None
        except PYTHON_FAULTS as error:
            raise located(error, (1, 1), "the expression").within(self._compiled.source) from error
        return Result(value, tuple(frame.warnings))

    def _given(self, value: Any) -> Any:
        try:
            return given(value)
        except RecursionError:
            raise value_too_deep(self._limits) from None


def compile(  # noqa: A001 - read as feel.compile
    text: str,
    *,
    names: Iterable[str] = (),
    keys: Iterable[str] = (),
    types: Mapping[str, Type] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Feel:
    """Compile an expression once, to be evaluated many times.

    Args:
        text: the expression.
        names: the variables there will be, so that names with spaces and marks (`order-total`) are known as one name.
        keys: keys with spaces and marks inside of these variables, for the same reason.
        types: the types that `instance of` and parameters may name, beside FEEL's own.
        limits: the budgets of compiling and evaluating.

    Raises:
        SyntaxRefused: the text is no expression, too long or nested too deeply; with line and column.
    """
    return Feel(compiled(text, limits, names=names, keys=keys, types=types), limits)


def compile_unary_tests(
    text: str,
    *,
    names: Iterable[str] = (),
    keys: Iterable[str] = (),
    types: Mapping[str, Type] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Feel:
    """Compile unary tests, as the cells of decision tables hold them, once; arguments as for `compile`."""
    return Feel(compiled(text, limits, names=names, keys=keys, types=types, unary=True), limits)


def evaluate(text: str, context: Mapping[str, Any] | None = None, *, now: datetime.datetime | None = None) -> Result:
    """Compile an expression with the names and keys of the context, and evaluate it once."""
    return compile(text, names=context or (), keys=keys_in(context)).evaluate(context, now=now)


def unary_tests(
    text: str, input: Any, context: Mapping[str, Any] | None = None, *, now: datetime.datetime | None = None
) -> Result:
    """Compile unary tests with the names and keys of the context, and apply them once to the input."""
    return compile_unary_tests(text, names=context or (), keys=keys_in(context)).evaluate(context, input=input, now=now)


def function(parameters: Mapping[str, Type] | Iterable[str], run: Callable[..., Any]) -> Function:
    """Return a function that expressions can call, for a context: `run` takes FEEL values by position and returns one.

    `parameters` are their names, or their names with the types that arguments are converted to.
    """
    typed = parameters if isinstance(parameters, Mapping) else dict.fromkeys(parameters, ANY)
    declared = [Parameter(name, of) for name, of in typed.items()]
    slots = range(len(declared))

    def body(frame: Any) -> Any:
        return given(run(*(frame.slots[slot] for slot in slots)))

    return Function(declared, slots, body, slots=[None] * len(declared), variables={})


def to_json(value: Any, limits: Limits = DEFAULT_LIMITS) -> Any:
    """Return a FEEL value as JSON: numbers exact when they are integers, dates and durations as ISO texts.

    Raises EvaluationFailed for ranges and functions, LimitExceeded for what is too large.
    """
    return lowered(FeelFrame({}, 0, limits, 0), value)


def keys_in(context: Mapping[str, Any] | None) -> list[str]:
    """Return the keys inside of a context that only the scope tells from operators; of a huge one, the outer ones."""
    found: list[str] = []
    level: list[Any] = list((context or {}).values())
    for value in level:
        if len(level) > _KEYS_LOOKED_AT:
            break
        if isinstance(value, Mapping):
            found += [key for key in value if isinstance(key, str) and not key.isidentifier()]
            level += value.values()
        elif isinstance(value, list | tuple):
            level += value
    return found
