"""What may be called by name in an expression, as data: signature, purpose, argument count and the checked function."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import msgspec

from .values import OrderedSet


class Function(msgspec.Struct, frozen=True):
    """A callable name: what it does, how it is written, and how many arguments it takes.

    `most` None means any number of arguments, `keywords` None means any keyword.
    """

    name: str
    signature: str
    purpose: str
    run: Callable[..., Any]
    least: int
    most: int | None
    keywords: frozenset[str] | None
    placed: frozenset[str]
    """Those keywords that fill a place which an argument by position could fill."""

    def misfit(self, count: int, keywords: tuple[str, ...] = ()) -> str:
        """Return what is wrong with calling it with `count` arguments and `keywords`, or an empty text."""
        if keywords:
            count += len(self.placed.intersection(keywords))
            unknown = [each for each in keywords if self.keywords is not None and each not in self.keywords]
            if unknown:
                return f"Expected arguments like {self.signature} but got '{unknown[0]}='"
        if count < self.least or (self.most is not None and count > self.most):
            return f"Expected arguments like {self.signature} but got {count}"
        return ""


def described(signature: str, purpose: str, run: Callable[..., Any], skip: int) -> Function:
    """Describe a callable whose first `skip` parameters are the evaluator's (frame, and the object of a method)."""
    parameters = list(inspect.signature(run).parameters.values())[skip:]
    named = [each for each in parameters if each.kind in (each.KEYWORD_ONLY, each.POSITIONAL_OR_KEYWORD)]
    placed = [each for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    return Function(
        name=signature.partition("(")[0],
        signature=signature,
        purpose=purpose,
        run=run,
        least=sum(each.default is each.empty for each in placed),
        most=None if any(each.kind is each.VAR_POSITIONAL for each in parameters) else len(placed),
        keywords=None
        if any(each.kind is each.VAR_KEYWORD for each in parameters)
        else frozenset(each.name for each in named),
        placed=frozenset(each.name for each in named if each in placed),
    )


FUNCTIONS: dict[str, Function] = {}


def function(signature: str, purpose: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Offer the decorated `run(frame, ...)` under the name in `signature`."""

    def register(run: Callable[..., Any]) -> Callable[..., Any]:
        offered = described(signature, purpose, run, skip=1)
        FUNCTIONS[offered.name] = offered
        return run

    return register


METHODS: dict[type, dict[str, Function]] = {str: {}, list: {}, dict: {}, tuple: {}, OrderedSet: {}}


def method(kind: type, signature: str, purpose: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Offer the decorated `run(frame, value, ...)` as a method of values of `kind`."""

    def register(run: Callable[..., Any]) -> Callable[..., Any]:
        offered = described(signature, purpose, run, skip=2)
        METHODS[kind][offered.name] = offered
        return run

    return register
