"""How FEEL's own functions are offered: their parameters as FEEL names and types them, and calls that convert to these.

A declaration reads `name(a: number, b: string | date?, c: list=)`: `?` lets null through, `=` may be left out, and a
last `...` gathers any number of arguments in a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from .faults import FeelFrame, NoValue
from .kinds import kind_of
from .types import ANY, ListType, Type

_PARAMETER = re.compile(r"(?P<name>[\w ]+): (?P<kinds>[\w <>|]+?)(?P<nullable>\?)?(?P<optional>=)?(?P<many>\.\.\.)?")
POINTS = (
    *("number", "string", "date", "time", "date and time"),
    *("days and time duration", "years and months duration"),
)
"""The types that have an order, so that their values can be the ends of ranges; declared as `point`."""
_SPLIT = re.compile(r", (?=[\w ]+: )")


class Given(msgspec.Struct, frozen=True):
    """A parameter of one of FEEL's own functions."""

    name: str
    kinds: tuple[Type, ...]
    nullable: bool
    optional: bool
    wanted: str
    """What it takes, in words."""

    @property
    def type(self) -> Type:
        """The type as `instance of` compares it."""
        return self.kinds[0] if len(self.kinds) == 1 else ANY

    def fit(self, value: Any) -> tuple[bool, Any]:
        """Return whether the value can be the argument, and what it becomes."""
        if value is None:
            return self.nullable, None
        for kind in self.kinds:
            if kind is ANY or kind.holds(value):
                return True, value
        for kind in self.kinds:
            converted = kind.coerced(value)
            if converted is not None:
                return True, converted
        return False, None


class Overload(msgspec.Struct, frozen=True):
    """One way to call a function: its parameters and what it runs as `run(frame, *arguments)`."""

    signature: str
    parameters: tuple[Given, ...]
    many: bool
    run: Callable[..., Any]

    @property
    def least(self) -> int:
        """How many arguments it needs."""
        return sum(not one.optional for one in self.parameters)

    def takes(self, count: int) -> bool:
        """Return whether it can be called with so many arguments by position."""
        return (self.many and count >= self.least) or self.least <= count <= len(self.parameters)

    def reads_like(self, named: dict[str, Any]) -> bool:
        """Return whether its parameters stand in the order of the names: before(point, range), before(range, point)."""
        return [one.name for one in self.parameters if one.name in named] == list(named)

    def gathered(self, values: Sequence[Any]) -> list[Any]:
        """Return arguments by position with the last ones in a list; a single one that may be that list is it."""
        at = len(self.parameters) - 1
        rest = list(values[at:])
        if len(rest) == 1 and self.is_list and (rest[0] is None or type(rest[0]) is list):
            return [*values[:at], rest[0]]
        return [*values[:at], rest]

    @property
    def is_list(self) -> bool:
        """Whether a single last argument may be the list of all: `sum([1, 2])`, but not `concatenate([1, 2])`."""
        kind = self.parameters[-1].kinds[0]
        return type(kind) is Type and kind is not ANY

    def fitted(self, values: Sequence[Any]) -> list[Any] | str:
        """Return the arguments as the parameters want them, or which one does not fit."""
        fitted = []
        for parameter, value in zip(self.parameters, values, strict=False):
            fits, converted = parameter.fit(value)
            if not fits:
                return f"Expected {parameter.wanted} for '{parameter.name}' but got {kind_of(value)}"
            fitted.append(converted)
        return fitted


class Builtin:
    """One of FEEL's own functions, with its overloads."""

    kind = "function"
    __slots__ = ("name", "overloads", "purpose")

    def __init__(self, name: str, purpose: str) -> None:
        self.name = name
        self.purpose = purpose
        self.overloads: list[Overload] = []

    def call(self, frame: FeelFrame, values: Sequence[Any]) -> Any:
        """Call it with arguments by position; raises NoValue when no overload takes them."""
        count = len(values)
        misfit = ""
        for overload in self.overloads:
            if not overload.takes(count):
                continue
            fitted = overload.fitted(overload.gathered(values) if overload.many else values)
            if type(fitted) is not str:
                _charge(frame, fitted)
                return overload.run(frame, *fitted)
            misfit = misfit or fitted
        raise NoValue(misfit or f"Expected arguments like {self.overloads[0].signature} but got {count}")

    def call_named(self, frame: FeelFrame, named: dict[str, Any]) -> Any:
        """Call it with arguments by name; raises NoValue when no overload has these parameters."""
        misfit = ""
        for overload in sorted(self.overloads, key=lambda one: not one.reads_like(named)):
            names = [one.name for one in overload.parameters]
            needed = {one.name for one in overload.parameters if not one.optional}
            if not needed <= named.keys() <= set(names):
                continue
            # An optional parameter that is left out has its default; those after it may be given.
            given = dict(named)
            if overload.many and not overload.is_list and names[-1] in given:
                given[names[-1]] = [given[names[-1]]]
            fitted: dict[str, Any] = {}
            for one in overload.parameters:
                if one.name in given:
                    fits, converted = one.fit(given[one.name])
                    if not fits:
                        misfit = f"Expected {one.wanted} for '{one.name}' but got {kind_of(given[one.name])}"
                        break
                    fitted[one.name] = converted
            else:
                _charge(frame, fitted.values())
                last = max((at for at, one in enumerate(overload.parameters) if one.name in fitted), default=-1)
                return overload.run(frame, *(fitted.get(one.name) for one in overload.parameters[: last + 1]))
        raise NoValue(misfit or f"Expected arguments like {self.overloads[0].signature} but got {', '.join(named)}")


def _charge(frame: FeelFrame, values: Any) -> None:
    for value in values:
        kind = type(value)
        if kind is list or kind is dict:
            frame.charge(1 + (len(value) >> 2))
        elif kind is str:
            frame.charge(len(value) >> 5)


BUILTINS: dict[str, Builtin] = {}


def builtin(signature: str, purpose: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Offer the decorated `run(frame, ...)` under the declaration; a second one of a name is an overload."""
    name, _, rest = signature.partition("(")
    declared = [_PARAMETER.fullmatch(part) for part in _SPLIT.split(rest[:-1])] if rest != ")" else []
    if not all(declared):
        raise ValueError(f"Expected a declaration of parameters but got {signature}")
    parameters = tuple(_given(one) for one in declared if one is not None)
    many = bool(declared and declared[-1] is not None and declared[-1]["many"])

    def register(run: Callable[..., Any]) -> Callable[..., Any]:
        known = BUILTINS.setdefault(name, Builtin(name, purpose))
        shown = re.sub(r"[?=]", "", signature)
        known.overloads.append(Overload(shown, parameters, many, run))
        return run

    return register


def _given(declared: re.Match[str]) -> Given:
    words = declared["kinds"].split(" | ")
    kinds = tuple(_type(name) for word in words for name in (POINTS if word == "point" else (word,)))
    nullable, optional = bool(declared["nullable"]), bool(declared["optional"])
    return Given(declared["name"], kinds, nullable, optional, " or ".join(words))


def _type(text: str) -> Type:
    if text == "Any":
        return ANY
    item = re.fullmatch(r"list<([\w ]+)>", text)
    return ListType(_type(item[1])) if item else Type(text)
