"""The types of FEEL: what is an instance of them, and the implicit conversions (DMN 1.5, 10.3.2.9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .faults import NoValue
from .kinds import kind_of
from .temporal import UTC_MIDNIGHT, Date, DateTime

SIMPLE_NAMES = (
    "Any",
    "Null",
    "number",
    "string",
    "boolean",
    "date",
    "time",
    "date and time",
    "days and time duration",
    "years and months duration",
)
"""The names of types without parameters, as they follow `instance of`."""


class Type:
    """A type known by its name alone; `Any` holds everything but null."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return self.name

    def holds(self, value: Any) -> bool:
        """Return whether the value is an instance of the type."""
        if self.name == "Any":
            return value is not None
        return kind_of(value) == self.name

    def accepts(self, other: Type) -> bool:
        """Return whether every value of the other type is one of this type."""
        return self.name == "Any" or other.name in (self.name, "Null")

    def coerced(self, value: Any) -> Any:
        """Return the value as one of this type; null when no implicit conversion makes it one (10.3.2.9.4)."""
        if value is None or self.name == "Any" or self.holds(value):
            return value
        if self.name == "list":
            return [value]
        if type(value) is list and len(value) == 1 and type(value[0]) is not list:
            return self.coerced(value[0])
        if self.name == "date and time" and type(value) is Date:
            return DateTime(value, UTC_MIDNIGHT)
        return None


ANY = Type("Any")


class UnknownType(Type):
    """A name that is no type, or one that needs parameters: whoever asks gets no answer (Table 61)."""

    __slots__ = ()

    def holds(self, value: Any) -> bool:
        """Raise NoValue."""
        raise NoValue(f"Expected a type but got '{self.name[:80]}'")

    def coerced(self, value: Any) -> Any:
        """Raise NoValue."""
        raise NoValue(f"Expected a type but got '{self.name[:80]}'")


class ListType(Type):
    """list<T>."""

    __slots__ = ("item",)

    def __init__(self, item: Type) -> None:
        super().__init__("list")
        self.item = item

    def __str__(self) -> str:
        return f"list<{self.item}>"

    def holds(self, value: Any) -> bool:
        """Return whether it is a list whose items are null or instances of the item type."""
        return type(value) is list and all(one is None or self.item.holds(one) for one in value)

    def accepts(self, other: Type) -> bool:
        """Return whether the other is a list type whose items fit."""
        return other.name == "Null" or (isinstance(other, ListType) and self.item.accepts(other.item))

    def coerced(self, value: Any) -> Any:
        """Return the list, or the value as the only item of one."""
        if value is None or self.holds(value):
            return value
        if type(value) is list:
            items = [self.item.coerced(one) for one in value]
            return items if all(new is not None or old is None for new, old in zip(items, value, strict=True)) else None
        item = self.item.coerced(value)
        return None if item is None else [item]


class ContextType(Type):
    """context<name: T, ...>."""

    __slots__ = ("members",)

    def __init__(self, members: Mapping[str, Type]) -> None:
        super().__init__("context")
        self.members = members

    def __str__(self) -> str:
        return f"context<{', '.join(f'{name}: {of}' for name, of in self.members.items())}>"

    def holds(self, value: Any) -> bool:
        """Return whether it is a context that has every member, null or an instance of its type."""
        return type(value) is dict and all(
            name in value and (value[name] is None or of.holds(value[name])) for name, of in self.members.items()
        )

    def accepts(self, other: Type) -> bool:
        """Return whether the other type has every member with a type that fits."""
        return other.name == "Null" or (
            isinstance(other, ContextType)
            and all(name in other.members and of.accepts(other.members[name]) for name, of in self.members.items())
        )


class RangeType(Type):
    """range<T>."""

    __slots__ = ("item",)

    def __init__(self, item: Type) -> None:
        super().__init__("range")
        self.item = item

    def __str__(self) -> str:
        return f"range<{self.item}>"

    def holds(self, value: Any) -> bool:
        """Return whether it is a range between null or instances of the type, and not between nulls alone."""
        if kind_of(value) != "range":
            return False
        ends = [end for end in (value.start, value.end) if end is not None]
        return bool(ends) and all(self.item.holds(end) for end in ends)

    def accepts(self, other: Type) -> bool:
        """Return whether the other is a range type that fits."""
        return other.name == "Null" or (isinstance(other, RangeType) and self.item.accepts(other.item))


class FunctionType(Type):
    """function<T, ...> -> T."""

    __slots__ = ("parameters", "result")

    def __init__(self, parameters: tuple[Type, ...], result: Type) -> None:
        super().__init__("function")
        self.parameters = parameters
        self.result = result

    def __str__(self) -> str:
        return f"function<{', '.join(map(str, self.parameters))}> -> {self.result}"

    def holds(self, value: Any) -> bool:
        """Return whether it is a function that takes all these parameters; a result nobody declared may be anything."""
        return kind_of(value) == "function" and any(self.accepts(one) for one in signatures_of(value))

    def accepts(self, other: Type) -> bool:
        """Return whether the other function type takes at least what this one does, and gives at most that."""
        if not isinstance(other, FunctionType) or len(self.parameters) != len(other.parameters):
            return other.name == "Null"
        pairs = zip(other.parameters, self.parameters, strict=True)
        return all(taken.accepts(given) for taken, given in pairs) and (
            other.result.name == "Any" or self.result.accepts(other.result)
        )


def signatures_of(function: Any) -> list[FunctionType]:
    """Return the types that a function has: one for a defined function, several for some of FEEL's own."""
    overloads = getattr(function, "overloads", None) or [function]
    return [
        FunctionType(tuple(parameter.type for parameter in one.parameters), getattr(one, "result", ANY))
        for one in overloads
    ]
